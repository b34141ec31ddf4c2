"""After the seal: corrections and notes follow it and end in a new one, in one step."""

from typing import Any

import pytest

from kapmonitor.errors import RecordError, Refused
from kapmonitor.events import Amended, Ended, Event, Note, Signed
from kapmonitor.export import export
from kapmonitor.record.amend import add_later
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey
from kapmonitor.record.verify import verify
from kapmonitor.record.writing import ChainWriter
from kapmonitor.session import fold
from kapmonitor.staff import Person, Role, hashed
from tests.kapmonitor.record.stories import OPENED, UTC_AT_ZERO, VISIT, entry, write_visit
from tests.kapmonitor.record.test_verify import edit

KEY = bytes(range(32))
LATER = UTC_AT_ZERO + 3 * 86400
WRONG_WORD = Amended(5, "atmet ruhig", "wrong word")


@pytest.fixture(params=[None, KEY], ids=["clear", "encrypted"])
def key(request):
    return request.param


@pytest.fixture
def own():
    return InstallationKey.generate()


@pytest.fixture
def path(tmp_path, own, key):
    return write_visit(tmp_path / "s.kap", signer=own, key=key)


def amend(path, key, *events, **changes):
    given: dict[str, Any] = {"by": "Dr. Weiß", "utc": LATER, "zone_minutes": 60} | changes
    return add_later(path, events or [WRONG_WORD], key=key, **given)


def test_a_correction_three_days_later_follows_the_seal_and_is_sealed(path, own, key):
    before = Record.open(path, key)
    first = before.statements()

    amend(path, key, signer=own)

    record = Record.open(path, key)
    assert record.entries()[: len(VISIT)] == list(VISIT)
    added = record.entries()[len(VISIT)]
    assert (added.event, added.by, added.utc) == (WRONG_WORD, "Dr. Weiß", LATER)
    assert added.at == pytest.approx(3 * 86400)
    verdict = verify(path, key, own=own.public_key)
    assert (verdict.whole, verdict.signer) == (True, "own")
    assert [(seal.events, seal.signer) for seal in verdict.seals] == [(6, "own"), (7, "own")]
    # The first seal still is the one that was printed.
    assert verdict.seals[0].code == first[0].short_code
    assert [file.name for file in path.parent.iterdir()] == ["s.kap"]


def test_a_note_later_corrects_nothing_and_does_not_lengthen_the_visit(tmp_path):
    path = tmp_path / "s.kap"
    record = Recorder(path)
    story: tuple[Event, ...] = (OPENED, Note("during"), Ended())
    for number, event in enumerate(story, 1):
        record.put(entry(number, float(number), event))
    assert record.seal(UTC_AT_ZERO + 4)

    amend(path, None, Note("  called her: slept well "))

    session = fold(Record.open(path).entries())
    assert [one.event.text for one in session.notes] == ["during"]
    assert [one.event for one in session.amendments] == [Note("called her: slept well")]
    assert session.ended_at == 3.0


def test_the_original_stays_visible_in_report_table_and_bundle(path, key, tmp_path):
    import pypdf

    amend(path, key)
    out = tmp_path / "out"
    export(path, out, ("pdf", "csv", "fhir"), key=key)

    pages = pypdf.PdfReader(out / "report.pdf").pages
    report = "\n".join(page.extract_text() for page in pages)
    for text in (report, (out / "events.csv").read_text(encoding="utf-8")):
        assert "alles gut" in text
        assert "atmet ruhig" in text
    assert "atmet ruhig" in (out / "session.fhir.json").read_text(encoding="utf-8")


def test_a_changed_amendment_leaves_the_first_seal_valid(tmp_path, own):
    path = write_visit(tmp_path / "s.kap", signer=own)
    amend(path, None, signer=own)
    edit(
        path,
        "UPDATE chain SET body = CAST(replace(body, 'atmet', 'lacht') AS BLOB) WHERE number = "
        "(SELECT max(number) - 1 FROM chain)",
    )

    verdict = verify(path, own=own.public_key)

    assert not verdict.whole
    assert verdict.first_wrong is not None
    assert (verdict.first_wrong.problem, verdict.first_wrong.event) == ("hash", 7)
    assert [(seal.events, seal.signer) for seal in verdict.seals] == [(6, "own")]


