"""The page of the devices: those in reach and remembered, and what is supported."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from kapmonitor.words import tr
from ui.devices.shelf import DeviceShelf
from ui.devices.supported_tab import SupportedTab
from ui.home.help import PageHelp
from ui.widgets.basic import Choices, button, label
from ui.widgets.boxes import column, row

TABS = (("here", "In this room"), ("supported", "What is supported"))


class DevicesPage(QWidget):
    """Its two tabs, and the way back."""

    back_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.shelf, self.supported = DeviceShelf(), SupportedTab()
        self.tabs = Choices(
            [(name, tr(words)) for name, words in TABS], tr("Part of the devices"), "tab"
        )
        self._stack = QStackedWidget()
        for part in (self.shelf, self.supported):
            self._stack.addWidget(part)
        self.tabs.chosen.connect(self.show_tab)
        outer = column(self, margins=(48, 28, 48, 24), gap=14)
        head = row(gap=12)
        head.addWidget(label(tr("Devices"), "heading"), 1)
        head.addWidget(self.tabs)
        self.help = PageHelp(self)
        head.addWidget(button(tr("Back  Esc"), "", self.back_requested.emit))
        outer.addLayout(head)
        outer.addWidget(self._stack, 1)

    def begin(self) -> None:
        """The page comes into view, with the devices in reach."""
        self.show_tab("here")
        self.shelf.begin()

    def show_tab(self, name: str) -> None:
        """Show a tab by name; the devices are looked for while theirs is in sight."""
        self.tabs.show_values([name])
        self._stack.setCurrentIndex([known for known, _ in TABS].index(name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)
