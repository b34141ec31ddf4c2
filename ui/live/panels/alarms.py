"""The panel of all alarms: each with its state, its acknowledgement, and a reason for it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from kapmonitor.commands import Acknowledge, AddNote
from kapmonitor.words import tr
from ui.live.alarm_views import AlarmRow
from ui.live.side import Panel
from ui.theme.theme import Theme
from ui.widgets.basic import KeyButton, button, label, set_tone, show_text
from ui.widgets.boxes import column, row
from ui.widgets.painted import AlarmSymbol

# The kind of a note that says why an alarm was acknowledged.
REASON = "acknowledged"


class AlarmCard(QWidget):
    """One alarm: what it says, how it stands, what may be done."""

    acknowledge_requested = Signal(str, str)
    reason_requested = Signal(str)

    def __init__(self, alarm: AlarmRow) -> None:
        super().__init__()
        self.row = alarm
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("box", "card")
        self._symbol, self._mark = AlarmSymbol(), label("", "title")
        self._words, self._state = label("", "", wrap=True), label("", "small", wrap=True)
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self._on_reason)
        self.seen = KeyButton("", "small", self._on_seen)
        box = column(self, margins=(8, 6, 8, 6), gap=3)
        head = row(gap=6)
        head.addWidget(self._symbol)
        head.addWidget(self._mark)
        head.addWidget(self._words, 1)
        box.addLayout(head)
        box.addWidget(self._state)
        tools = row(gap=6)
        tools.addWidget(self.reason, 1)
        tools.addWidget(self.seen, 0, Qt.AlignmentFlag.AlignRight)
        box.addLayout(tools)
        self.show_row(alarm)

    def show_row(self, alarm: AlarmRow) -> None:
        """Show it as it is now; what is being typed stays."""
        self.row = alarm
        self._symbol.show_alarm(alarm.priority)
        show_text(self._mark, alarm.mark)
        show_text(self._words, alarm.text)
        set_tone(self._words, alarm.priority)
        show_text(self._state, state_words(alarm))
        waits = not alarm.acknowledged_by
        text = tr("Seen") if alarm.over else tr("Acknowledge")
        self.seen.setVisible(waits)
        self.seen.setText(text)
        self.seen.setAccessibleName(f"{text}: {alarm.text}")
        self.reason.setVisible(not alarm.over)
        hint = tr("reason, if there is one") if waits else tr("add a reason, Enter files it")
        self.reason.setPlaceholderText(hint)
        self.reason.setAccessibleName(tr("Reason: {alarm}", alarm=alarm.text))

    def show_theme(self, theme: Theme) -> None:
        """As large as the text beside it."""
        self._symbol.setFixedSize(theme.px(16), theme.px(16))

    def _on_seen(self) -> None:
        self.acknowledge_requested.emit(self.row.name, self.taken())

    def _on_reason(self) -> None:
        """Enter acknowledges with the reason; a seen alarm gets it as a note of its own."""
        if not self.row.acknowledged_by:
            self._on_seen()
        elif reason := self.taken():
            self.reason_requested.emit(f"{self.row.text}: {reason}")

    def taken(self) -> str:
        """The reason that was written, once."""
        reason = self.reason.text().strip()
        self.reason.clear()
        return reason


class AlarmsPanel(Panel):
    """Asks for `Acknowledge`, and for a reason afterwards. The most urgent alarm first."""

    title = "Alarms"
    one_at_a_time = False
    stays = True

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, AlarmCard] = {}
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._list = column(inside, margins=(0, 0, 6, 0), gap=6)
        self._none = label(tr("No alarms"), "dim")
        self._list.addWidget(self._none)
        self._list.addStretch(1)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self.all = button("", "main", self.submit)
        self.all.hide()
        self.buttons.addWidget(self.all, 1)

    def show_alarms(self, rows: tuple[AlarmRow, ...]) -> None:
        """Show these; a card stays itself while its alarm lasts, so that typing is not lost."""
        names = [alarm.name for alarm in rows]
        for name in [name for name in self.cards if name not in names]:
            gone = self.cards.pop(name)
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, alarm in enumerate(rows):
            card = self.cards.get(alarm.name) or self._begin(alarm)
            if card.row != alarm:
                card.show_row(alarm)
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._none.setVisible(not rows)
        waiting = len(self._unseen)
        self.all.setVisible(waiting > 1)
        words = tr("Acknowledge all {number}", number=waiting)
        self.all.setText(f"{words}  Ctrl+Enter")
        self.all.setAccessibleName(words)

    @property
    def _unseen(self) -> list[AlarmCard]:
        """The alarms in the list that nobody has seen, as they stand there."""
        return [card for card in self.cards.values() if not card.row.acknowledged_by]

    def submit(self) -> None:
        """Acknowledge all that stand here, each by its name: what came since is not among them."""
        for card in self._unseen:
            self._acknowledge(card.row.name, card.taken())

    def begin(self) -> None:
        """The alarm on top first."""
        first = next(iter(self._unseen), None)
        if first is not None:
            first.seen.setFocus()

    def _begin(self, alarm: AlarmRow) -> AlarmCard:
        card = self.cards[alarm.name] = AlarmCard(alarm)
        card.acknowledge_requested.connect(self._acknowledge)
        card.reason_requested.connect(self._add_reason)
        self.dress(card)
        return card

    def _acknowledge(self, alarm: str, reason: str) -> None:
        self.ask(Acknowledge(alarm=alarm, reason=reason))

    def _add_reason(self, text: str) -> None:
        self.ask(AddNote(text=text, kind=REASON))


def state_words(alarm: AlarmRow) -> str:
    """How an alarm stands: since when, after which delay, who has seen it, whether it is over."""
    if alarm.over:
        state = tr("ended, not seen")
    elif alarm.acknowledged_by:
        state = alarm.acknowledged or tr("seen by {person}", person=alarm.acknowledged_by)
    else:
        state = alarm.again or tr("in force")
    since = tr("since {time}", time=alarm.since) if alarm.since else ""
    delay = tr("raised {delay}", delay=alarm.delay) if alarm.delay else ""
    return "  ·  ".join(part for part in (state, since, delay) if part)
