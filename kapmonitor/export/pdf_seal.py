"""The end of the report: signatures, the seal as text and as a code to be scanned, the notice."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from kapmonitor.events import Entry, SignedOff
from kapmonitor.export.pdf_identity import identity_words
from kapmonitor.export.pdf_page import NOTICE
from kapmonitor.export.pdf_style import (
    BODY,
    CELL,
    COLUMN,
    HEADING,
    INK,
    PLAIN,
    SMALL,
    marked,
    para,
    plain,
)
from kapmonitor.export.visit import Visit
from kapmonitor.people_words import role_words
from kapmonitor.record.chain import Statement
from kapmonitor.record.verify import Verdict
from kapmonitor.regional import day, day_and_time
from kapmonitor.words import tr

_QR_SIZE = 27 * mm
_LINES = 3


def closing(visit: Visit, width: float) -> list[Any]:
    """What is kept together on the last page."""
    return [
        KeepTogether([para(tr("Signatures"), HEADING), *_signatures(visit, width)]),
        KeepTogether(
            [
                para(tr("Seal of the record"), HEADING),
                *_seal(visit, width),
                para(tr("Intended use"), HEADING),
                para(tr(NOTICE), SMALL),
            ]
        ),
    ]


def _signatures(visit: Visit, width: float) -> list[Any]:
    """Who signed at the desk, each with a line for the pen, and lines for others."""
    head = [para(text, COLUMN) for text in (tr("Name"), tr("Role"), tr("Date"), tr("Signature"))]
    signed = [_signed_row(visit, entry) for entry in visit.session.signatures]
    rows = [*signed, *[[""] * 4 for _ in range(max(1, _LINES - len(signed)))]]
    table = Table(
        [head, *rows],
        colWidths=[width * share for share in (0.3, 0.22, 0.15, 0.33)],
        rowHeights=[None, *[10.5 * mm] * len(rows)],
        style=[("LINEBELOW", (column, 1), (column, -1), 0.5, INK) for column in range(4)]
        + [("LEFTPADDING", (0, 0), (-1, -1), 2), ("FONTNAME", (0, 0), (-1, -1), PLAIN)]
        + [("VALIGN", (0, 1), (-1, -1), "BOTTOM")],
        hAlign="LEFT",
    )
    unsigned = len(visit.session.unsigned)
    if not unsigned:
        return [table]
    words = tr("{count} acts under the lock were signed by nobody.", count=unsigned)
    return [table, para(words, SMALL)]


def _signed_row(visit: Visit, entry: Entry) -> list[Any]:
    signed = entry.event
    assert isinstance(signed, SignedOff)
    by_name = tr("signed at the desk by name")
    how = tr("signed at the desk with a PIN") if signed.checked else by_name
    role = role_words(signed.role) if signed.role else ""
    when = day_and_time(visit.local(entry.at))
    return [para(signed.person, CELL), para(role, CELL), para(when, CELL), para(how, SMALL)]


def _seal(visit: Visit, width: float) -> list[Any]:
    if visit.verdict is not None and visit.identity != "identified":
        words = tr(
            "This report was changed for research ({marks}). Its seal is left out, as it would "
            "lead back to the filed record. {verdict}",
            marks=identity_words(visit.identity),
            verdict=tr("The record was whole.") if visit.verdict.whole else tr("NOT WHOLE"),
        )
        return [para(words, BODY)]
    if visit.verdict is None or not visit.seals:
        words = tr(
            "This record has no seal, so there is nothing that paper and file can be held by."
        )
        return [para(words, BODY)]
    seal = visit.seals[-1]
    lines = [
        _line(tr("Short code"), f"<b>{seal.short_code}</b>"),
        _line(tr("Sealed"), plain(_sealed_words(visit, seal))),
        _line(tr("Hash"), plain(grouped(seal.last))),
        _line(tr("Signed by"), plain(visit.verdict.fingerprint or tr("no key"))),
        _line(tr("Checked"), plain(_verdict_words(visit.verdict))),
        [
            "",
            para(
                tr(
                    "The short code is the beginning of the hash that the record's chain ends in. "
                    "The code at the side holds all of it. Paper and file belong together when "
                    "the file's seal states the same hash; kapmonitor verify checks the file."
                ),
                SMALL,
            ),
        ],
    ]
    text = Table(
        lines,
        colWidths=[22 * mm, width - _QR_SIZE - 28 * mm],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), PLAIN),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0.8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.8),
        ],
    )
    code = _QrCode(
        f"kapmonitor seal 1 {visit.opened.session[:40]} {seal.events} {seal.last}", _QR_SIZE
    )
    return [
        Table(
            [[text, code]],
            colWidths=[width - _QR_SIZE - 4 * mm, _QR_SIZE + 4 * mm],
            style=[
                ("FONTNAME", (0, 0), (-1, -1), PLAIN),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
            ],
            hAlign="LEFT",
        ),
        Spacer(0, 2 * mm),
    ]


def _line(name: str, markup: str) -> list[Any]:
    return [para(name, CELL), marked(markup)]


def grouped(digits: str) -> str:
    """A long hash in groups of four."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def _sealed_words(visit: Visit, seal: Statement) -> str:
    try:
        utc = datetime.fromtimestamp(seal.utc, UTC)
        when = f"{day(utc)} {utc:%H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        when = "–"
    words = tr(
        "{when}, {events} events, {program}", when=when, events=seal.events, program=seal.program
    )
    count = len(visit.seals)
    return words if count == 1 else f"{words}; {tr('the last of {count} seals', count=count)}"


def _verdict_words(verdict: Verdict) -> str:
    if verdict.whole:
        return tr("whole when this report was made: nothing was changed since the seal")
    wrong = verdict.first_wrong
    row = "–" if wrong is None or wrong.row is None else str(wrong.row)
    problem = "" if wrong is None else wrong.problem.replace("_", " ")
    return tr("NOT WHOLE: first wrong at row {row} ({problem})", row=row, problem=problem)


class _QrCode(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A text as black squares. Drawn here, as reportlab's own drawing asks for a font as well."""

    def __init__(self, text: str, size: float) -> None:
        super().__init__()
        self.width = self.height = size
        code = QRCode(None, QRErrorCorrectLevel.M)
        code.addData(text)
        code.make()
        self._rows: list[list[bool]] = code.modules

    def draw(self) -> None:
        """Draw each run of dark squares in a row as one."""
        square = self.width / len(self._rows)
        self.canv.setFillColor(INK)
        for row, modules in enumerate(self._rows):
            y, x = self.height - (row + 1) * square, 0
            for dark, run in groupby(modules):
                length = len(list(run))
                if dark:
                    # A little wider, so that no light line shows between two squares.
                    self.canv.rect(x * square, y, length * square, square * 1.02, stroke=0, fill=1)
                x += length
