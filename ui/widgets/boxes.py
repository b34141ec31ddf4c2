"""Boxes that keep their designed distances, so that a larger window can multiply them."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

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


class UprightArea(QScrollArea):
    """Scrolls up and down alone, and is never narrower than what lies in it."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest thing inside and the bar beside it."""
        least, inside = super().minimumSizeHint(), self.widget()
        if inside is None:
            return least
        wide = inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(max(least.width(), wide), least.height())

    def event(self, event: QEvent) -> bool:
        """What lies inside has become wider or narrower."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)


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
