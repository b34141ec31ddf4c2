"""How the report looks: fonts, colours, paragraphs, tables. All must read in black and white."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, Table

from kapmonitor import regional
from kapmonitor.events import Priority
from kapmonitor.fonts import REGULAR, SEMIBOLD, font_bytes

PLAIN, BOLD = "Inter", "Inter-SemiBold"

INK = HexColor("#15191d")
SOFT = HexColor("#56616b")
RULE = HexColor("#c3cbd2")
FAINT = HexColor("#eef1f3")
HEAD = HexColor("#17324a")
ALARM_COLOURS: dict[Priority, Color] = {
    Priority.HIGH: HexColor("#a3201a"),
    Priority.MEDIUM: HexColor("#b86e00"),
    Priority.LOW: HexColor("#39718c"),
}

MARGIN = 15 * mm
DASH = "–"
# In place of letters that the font does not have; an empty box would be one to tick.
MISSING = "(?)"
# They only choose the form of the sign before them.
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def page_size(page: str) -> tuple[float, float]:
    """Width and height of a paper in points: ``a4`` or ``letter``."""
    width, height = {"a4": A4, "letter": LETTER}[page]
    return width, height


@cache
def load_fonts() -> None:
    """Make the fonts known to reportlab, once."""
    for name, file in ((PLAIN, REGULAR), (BOLD, SEMIBOLD)):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(font_bytes(file))))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def _style(name: str, size: float, **more: Any) -> Any:
    given = {"fontName": PLAIN, "textColor": INK, "leading": size * 1.32, **more}
    return ParagraphStyle(name, fontSize=size, **given)


BODY = _style("body", 8.5)
SMALL = _style("small", 7, textColor=SOFT)
CELL = _style("cell", 7.6)
CELL_CENTRE = _style("cell centre", 7.6, alignment=TA_CENTER)
NAME_CENTRE = _style("name centre", 6.4, alignment=TA_CENTER)
LABEL = _style("label", 7.6, textColor=SOFT)
COLUMN = _style("column", 7.2, fontName=BOLD, textColor=HEAD)
COLUMN_CENTRE = _style("column centre", 7.2, fontName=BOLD, textColor=HEAD, alignment=TA_CENTER)
HEADING = _style("heading", 10.5, fontName=BOLD, textColor=HEAD, spaceBefore=9, spaceAfter=3)
# The chart chooses its own height and must be asked alone.
CHART_HEADING = _style(
    "chart heading", 10.5, fontName=BOLD, textColor=HEAD, spaceBefore=9, spaceAfter=3
)
TITLE = _style("title", 15, fontName=BOLD, textColor=HEAD, alignment=TA_LEFT)
SUBTITLE = _style("subtitle", 9, textColor=SOFT, spaceAfter=4)
CLINIC = _style("clinic", 9, fontName=BOLD, textColor=HEAD, alignment=TA_RIGHT)
WARNING = _style(
    "warning",
    8.5,
    borderColor=INK,
    borderWidth=0.8,
    borderPadding=(4, 6, 4, 6),
    spaceBefore=6,
    spaceAfter=10,
    leftIndent=6,
    rightIndent=6,
)


def plain(text: str) -> str:
    """Text from a record as reportlab's paragraphs want it: nothing in it is markup."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    shown = "".join(sign if sign == "\n" or sign.isprintable() else " " for sign in kept)
    return str(escape(with_marks(shown))).replace("\n", "<br/>")


def with_marks(text: str) -> str:
    """Text with a visible mark where there are letters or emoji that the font does not have.

    The font would draw nothing for them, and nobody would see that something was written there.
    """
    load_fonts()
    known = pdfmetrics.getFont(PLAIN).face.charToGlyph
    told: list[str] = []
    for sign in text:
        if sign == "\n" or ord(sign) in known:
            told.append(sign)
        elif sign not in _SELECTORS and told[-1:] != [MISSING]:
            told.append(MISSING)
    return "".join(told)


def para(text: str, style: Any = CELL) -> Any:
    """A paragraph of plain text."""
    return Paragraph(plain(text), style)


def person_name(name: str, width: float, style: Any) -> Any:
    """A person's name in a narrow column: broken at spaces and hyphens, where that is enough.

    ``width`` in points.
    """
    fits = stringWidth(name, style.fontName, style.fontSize) <= width
    parts = name.replace("-", "-\n").split() if not fits else [name]
    return Paragraph("<br/>".join(map(plain, parts)) or DASH, style)


def marked(markup: str, style: Any = CELL) -> Any:
    """A paragraph of reportlab's markup; text from a record must have gone through `plain`."""
    return Paragraph(markup, style)


def number(value: float | None, unit: str = "") -> str:
    """A number with at most one decimal, a dash where there is none; with a true minus sign.

    ``unit`` is the one in which it is kept; what is kept in mmHg is shown in the clinic's unit.
    """
    if value is None:
        return DASH
    return regional.shown(round(value, 1), unit).replace("-", "−")


def change(value: float | None, unit: str = "") -> str:
    """A difference with its sign, a dash where there is none."""
    return DASH if value is None else regional.change(value, unit, decimals=1)


class Listing(Table):  # type: ignore[misc]
    """A table of rows that may go on on the next page, each row for itself."""

    @property
    def rows(self) -> int:
        """How many rows it has, its head among them."""
        return len(self._cellvalues)


def listing(
    head: list[str], rows: list[list[Any]], widths: Sequence[float], centred: tuple[int, ...] = ()
) -> Any:
    """A table whose head comes again on each page; ``widths`` are shares of the page."""
    first = [para(text, COLUMN_CENTRE if i in centred else COLUMN) for i, text in enumerate(head)]
    body = [
        [
            cell if not isinstance(cell, str) else para(cell, CELL_CENTRE if i in centred else CELL)
            for i, cell in enumerate(row)
        ]
        for row in rows
    ]
    return Listing(
        [first, *body],
        colWidths=[f"{100 * width / sum(widths):.3f}%" for width in widths],
        repeatRows=1,
        # A note may be longer than a page.
        splitInRow=1,
        style=LISTING,
        hAlign="LEFT",
    )


LISTING = [
    # Of empty cells, which would else be higher than those with text.
    ("FONTNAME", (0, 0), (-1, -1), PLAIN),
    ("FONTSIZE", (0, 0), (-1, -1), 6),
    ("LEADING", (0, 0), (-1, -1), 7),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 1.7),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.9),
    ("LINEABOVE", (0, 0), (-1, 0), 0.7, HEAD),
    ("LINEBELOW", (0, 0), (-1, 0), 0.7, HEAD),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, RULE),
]
