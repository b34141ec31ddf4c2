"""Fields that panels share: a time that may be set back, and numbers with a plausible range."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor import regional
from kapmonitor.regional import MMHG, shown
from kapmonitor.words import tr
from ui.theme.theme import Theme
from ui.widgets.basic import Choices, label, restyle
from ui.widgets.boxes import row

_BACK = (0, 1, 2, 5, 10)
# A field for numbers shows the range of what may be typed, in pixels.
EDIT_WIDTH = 84
# Room for "mmHg", so that fields with other units stand below one another, in pixels.
UNIT_WIDTH = 48


def number_of(text: str) -> float | None:
    """The number that somebody typed, with a point or a comma; None when it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class BackTime(QWidget):
    """When something happened: now, or some minutes ago."""

    def __init__(self) -> None:
        super().__init__()
        words = [(str(m), tr("now") if m == 0 else tr("{minutes} min ago", minutes=m))
                 for m in _BACK]  # fmt: skip
        self._choices = Choices(words, tr("When"), "small")
        box = row(self)
        box.addWidget(self._choices)
        box.addStretch(1)
        self.setFocusProxy(self._choices)
        self.begin()

    def begin(self) -> None:
        """Now."""
        self._choices.show_values(["0"])

    def happened(self, now: float) -> float | None:
        """The session time, or None for now."""
        minutes = int(self._choices.value or 0)
        return max(0.0, now - 60.0 * minutes) if minutes else None


class NumberField(QWidget):
    """A number with a range; what does not fit is refused here, in words, beside it.

    With ``named`` its name stands before it; else the form that it is in has one.
    ``low`` and ``high`` are in ``unit``. Pressures (mmHg) are typed in the clinic's unit, and come
    back in mmHg.
    """

    returned = Signal()
    edited = Signal()

    def __init__(
        self, name: str, unit: str, low: float, high: float, required: bool, named: bool = True
    ) -> None:
        super().__init__()
        self._low, self._high, self._unit, self._required = low, high, unit, required
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(f"{shown(low, unit)}–{shown(high, unit)}")
        self._wrong = label("", "wrong", wrap=True)
        self._name_label = label(name, wrap=True)
        self.edit.setMinimumWidth(EDIT_WIDTH)
        box = row(self, gap=8)
        if named:
            box.addWidget(self._name_label, 4)
        box.addWidget(self.edit, 3)
        self._unit_label = label(regional.unit(unit), "dim")
        box.addWidget(self._unit_label, 1)
        box.addWidget(self._wrong, 3)
        self._box = box
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.returnPressed.connect(self.returned)
        self.edit.editingFinished.connect(self._on_left)

    def show_theme(self, theme: Theme) -> None:
        """Units as wide as one another."""
        self._unit_label.setMinimumWidth(theme.px(UNIT_WIDTH))

    def show_range(self, low: float, high: float, unit: str) -> None:
        """Another range, in another unit."""
        self._low, self._high, self._unit = low, high, unit
        self._unit_label.setText(regional.unit(unit))
        self.edit.setPlaceholderText(f"{shown(low, unit)}–{shown(high, unit)}")

    def add_beside(self, told: QWidget) -> None:
        """Something that belongs to the number, behind its unit."""
        self._box.insertWidget(self._box.count() - 1, told, 3)

    def _on_edited(self) -> None:
        self._show_wrong("")
        self.edited.emit()

    def begin(self) -> None:
        """Empty again."""
        self.edit.clear()
        self._show_wrong("")

    def type(self, text: str) -> None:
        """Put a text in, as a person would."""
        self.edit.setText(text)

    def text(self) -> str:
        """What stands there, a number or not."""
        return self.edit.text()

    @property
    def wrong(self) -> str:
        """What is wrong with the field, empty when nothing is."""
        return self._wrong.text()

    @property
    def number(self) -> float | None:
        """The number that stands there and fits, else None; nothing is marked."""
        number = number_of(self.edit.text().strip())
        if number is not None and self._unit == MMHG:
            number = regional.pressure_entered(number)
        return number if number is not None and self._low <= number <= self._high else None

    def checked(self) -> tuple[bool, float | None]:
        """Whether it may be used, and the number (None for an empty field that may be empty)."""
        text = self.edit.text().strip()
        if not text and not self._required:
            return True, None
        number = number_of(text)
        if number is not None and self._unit == MMHG:
            number = regional.pressure_entered(number)
        if number is None or not self._low <= number <= self._high:
            low, high = shown(self._low, self._unit), shown(self._high, self._unit)
            self._show_wrong(tr("{low} to {high}", low=low, high=high))
            return False, None
        self._show_wrong("")
        return True, number

    def _on_left(self) -> None:
        """What cannot be is refused as soon as the field is left."""
        if self.edit.text().strip():
            self.checked()

    def _show_wrong(self, text: str) -> None:
        self._wrong.setText(text)
        self.edit.setProperty("wrong", "true" if text else "false")
        restyle(self.edit)