def test_an_amendment_by_another_installation_says_so(path, own, key):
    amend(path, key, signer=InstallationKey.generate())

    verdict = verify(path, key, own=own.public_key)

    assert (verdict.whole, verdict.signer) == (True, "unknown")
    assert [seal.signer for seal in verdict.seals] == ["own", "unknown"]


def test_whoever_has_a_pin_gives_it_and_the_record_says_so(path, key):
    weiss = Person("Dr. Weiß", Role.PRESCRIBER, hashed("4711"))
    for pin, code in (("", "pin_missing"), ("1234", "pin_wrong")):
        with pytest.raises(Refused) as refused:
            amend(path, key, person=weiss, pin=pin)
        assert refused.value.code == code
    assert len(Record.open(path, key).entries()) == len(VISIT)

    added = amend(path, key, person=weiss, pin="4711")

    assert added[-1].event == Signed((7,), "prescriber", checked=True)


@pytest.mark.parametrize(
    ("event", "changes", "code"),
    [
        (Note(" "), {}, "note_empty"),
        (Amended(5, "", "r"), {}, "note_empty"),
        (Amended(5, "t", " "), {}, "reason_missing"),
        (Amended(7, "t", "r"), {}, "no_such_entry"),
        (Amended(0, "t", "r"), {}, "no_such_entry"),
        (Note("t"), {"by": " "}, "who_acts"),
    ],
)
def test_what_is_incomplete_is_refused_and_nothing_is_written(path, key, event, changes, code):
    before = path.read_bytes()

    with pytest.raises(Refused) as refused:
        amend(path, key, event, **changes)

    assert refused.value.code == code
    assert path.read_bytes() == before


def test_a_visit_that_is_not_sealed_is_resumed_not_amended(tmp_path, key):
    path = write_visit(tmp_path / "s.kap", seal=False, key=key)

    with pytest.raises(RecordError) as refused:
        amend(path, key)
    assert refused.value.code == "not_sealed_yet"


def test_a_record_in_use_is_not_amended(path, key):
    writer = ChainWriter(path, key, new=False)
    with pytest.raises(RecordError) as refused:
        amend(path, key)
    writer.close()
    assert refused.value.code == "record_in_use"


def test_the_clock_set_back_does_not_make_the_session_run_backwards(path, key):
    added = amend(path, key, utc=UTC_AT_ZERO - 86400)

    assert added[0].at == VISIT[-1].at


def test_when_it_cannot_be_written_nothing_was_added_and_the_seal_holds(path, key, monkeypatch):
    """The disk is full in the middle: events and seal go in together or not at all."""
    connect = ChainWriter._connect

    def narrow(writer, mode):
        connect(writer, mode)
        writer._connection.execute("PRAGMA max_page_count = 1")

    monkeypatch.setattr(ChainWriter, "_connect", narrow)
    with pytest.raises(RecordError) as refused:
        amend(path, key, Note("x" * 100_000))

    assert refused.value.code == "disk_full"
    verdict = verify(path, key)
    assert (verdict.whole, verdict.events) == (True, len(VISIT))


def test_who_felt_worse_afterwards_is_kept_with_when_it_was_felt(path, key):
    felt = LATER - 2 * 86400
    (added,) = amend(path, key, Note("dizzy", "felt_worse"), happened=felt)

    assert (added.utc, added.entered) == (felt, pytest.approx(3 * 86400))
    assert added.at == pytest.approx(86400)
    kept = Record.open(path, key).entries()[-1]
    assert kept == added
    assert verify(path, key).whole
    # What follows counts on from now, not from when it was felt.
    assert amend(path, key, Note("called back"), utc=LATER + 60)[0].at >= 3 * 86400 - 1


@pytest.mark.parametrize(
    ("felt", "refused"),
    [(LATER + 60, "felt_in_the_future"), (UTC_AT_ZERO - 3600, "felt_before_the_visit")],
)
def test_a_time_that_cannot_be_is_refused(path, key, felt, refused):
    before = Record.open(path, key).entries()

    with pytest.raises(Refused) as problem:
        amend(path, key, Note("dizzy", "felt_worse"), happened=felt)

    assert problem.value.code == refused
    assert Record.open(path, key).entries() == before
