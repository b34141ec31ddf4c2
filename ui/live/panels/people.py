"""The panel of who acts: one key, a number, a PIN where that person has one."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from kapmonitor.commands import ActAs
from kapmonitor.staff import LONGEST_PIN
from kapmonitor.words import tr
from ui.live.people import PersonView
from ui.live.side import Panel
from ui.widgets.basic import button, label, restyle, show_text
from ui.widgets.boxes import column, emptied


class PinField(QLineEdit):
    """Takes digits. Every other key goes on to the window: an alarm never waits for a PIN."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_PIN)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.setPlaceholderText(tr("PIN"))
        self.setAccessibleName(tr("PIN"))

    def event(self, event: QEvent) -> bool:
        """A letter is no part of a PIN: it stays a key of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            text = event.text()
            if text.isprintable() and text and not text.isdigit():
                event.ignore()
                return False
        return super().event(event)


class PersonPanel(Panel):
    """Asks for `ActAs`; somebody without a PIN acts at once."""

    title = "Who acts"
    person_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[PersonView, ...] = ()
        self._chosen: PersonView | None = None
        self._locked = False
        self._list = column(gap=6)
        self._buttons: list[QPushButton] = []
        self._words = label("", "dim", wrap=True)
        self._whose = label("", "title", wrap=True)
        self.pin = PinField()
        self.pin.returnPressed.connect(self.submit)
        self._other = QLineEdit()
        self._other.setPlaceholderText(tr("another name"))
        self._other.setAccessibleName(tr("Another name"))
        self._other.returnPressed.connect(self.submit)
        for widget in (self._words, self._whose, self.pin):
            self.body.addWidget(widget)
        self.body.addLayout(self._list)
        self.body.addWidget(self._other)
        self.body.addStretch(1)
        self.buttons.addWidget(button(tr("Act as this person  Enter"), "main", self.submit), 1)
        self._show_chosen(None)

    def show_people(self, people: Sequence[PersonView], acting: str, locked: bool) -> None:
        """Offer these; under the lock only somebody with a PIN helps, if anybody has one."""
        shown = tuple(people)
        pins = any(person.pin for person in shown)
        self._locked = locked
        self._other.setVisible(not (locked and pins))
        words = (
            tr("Locked. Vitals and alarms go on: A acknowledges, P pauses the sound.")
            if locked
            else tr("Everything that is entered carries this name.")
        )
        show_text(self._words, words)
        if shown != self._people or not self._buttons:
            self._people = shown
            self._show_list()
        for person, made in zip(self._people, self._buttons, strict=True):
            made.setEnabled(person.pin or not (locked and pins))
            kind = "chosen" if person.name == acting else "choice"
            if made.property("kind") != kind:
                made.setProperty("kind", kind)
                restyle(made)

    def _show_list(self) -> None:
        emptied(self._list)
        self._buttons = []
        for number, person in enumerate(self._people, 1):
            key = f"{number}  " if number < 10 else ""
            made = button(f"{key}{person.words}", "choice", partial(self._choose, person))
            made.setAccessibleName(person.words)
            self._buttons.append(made)
            self._list.addWidget(made)
            self.dress(made)

    def begin(self) -> None:
        """The first name first, or the PIN of whoever acted last."""
        self._other.clear()
        self.pin.clear()
        acting = next(
            (p for p, b in zip(self._people, self._buttons, strict=True)
             if b.property("kind") == "chosen"), None
        )  # fmt: skip
        self._show_chosen(acting if self._locked and acting is not None and acting.pin else None)
        if self._chosen is None:
            (self._buttons[0] if self._buttons else self._other).setFocus()

    def choose(self, name: str) -> None:
        """Choose somebody by name, as the button would."""
        found = next((person for person in self._people if person.name == name), None)
        if found is not None:
            self._choose(found)

    def _choose(self, person: PersonView) -> None:
        if person.pin:
            self._show_chosen(person)
        else:
            self._act(person.name)

    def _show_chosen(self, person: PersonView | None) -> None:
        self._chosen = person
        self._whose.setVisible(person is not None)
        self.pin.setVisible(person is not None)
        if person is not None:
            words = tr("PIN of {name}", name=person.name)
            more = sum(one.pin for one in self._people) > 1
            show_text(self._whose, tr("{pin}   (↑ ↓ somebody else)", pin=words) if more else words)
            self.pin.clear()
            self.pin.setFocus()

    def submit(self) -> None:
        """Give the PIN, or take the name that was typed."""
        name = self._other.text().strip()
        if self._chosen is not None and (self.pin.text() or not name):
            self.ask(ActAs(by=self._chosen.name, pin=self.pin.text()))
            self.pin.clear()
        elif name:
            self._act(name)

    def _act(self, name: str) -> None:
        self.person_chosen.emit(name)
        self.ask(ActAs(by=name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses a person, in the PIN the arrows do; Enter gives the PIN."""
        text, key = event.text(), event.key()
        if self._chosen is not None and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            guarded = [person for person in self._people if person.pin]
            step = 1 if key == Qt.Key.Key_Down else -1
            self._show_chosen(guarded[(guarded.index(self._chosen) + step) % len(guarded)])
            return
        if text.isdigit() and 0 < int(text) <= len(self._people):
            made = self._buttons[int(text) - 1]
            if made.isEnabled():
                made.click()
            return
        super().keyPressEvent(event)


class Signer(QWidget):
    """Who signs, with the PIN where that person has one."""

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[PersonView, ...] = ()
        self.who, self.pin = QComboBox(), PinField()
        self.who.setAccessibleName(tr("Who signs"))
        box = column(self, gap=6)
        box.addWidget(self.who)
        box.addWidget(self.pin)
        self.setFocusProxy(self.pin)
        self.who.currentIndexChanged.connect(self._show_pin)

    def show_people(self, people: Sequence[PersonView], acting: str) -> None:
        """Offer these, the acting person first."""
        if tuple(people) == self._people:
            return
        self._people = tuple(people)
        self.who.clear()
        self.who.addItems([person.words for person in people])
        names = [person.name for person in people]
        self.who.setCurrentIndex(max(0, names.index(acting) if acting in names else 0))
        self._show_pin()

    def _show_pin(self) -> None:
        person = self.person
        self.pin.clear()
        self.pin.setVisible(person is not None and person.pin)

    @property
    def person(self) -> PersonView | None:
        """Who is chosen."""
        place = self.who.currentIndex()
        return self._people[place] if 0 <= place < len(self._people) else None

    def taken_pin(self) -> str:
        """The PIN that was typed; the field is empty afterwards."""
        pin = self.pin.text()
        self.pin.clear()
        return pin
