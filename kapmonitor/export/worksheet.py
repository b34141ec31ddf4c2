"""The worksheet: a form filled in as far as the record knows, the rest to be written by hand."""

import io
from pathlib import Path
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate, Spacer, Table

from kapmonitor.errors import RecordError
from kapmonitor.export.pdf_identity import identity_words, warnings
from kapmonitor.export.pdf_page import BOTTOM, TOP, Sheet, numbered
from kapmonitor.export.pdf_style import (
    BODY,
    CELL,
    DASH,
    FAINT,
    HEADING,
    INK,
    LABEL,
    MARGIN,
    PLAIN,
    RULE,
    SMALL,
    SUBTITLE,
    TITLE,
    load_fonts,
    marked,
    page_size,
    para,
    plain,
)
from kapmonitor.export.visit import Visit, read_visit
from kapmonitor.export.worksheet_facts import FACTS
from kapmonitor.export.worksheet_form import Field, Form
from kapmonitor.export.writing import write_file
from kapmonitor.record.reading import Record
from kapmonitor.regional import day
from kapmonitor.words import language, tr

FILE = "worksheet.pdf"

# High enough to be written in by hand.
_HAND = 5.6 * mm


def export_worksheet(
    record: Record,
    folder: Path,
    form: Form,
    page: str = "a4",
    identity: str = "identified",
    clinic: str = "",
) -> Path:
    """Write ``worksheet.pdf`` into a folder; returns its path.

    Raises RecordError for a damaged record and KapmonitorError ``folder_unwritable``.
    """
    try:
        content = worksheet(read_visit(record, identity, clinic), form, page)
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return write_file(folder / FILE, content)


def worksheet(visit: Visit, form: Form, page: str = "a4") -> bytes:
    """The bytes of a worksheet."""
    load_fonts()
    size = page_size(page)
    date = day(visit.local(visit.start))
    sheet = Sheet(
        visit.opened.patient_code or DASH,
        date,
        visit.opened.simulated,
        size,
        identity_words(visit.identity),
        tr(form.title),
    )
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=size,
        title=f"{tr(form.title)} {date}",
        creator="kapmonitor",
        lang=language(),
        invariant=1,
    )
    width = size[0] - 2 * MARGIN
    frame = Frame(MARGIN, BOTTOM, width, size[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(_story(visit, form, width), canvasmaker=numbered(sheet, visit.local(visit.end)))
    return target.getvalue()


def _story(visit: Visit, form: Form, width: float) -> list[Any]:
    facts = {
        field.fill: FACTS[field.fill](visit)
        for block in form.block
        for field in block.field
        if field.fill
    }
    fields = [field for block in form.block for field in block.field]
    blank = sum(1 for field in fields if facts.get(field.fill) is None)
    counted = tr(
        "{blank} of {all} fields are blank; each has a mark ◦ and a line to write on.",
        blank=blank,
        all=len(fields),
    )
    story = [
        para(tr(form.title), TITLE),
        para(tr(form.hint), SUBTITLE),
        *warnings(visit),
        para(counted, BODY),
    ]
    for block in form.block:
        rows = [_row(field, facts.get(field.fill) if field.fill else None) for field in block.field]
        blanks = [n for n, field in enumerate(block.field) if facts.get(field.fill) is None]
        story.append(KeepTogether([para(tr(block.title), HEADING), _table(rows, blanks, width)]))
    version = tr("version {version}", version=form.version)
    story += [Spacer(0, 3 * mm), para(f"{form.name}, {version}", SMALL)]
    return story


def _row(field: Field, fact: str | None) -> list[Any]:
    """A mark where a person must write, the field's words, and what the record says."""
    mark = para("" if fact is not None else "◦", CELL)
    if field.choices:
        boxes = [f"{'■' if choice == fact else '□'} {tr(choice)}" for choice in field.choices]
        return [mark, para(tr(field.text), LABEL), para("\u2003\u2003".join(boxes), CELL)]
    if fact is not None:
        return [mark, para(tr(field.text), LABEL), marked(f"<b>{plain(fact)}</b>", CELL)]
    words = tr("not in the record") if field.fill else ""
    return [mark, para(tr(field.text), LABEL), para(words, SMALL)]


def _table(rows: list[list[Any]], blanks: list[int], width: float) -> Any:
    style = [
        ("FONTNAME", (0, 0), (-1, -1), PLAIN),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE),
        *(("BACKGROUND", (0, row), (1, row), FAINT) for row in blanks),
        *(("LINEBELOW", (2, row), (2, row), 0.7, INK) for row in blanks),
    ]
    widths = [5 * mm, 0.45 * width, 0.55 * width - 5 * mm]
    heights = [_HAND if row in blanks else None for row in range(len(rows))]
    return Table(rows, colWidths=widths, rowHeights=heights, style=style, hAlign="LEFT")
