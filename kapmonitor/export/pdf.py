"""The report of a visit as a PDF: the page that is filed. From the record alone."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)

from kapmonitor.errors import RecordError
from kapmonitor.export.pdf_chart import LEAST_HEIGHT, VisitChart
from kapmonitor.export.pdf_checks import checks_table, scales_table
from kapmonitor.export.pdf_identity import identity, identity_words, summary, title
from kapmonitor.export.pdf_leaving import leaving
from kapmonitor.export.pdf_page import BOTTOM, TOP, Sheet, numbered
from kapmonitor.export.pdf_rounds import round_tables
from kapmonitor.export.pdf_seal import closing
from kapmonitor.export.pdf_style import (
    CHART_HEADING,
    DASH,
    HEADING,
    MARGIN,
    SMALL,
    Listing,
    load_fonts,
    page_size,
    para,
)
from kapmonitor.export.pdf_tables import (
    alarm_table,
    amendments,
    cuff_table,
    limits_text,
    timeline,
)
from kapmonitor.export.traces import Trace, traces
from kapmonitor.export.visit import Visit, read_visit
from kapmonitor.export.writing import write_file
from kapmonitor.record.reading import Record
from kapmonitor.regional import day, number
from kapmonitor.words import language, tr

_LEGEND = (
    "▼ systolic, ▲ diastolic, □ pulse of the cuff; hollow or ○ doubtful, dotted entered by hand, "
    "× no value. Curves: median of {seconds} s in a band from lowest to highest; grey ground: no "
    "data. Dash-dot: baseline. Dashed: limits of medium alarms, bold of high ones."
)

# Rows of a table that is not parted, and the room that the beginning of a longer one needs.
_SHORT_LISTING = 14
_ROOM = 32 * mm


def export_pdf(
    record: Record,
    folder: Path,
    page: str = "a4",
    identity: str = "identified",
    clinic: str = "",
    logo: bytes = b"",
) -> Path:
    """Write ``report.pdf`` into a folder, on ``a4`` or ``letter``; returns its path.

    The same record gives the same bytes. Raises RecordError for a damaged record and
    KapmonitorError ``folder_unwritable``.
    """
    try:
        content = report(read_visit(record, identity, clinic, logo), page)
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return write_file(folder / "report.pdf", content)


def report(visit: Visit, page: str = "a4") -> bytes:
    """The bytes of a report."""
    load_fonts()
    size = page_size(page)
    date = day(visit.local(visit.start))
    code = visit.opened.patient_code or DASH
    sheet = Sheet(code, date, visit.opened.simulated, size, identity_words(visit.identity))
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=size,
        title=f"{tr('kapmonitor visit report')} {code} {date}",
        author=visit.opened.program,
        creator="kapmonitor",
        lang=language(),
        invariant=1,
        pageCompression=1,
    )
    width, height = size[0] - 2 * MARGIN, size[1] - TOP - BOTTOM
    frame = Frame(
        MARGIN, BOTTOM, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(list(_story(visit, width)), canvasmaker=numbered(sheet, visit.local(visit.end)))
    return target.getvalue()


def _story(visit: Visit, width: float) -> Iterator[Any]:
    seconds = seconds_per_point(visit)
    curves = traces(visit.readings, visit.session.sources.values(), seconds, visit.session.entries)
    return paged(
        [
            *title(visit, width),
            *identity(visit, width),
            *summary(visit, curves),
            *_chart(visit, curves, seconds),
            *cuff_table(visit),
            *alarm_table(visit),
            # Before the rounds, whose table is not parted and may leave room on the page.
            *checks_table(visit),
            *round_tables(visit),
            *scales_table(visit),
            *timeline(visit),
            *leaving(visit),
            *amendments(visit),
            *closing(visit, width),
        ]
    )


def paged(story: Sequence[Any]) -> Iterator[Any]:
    """A heading stays with what follows: with all of a short table, with the first rows of a long.

    A long table would else begin a page of its own and leave half a page empty before it.
    """
    flowables = iter(story)
    for one in flowables:
        if not (isinstance(one, Paragraph) and one.style is HEADING):
            yield one
            continue
        following = next(flowables, None)
        if isinstance(following, Listing) and following.rows > _SHORT_LISTING:
            yield from (CondPageBreak(_ROOM), one, following)
        else:
            yield KeepTogether([one] if following is None else [one, following])


def _chart(visit: Visit, curves: dict[str, Trace], seconds: float) -> list[Any]:
    return [
        CondPageBreak(LEAST_HEIGHT + 8 * mm),
        para(tr("The visit"), CHART_HEADING),
        VisitChart(visit, curves),
        para(tr(_LEGEND, seconds=number(seconds)), SMALL),
        *limits_text(visit),
        Spacer(0, 2 * mm),
    ]


def seconds_per_point(visit: Visit) -> float:
    """How much time one point of a curve stands for: more in a long visit, for a small file."""
    hours = (visit.end - visit.start) / 3600
    return 10.0 if hours <= 2.5 else 20.0 if hours <= 10 else 60.0
