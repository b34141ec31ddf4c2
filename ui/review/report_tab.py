"""The report before it is exported: its pages as they will be, and the formats to write."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from kapmonitor.export import FORMATS
from kapmonitor.words import tr
from ui.review.export_choice import ExportChoicePart
from ui.review.report import PagePicture
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import Choices, KeyButton, label, show_text
from ui.widgets.boxes import column, emptied, row
from ui.widgets.export_run import ExportRun

FORMAT_WORDS = {"pdf": "PDF report", "csv": "CSV", "fhir": "FHIR bundle", "worksheet": "Worksheet",
                "edf": "EDF+ curves"}  # fmt: skip


class ReportTab(QWidget):
    """Shows the pages; asks for an export as it was chosen (`ExportWish`), and for its end."""

    export_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._pages: Sequence[PagePicture] = ()
        words = [(name, tr(FORMAT_WORDS.get(name, name))) for name in FORMATS]
        self.formats = Choices(words, tr("Formats"), "choice", several=True)
        self.formats.show_values(["pdf"])
        self.export = KeyButton(tr("Export"), "main", self._on_export)
        self._said = label("", "", wrap=True)
        self.exporting = ExportRun(self.export, self.show_said)
        tools = row(gap=12)
        tools.addWidget(self.formats)
        tools.addWidget(self.export)
        tools.addWidget(self._said, 1)
        sheet = QWidget()
        self._sheets = column(sheet, margins=(12, 12, 12, 12), gap=12)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(sheet)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(tr("Pages of the report"))
        self.choice = ExportChoicePart()
        self.choice.show_formats(self.formats.values)
        self.formats.chosen.connect(lambda _name: self.choice.show_formats(self.formats.values))
        box = column(self, gap=8)
        box.addLayout(tools)
        box.addWidget(self.choice)
        box.addWidget(self.area, 1)

    @property
    def page_count(self) -> int:
        """How many pages are shown."""
        return len(self._pages)

    def show_pages(self, pages: Sequence[PagePicture]) -> None:
        """Show these pages."""
        self._pages = pages
        emptied(self._sheets)
        for number, page in enumerate(pages, 1):
            image = QImage(page.rgb, page.width, page.height, 3 * page.width,
                           QImage.Format.Format_RGB888)  # fmt: skip
            sheet = QLabel()
            wide = min(page.width, self._theme.px(860))
            picture = QPixmap.fromImage(image.copy())
            shown = picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
            sheet.setPixmap(shown)
            sheet.setFixedHeight(shown.height())
            sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            sheet.setAccessibleName(tr("Page {number}", number=number))
            self._sheets.addWidget(sheet)
        self._sheets.addStretch(1)

    def show_said(self, text: str) -> None:
        """How the preview or the export goes."""
        show_text(self._said, text)

    def _on_export(self) -> None:
        if self.exporting.cancel():
            return
        if self.formats.values:
            self.export_requested.emit(self.choice.wish(self.formats.values))
        else:
            self.show_said(tr("Choose at least one format."))

    def show_theme(self, theme: Theme) -> None:
        """Draw with these sizes from now on."""
        self._theme = theme
        self.area.verticalScrollBar().setSingleStep(theme.px(60))
        if self._pages:
            self.show_pages(self._pages)
