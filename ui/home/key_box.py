"""The box of the start page about the key of the records: make it, unlock it, keep its paper."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from kapmonitor.keys.recovery import GROUPS
from kapmonitor.words import tr
from ui.home.key_words import PAGES
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, grid, row

_FIELDS = {
    "letters": "Recovery key",
    "passphrase": "Passphrase",
    "again": "The same passphrase again",
}
_GROUPS_IN_A_LINE = 4


class KeyBox(QWidget):
    """Shows one page at a time; asks for what its buttons mean, with what was typed."""

    acted = Signal(str)
    other_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.page = ""
        self._title, self._words = label("", "title"), label("", "", wrap=True)
        self._paper, self.groups = _paper()
        self._fields = {name: self._field(name) for name in _FIELDS}
        self._captions: dict[str, QLabel] = {}
        self._act = button("", "main", self._on_act)
        self._other = button("", "", lambda: self.other_requested.emit(self.page))
        self._problem = label("", "wrong", wrap=True)
        box = column(self, gap=10)
        for widget in (self._title, self._words, self._paper):
            box.addWidget(widget)
        for name, field in self._fields.items():
            self._captions[name] = label(tr(_FIELDS[name]), "small")
            self._captions[name].setBuddy(field)
            box.addWidget(self._captions[name])
            box.addWidget(field)
        box.addWidget(self._problem)
        buttons = row(gap=12)
        buttons.addWidget(self._act)
        buttons.addWidget(self._other)
        buttons.addStretch(1)
        box.addLayout(buttons)
        box.addStretch(1)

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self._fields[name].text()

    def show_page(self, page: str, letters: str = "") -> None:
        """Show a page of `PAGES`, its fields empty; ``letters`` is a recovery key to be kept."""
        self.page, shown = page, PAGES[page]
        self.show_busy(False)
        show_text(self._title, tr(shown.title))
        show_text(self._words, tr(shown.words))
        self._show_letters(letters)
        for name, field in self._fields.items():
            field.clear()
            field.setVisible(name in shown.fields)
            self._captions[name].setVisible(name in shown.fields)
        for made, words in ((self._act, shown.act), (self._other, shown.other)):
            made.setText(tr(words))
            made.setAccessibleName(tr(words))
            made.setVisible(bool(words))
        self.show_problem("")
        # A second Return must not send the recovery key away before anybody has read it.
        plain = self._other if letters else self._act
        first = next((self._fields[name] for name in shown.fields), plain)
        if self._page_in_view():  # an answer that comes late takes no key from another page
            first.setFocus()

    def _page_in_view(self) -> bool:
        page = self.parentWidget()
        while page is not None and page.objectName() != "page":
            page = page.parentWidget()
        return page is None or page.isVisible()

    def show_problem(self, text: str) -> None:
        """What went wrong; what was typed stays."""
        show_text(self._problem, text)
        self._problem.setVisible(bool(text))
        self.show_busy(False)

    def show_busy(self, busy: bool) -> None:
        """Nothing can be pressed twice."""
        self._act.setEnabled(not busy)
        self._other.setEnabled(not busy)

    def forget(self) -> None:
        """Nothing secret stays in a widget that is not shown."""
        self._show_letters("")
        for field in self._fields.values():
            field.clear()

    def _show_letters(self, letters: str) -> None:
        texts = letters.split("-") if letters else [""] * GROUPS
        for group, text in zip(self.groups, texts, strict=True):
            show_text(group, text)
        self._paper.setVisible(bool(letters))

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(tr(_FIELDS[name]))
        field.returnPressed.connect(self._on_act)
        if name == "letters":
            field.setFont(QFont("monospace"))
            field.setPlaceholderText(tr("ABCDE-FGHJK-…"))
        else:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def _on_act(self) -> None:
        if self._act.isEnabled():
            self.acted.emit(self.page)


def _paper() -> tuple[QWidget, list[QLabel]]:
    """A place for the groups of a recovery key, each with its number, and the groups."""
    box, groups = QWidget(), []
    table = grid(box, margins=(0, 10, 0, 10), gap=10)
    for place in range(GROUPS):
        line, at = divmod(place, _GROUPS_IN_A_LINE)
        groups.append(label("", "heading"))
        groups[-1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        number = label(str(place + 1), "small")
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.addWidget(number, line, 2 * at)
        table.addWidget(groups[-1], line, 2 * at + 1)
        table.setColumnStretch(2 * at + 1, 1)
    return box, groups
