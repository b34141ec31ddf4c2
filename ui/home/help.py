"""The help of the pages before a visit: F1 shows how to go about them, and the keys of a visit."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from kapmonitor.words import tr
from ui.keys import PAGE_KEYS, key_for
from ui.theme.apply import dress
from ui.theme.theme import Theme
from ui.widgets.basic import button, label
from ui.widgets.boxes import column

HERE = "On this page: Tab goes to the next field, Space presses a button. During a visit:"


class PageHelp(QDialog):
    """The keys beside a page; the same key, Esc or the button closes it."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(tr("Keys"))
        self._theme: Theme | None = None
        key = QKeySequence(key_for("help").press)
        for place, act in ((page, self.show_keys), (self, self.hide)):
            made = QShortcut(key, place)
            # The live screen lies in the same window and has this key too.
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(act)
        page.installEventFilter(self)

    def show_keys(self) -> None:
        """Show it beside the page, which stays usable."""
        if self.layout() is None:
            self._fill()
        self.show()
        self.raise_()

    def _fill(self) -> None:
        from ui.live.panels.small import key_table

        box = column(self, margins=(20, 16, 20, 16), gap=12)
        for key in PAGE_KEYS:
            box.addWidget(label(f"{key.press}   {tr(key.help)}", wrap=True))
        box.addWidget(label(tr(HERE), wrap=True))
        box.addWidget(key_table(), 1)
        box.addWidget(button(tr("Close  Esc"), "", self.hide))
        if self._theme is not None:
            dress(self, self._theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It goes with its page: the live screen has a list of its own."""
        if event.type() == QEvent.Type.Hide:
            self.hide()
        return super().eventFilter(watched, event)

    def show_theme(self, theme: Theme) -> None:
        """As large as designed."""
        self._theme = theme
        self.resize(theme.px(1000), theme.px(680))
