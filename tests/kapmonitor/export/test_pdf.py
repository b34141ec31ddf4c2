"""The report says everything that the record says, on every kind of visit."""

import io
import os
import re
from typing import Any

import msgspec
import pypdf
import pytest
from reportlab.lib.pagesizes import A4, LETTER

from kapmonitor.alarm_words import ALARM_WORDS
from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.events import (
    AlarmState,
    Answer,
    Dose,
    DoseWithdrawn,
    Note,
    Priority,
    Round,
    SourceAdded,
)
from kapmonitor.export import export
from kapmonitor.export.pdf import export_pdf, report
from kapmonitor.export.visit import read_visit
from kapmonitor.reading import Origin
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey, fingerprint
from kapmonitor.vitals import Vital
from tests.kapmonitor.export.pdf_visits import (
    ANSWERS,
    DOSE_AT,
    alarm,
    cuff,
    entries,
    opened,
    ordinary,
    pages,
    saturations,
    write,
)

TWO_HOURS = range(8100)


def told_by(record, page="a4"):
    """The text of a record's report, by page."""
    return pages(report(read_visit(record), page))


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return InstallationKey.generate()


@pytest.fixture(scope="module")
def ordinary_record(tmp_path_factory, key):
    return write(tmp_path_factory.mktemp("visit") / "s.kap", ordinary(), TWO_HOURS, key)


@pytest.fixture(scope="module")
def ordinary_report(ordinary_record):
    return report(read_visit(ordinary_record))


@pytest.fixture(scope="module")
def ordinary_pages(ordinary_report):
    return pages(ordinary_report)


def test_an_ordinary_visit_fits_on_a_few_pages_and_in_a_small_file(ordinary_report, ordinary_pages):
    assert 2 <= len(ordinary_pages) <= 4
    assert len(ordinary_report) < 150_000


def test_every_page_says_whose_it_is_and_what_it_is_not_for(ordinary_pages):
    total = len(ordinary_pages)
    for number, text in enumerate(ordinary_pages, 1):
        assert "P-017 · 2025-03-01" in text
        assert f"kapmonitor visit report · identified · page {number} of {total}" in text
        assert "reviewed by no regulator" in text
    assert "must not be the only means of monitoring a patient" in ordinary_pages[-1]


def test_the_first_page_tells_who_when_what(ordinary_pages):
    first = ordinary_pages[0]
    for words in (
        "k3x9v2",
        "10:00 – 12:15 (CET, UTC+01:00)",
        "2 h 15 min",
        "Esketamine nasal spray (intranasal, version 1)",
        "56 mg esketamine, 10:10 (t+00:00), Dr. Weiß",
        "120/77 mmHg, 66 /min, 97 % (2 cuff readings)",
        "N. Yıldız",
        "Nonin (nonin-serial)",
        "Cuff (ble-blood-pressure)",
        "120 min from the dose",
        "12:10 (t+120:00)",
        "12:13 (t+123:00)",
    ):
        assert words in first


def test_the_extremes_are_of_good_readings_after_the_dose(ordinary_pages):
    """203 was in doubt and is told as that; 121 was before the dose."""
    first = ordinary_pages[0]

    highest = "Systolic [mmHg] 120 187 (+67), t+40:00; doubtful: 203 124 (+4), t+120:00"
    assert highest in first
    assert "Diastolic [mmHg] 77 104 (+27), t+40:00 79 (+2), t+120:00" in first


def test_the_lowest_saturation_is_the_lowest_good_one(tmp_path):
    """A drop that is too fast to be true makes no lowest SpO2, and is not kept silent either."""
    readings = saturations(97, -88, 94)

    first = pages(report(read_visit(write(tmp_path / "s.kap", ordinary(), readings=readings))))[0]

    lowest = "SpO₂ [%] 97 97 (±0), t+00:00 94 (−3), t+00:02; doubtful: 88 94 (−3), t+00:02"
    assert lowest in first


