"""The panel of sensors that are taken off on purpose: toilet, a new position."""

from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.commands import PreferSource, TakeOff
from kapmonitor.words import tr
from ui.live.side import Panel
from ui.live.taken_off import PreferenceRow, SensorRow
from ui.widgets.basic import KeyButton, label
from ui.widgets.boxes import column, emptied


class SensorsPanel(Panel):
    """Asks for `TakeOff`, which also ends it."""

    title = "Sensor off"

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[SensorRow, ...] | None = None
        self._first: QWidget | None = None
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(tr("why: toilet, new position (may be empty)"))
        self._reason.setAccessibleName(tr("Why the sensor is off"))
        words = tr(
            "For ten minutes at most the missing values raise no alarm. It ends by itself when "
            "values return. Limits stay watched by the other sensors."
        )
        self.body.addWidget(label(words, "dim", wrap=True))
        self.body.addWidget(self._reason)
        self._list = column(gap=8)
        self.body.addLayout(self._list)
        self._which = label(tr("Which counts, where two measure the same"), "group")
        self.body.addWidget(self._which)
        self._choices = column(gap=6)
        self.body.addLayout(self._choices)
        self._shown: tuple[PreferenceRow, ...] | None = None
        self.show_preferences(())
        self.body.addStretch(1)

    def show_sensors(self, rows: tuple[SensorRow, ...]) -> None:
        """Offer these; one whose own alarm is high says why it is not offered."""
        if rows == self._rows:
            return
        same = self._rows is not None and [_shape(r) for r in rows] == [
            _shape(r) for r in self._rows
        ]
        self._rows = rows
        if same:
            self._count(rows)
            return
        emptied(self._list)
        self._first = None
        self._buttons: dict[str, KeyButton] = {}
        for sensor in rows:
            made = KeyButton(_words(sensor), "choice", partial(self._take_off, sensor.source))
            made.setAccessibleName(_words(sensor))
            made.setEnabled(not sensor.refused)
            self._buttons[sensor.source] = made
            self._list.addWidget(made)
            if sensor.refused:
                self._list.addWidget(label(sensor.refused, "wrong", wrap=True))
            elif self._first is None:
                self._first = made
        if not rows:
            self._list.addWidget(label(tr("No sensor is in use."), "dim"))

    def show_preferences(self, rows: tuple[PreferenceRow, ...]) -> None:
        """Offer to let another sensor count; the one that does now is marked."""
        if rows == self._shown:
            return
        self._shown = rows
        emptied(self._choices)
        self._which.setVisible(bool(rows))
        for row in rows:
            words = tr("{words} (now)", words=row.words) if row.counts else row.words
            made = KeyButton(words, "choice", partial(self._prefer, row.vital, row.source))
            made.setAccessibleName(words)
            made.setEnabled(not row.counts)
            self._choices.addWidget(made)

    def _prefer(self, vital: str, source: str) -> None:
        self.ask(PreferSource(vital=vital, source=source, reason=self._reason.text().strip()))

    def begin(self) -> None:
        """The first sensor that may be taken off."""
        self._reason.clear()
        (self._first or self._reason).setFocus()

    def _count(self, rows: tuple[SensorRow, ...]) -> None:
        for sensor in rows:
            self._buttons[sensor.source].setText(_words(sensor))

    def _take_off(self, source: str) -> None:
        self.ask(TakeOff(source=source, reason=self._reason.text().strip()))


def _shape(sensor: SensorRow) -> tuple[str, bool, str]:
    """What a row is made of; the counting time is only its text."""
    return sensor.source, bool(sensor.left), sensor.refused


def _words(sensor: SensorRow) -> str:
    if sensor.left:
        return tr("{sensor}: off, {left} left. Watch again", sensor=sensor.label, left=sensor.left)
    return tr("Take off {sensor}", sensor=sensor.label)
