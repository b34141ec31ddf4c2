"""The box that tries other limits on an earlier visit, and shows both results."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QWidget

from kapmonitor.alarm_words import MARKS
from kapmonitor.event_words import alarm_name
from kapmonitor.events import Priority
from kapmonitor.words import tr
from ui.replay_words import PARTS, count_words, part_words, priority_words
from ui.trial_result import Progress, Trial
from ui.widgets.basic import KeyButton, label, set_tone, show_text
from ui.widgets.boxes import column, grid, row

_LOOK_EVERY_MS = 100
_LINES = 4  # of a part: its name, and one for each priority


class TrialBox(QWidget):
    """Asks for a trial with the preset that is chosen or typed, and for its end."""

    run_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self.limits = QComboBox()
        self.limits.setEditable(True)
        self.limits.setAccessibleName(tr("Limits to try"))
        if (edit := self.limits.lineEdit()) is not None:
            edit.setAccessibleName(tr("Limits to try"))
        self.limits.setToolTip(tr("A preset of the clinic by name, or the path of a file"))
        self._run = KeyButton(tr("Try"), "", self._on_run)
        self._cancel = KeyButton(tr("Cancel"), "", self.cancel_requested.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the trial"))
        self._said = label("", "", wrap=True)
        self._cells: list[list[QLabel]] = []
        self._more = label("", "small", wrap=True)
        box = column(self, gap=6)
        box.addWidget(label(tr("Other limits on the chosen visit"), "title"))
        tools = row(gap=8)
        tools.addWidget(self.limits, 1)
        tools.addWidget(self._run)
        tools.addWidget(self._cancel)
        box.addLayout(tools)
        box.addWidget(self._bar)
        box.addWidget(self._said)
        box.addWidget(self._table())
        box.addWidget(self._more)
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self.show_said("")

    def _table(self) -> QWidget:
        self._grid = QWidget()
        table = grid(self._grid, gap=6)
        for line in range(1 + _LINES * len(PARTS)):
            small = line == 0 or line % _LINES == 1
            cells = [label("", "small" if small else "") for _ in range(3)]
            self._cells.append(cells)
            for place, cell in enumerate(cells):
                cell.setWordWrap(place > 0)
                table.addWidget(cell, line, place)
        table.setColumnStretch(1, 1)
        table.setColumnStretch(2, 1)
        return self._grid

    def show_presets(self, names: Sequence[str]) -> None:
        """Offer these by name; what was typed stays."""
        typed = self.limits.currentText()
        self.limits.clear()
        self.limits.addItems(list(names))
        if typed:
            self.limits.setEditText(typed)

    def show_running(self, progress: Progress) -> None:
        """The trial runs; its progress is looked at from here."""
        self._progress = progress
        self._show(running=True)
        self._cancel.setFocus()
        self._bar.setValue(0)
        self._timer.start()

    def show_said(self, text: str) -> None:
        """It did not work, was cancelled, or has not begun."""
        self._show()
        show_text(self._said, text)
        self._said.setVisible(bool(text))

    def show_trial(self, trial: Trial) -> None:
        """What would have fired, beside what the visit's own limits raise."""
        self._show(result=True)
        head = ("", tr("Limits of the visit ({name})", name=trial.own),
                tr("With {name}", name=trial.other))  # fmt: skip
        lines = [(head, "")]
        for part, rows in trial.parts.items():
            lines.append(((part_words(part), "", ""), ""))
            for one in rows:
                words = _priority(one.priority), count_words(one.own), count_words(one.other)
                lines.append((words, one.priority))
        for cells, (texts, tone) in zip(self._cells, lines, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                show_text(cell, text)
            set_tone(cells[0], tone)
        show_text(self._more, more_words(trial))

    def _show(self, running: bool = False, result: bool = False) -> None:
        if not running:
            self._timer.stop()
        waited = self._cancel.hasFocus()
        self._run.setEnabled(not running)
        if waited and not running:
            self._run.setFocus()  # before its place goes, or the focus would leave the box
        self.limits.setEnabled(not running)
        self._bar.setVisible(running)
        self._cancel.setVisible(running)
        self._said.hide()
        self._grid.setVisible(result)
        self._more.setVisible(result)

    def _look(self) -> None:
        if self._progress is not None:
            self._bar.setValue(round(100 * self._progress.share))

    def _on_run(self) -> None:
        name = self.limits.currentText().strip()
        if name:
            self.run_requested.emit(name)
        else:
            self.show_said(tr("Choose a preset, or type the path of a file."))


def _priority(name: str) -> str:
    priority = Priority(name)
    return f"{MARKS[priority]} {priority_words(name)}"


def more_words(trial: Trial) -> str:
    """Which alarms make the difference."""
    changed = [
        tr("{alarm}: {own} → {other}", alarm=alarm_name(alarm), own=own, other=other)
        for alarm, own, other in trial.alarms
        if own != other
    ]
    words = "  ·  ".join(changed) or tr("Every alarm comes as often with both.")
    if trial.unjudged:
        names = ", ".join(alarm_name(alarm) for alarm in trial.unjudged)
        words += "  ·  " + tr("Not judged, for want of a baseline: {names}", names=names)
    return words
