"""The report of the worst visit, on the smaller paper, in the longer language: nothing is cut."""

import pypdfium2
import pytest

from kapmonitor import words
from kapmonitor.events import (
    AlarmState,
    Amended,
    Baseline,
    Dose,
    Ended,
    Left,
    Note,
    Phase,
    PhaseChanged,
    Priority,
    Ready,
    Round,
    SignedOff,
)
from kapmonitor.export.pdf import report
from kapmonitor.export.pdf_style import MARGIN
from kapmonitor.export.visit import read_visit
from tests.kapmonitor.export.pdf_visits import (
    ANSWERS,
    DOSE_AT,
    RISE,
    alarm,
    cuff,
    entries,
    opened,
    pages,
    write,
)

DOCTOR, NURSE = "Dr. Annegret Weißenberger-Müller", "Nurhayat Yıldız-Kowalczyk"
LONG = "Die Patientin beschreibt Zeitverzerrung und Ruhe, antwortet verzögert, keine Angst. " * 12
ALARMS = ("SBP_VHIGH", "BP_RISE", "SPO2_LOW", "PR_LOW", "DBP_HIGH")


def worst():
    """Thirty alarms, twelve rounds, ten long notes, thirty cuff readings, long names."""
    told: list[tuple] = [
        (DOSE_AT, Dose("in", 56.0, "mg", "esketamine"), DOCTOR),
        (DOSE_AT, Baseline(119.5, 76.5, 66.0, 97.0, 2)),
        (DOSE_AT, PhaseChanged(Phase.ADMINISTRATION)),
    ]
    at = DOSE_AT + 100
    for place in range(30):
        name, priority = ALARMS[place % 5], list(Priority)[place % 3]
        for after, state in (
            (0, AlarmState.RAISED),
            (60, AlarmState.ACKNOWLEDGED),
            (150, AlarmState.ENDED),
        ):
            by = [NURSE] if state is AlarmState.ACKNOWLEDGED else []
            told.append((at + after, alarm(name, state, at, priority=priority, **RISE), *by))
        told.append((at + 160, cuff(150.0 + place, 90.0)))
        if place % 3 == 0:
            told.append((at + 165, Note(LONG), NURSE))
        at += 230
    told += [
        (800.0 + 580 * place, Round("standard", "2", ANSWERS, {"dissociation": 7.0}), NURSE)
        for place in range(12)
    ]
    told.sort(key=lambda one: one[0])
    return entries(
        (0.0, opened(staff=(DOCTOR, NURSE))),
        *told,
        (at, Ready("sicherer Gang"), DOCTOR),
        (at, Left("ihrer Schwester"), NURSE),
        (at, SignedOff(DOCTOR, "doctor", True), DOCTOR),
        (at, Ended(), NURSE),
        (at + 4000, Amended(2, "56 mg in zwei Sprühstößen", "unklar"), DOCTOR),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worst")
    record = write(folder / "s.kap", worst(), range(600, 1200))
    words.use_language("de")
    try:
        clinic = "Klinik für Psychiatrie, Abteilung für ketamingestützte Behandlung"
        return report(read_visit(record, clinic=clinic), "letter")
    finally:
        words.use_language("en")


def letters(page):
    """Left, bottom, right and top of each letter of a page, in points."""
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    return [box for box in boxes if box[2] > box[0]]


def test_every_page_has_code_number_and_nothing_beyond_its_margins(made):
    document = pypdfium2.PdfDocument(made)
    shown = pages(made)
    for number, (page, text) in enumerate(zip(document, shown, strict=True), 1):
        assert "P-017" in text
        assert f"Seite {number} von {len(shown)}" in text
        width, height = page.get_size()
        for left, bottom, right, top in letters(page):
            assert left >= MARGIN - 1
            assert right <= width - MARGIN + 1
            assert 0 < bottom < top < height
    document.close()


def test_no_page_but_the_last_is_left_half_empty(made):
    document = pypdfium2.PdfDocument(made)
    lowest = []
    for page in list(document)[:-1]:
        # Below lies the foot of the page.
        inside = [bottom for _, bottom, _, _ in letters(page) if bottom > 60]
        lowest.append(min(inside) / page.get_size()[1])
    document.close()

    assert len(lowest) <= 7
    assert max(lowest) < 0.5, lowest


def test_everything_is_told_and_no_name_is_torn(made):
    text = " ".join(pages(made))

    assert text.count("1 min 00 s") == 30
    assert text.count("Zeitverzerrung und Ruhe") == 120
    assert text.count("Kowalczyk") >= 12 + 30 + 10
    assert text.count("Weißenberger- Müller") + text.count("Weißenberger-Müller") >= 5
    assert "Kurzcode" in pages(made)[-1]


def first_page(tmp_path, name, reading):
    """The first page as grey pixels, four a point, of a visit that breaks off with this reading."""
    told = entries((0.0, opened()), (600.0, Dose("in", 56.0, "mg")), (3000.0, reading))
    document = pypdfium2.PdfDocument(
        report(read_visit(write(tmp_path / f"{name}.kap", told, seal=False)))
    )
    pixels = document[0].render(scale=4, grayscale=True).to_numpy().astype(int)
    document.close()
    chart = slice(pixels.shape[0] * 46 // 100, pixels.shape[0] * 62 // 100)
    return pixels[chart]


def test_a_reading_at_the_very_end_is_drawn_whole(tmp_path):
    """Its triangles stand on the frame, half of each beyond it."""
    one = first_page(tmp_path, "one", cuff(187.0, 104.0))
    other = first_page(tmp_path, "other", cuff(167.0, 84.0))

    changed = abs(one - other) > 100
    line = int(changed.sum(axis=0).argmax())
    near = [x for x in range(line - 40, line + 40) if changed[:, x].any()]
    assert line - near[0] >= 6
    assert near[-1] - line >= 6
