"""The alarm line and the list: what leads, what takes turns, what can be heard, who has seen it."""

import itertools

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import refusal_words
from kapmonitor.events import AlarmKind, AlarmState, Priority
from kapmonitor.messages import Answered
from kapmonitor.ports import AlarmView, BoardView
from kapmonitor.vitals import Vital
from ui.live import sample
from ui.live.alarm_views import SOUND_WORDS, AlarmLineView, alarm_line, row_words, sound_view
from ui.live.model import LiveModel

REAL = 50.0


def change(alarm, priority, at=3000.0, vital=Vital.SPO2, state=AlarmState.RAISED, reason="",
           source="", kind=AlarmKind.PHYSIOLOGICAL):  # fmt: skip
    return e.AlarmChange(alarm, priority, kind, state, at, 84, 85, vital, 5.0, source, reason)


DESAT = change("SPO2_DESAT", Priority.HIGH)
LOW = change("SPO2_LOW", Priority.MEDIUM)
RISE = change("PR_RISE", Priority.LOW, vital=Vital.PULSE_RATE)


def told(*alarms: AlarmView, sound=None, entries=(), state="ok", **board) -> LiveModel:
    model = LiveModel()
    numbered = [e.Entry(n, ev.raised, 0, 0, ev, by) for n, (ev, by) in enumerate(entries, 1)]
    beat = replace(sample.beat(3010.0), sound=state)
    model.take([*numbered, BoardView(3010.0, alarms, sound, **board), beat], REAL)
    return model


def line(model: LiveModel, real: float = REAL) -> AlarmLineView:
    return alarm_line(model, real)


# What leads and what takes turns ------------------------------------------------------------------


def test_the_highest_leads_at_every_moment_and_the_others_take_turns():
    many = [AlarmView(change(f"A{n}", Priority.LOW, at=3000.0 - n)) for n in range(4)]
    model = told(*many, AlarmView(DESAT))
    seen = set()
    for second in range(40):
        shown = line(model, REAL + second)
        assert shown.rows[0].alarm == "SPO2_DESAT"
        seen.add(shown.others)

    assert len(seen) == 2
    assert all(any(f"A{n}" in words for words in seen) for n in range(4))
    assert {words.partition(":")[0] for words in seen} == {"2–3 of 5", "4–5 of 5"}


def test_turns_are_calm():
    """Nothing on the line moves faster than every four seconds."""
    many = [AlarmView(change(f"A{n}", Priority.LOW)) for n in range(7)]
    model = told(*many)
    words = [line(model, REAL + tenth / 10).others for tenth in range(300)]
    changed = [n for n in range(1, 300) if words[n] != words[n - 1]]

    assert len(changed) >= 4
    assert all(b - a >= 40 for a, b in itertools.pairwise(changed))


def test_two_alarms_stand_still():
    model = told(AlarmView(DESAT), AlarmView(LOW))

    assert len({line(model, REAL + s).others for s in range(30)}) == 1
    assert line(model).others.startswith("** SpO₂ low")


def test_an_alarm_that_is_over_is_a_badge_and_never_the_headline():
    model = told(AlarmView(DESAT, over=True), AlarmView(RISE))
    shown = line(model)

    assert [row.alarm for row in shown.rows] == ["PR_RISE"]
    assert [row.alarm for row in shown.unseen] == ["SPO2_DESAT"]
    assert [row.alarm for row in shown.every] == ["PR_RISE", "SPO2_DESAT"]


def test_a_latched_alarm_that_still_sounds_leads():
    shown = line(told(AlarmView(DESAT, over=True), sound=Priority.HIGH))

    assert shown.rows[0].alarm == "SPO2_DESAT"
    assert shown.unseen == ()
    assert row_words(shown.rows[0]).startswith("Was active:")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unanswered", "louder: nobody has answered"),
        ("worse", "sounds again: worse"),
        ("lasts", "sounds again: it lasts"),
        ("", "priority now medium"),
    ],
)
def test_an_alarm_that_grows_louder_says_why(reason, words):
    grown = replace(LOW, state=AlarmState.ESCALATED, reason=reason)
    model = told(AlarmView(LOW), entries=[(LOW, ""), (grown, "")])

    assert line(model).rows[0].again == words
    assert row_words(line(model).rows[0]).endswith(words)


def test_a_seen_alarm_does_not_say_that_it_sounds():
    grown = replace(LOW, state=AlarmState.ESCALATED, reason="unanswered")
    seen = replace(LOW, state=AlarmState.ACKNOWLEDGED)
    model = told(
        AlarmView(LOW, "Nurse"), entries=[(LOW, ""), (grown, ""), (seen, "Nurse")]
    )  # fmt: skip

    assert line(model).rows[0].again == ""
    assert "Nurse" in line(model).rows[0].acknowledged


