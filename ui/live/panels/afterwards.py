"""After the seal: what the patient is told, and the appointment for integration."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.afterwards import Advice
from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence, tr
from ui.widgets.basic import Choices, button, label, set_tone, show_text
from ui.widgets.boxes import column, emptied, row

DAYS = ((1, "tomorrow"), (2, "in 2 days"), (3, "in 3 days"))
# Days from today, hour and minute; gives the words that are shown.
Keep = Callable[[int, int, int], str]


class AfterwardsBox(QWidget):
    """Shows the advice; asks for a day and a time within 72 hours."""

    def __init__(self) -> None:
        super().__init__()
        self._keep: Keep | None = None
        self._lines = column(gap=2)
        self.days = Choices([(str(day), tr(words)) for day, words in DAYS], tr("Day"), "small")
        self.time = QLineEdit()
        self.time.setPlaceholderText(tr("time, such as 10:30"))
        self.time.setAccessibleName(tr("Time of the appointment"))
        self.time.returnPressed.connect(self._on_keep)
        self._said = label("", "small", wrap=True)
        box = column(self, gap=6)
        box.addLayout(self._lines)
        box.addWidget(label(tr("Integration appointment, within 72 hours"), "group"))
        box.addWidget(self.days)
        line = row(gap=8)
        line.addWidget(self.time, 1)
        line.addWidget(button(tr("Keep the appointment"), "", self._on_keep))
        box.addLayout(line)
        box.addWidget(self._said)
        self.hide()

    def offer(self, advice: Advice, keep: Keep) -> None:
        """Show this advice; ``keep`` takes the appointment."""
        self._keep = keep
        emptied(self._lines)
        self._lines.addWidget(label(tr(advice.title), "group"))
        for line in advice.lines:
            self._lines.addWidget(label(f"·  {tr(line)}", "", wrap=True))
        self.show()

    def _on_keep(self) -> None:
        hours, _, minutes = self.time.text().strip().partition(":")
        fits = hours.isdecimal() and (minutes or "0").isdecimal()
        if not self.days.value or not fits or int(hours) > 23 or int(minutes or 0) > 59:
            self._say(tr("Choose a day and type a time, such as 10:30."), "medium")
            return
        if self._keep is None:
            return
        try:
            words = self._keep(int(self.days.value), int(hours), int(minutes or 0))
        except KapmonitorError as problem:
            self._say(sentence(problem.code, problem.facts), "medium")
        else:
            self._say(words, "calm")

    def _say(self, words: str, tone: str) -> None:
        show_text(self._said, words)
        set_tone(self._said, tone)
