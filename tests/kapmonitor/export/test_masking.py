"""What leaves the clinic for research tells values and times, and nobody's name."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.events import Amended, Note, Round, SignedOff
from kapmonitor.export import export
from kapmonitor.export.choice import ORDINARY, ExportChoice, pseudonym
from kapmonitor.export.fhir import bundle
from kapmonitor.export.masking import MaskedRecord, open_for_export, replaced
from kapmonitor.export.visit import read_visit
from kapmonitor.record.reading import Record
from kapmonitor.record.signing import InstallationKey
from tests.kapmonitor.export.fhir_rules import seals_of
from tests.kapmonitor.export.pdf_visits import entries, opened, ordinary, pages, write
from tests.kapmonitor.record.stories import UTC_AT_ZERO

PSEUDONYM = ExportChoice(pseudonym="S-0A1B2C3D4E")
RESEARCH = ExportChoice(pseudonym="S-0A1B2C3D4E", shift_days=-364, free_text=False)
NAMES = ["P-017", "Weiß", "Yıldız", "her sister", "COM3", "k3x9v2"]
TEXTS = ["alles gut", "sleepy", "steady gait", "two sprays", "asked for"]


@pytest.fixture
def record(tmp_path):
    """The ordinary visit, signed, with names inside its texts too."""
    more = entries(
        (9700.0, Note("P-017 asked Dr. Weiß for water"), "N. Yıldız"),
        (9701.0, SignedOff("Dr. Weiß", "doctor"), "Dr. Weiß"),
    )
    key = InstallationKey.generate()
    told = [
        msgspec.structs.replace(one, number=number)
        for number, one in enumerate([*ordinary(), *more], 1)
    ]
    return write(tmp_path / "s.kap", told, range(600, 700), key)


def everything(record, folder, choice):
    """All that the exports tell, as one text; a PDF's as its reader sees it."""
    told = []
    for path in export(record.path, folder, ("pdf", "csv", "fhir"), choice):
        content = path.read_bytes()
        told.append("\n".join(pages(content)) if path.suffix == ".pdf" else content.decode())
    return told


def test_the_fixture_has_all_the_names_and_texts(record, tmp_path):
    """Or the tests below would say nothing."""
    told = "\n".join(everything(record, tmp_path / "out", ORDINARY))

    assert [word for word in NAMES + TEXTS if word not in told] == []


def test_a_pseudonymous_export_names_nobody(record, tmp_path):
    told = everything(record, tmp_path / "out", PSEUDONYM)
    seal = record.statements()[0]

    for output in told:
        assert [name for name in NAMES if name in output] == []
        assert seal.last not in output.replace(" ", "")
        assert seal.short_code not in output
    assert "alles gut" in told[0]
    assert "S-0A1B2C3D4E asked staff 1 for water" in told[0]


def test_every_output_says_what_it_is(record, tmp_path):
    pdf, *csv_files, fhir = everything(record, tmp_path / "out", RESEARCH)

    assert pdf.count("pseudonymous, dates shifted, free text left out") > 1
    for output in csv_files:
        header, *rows = output.splitlines()
        assert header.endswith(",identity")
        assert all(row.endswith(",pseudonymous dates_shifted no_free_text") for row in rows)
    marks = [one["code"] for one in json.loads(fhir)["meta"]["tag"]]
    assert marks == ["pseudonymous", "dates_shifted", "no_free_text"]
    assert "identified" in "\n".join(everything(record, tmp_path / "plain", ORDINARY)[:1])


def test_whose_page_it_is_stands_on_each_page_beside_all_marks(tmp_path):
    told = ordinary(simulated=True, scenario="ordinary", seed=1)
    record = write(tmp_path / "s.kap", told, range(600, 700))

    (path,) = export(record.path, tmp_path, ("pdf",), RESEARCH)

    shown = pages(path.read_bytes())
    assert len(shown) > 1
    for text in shown:
        assert "S-0A1B2C3D4E · 2024-03-02" in text
        assert "DEMONSTRATION pseudonymous, dates shifted, free text left out · page" in text


def test_without_free_text_nothing_that_people_wrote_is_left(record, tmp_path):
    told = "\n".join(everything(record, tmp_path / "out", RESEARCH))

    assert [text for text in NAMES + TEXTS if text in told] == []
    assert "body_movement" in told  # the program's own reason stays
    assert "mild" in told  # and so does what was chosen from a list


def test_dates_move_and_times_stay(record):
    moved = MaskedRecord(record.path, None, RESEARCH).entries()

    for old, new in zip(record.entries(), moved, strict=True):
        assert new.utc == old.utc - 364 * 86400
        assert (new.at, new.number, new.zone_minutes) == (old.at, old.number, old.zone_minutes)


def test_values_stay_as_they_are(record):
    masked = open_for_export(record.path, None, RESEARCH)

    assert [(r.at, r.vital, r.value) for r in masked.readings()] == [
        (r.at, r.vital, r.value) for r in record.readings()
    ]
    visit, plain = read_visit(masked, RESEARCH.identity), read_visit(record)
    assert [e.event.systolic for e in visit.session.cuffs] == [
        e.event.systolic for e in plain.session.cuffs
    ]
    assert visit.session.baseline == plain.session.baseline


def test_a_shift_alone_leaves_the_names_but_not_the_seal(record):
    """Its date and its hash would undo the shift."""
    visit = read_visit(open_for_export(record.path, None, ExportChoice(shift_days=7)))

    assert visit.opened.patient_code == "P-017"
    assert seals_of(bundle(visit)) == []


def test_text_answers_of_a_form_are_text(tmp_path):
    form = (
        'name = "f"\nversion = "1"\ntitle = "F"\n[[group]]\nid = "g"\ntitle = "G"\n'
        '[[item]]\nid = "said"\ngroup = "g"\nkind = "text"\ntext = "Said"\n'
        '[[item]]\nid = "calm"\ngroup = "g"\nkind = "severity"\ntext = "Calm"\n'
    )
    told = entries(
        (0.0, opened(checklist_text=form)),
        (1.0, Round("f", "1", {"said": "mild", "calm": "mild", "old": "x"}, note="n"), "A"),
        (2.0, Amended(2, "wrong", "because"), "A"),
    )
    write(tmp_path / "s.kap", told)

    masked = open_for_export(tmp_path / "s.kap", None, ExportChoice(free_text=False)).entries()

    assert masked[1].event == Round("f", "1", {"calm": "mild"})
    assert masked[2].event == Amended(2, "", "")


def test_the_same_patient_has_one_pseudonym_and_only_here():
    first, other = bytes(32), bytes(range(32))

    assert pseudonym("P-017", first) == pseudonym("P-017", first)
    assert pseudonym("P-017", first) != pseudonym("P-018", first)
    assert pseudonym("P-017", first) != pseudonym("P-017", other)


@given(st.text(min_size=3), st.text(min_size=3))
def test_a_name_inside_a_text_is_replaced(name, around):
    """Whatever the name is."""
    told = replaced(f"{around}{name}{around}", {name: "#"})

    assert name not in told or name in around + "#" + around


def test_a_record_is_not_changed_by_looking_at_it_so(record, tmp_path):
    before = record.path.read_bytes()

    everything(record, tmp_path / "out", RESEARCH)

    assert record.path.read_bytes() == before
    assert Record.open(record.path).entries()[0].utc == UTC_AT_ZERO
