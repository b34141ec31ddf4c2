"""The emergency list beside the live picture: numbers to call, steps to tick."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QScrollArea, QWidget

from kapmonitor import events as e
from kapmonitor.commands import MarkEmergency
from kapmonitor.emergency import EmergencyList
from kapmonitor.events import Entry
from kapmonitor.session import Session, session_time
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.side import Panel
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, row


class EmergencyPanel(Panel):
    """Asks for `MarkEmergency`. It lies at the side and covers neither vitals nor alarms."""

    title = "Emergency list"
    stays = True
    one_at_a_time = False

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, QCheckBox] = {}
        self._times: dict[str, QLabel] = {}
        self._called = button(
            f"{tr('Emergency called')}  {key_for('called').press}", "danger", self._on_called
        )
        self._called_at = label("", "dim", wrap=True)
        self._blank = label(
            tr("The clinic has not filled in its own list: clinic/emergency.toml."), "wrong", True
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._list = column(inside, margins=(0, 0, 6, 0), gap=8)
        area.setWidget(inside)
        self.body.addWidget(self._called)
        self.body.addWidget(self._called_at)
        self.body.addWidget(area, 1)

    def show_list(self, listed: EmergencyList) -> None:
        """The clinic's numbers and steps; called once."""
        for number in listed.number:
            line = row(gap=8)
            line.addWidget(label(tr(number.who), wrap=True), 1)
            line.addWidget(label(number.number or "………………", "title" if number.number else "dim"))
            self._list.addLayout(line)
        self._blank.setVisible(listed.blanks)
        self._list.addWidget(self._blank)
        for step in listed.steps:
            box = QCheckBox(tr(step))
            box.setAccessibleName(tr(step))
            box.clicked.connect(lambda done, step=step: self._on_step(step, done))
            done = label("", "small", wrap=True)
            self.steps[step], self._times[step] = box, done
            self._list.addWidget(box)
            self._list.addWidget(done)
        self._list.addStretch(1)

    def show_session(self, session: Session) -> None:
        """What was called and done, with its time and name."""
        last: dict[str, Entry] = {}
        called: Entry | None = None
        for entry in session.emergency:
            if isinstance(entry.event, e.Emergency) and entry.event.action == "step":
                last[entry.event.text] = entry
            else:
                called = entry
        show_text(self._called_at, "" if called is None else _when(called, session))
        for step, box in self.steps.items():
            found = last.get(step)
            done = found is not None and isinstance(found.event, e.Emergency) and found.event.done
            box.setChecked(done)
            words = self._times[step]
            words.setVisible(done)
            if found is not None and done:
                words.setText(_when(found, session))

    def begin(self) -> None:
        """The call first."""
        self._called.setFocus()

    def _on_called(self) -> None:
        self.ask(MarkEmergency(action="called"))

    def _on_step(self, step: str, done: bool) -> None:
        self.ask(MarkEmergency(action="step", text=step, done=done))


def _when(entry: Entry, session: Session) -> str:
    start = session.entries[0].at if session.entries else 0.0
    time = session_time(entry.at, session.t0 if session.t0 is not None else start)
    return f"{time if session.t0 is not None else time.removeprefix('t')}   {entry.by}"
