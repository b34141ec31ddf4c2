"""Boxes that keep their designed distances, so that a larger window can multiply them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

_MARGINS, _SPACING = "designed_margins", "designed_spacing"
Margins = tuple[int, int, int, int]


def _design(layout: QLayout, margins: Margins, spacing: int) -> None:
    layout.setProperty(_MARGINS, list(margins))
    layout.setProperty(_SPACING, spacing)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)


def row(parent: QWidget | None = None, margins: Margins = (0, 0, 0, 0), gap: int = 6) -> QBoxLayout:
    """Things beside each other; distances in pixels at the designed size."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    _design(layout, margins, gap)
    return layout


def column(
    parent: QWidget | None = None, margins: Margins = (0, 0, 0, 0), gap: int = 6
) -> QBoxLayout:
    """Things below each other; distances in pixels at the designed size."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    _design(layout, margins, gap)
    return layout


def grid(
    parent: QWidget | None = None, margins: Margins = (0, 0, 0, 0), gap: int = 6
) -> QGridLayout:
    """A table of things; distances in pixels at the designed size."""
    layout = QGridLayout(parent) if parent is not None else QGridLayout()
    _design(layout, margins, gap)
    return layout


def panel_box() -> tuple[QWidget, QBoxLayout]:
    """A box on the panel's ground, and the column inside it."""
    box = QWidget()
    box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    box.setProperty("box", "panel")
    return box, column(box, margins=(18, 16, 18, 16), gap=10)


def rescale(root: QWidget, scale: float) -> None:
    """Multiply the designed distances of every box in ``root``."""
    for layout in root.findChildren(QLayout):
        margins = layout.property(_MARGINS)
        if margins is None:
            continue
        layout.setContentsMargins(*(round(margin * scale) for margin in margins))
        layout.setSpacing(round(layout.property(_SPACING) * scale))


def emptied(layout: QBoxLayout | QGridLayout) -> None:
    """Take everything out of a box and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QBoxLayout | QGridLayout):
            emptied(inner)
