"""The observation round, filled in by keyboard: a form made from the checklist's data file."""

from collections.abc import Mapping

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit

from kapmonitor.checklist import Checklist, ItemKind
from kapmonitor.commands import FileRound, KeepDraft
from kapmonitor.events import Answer, RoundDraft
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.breathing import BreathCounter
from ui.live.panels.fields import BackTime
from ui.live.panels.item_form import ItemForm
from ui.live.panels.round_field import RoundField
from ui.live.side import Panel
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import row

# The item that a count of breaths is written into.
BREATHS = "respiratory_rate"
# What "as before" never repeats: a number was counted then, and words were said then.
NOT_REPEATED = (ItemKind.NUMBER, ItemKind.TEXT)
# A round that is being filled in is kept this often [real seconds].
KEEP_EVERY = 10.0
# A draft older than this is offered, not put in: much may have changed [session seconds].
DRAFT_FRESH = 600.0


class Earlier(Struct, frozen=True):
    """What stands behind a round: the last one, the one before the dose, a draft and its age [s].

    ``unroused``: the last two rounds did not rouse the patient. ``wanted`` names the round that is
    due; where none is, ``early`` offers the next one, in so many minutes and at its time.
    """

    last: Mapping[str, Answer] = {}
    before: Mapping[str, Answer] = {}
    draft: RoundDraft | None = None
    draft_age: float = 0.0
    unroused: bool = False
    wanted: str = ""
    early: str = ""