def test_two_lost_links_are_acknowledged_each_by_its_own_name():
    lost = [
        AlarmView(change("LINK_LOST", Priority.LOW, vital=None, source=source,
                         kind=AlarmKind.TECHNICAL))
        for source in ("strap", "oximeter")
    ]  # fmt: skip

    assert {row.name for row in line(told(*lost)).rows} == {
        "LINK_LOST:strap", "LINK_LOST:oximeter"
    }  # fmt: skip
    assert line(told(lost[0])).rows[0].name == "LINK_LOST"


# The calm ladder ----------------------------------------------------------------------------------


def test_the_pause_counts_down_by_its_name_in_the_standard():
    sound = sound_view(told(paused_until=3010.0 + 103), REAL)

    assert (sound.bell, sound.words) == ("paused", "AUDIO PAUSED 1:43")


@pytest.mark.parametrize(
    "state", ["no_output", "output_missing", "stalled", "muted", "volume_low", "headset"]
)
def test_a_sound_that_cannot_be_heard_is_crossed_out(state):
    sound = sound_view(told(state=state), REAL)

    assert sound.bell == "off"
    assert sound.words == SOUND_WORDS[state]
    assert sound_view(told(state="ok"), REAL).bell == "on"


def test_a_pause_does_not_hide_that_nothing_could_be_heard():
    sound = sound_view(told(paused_until=3100.0, state="muted"), REAL)

    assert sound.bell == "paused" and sound.trouble == "NO SOUND: muted"


def test_ladder_and_sound_stand_on_the_line_with_and_without_an_alarm(open_window):
    for still, ladder in (("live", "Quiet"), ("live-missing", "Normal")):
        alarms = open_window(sample.STILLS[still]()[0]).parts.alarms
        assert alarms._ladder.isVisible() and alarms._ladder.text().startswith(ladder)
        assert alarms._bell.isVisible() and alarms._bell.state == "on"
        assert alarms._sound.text() == "Sound on"


def test_the_badge_opens_the_list(open_window):
    window = open_window(sample.altered()[0])
    assert window.parts.alarms._text.text() == "No alarms"
    assert window.parts.alarms._badge.text() == "2 ended, not seen"
    window.parts.alarms._badge.click()

    assert window.panel is window.panels.alarms
    assert len(window.panels.alarms.cards) == 2


def test_the_key_goes_on_to_what_nobody_has_seen(open_window):
    """The alarm on top was seen by somebody, two are over and wait: A must not ask for it again."""
    window = open_window(sample.altered()[0])
    board = window.model.board
    seen = replace(board.alarms[0], over=False, acknowledged_by="Ana")
    window.model.board = replace(board, alarms=(seen, *board.alarms[1:]))
    window.actions_of_keys.do("acknowledge")

    (command,) = asked(window, c.Acknowledge)
    assert command.alarm == board.alarms[1].change.alarm


def test_when_all_were_seen_the_key_says_so(open_window):
    window = open_window(sample.altered()[0])
    board = window.model.board
    all_seen = tuple(replace(a, over=False, acknowledged_by="Ana") for a in board.alarms)
    window.model.board = replace(board, alarms=all_seen)
    window.actions_of_keys.do("acknowledge")

    assert window.link.asked == []
    assert window.parts.said.text() == "Every alarm has been seen: nothing more to acknowledge."


def test_a_refusal_names_the_alarm_in_words():
    said = refusal_words("nothing_to_acknowledge", {"alarm": "SOUND_FAILED"})

    assert said == "There is no such alarm to acknowledge (Alarm sound is not working)."


# The list -----------------------------------------------------------------------------------------


@pytest.fixture
def worst(open_window):
    window = open_window(sample.worst()[0])
    window.actions_of_keys.do("alarms")
    return window


def asked(window, kind):
    return [command for command in window.link.asked if isinstance(command, kind)]


def test_each_alarm_can_be_acknowledged_by_name(worst):
    worst.panels.alarms.cards["PR_HIGH"].seen.click()

    (command,) = asked(worst, c.Acknowledge)
    assert (command.alarm, command.reason) == ("PR_HIGH", "")
    worst.link.waiting.append(Answered(command.id, 3))
    worst.tick()
    assert worst.panel is worst.panels.alarms