def test_the_chart_has_its_axes_units_and_marks(ordinary_pages):
    first = ordinary_pages[0]
    for words in (
        *("Minutes from the dose", "Blood pressure mmHg", "Pulse /min", "SpO₂ %"),
        *("dose 56 mg", "Experience", "Recovery", "rounds", "*** high", "** medium", "* low"),
        *("sys baseline 120", "dia baseline 77", "baseline 66", "baseline 97"),
        *("sys ≥180 **", "sys +40 **", "dia +25 **", "<92 **"),
    ):
        assert words in first


def test_every_cuff_reading_is_in_the_table(ordinary_pages):
    text = " ".join(ordinary_pages)
    for row in (
        "t-08:20 10:01 121 / 77 91 71 – Cuff, left arm good",
        "t-05:00 10:05 118 / 76 90 71 – Cuff, left arm good",
        "t+40:00 10:50 187 / 104 131 71 +67 / +27 Cuff, left arm good",
        "t+45:00 10:55 (203 / 101) 135 71 – Cuff, left arm doubtful: patient moved",
        "t+60:00 11:10 133 / 84 100 71 +13 / +7 by hand: N. Yıldız good",
        "t+120:00 12:10 124 / 79 94 71 +4 / +2 Cuff, left arm good",
        "t+120:00 12:10 – / – – – – Cuff, left arm no value: cuff too loose",
    ):
        assert row in text


def test_a_reading_from_a_devices_memory_has_no_place_in_the_visit(tmp_path):
    """It came at t+10:00, but nobody knows when it was measured: no time, no change, no mark."""
    stored = cuff(151.0, 93.0, origin=Origin.STORED, device_time="2025-02-28T21:14:00")
    told = entries(*((e.at, e.event, e.by) for e in ordinary()[:9]), (DOSE_AT + 600, stored))

    text = " ".join(told_by(write(tmp_path / "s.kap", told)))

    assert "– – 151 / 93 112 71 – Cuff, left arm good; from the device's memory, its clock" in text
    assert "2025-02-28 21:14:00" in text
    assert "Systolic [mmHg] 120 – –" in text


def test_an_experimental_device_is_named_as_one(tmp_path):
    ring = SourceAdded("r", "viatom-o2ring", "C1", "O2Ring-S", (Vital.SPO2,), experimental=True)

    found = told_by(write(tmp_path / "s.kap", entries((0.0, opened()), (0.0, ring))))

    assert "O2Ring-S (viatom-o2ring, experimental)" in found[0]


def test_an_alarm_tells_value_limit_and_response(ordinary_pages):
    text = " ".join(ordinary_pages)
    assert (
        "** medium Systolic pressure high: 187 mmHg (limit 180 mmHg) t+40:00 t+41:00 N. Yıldız "
        "1 min 00 s t+60:00 20 min 00 s"
    ) in text


def test_rounds_stand_side_by_side(ordinary_pages):
    text = " ".join(ordinary_pages)
    assert "1 2 t t+20:00 t+60:00" in text
    for row in (
        "Responds 4 4",
        "Breaths counted [/min] 14 14",
        "Time feels altered 2 1",
        "Nausea mild mild",
        "Red flags none none",
        "Dissociation, 0 to 24 7 –",
        "2: sleepy",
    ):
        assert row in text
    assert "Headache" not in text


def test_notes_gaps_leaving_and_corrections_are_told(ordinary_pages):
    text = " ".join(ordinary_pages)
    for words in (
        "t+10:00 10:20 ruhig, „alles gut“; atmet <tief> & gleichmäßig N. Yıldız",
        "Limit “SpO₂ low”: 90 → 92 (asked for)",
        "Gap of 240 s: Nonin (connection lost)",
        "Judged ready to leave t+120:00 12:10 steady gait Dr. Weiß",
        "with her sister; 123 min after the dose (minimum 120 min)",
        "2025-03-01 12:30 7, t+00:00 Dose 1: 56 mg esketamine 56 mg in two sprays unclear Dr. Weiß",
    ):
        assert words in text