class RoundPanel(Panel):
    """Asks for `FileRound`; what was begun and not filed is kept by `KeepDraft`."""

    title = "Observation round"
    draft_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._now = self._next_keep = 0.0
        self._earlier = Earlier()
        self._settled: tuple[dict[str, Answer], str] = ({}, "")
        self._counter = BreathCounter()
        self._form = ItemForm()
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("remark"))
        self._note.setAccessibleName(tr("Remark"))
        self._when = BackTime()
        before = key_for("as_before")
        self._as_before = button(f"{before.text}  {before.press}", "", self.as_before)
        self._as_before.setToolTip(tr("What is not answered yet as in the last round"))
        self._rest_none = button(tr("Nothing else"), "", self._fill_rest)
        self._rest_none.setToolTip(tr("Everything not answered yet: none"))
        self._take_up = button(tr("Take up the draft"), "", self._take_up_draft)
        self._empty = button(tr("Empty"), "", self._start_anew)
        self._kept = label("", "small", wrap=True)
        self._unroused = label("", "wrong", wrap=True)
        self._breaths = label("", "small", wrap=True)
        self._wanted = label("", "small", wrap=True)
        self._early = QCheckBox()
        self._early.hide()
        tools = row(gap=8)
        for made in (self._as_before, self._rest_none, self._take_up, self._empty):
            tools.addWidget(made)
        tools.addStretch(1)
        self.body.addLayout(tools)
        self.body.addWidget(self._wanted)
        self.body.addWidget(self._early)
        self.body.addWidget(self._kept)
        self.body.addWidget(self._unroused)
        self.body.addWidget(self._form, 1)
        self.body.addWidget(self._breaths)
        self.body.addWidget(self._note)
        self.body.addWidget(self._when)
        self.buttons.addWidget(button(tr("File the round  Ctrl+Enter"), "main", self.submit), 1)

    def show_checklist(self, checklist: Checklist) -> None:
        """Make the form of this checklist."""
        self._form.show_checklist(checklist)

    @property
    def _fields(self) -> list[RoundField]:
        return self._form.fields

    def show_earlier(self, earlier: Earlier, now: float) -> None:
        """What was answered before, beside each item; the session time."""
        self._now = now
        if earlier.last != self._earlier.last or earlier.before != self._earlier.before:
            self._form.show_history(earlier.last, earlier.before)
        self._earlier = earlier
        show_text(self._wanted, earlier.wanted)
        self._wanted.setVisible(bool(earlier.wanted))
        if self._early.text() != earlier.early:
            self._early.setText(earlier.early)
            self._early.setAccessibleName(earlier.early)
        self._early.setVisible(bool(earlier.early))
        self._as_before.setEnabled(bool(earlier.last))
        words = tr("Two rounds without rousing: speak the patient's name.")
        show_text(self._unroused, words if earlier.unroused else "")
        self._unroused.setVisible(earlier.unroused)

    def begin(self) -> None:
        """The round that was begun a moment ago, else an empty form; the first field first."""
        self._show({}, "")
        self._counter.clear()
        self._early.setChecked(False)
        self._when.begin()
        draft = self._earlier.draft
        fresh = draft is not None and self._earlier.draft_age <= DRAFT_FRESH
        if draft is not None and fresh:
            self._show(draft.answers, draft.note)
        self._settled = self._filled()
        self._say_draft(put_in=fresh)
        self._form.begin()

    def answers(self) -> dict[str, Answer]:
        """What was answered so far."""
        return self._form.answers

    def submit(self) -> None:
        """File the round; a field that cannot be is refused where it stands."""
        problem = self._form.problem()
        if problem:
            self.show_problem(problem)
            return
        answers = self.answers()
        happened = self._when.happened(self._now)
        self._settled = self._filled()
        early = self._early.isChecked() and bool(self._earlier.early)
        note = self._note.text().strip()
        self.ask(FileRound(answers=answers, note=note, early=early, happened=happened))

    def show_refusal(self, code: str, facts: dict[str, object]) -> None:
        """What was refused is not filed, and so worth keeping."""
        self._settled = ({}, "")
        super().show_refusal(code, facts)

    def as_before(self) -> None:
        """What is not answered yet as in the last round; what was counted or said is not repeated.

        A number that nobody counted anew would be an invented one.
        """
        if not self._earlier.last:
            self.show_problem(tr("There is no round before this one."))
        for field in self._fields:
            if field.typed is None and field.item.kind not in NOT_REPEATED:
                field.show_answer(self._earlier.last.get(field.item.id))

    def breathe(self, real: float) -> None:
        """One more breath was seen; after half a minute the rate stands in its field."""
        rate = self._counter.breathe(real)
        field = next((f for f in self._fields if f.item.id == BREATHS), None)
        if field is None:
            self.show_problem(tr("This round asks for no count of breaths."))
        elif rate is not None:
            field.show_answer(rate)
            self._form.ensureWidgetVisible(field)
        words = "" if rate is None else tr("Breaths counted: {rate} a minute", rate=rate)
        show_text(self._breaths, words)

    def pass_time(self, real: float) -> None:
        """Show how a count goes, and keep what was filled in since the last time."""
        so_far = self._counter.so_far(real)
        if so_far is not None:
            number, seconds = so_far
            words = tr("H at each breath: {number} in {seconds} s", number=number,
                       seconds=round(seconds))  # fmt: skip
            show_text(self._breaths, words)
        if real >= self._next_keep:
            self._next_keep = real + KEEP_EVERY
            self.put_away()

    def put_away(self) -> None:
        """Keep what was filled in and not filed."""
        filled = self._filled()
        if filled != self._settled and not self._waiting:
            self._settled = filled
            self.draft_requested.emit(KeepDraft(answers=filled[0], note=filled[1]))

    def _filled(self) -> tuple[dict[str, Answer], str]:
        return self._form.typed, self._note.text().strip()

    def _show(self, answers: Mapping[str, Answer], note: str) -> None:
        self._form.show_answers(answers)
        self._note.setText(note)
        show_text(self._breaths, "")

    def _say_draft(self, put_in: bool) -> None:
        minutes = round(self._earlier.draft_age / 60)
        words = tr("Begun {minutes} min ago and not filed.", minutes=minutes)
        there = self._earlier.draft is not None
        show_text(self._kept, words if there else "")
        self._kept.setVisible(there)
        self._take_up.setVisible(there and not put_in)
        self._empty.setVisible(there and put_in)

    def _take_up_draft(self) -> None:
        draft = self._earlier.draft
        if draft is not None:
            self._show(draft.answers, draft.note)
            self._settled = self._filled()
            self._say_draft(put_in=True)

    def _start_anew(self) -> None:
        """The draft goes: an empty one is kept in its place."""
        self._show({}, "")
        self.put_away()
        self._empty.hide()
        self._kept.hide()

    def _fill_rest(self) -> None:
        """Everything that stands unanswered becomes "none", by this one visible act."""
        nothing: dict[ItemKind, Answer] = {
            ItemKind.SCALE: 0,
            ItemKind.SEVERITY: "none",
            ItemKind.FLAGS: "none",
        }
        for field in self._fields:
            if field.answer is None and field.item.kind in nothing:
                field.show_answer(nothing[field.item.kind])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus belongs to the first field."""
        if self._fields:
            self._fields[0].setFocus()
