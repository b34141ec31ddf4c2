"""What stands in a field because it did last time: marked until somebody takes it or types anew."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ui.live.panels.fields import NumberField
from ui.widgets.basic import restyle

Field = QLineEdit | QComboBox | NumberField


class FromLast:
    """Fills empty fields and remembers which of them nobody has looked at yet.

    ``changed`` is called when that is another set. What a person typed is never written over, and
    `take_back` empties only what still stands as it was offered.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._fields: dict[str, Field] = {}

    def watch(self, name: str, field: Field) -> None:
        """A field that may be offered something; what is done in it makes it the person's own."""
        if isinstance(field, QLineEdit):
            field.textEdited.connect(lambda _text: self.own(name))
        elif isinstance(field, QComboBox):
            field.activated.connect(lambda _place: self.own(name))
        else:
            field.edited.connect(lambda: self.own(name))

    def offer(self, name: str, field: Field, value: str) -> None:
        """Put a value into a field that is empty."""
        if not value or _standing(field):
            return
        _put(field, value)
        if _standing(field):
            self._fields[name] = field
            self._show(field, marked=True)

    def own(self, name: str) -> None:
        """The person has looked at it, or typed another."""
        field = self._fields.pop(name, None)
        if field is not None:
            self._show(field, marked=False)

    def take_back(self, *names: str) -> None:
        """Empty what still stands as it was offered: it belongs to another patient or drug."""
        for name in names or tuple(self._fields):
            field = self._fields.pop(name, None)
            if field is not None:
                _put(field, "")
                self._show(field, marked=False)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    @property
    def names(self) -> tuple[str, ...]:
        """What stands as it was offered, in the order of the offers."""
        return tuple(self._fields)

    def _show(self, field: Field, marked: bool) -> None:
        shown: QWidget = field.edit if isinstance(field, NumberField) else field
        shown.setProperty("remembered", "true" if marked else "false")
        restyle(shown)
        self._changed()


def _standing(field: Field) -> str:
    if isinstance(field, QComboBox):
        return str(field.currentData() or "")
    return field.text().strip()


def _put(field: Field, value: str) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentIndex(max(0, field.findData(value)))
    elif isinstance(field, QLineEdit):
        field.setText(value)
    else:
        field.begin()
        field.type(value)
