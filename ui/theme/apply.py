"""Dresses a window: style sheet, distances and every widget that paints itself."""

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QApplication, QWidget

from ui.theme.fonts import load_fonts, ui_font
from ui.theme.theme import Theme, style_sheet
from ui.widgets.boxes import rescale


@runtime_checkable
class Themed(Protocol):
    """A widget that paints itself and has to be told the theme."""

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""


def apply_theme(root: QWidget, theme: Theme) -> None:
    """Draw ``root`` and everything in it with this theme."""
    QApplication.setFont(ui_font(theme.px("text")))
    root.setStyleSheet(style_sheet(theme, load_fonts()))
    dress(root, theme)


def dress(root: QWidget, theme: Theme) -> None:
    """Distances and painted parts of ``root``, for what is made after the window was dressed."""
    rescale(root, theme.scale)
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, Themed):
            widget.show_theme(theme)