def test_paper_and_file_can_be_held_together(ordinary_record, ordinary_pages, key):
    (seal,) = ordinary_record.statements()
    digits = seal.last[:12].upper()
    text = ordinary_pages[-1]

    assert f"{digits[:4]}-{digits[4:8]}-{digits[8:]}" in text
    assert seal.last in text.replace(" ", "")
    assert fingerprint(key.public_key) in text
    assert "whole when this report was made" in text
    assert "DEMONSTRATION" not in " ".join(ordinary_pages)


def test_a_changed_record_does_not_pass_as_whole(tmp_path):
    """One bit in the middle of the file."""
    record = write(tmp_path / "s.kap", ordinary())
    content = bytearray(record.path.read_bytes())
    content[content.index(b"her sister")] ^= 1
    record.path.write_bytes(content)

    text = " ".join(told_by(record))

    assert "NOT WHOLE" in text
    assert "Do not rely on this report" in text
    assert "whole when this report" not in text


def test_a_demonstration_says_so_on_every_page(tmp_path):
    record = write(tmp_path / "s.kap", ordinary(simulated=True, scenario="hypertension", seed=4))

    found = told_by(record)

    assert all(text.count("DEMONSTRATION") >= 2 for text in found)
    assert "Scenario hypertension, seed 4." in found[0]


def test_an_interrupted_visit_says_so(tmp_path):
    record = write(tmp_path / "s.kap", ordinary()[:14], range(3100), seal=False)

    found = told_by(record)

    assert "Interrupted, not sealed" in found[0]
    assert "what was recorded until 10:51" in found[0]
    assert "has no seal" in found[-1]
    assert "187 / 104" in " ".join(found)