def test_one_reading_that_raises_four_alarms_is_two_presses(open_window):
    """Shift+A, Ctrl+Enter: each by its own name, once, with what was written beside it."""
    window = open_window(sample.worst()[0])
    waiting = [row for row in alarm_line(window.model, 0.0).rows if not row.acknowledged_by]
    assert len(waiting) > 2
    assert window.parts.alarms._all.text() == f"All {len(waiting)}  Shift+A"
    window.parts.alarms._all.click()
    panel = window.panels.alarms
    assert panel.all.text() == f"Acknowledge all {len(waiting)}  Ctrl+Enter"
    panel.cards["PR_HIGH"].reason.setText("anxious")
    panel.submit()

    told = {command.alarm: command.reason for command in asked(window, c.Acknowledge)}
    assert told == {row.name: "anxious" if row.name == "PR_HIGH" else "" for row in waiting}
    assert len(asked(window, c.Acknowledge)) == len(waiting)


def test_what_was_raised_after_the_list_was_drawn_is_not_acknowledged(worst):
    board = worst.model.board
    late = AlarmView(change("PR_VLOW", Priority.HIGH, vital=Vital.PULSE_RATE))
    worst.model.board = replace(board, alarms=(late, *board.alarms))
    worst.panels.alarms.submit()

    names = [command.alarm for command in asked(worst, c.Acknowledge)]
    assert names and "PR_VLOW" not in names


def test_one_alarm_alone_offers_no_group(open_window):
    window = open_window(sample.worst()[0])
    board = window.model.board
    first, *others = board.alarms
    seen = tuple(replace(view, acknowledged_by="Ana") for view in others)
    window.link.waiting.append(replace(board, alarms=(first, *seen)))
    window.tick()
    window.actions_of_keys.do("alarms")

    assert window.parts.alarms._all.isHidden()
    assert window.panels.alarms.all.isHidden()


def test_the_list_tells_everything_of_an_alarm(worst):
    card = worst.panels.alarms.cards["SBP_VHIGH"]

    assert card._mark.text() == "***"
    assert card._words.text() == "Systolic pressure high: 192 mmHg (limit 180 mmHg)"
    assert card._state.text() == "in force  ·  since t+62:00"


def test_every_alarm_is_in_the_list_the_most_urgent_first(worst):
    window_rows = alarm_line(worst.model, 0.0).every
    assert list(worst.panels.alarms.cards) == [row.name for row in window_rows]
    assert window_rows[0].alarm == "SPO2_DESAT"
    assert window_rows[-1].acknowledged_by


def test_a_reason_goes_with_the_acknowledgement_by_enter(worst, qtbot):
    reason = worst.panels.alarms.cards["PR_HIGH"].reason
    reason.setFocus()
    qtbot.keyClicks(reason, "anxious, talks to him")
    qtbot.keyClick(reason, Qt.Key.Key_Return)

    (command,) = asked(worst, c.Acknowledge)
    assert (command.alarm, command.reason) == ("PR_HIGH", "anxious, talks to him")


def test_a_reason_can_be_added_afterwards(worst, qtbot):
    reason = worst.panels.alarms.cards["BP_RISE"].reason
    reason.setFocus()
    qtbot.keyClicks(reason, "cuff on the moving arm")
    qtbot.keyClick(reason, Qt.Key.Key_Return)

    assert asked(worst, c.Acknowledge) == []
    (note,) = asked(worst, c.AddNote)
    assert note.kind == "acknowledged"
    assert note.text.startswith("Blood pressure far above baseline: 192 mmHg")
    assert note.text.endswith("cuff on the moving arm")
    assert reason.text() == ""


def test_an_empty_reason_files_nothing(worst, qtbot):
    qtbot.keyClick(worst.panels.alarms.cards["BP_RISE"].reason, Qt.Key.Key_Return)

    assert worst.link.asked == []


def test_what_is_being_typed_survives_a_worse_value_and_another_alarm(worst, qtbot):
    reason = worst.panels.alarms.cards["PR_HIGH"].reason
    reason.setFocus()
    qtbot.keyClicks(reason, "anx")
    board = worst.model.board
    worse = tuple(
        replace(view, change=replace(view.change, value=131.0))
        if view.change.alarm == "PR_HIGH"
        else view
        for view in board.alarms
    )
    worst.link.waiting.append(replace(board, alarms=(*worse, AlarmView(RISE))))
    worst.tick()
    qtbot.keyClicks(QApplication.focusWidget(), "ious")

    assert worst.panels.alarms.cards["PR_HIGH"].reason.text() == "anxious"
    assert "131" in worst.panels.alarms.cards["PR_HIGH"]._words.text()
    assert "PR_RISE" in worst.panels.alarms.cards


def test_an_alarm_that_is_gone_leaves_the_list(worst):
    worst.link.waiting.append(BoardView(3500.0))
    worst.tick()

    assert worst.panels.alarms.cards == {}
    assert worst.panels.alarms._none.isVisible()
