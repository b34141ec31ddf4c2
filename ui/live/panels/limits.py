"""The panel of limits: every alarm of the preset, and a field beside each number to change it."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QWidget

from kapmonitor.commands import SetLimit
from kapmonitor.regional import shown
from kapmonitor.words import tr
from ui.live.limit_views import GROUPS, LimitRow
from ui.live.panels.fields import NumberField
from ui.live.side import Panel
from ui.theme.theme import Theme
from ui.widgets.basic import KeyButton, label, set_tone, show_text
from ui.widgets.bell import Bell
from ui.widgets.boxes import column, row
from ui.widgets.painted import AlarmSymbol

_GROUP_OF_TILE = {"systolic": "pressure", "diastolic": "pressure"}


class _Editor(QWidget):
    """A number, the reason, and what may be done with them."""

    set_requested = Signal(SetLimit)

    def __init__(self, spec: LimitRow) -> None:
        super().__init__()
        self._alarm = spec.alarm
        name = spec.names[0] if spec.names else tr("New limit")
        two = spec.other_default is not None
        self.number = NumberField(name, spec.unit, *spec.allowed, required=not two)
        self.other = NumberField(
            spec.names[-1] if two else "", spec.unit, *spec.other_allowed, required=False
        )
        self.number.setVisible(spec.editable)
        self.other.setVisible(two)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("why"))
        self.reason.setAccessibleName(tr("Why the limit is changed"))
        self.reason.returnPressed.connect(self.submit)
        self.number.returned.connect((self.other if two else self.reason).setFocus)
        self.other.returned.connect(self.reason.setFocus)
        self._off = KeyButton(tr("Switch off"), "small", partial(self._ask, None))
        self._on = KeyButton(tr("Switch on"), "small", partial(self._ask, None, on=True))
        self._default = KeyButton(
            tr("Default {value}", value=_default(spec)), "small", partial(self._to, spec)
        )
        self._set = KeyButton(tr("Set"), "small", self.submit)
        self.wrong = label("", "wrong", wrap=True)
        box = column(self, margins=(0, 4, 0, 0), gap=6)
        box.addWidget(self.number)
        box.addWidget(self.other)
        box.addWidget(self.reason)
        box.addWidget(self.wrong)
        tools = row(gap=6)
        self._set.setVisible(spec.editable)
        for made in (self._set, self._default, self._on, self._off):
            tools.addWidget(made)
        tools.addStretch(1)
        box.addLayout(tools)
        self.wrong.hide()
        self.hide()

    def begin(self, spec: LimitRow) -> None:
        """Ready for a number."""
        self._row = spec
        self.number.begin()
        self.other.begin()
        self.reason.clear()
        self._say("")
        self._off.setVisible(spec.may_be_off and not spec.off)
        self._on.setVisible(spec.off and not spec.editable)
        self._default.setVisible(spec.changed and spec.editable)
        self.show()
        (self.number if spec.editable else self.reason).setFocus()

    def submit(self) -> None:
        """Ask for the numbers that were typed; of two, one may stay as it is."""
        if not self._row.editable:
            return
        fits, number = self.number.checked()
        if not fits:
            self.number.setFocus()
            return
        other_fits, other = self.other.checked()
        if not other_fits:
            self.other.setFocus()
            return
        if number is None and other is None:
            self._say(tr("Type a new number."))
            self.number.setFocus()
            return
        if number is None:
            number = self._row.default if self._row.number is None else self._row.number
        self._ask(number, other)

    def _to(self, spec: LimitRow) -> None:
        if spec.off_by_default:
            self._ask(None)
        else:
            self._ask(spec.default, spec.other_default)

    def _ask(self, limit: float | None, other: float | None = None, on: bool = False) -> None:
        reason = self.reason.text().strip()
        if not reason:
            self._say(tr("Write why: it goes into the record with your name."))
            self.reason.setFocus()
            return
        self._say("")
        self.set_requested.emit(
            SetLimit(alarm=self._alarm, limit=limit, reason=reason, other=other, on=on)
        )

    def _say(self, text: str) -> None:
        self.wrong.setText(text)
        self.wrong.setVisible(bool(text))


class LimitCard(QWidget):
    """One alarm: its mark, its condition, what it comes to, its delay and where it comes from."""

    edit_requested = Signal(str)
    limit_requested = Signal(SetLimit)

    def __init__(self, spec: LimitRow) -> None:
        super().__init__()
        self.row = spec
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("box", "card")
        self._symbol, self._bell = AlarmSymbol(), Bell()
        self._words = label("", "title", wrap=True)
        self._now, self._delay = label("", "", wrap=True), label("", "small", wrap=True)
        self._changed, self._source = label("", "small", wrap=True), label("", "small", wrap=True)
        self.change = KeyButton(tr("Change"), "small", self._on_change)
        self.editor = _Editor(spec) if spec.changeable else None
        box = column(self, margins=(8, 6, 8, 6), gap=1)
        head = row(gap=6)
        head.addWidget(self._symbol)
        head.addWidget(label(spec.mark, "title"))
        head.addWidget(self._words, 1)
        head.addWidget(self._bell)
        if self.editor is not None:
            head.addWidget(self.change)
        box.addLayout(head)
        for widget in (self._now, self._changed, self._delay, self._source):
            box.addWidget(widget)
        set_tone(self._changed, "accent")
        if self.editor is not None:
            box.addWidget(self.editor)
            self.editor.set_requested.connect(self.limit_requested)
        self.show_row(spec)

    def show_row(self, spec: LimitRow) -> None:
        """Show it as it is now; a change that came closes the field."""
        if self.editor is not None and _numbers(spec) != _numbers(self.row):
            self.editor.hide()
        self.row = spec
        self._symbol.show_alarm(spec.priority)
        show_text(self._words, spec.words)
        self._bell.setVisible(spec.off)
        self._bell.show_state("off", "text", tr("Switched off"))
        lines = [tr("OFF: never signalled")] if spec.off else []
        lines += [part for part in (spec.now, spec.missing) if part]
        _show(self._now, "\n".join(lines))
        set_tone(self._now, "down" if spec.missing or spec.off else "")
        changed = tr("changed for this visit, default {value}", value=_default(spec))
        lines = [changed if spec.changed else "", spec.changed_by]
        _show(self._changed, "\n".join(line for line in lines if line))
        _show(self._delay, _facts(spec))
        _show(self._source, tr("Source: {source}", source=spec.source))
        self.change.setAccessibleName(tr("Change {limit}", limit=spec.words))

    def show_theme(self, theme: Theme) -> None:
        """As large as the text beside it."""
        self._symbol.setFixedSize(theme.px(14), theme.px(14))

    def _on_change(self) -> None:
        self.edit_requested.emit(self.row.alarm)


class LimitsPanel(Panel):
    """Asks for `SetLimit`. Nothing here outlives the visit."""

    title = "Limits"
    stays = True

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, LimitCard] = {}
        self._group = ""
        self._headings: dict[str, QWidget] = {}
        words = tr("A change holds for this visit only. A high alarm cannot be switched off.")
        self.body.addWidget(label(words, "dim", wrap=True))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._list = column(inside, margins=(0, 0, 6, 0), gap=5)
        self._area.setWidget(inside)
        self.body.addWidget(self._area, 1)

    def show_rows(self, rows: tuple[LimitRow, ...]) -> None:
        """Show these; the list is made once."""
        if not self.cards and rows:
            self._make(rows)
        for spec in rows:
            if spec.alarm in self.cards and self.cards[spec.alarm].row != spec:
                self.cards[spec.alarm].show_row(spec)

    def show_tile(self, tile: str) -> None:
        """Begin at the limits of this tile."""
        self._group = _GROUP_OF_TILE.get(tile, tile)

    def begin(self) -> None:
        """The first limit of the chosen tile on top, ready to be changed."""
        for card in self.cards.values():
            if card.editor is not None:
                card.editor.hide()
        group, self._group = self._group, ""
        first = next((card for card in self.cards.values() if card.row.group == group),
                     next(iter(self.cards.values()), None))  # fmt: skip
        if first is None:
            return
        first.change.setFocus()
        heading = self._headings[first.row.group]
        # After the layout: the places are not known before.
        QTimer.singleShot(0, self, lambda: self._scroll_to(heading))

    def _scroll_to(self, heading: QWidget) -> None:
        self._area.verticalScrollBar().setValue(max(0, heading.y() - 2))

    def _make(self, rows: tuple[LimitRow, ...]) -> None:
        for spec in rows:
            if spec.group not in self._headings:
                heading = label(tr(GROUPS[spec.group]), "group")
                self._headings[spec.group] = heading
                self._list.addWidget(heading)
            card = self.cards[spec.alarm] = LimitCard(spec)
            card.edit_requested.connect(self._edit)
            card.limit_requested.connect(self._on_limit)
            self._list.addWidget(card)
            self.dress(card)
        self._list.addStretch(1)

    def _edit(self, alarm: str) -> None:
        """Open one field, close the others."""
        for name, card in self.cards.items():
            if card.editor is None:
                continue
            if name == alarm and card.editor.isHidden():
                card.editor.begin(card.row)
                QTimer.singleShot(0, card, partial(self._area.ensureWidgetVisible, card))
            else:
                card.editor.hide()

    def _on_limit(self, change: SetLimit) -> None:
        self.ask(change)


def _numbers(spec: LimitRow) -> tuple[float | None, float | None, bool]:
    return spec.number, spec.other, spec.off


def _show(widget: QLabel, text: str) -> None:
    show_text(widget, text)
    widget.setVisible(bool(text))


def _default(spec: LimitRow) -> str:
    if spec.off_by_default:
        return tr("off")
    if spec.default is None:
        return tr("on")
    second = "" if spec.other_default is None else f" / {shown(spec.other_default, spec.unit)}"
    return f"{shown(spec.default, spec.unit)}{second}"


def _facts(spec: LimitRow) -> str:
    parts = [spec.delay]
    if spec.editable:
        low, high = (shown(value, spec.unit) for value in spec.allowed)
        parts.append(tr("may be {low} to {high}", low=low, high=high))
    if spec.other_default is not None:
        low, high = (shown(value, spec.unit) for value in spec.other_allowed)
        parts.append(tr("and {low} to {high}", low=low, high=high))
    if not spec.may_be_off:
        parts.append(tr("cannot be off"))
    return "  ·  ".join(parts)