def test_a_visit_can_be_reported_while_it_is_recorded(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    for one in ordinary()[:12]:
        recorder.put(one)
    assert recorder.flush()

    (path,) = export(tmp_path / "s.kap", tmp_path / "out", ("pdf",))

    assert "Interrupted, not sealed" in pages(path.read_bytes())[0]
    recorder.close()


def test_a_visit_in_which_nothing_happened(tmp_path):
    """Opened and left alone: the report has its place for everything and invents nothing."""
    found = told_by(write(tmp_path / "s.kap", entries((0.0, opened(plan_text="", limits_text="")))))

    text = " ".join(found)
    for words in (
        *("no readings", "Minutes from the opening", "none recorded"),
        *("No cuff reading was recorded.", "No alarm was raised.", "No round was recorded."),
        "Neither readiness nor leaving was recorded.",
    ):
        assert words in text
    assert text.count("no readings") == 3


def test_without_a_dose_times_count_from_the_opening(tmp_path):
    told = entries((0.0, opened()), (90.0, cuff(128.0, 82.0)), (95.0, Note("kommt später")))

    text = " ".join(told_by(write(tmp_path / "s.kap", told, range(100))))

    assert "+01:30 10:01 128 / 82" in text
    assert "Systolic [mmHg] – 128, +01:30" in text
    assert not re.search(r"t[+-]\d", text)


def test_a_dose_that_was_taken_back_is_no_dose(tmp_path):
    told = entries(
        (0.0, opened()),
        (60.0, Dose("in", 84.0, "mg", "esketamine"), "Dr. Weiß"),
        (70.0, DoseWithdrawn(2, "wrong patient"), "Dr. Weiß"),
    )

    found = told_by(write(tmp_path / "s.kap", told))

    assert "Dose none recorded" in found[0]
    assert "Dose taken back: wrong patient" in " ".join(found)
    assert "dose 84 mg" not in found[0]


def test_two_sprays_close_together_are_both_on_the_chart(tmp_path):
    told = entries(
        (0.0, opened()),
        (600.0, Dose("in", 28.0, "mg", "esketamine"), "Dr. Weiß"),
        (900.0, Dose("in", 56.0, "mg", "esketamine", 2), "Dr. Weiß"),
        (8100.0, Note("home")),
    )

    first = told_by(write(tmp_path / "s.kap", told))[0]

    assert "dose 28 mg + 56 mg" in first
    assert "28 mg esketamine, 10:10 (t+00:00)" in first
    assert "56 mg esketamine, 10:15 (t+05:00)" in first


def test_hundreds_of_alarms_are_all_told(tmp_path):
    names = sorted(ALARM_WORDS)
    told = [(0.0, opened()), (10.0, Dose("in", 56.0, "mg"))]
    for place in range(300):
        at = 20.0 + 20 * place
        told.append((at, alarm(names[place % len(names)], AlarmState.RAISED, at, source="ox")))
        told.append((at + 5, alarm(names[place % len(names)], AlarmState.ENDED, at, source="ox")))

    text = " ".join(told_by(write(tmp_path / "s.kap", entries(*told))))

    assert text.count("** medium") >= 300
    for words in ALARM_WORDS.values():
        assert words.split("{")[0].strip() in text


def test_an_alarm_that_is_still_on_has_no_end(tmp_path):
    told = entries(
        (0.0, opened()),
        (10.0, Dose("in", 56.0, "mg")),
        (70.0, alarm("NOT_BREATHING", AlarmState.RAISED, 70.0, priority=Priority.HIGH)),
        (100.0, Note("bag and mask")),
    )

    text = " ".join(told_by(write(tmp_path / "s.kap", told, seal=False)))

    assert "*** high Not breathing normally t+01:00 – – – 30 s so far" in text


def test_the_delay_of_an_alarm_stands_beside_its_limit(tmp_path):
    low = {"vital": Vital.SPO2, "value": 87.0, "limit": 90.0, "delay": 15.0}
    told = entries(
        (0.0, opened()),
        (10.0, Dose("in", 56.0, "mg")),
        (70.0, alarm("SPO2_LOW", AlarmState.RAISED, 70.0, **low)),
        (190.0, alarm("SPO2_LOW", AlarmState.ESCALATED, 70.0, **low)),
    )

    text = " ".join(told_by(write(tmp_path / "s.kap", told)))

    assert "87 % (limit 90 %); after 15 s; escalated 1×" in text


def test_eight_hours_stay_small(tmp_path):
    last = ordinary()[-2]
    told = [
        *ordinary()[:-2],
        msgspec.structs.replace(last, at=28_800.0, utc=last.utc + 28_800.0 - last.at),
    ]

    content = report(read_visit(write(tmp_path / "s.kap", told, range(0, 28_800, 3))))

    assert len(content) < 150_000
    assert "360 16:10 420 17:10" in pages(content)[0]


def test_twenty_rounds_go_on_in_a_second_and_third_table(tmp_path):
    told: list[tuple] = [(0.0, opened()), (10.0, Dose("in", 56.0, "mg"))]
    told += [
        (60.0 * n, Round("standard", "2", ANSWERS | {"respiratory_rate": float(n)}), "N. Yıldız")
        for n in range(1, 21)
    ]

    text = " ".join(told_by(write(tmp_path / "s.kap", entries(*told))))

    for numbers in (range(1, 10), range(10, 19), range(19, 21)):
        assert f"Breaths counted [/min] {' '.join(map(str, numbers))}" in text


def test_a_checklist_of_the_clinics_own_is_shown_by_its_ids(tmp_path):
    """Its wording is not in the record; nothing of the answers is lost."""
    answers: dict[str, Answer] = {
        "mood_today": 3,
        "what_was_seen": "a long walk through an old house by the sea",
    }
    told = entries((0.0, opened()), (60.0, Round("ours", "7", answers, {"mood_sum": 3.0})))

    text = " ".join(told_by(write(tmp_path / "s.kap", told)))

    assert "mood today 3" in text
    assert "1, what was seen: a long walk through an old house by the sea" in text
    assert "mood sum 3" in text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4000,
        "word " * 800,
        "line\n" * 100,
        "<b>bold</b> <para> & </para> &#0; {braces} %s \\n",
        "\x00\x07\x1b[31m \ud7ff 😀 中文 العربية",
        "",
    ],
)
def test_any_text_can_be_printed(tmp_path, text):
    """Names and notes of any length and script neither break the page nor are taken for markup."""
    told = entries(
        (0.0, opened(patient_code=text or "-", staff=(text, text), zone=text, session=text)),
        (10.0, Dose("in", 56.0, "mg", text, detail=text), text),
        (20.0, Note(text, kind=text or "note"), text),
        (30.0, Round("standard", "2", ANSWERS, note=text), text),
    )

    found = told_by(write(tmp_path / "s.kap", told))

    assert len(found) < 200
    assert "No cuff reading was recorded." in " ".join(found)
    if "<b>" in text:
        assert "<b>bold</b> <para> & </para> &#0; {braces} %s" in " ".join(found)


