"""Which of two sources of one vital counts: the usual order, and what a person puts first."""

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.messages import Observed
from kapmonitor.preference import Preference
from kapmonitor.reading import Quality, Reading
from kapmonitor.session import fold
from kapmonitor.vitals import Vital
from tests.kapmonitor.bedside import CUFF, OXIMETER, STRAP, Bedside


def both_at(bedside: Bedside, at: float, strap_quality: Quality = Quality.GOOD) -> None:
    bedside.at(
        at,
        Reading(Vital.HEART_RATE, 70.0, at, strap_quality, source="strap"),
        Reading(Vital.PULSE_RATE, 88.0, at, source="oximeter"),
    )


def counting(bedside: Bedside) -> list[float]:
    """The rates that were shown and judged."""
    seen = [m for m in bedside.messages if isinstance(m, Observed) and m.in_use]
    return [m.reading.value for m in seen if m.reading.value is not None]


def bedside_with_both() -> Bedside:
    return Bedside().open(OXIMETER, CUFF, STRAP)


def test_the_oximeter_counts_from_the_moment_a_person_says_so():
    """Without a word the strap counts; never an average of both."""
    bedside = bedside_with_both()
    both_at(bedside, 10.0)
    bedside.ask(11.0, c.PreferSource(by="Ana", vital="pulse", source="oximeter", reason="loose"))
    both_at(bedside, 12.0)
    both_at(bedside, 13.0)

    assert counting(bedside) == [70.0, 88.0, 88.0]
    (chosen,) = bedside.events(e.SourcePreferred)
    assert (chosen.by, chosen.event) == (
        "Ana",
        e.SourcePreferred("pulse", "oximeter", "", "loose"),
    )
    assert event_sentence(chosen.event, {"oximeter": "CMS50D+"}) == "Pulse from CMS50D+. loose"


def test_what_was_put_first_gives_way_when_it_is_not_fresh():
    bedside = bedside_with_both()
    bedside.ask(11.0, c.PreferSource(by="Ana", vital="pulse", source="oximeter"))
    both_at(bedside, 12.0)
    bedside.at(20.0, Reading(Vital.HEART_RATE, 71.0, 20.0, source="strap"))
    bedside.at(23.0, Reading(Vital.HEART_RATE, 72.0, 23.0, source="strap"))

    assert counting(bedside) == [70.0, 88.0, 72.0]  # at first nothing was known of the oximeter


def test_it_is_changed_back_and_says_what_was_before():
    bedside = bedside_with_both()
    bedside.ask(11.0, c.PreferSource(by="Ana", vital="pulse", source="oximeter"))
    bedside.ask(12.0, c.PreferSource(by="Ana", vital="pulse", source="strap"))
    both_at(bedside, 13.0)

    assert counting(bedside) == [70.0]
    assert [x.event.before for x in bedside.events(e.SourcePreferred)] == ["", "oximeter"]
    assert bedside.engine.session.preferred == {"pulse": "strap"}


def test_only_a_sensor_that_measures_it_can_be_put_first():
    bedside = bedside_with_both()

    for vital, source, code in (
        ("pulse", CUFF.id, "no_such_sensor"),
        ("spo2", STRAP.id, "no_such_sensor"),
        ("pulse", "nothing", "no_such_sensor"),
        ("systolic", CUFF.id, "not_chosen_for"),
    ):
        asked = c.PreferSource(by="Ana", vital=vital, source=source)
        assert bedside.ask(11.0, asked).refused == code
    assert bedside.events(e.SourcePreferred) == []
    assert OXIMETER.id in bedside.engine.sources


def test_a_visit_that_is_resumed_keeps_the_choice():
    first = bedside_with_both()
    first.ask(11.0, c.PreferSource(by="Ana", vital="pulse", source="oximeter"))
    entries = [m for m in first.messages if isinstance(m, e.Entry)]
    assert fold(entries).preferred == {"pulse": "oximeter"}

    again = Bedside()
    again.engine.resume(entries, 30.0)
    again.engine.add_source(OXIMETER, 30.0)
    again.engine.add_source(STRAP, 30.0)
    both_at(again, 40.0)
    both_at(again, 41.0)

    assert counting(again) == [70.0, 88.0, 88.0]


def test_readings_of_a_past_visit_follow_the_choices_of_their_time():
    first = bedside_with_both()
    first.ask(11.0, c.PreferSource(by="Ana", vital="pulse", source="oximeter"))
    preference = Preference()
    preference.add(OXIMETER)
    preference.add(STRAP)
    preference.follow(m for m in first.messages if isinstance(m, e.Entry))

    used = []
    for at in (10.0, 12.0):
        for vital, source in ((Vital.HEART_RATE, "strap"), (Vital.PULSE_RATE, "oximeter")):
            if preference.in_use(Reading(vital, 70.0, at, source=source)):
                used.append((at, source))

    assert used == [(10.0, "strap"), (12.0, "oximeter")]
