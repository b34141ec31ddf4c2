"""The sheet of the report: head, foot, page x of y, and the mark of a demonstration."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from kapmonitor.export.pdf_style import BOLD, HEAD, INK, MARGIN, PLAIN, RULE, SOFT, with_marks
from kapmonitor.words import tr

TOP, BOTTOM = 21 * mm, 17 * mm

# Seen at once, and no word of the page is lost behind it.
_WATERMARK = Color(0.35, 0.35, 0.35, alpha=0.13)

NOTICE = (
    "kapmonitor records, displays and exports vital signs, checklists and clinician notes during "
    "ketamine-assisted psychotherapy sessions, as an aid to the supervising clinician. It is a "
    "secondary display. It has not been reviewed by any regulator, must not be the only means of "
    "monitoring a patient, and its notices do not replace a cleared monitor's own alarms, which "
    "must stay switched on, nor direct observation by qualified staff. It does not recommend "
    "treatment."
)
SHORT_NOTICE = (
    "An aid to the supervising clinician and a secondary display, reviewed by no regulator. "
    "It does not replace a cleared monitor nor direct observation."
)


class Sheet:
    """What stands on every page."""

    def __init__(
        self,
        code: str,
        date: str,
        demonstration: bool,
        size: tuple[float, float],
        identity: str = "",
        title: str = "",
    ) -> None:
        # More has no room in a line, and measuring it would take its time.
        self._code, self._date = with_marks(code[:200]), date
        self._demonstration = demonstration
        self._identity = identity
        self._title = title or tr("kapmonitor visit report")
        self._width, self._height = size

    def draw(self, canvas: Any, page: int, pages: int) -> None:
        """Draw head and foot over a finished page."""
        canvas.saveState()
        if self._demonstration:
            self._draw_watermark(canvas)
        self._draw_head(canvas, page, pages)
        self._draw_foot(canvas)
        canvas.restoreState()

    def _draw_head(self, canvas: Any, page: int, pages: int) -> None:
        left, right, line = MARGIN, self._width - MARGIN, self._height - 14 * mm
        number = tr("page {page} of {pages}", page=page, pages=pages)
        mark = tr("DEMONSTRATION") if self._demonstration else ""
        date = f"  ·  {self._date}"
        named = stringWidth(self._code, BOLD, 9.5) + stringWidth(date, PLAIN, 8)
        named += stringWidth(mark, BOLD, 8) + 12 * mm
        parts = [self._title, *self._marks(), number]
        if named + stringWidth("  ·  ".join(parts), PLAIN, 8) > right - left:
            # Whose page it is counts more than what it is.
            del parts[0]
        title = "  ·  ".join(parts)
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(SOFT)
        canvas.drawRightString(right, line, title)
        room = right - left - stringWidth(title, PLAIN, 8) - 6 * mm
        if mark:
            canvas.setFont(BOLD, 8)
            canvas.setFillColor(INK)
            at = right - stringWidth(title, PLAIN, 8) - 6 * mm
            canvas.drawRightString(at, line, mark)
            room -= stringWidth(mark, BOLD, 8) + 6 * mm
        room -= stringWidth(date, PLAIN, 8)
        size = fitting_size(self._code, BOLD, 9.5, room)
        code = fitted(self._code, BOLD, size, room)
        canvas.setFillColor(HEAD)
        canvas.setFont(BOLD, size)
        canvas.drawString(left, line, code)
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(left + stringWidth(code, BOLD, size), line, date)
        self._rule(canvas, line - 2.2 * mm)

    def _marks(self) -> list[str]:
        return [self._identity] if self._identity else []

    def _draw_foot(self, canvas: Any) -> None:
        self._rule(canvas, 12.5 * mm)
        text = f"{tr('kapmonitor')}: {tr(SHORT_NOTICE)}"
        size = fitting_size(text, PLAIN, 6.8, self._width - 2 * MARGIN, least=5)
        canvas.setFont(PLAIN, size)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 9 * mm, text)

    def _draw_watermark(self, canvas: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(_WATERMARK)
        canvas.setFont(BOLD, 64)
        canvas.translate(self._width / 2, self._height / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -20, tr("DEMONSTRATION"))
        canvas.restoreState()

    def _rule(self, canvas: Any, y: float) -> None:
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, y, self._width - MARGIN, y)


def numbered(sheet: Sheet, written: datetime) -> Callable[..., Any]:
    """A maker of canvases that draw the sheet at the end, when the number of pages is known.

    ``written`` is the date in the file's properties: that of the visit's end, not of the printing.
    """
    date = written.strftime("D:%Y%m%d%H%M%S%z")
    date = f"{date[:-2]}'{date[-2:]}'"

    class _Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options | {"initialFontName": PLAIN})
            self.setDateFormatter(lambda *_: date)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = self._kept
            for page, state in enumerate(pages, 1):
                self.__dict__.update(state)
                sheet.draw(self, page, len(pages))
                super().showPage()
            super().save()

    return _Numbered


def fitting_size(text: str, font: str, size: float, room: float, least: float = 6.0) -> float:
    """The largest size, up to ``size``, at which a text fits; never below ``least``."""
    width = stringWidth(text, font, size)
    return size if width <= room else max(least, size * room / width)


def fitted(text: str, font: str, size: float, room: float) -> str:
    """The text, or as much of its beginning as there is room for, with an ellipsis."""
    if stringWidth(text, font, size) <= room:
        return text
    while text and stringWidth(text + "…", font, size) > room:
        text = text[:-1]
    return text + "…"