def test_letters_that_the_font_does_not_have_leave_a_mark(tmp_path):
    """A note of which half is gone without a trace would be read as whole."""
    told = entries(
        (0.0, opened(patient_code="山-7", staff=("Dr. 山田", "Zoë Müller"))),
        (10.0, Note("he feels 😀😀 now, ❤️ and cafe\u0301"), "Dr. 山田"),
    )

    found = told_by(write(tmp_path / "s.kap", told))

    text = " ".join(found)
    assert "he feels (?) now, ❤ and cafe\u0301" in text
    assert "Dr. (?), Zoë Müller" in text
    assert all("(?)-7" in page for page in found)


def test_long_names_do_not_push_the_head_off_the_page(tmp_path):
    told = entries((0.0, opened(patient_code="Ward-7-" + "0123456789" * 12)))

    for text in told_by(write(tmp_path / "s.kap", told)):
        assert "Ward-7-0123456789" in text
        assert re.search(r"page \d of \d", text)


def test_paper_of_both_continents(tmp_path, ordinary_record):
    for page, size in (("a4", A4), ("letter", LETTER)):
        path = export_pdf(ordinary_record, tmp_path, page)
        boxes = [found.mediabox for found in pypdf.PdfReader(path).pages]
        assert {(round(box.width), round(box.height)) for box in boxes} == {
            (round(size[0]), round(size[1]))
        }
        assert len(boxes) <= 4


def test_the_fonts_are_inside(ordinary_report):
    """A reader without Inter shows the same page."""
    for page in pypdf.PdfReader(io.BytesIO(ordinary_report)).pages:
        fonts: Any = page["/Resources"]
        used = set(re.findall(rb"(/F[0-9+]+) [0-9.]+ Tf", page.get_contents().get_data()))
        assert used
        for name in used:
            font = fonts["/Font"][name.decode()]
            assert "Inter" in font["/BaseFont"]
            assert "/FontFile2" in font["/FontDescriptor"]


def test_the_files_properties_tell_the_visit(ordinary_report):
    told: Any = pypdf.PdfReader(io.BytesIO(ordinary_report)).metadata

    assert told.title == "kapmonitor visit report P-017 2025-03-01"
    assert told.creation_date.isoformat() == "2025-03-01T12:15:00+01:00"


def test_the_same_record_gives_the_same_bytes(ordinary_record, tmp_path):
    first = export_pdf(ordinary_record, tmp_path / "a").read_bytes()

    assert export_pdf(ordinary_record, tmp_path / "b").read_bytes() == first


def test_a_folder_that_cannot_be_written_is_named(ordinary_record, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(KapmonitorError) as problem:
        export(ordinary_record.path, blocked / "out", ("pdf",))

    assert problem.value.code == "folder_unwritable"
    assert str(blocked) in str(problem.value.facts["path"])


def test_nothing_half_is_left_when_the_disk_refuses(ordinary_record, tmp_path, monkeypatch):
    def refuse(_handle):
        raise OSError(28, "No space left on device")

    (tmp_path / "report.pdf").write_text("the old one")
    monkeypatch.setattr(os, "fsync", refuse)

    with pytest.raises(KapmonitorError):
        export_pdf(ordinary_record, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
    assert (tmp_path / "report.pdf").read_text() == "the old one"


def test_a_record_with_an_impossible_date_is_called_damaged(tmp_path):
    told = [msgspec.structs.replace(ordinary()[0], utc=1e18)]

    with pytest.raises(RecordError) as problem:
        export_pdf(write(tmp_path / "s.kap", told), tmp_path)

    assert problem.value.code == "record_damaged"
