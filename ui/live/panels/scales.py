"""A clinic's own scales, filled in by keyboard: items with their anchors, the sum as it grows."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.checklist import Checklist
from kapmonitor.commands import FileInstrument, KeepDraft
from kapmonitor.events import Answer, RoundDraft
from kapmonitor.regional import number
from kapmonitor.words import tr
from ui.live.panels.fields import BackTime
from ui.live.panels.item_form import ItemForm
from ui.live.panels.rounds import KEEP_EVERY
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label, show_text
from ui.widgets.boxes import column, emptied, row


class ScaleView(Struct, frozen=True):
    """One scale: its form, why it is wanted now, what it gave before, and what was begun.

    ``wanted`` is empty where it is not due. ``earlier`` tells the scores so far, a line each.
    ``last`` and ``before`` are the answers of the last time and of before the dose.
    """

    form: Checklist
    wanted: str = ""
    earlier: tuple[str, ...] = ()
    last: Mapping[str, Answer] = {}
    before: Mapping[str, Answer] = {}
    draft: RoundDraft | None = None


class ScalesPanel(Panel):
    """Asks for `FileInstrument`; what was begun and not filed is kept by `KeepDraft`."""

    title = "Clinic's scales"
    draft_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, ScaleView] = {}
        self._shown: Checklist | None = None
        self._now = self._next_keep = 0.0
        self._settled: tuple[dict[str, Answer], str] = ({}, "")
        self._which: Choices | None = None
        self._chosen = column()
        self._none = label(tr("The plan of this visit names no scale of the clinic."), "dim", True)
        self._wanted = label("", "", wrap=True)
        self._kept = label(tr("Begun before and not filed."), "small")
        self._empty = button(tr("Empty"), "", self._start_anew)
        self.form = ItemForm()
        self._sums = label("", "title", wrap=True)
        self._earlier = label("", "small", wrap=True)
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("remark"))
        self._note.setAccessibleName(tr("Remark"))
        self._when = BackTime()
        self._file = button(tr("File it  Ctrl+Enter"), "main", self.submit)
        self.form.changed.connect(self._show_sums)
        kept = row(gap=8)
        kept.addWidget(self._kept, 1)
        kept.addWidget(self._empty)
        self.body.addWidget(self._none)
        self.body.addLayout(self._chosen)
        self.body.addWidget(self._wanted)
        self.body.addLayout(kept)
        self.body.addWidget(self.form, 1)
        for widget in (self._sums, self._earlier, self._note, self._when):
            self.body.addWidget(widget)
        self.buttons.addWidget(self._file, 1)

    def show_scales(self, views: Sequence[ScaleView], now: float) -> None:
        """The plan's scales; the one that is due is chosen when the panel opens."""
        self._now = now
        names = [view.form.name for view in views]
        if names != list(self._views):
            self._offer(views)
        self._views = {view.form.name: view for view in views}
        self._show_around()

    def choose(self, name: str) -> None:
        """Show this scale: what was begun, else empty."""
        view = self._views.get(name)
        if view is None:
            return
        self.put_away()
        self._shown = view.form
        if self._which is not None:
            self._which.show_values([name])
        self.form.show_checklist(view.form)
        self.dress(self.form)
        draft = view.draft
        self.form.show_answers({} if draft is None else draft.answers)
        self._note.setText("" if draft is None else draft.note)
        self._settled = self._filled()
        self._when.begin()
        self._show_around()
        self._show_sums()
        self.form.begin()

    def begin(self) -> None:
        """The one that is due, else the first."""
        wanted = next((v.form.name for v in self._views.values() if v.wanted), "")
        self._shown = None
        self.choose(wanted or next(iter(self._views), ""))

    def submit(self) -> None:
        """File it; a field that is missing or does not fit is refused where it stands."""
        if self._shown is None:
            return
        problem = self.form.problem()
        if problem:
            self.show_problem(problem)
            return
        answers, note = self.form.answers, self._note.text().strip()
        self._settled = self._filled()
        happened = self._when.happened(self._now)
        name = self._shown.name
        self.ask(FileInstrument(instrument=name, answers=answers, note=note, happened=happened))

    def show_refusal(self, code: str, facts: dict[str, object]) -> None:
        """What was refused is not filed, and so worth keeping."""
        self._settled = ({}, "")
        super().show_refusal(code, facts)

    def pass_time(self, real: float) -> None:
        """Keep what was filled in since the last time."""
        if real >= self._next_keep:
            self._next_keep = real + KEEP_EVERY
            self.put_away()

    def put_away(self) -> None:
        """Keep what was filled in and not filed."""
        filled = self._filled()
        if self._shown is not None and filled != self._settled and not self._waiting:
            self._settled = filled
            name = self._shown.name
            self.draft_requested.emit(KeepDraft(instrument=name, answers=filled[0], note=filled[1]))

    @property
    def sums(self) -> str:
        """The sums as they stand."""
        return self._sums.text()

    def _filled(self) -> tuple[dict[str, Answer], str]:
        return self.form.typed, self._note.text().strip()

    def _offer(self, views: Sequence[ScaleView]) -> None:
        emptied(self._chosen)
        self._which = None
        if len(views) > 1:
            which = [(view.form.name, tr(view.form.title)) for view in views]
            self._which = Choices(which, tr("Which scale"), "choice", upright=True)
            self._which.chosen.connect(self.choose)
            self._chosen.addWidget(self._which)
            self.dress(self._which)

    def _show_around(self) -> None:
        """Why it is wanted, what it gave before, what stands beside each item."""
        shown = self._shown
        view = None if shown is None else self._views.get(shown.name)
        self._none.setVisible(not self._views)
        parts: tuple[QWidget, ...] = (self.form, self._sums, self._note, self._when, self._file)
        for part in parts:
            part.setVisible(view is not None)
        title = "" if shown is None or len(self._views) > 1 else tr(shown.title)
        wanted = "" if view is None else view.wanted
        show_text(self._wanted, "  ".join(words for words in (title, wanted) if words))
        self._wanted.setVisible(bool(self._wanted.text()))
        show_text(self._earlier, "" if view is None else "\n".join(view.earlier))
        self._earlier.setVisible(bool(self._earlier.text()))
        begun = view is not None and view.draft is not None
        self._kept.setVisible(begun)
        self._empty.setVisible(begun)
        if view is not None:
            self.form.show_history(view.last, view.before)

    def _show_sums(self) -> None:
        form = self._shown
        if form is None:
            return
        found = form.scores(form_numbers(self.form.typed))
        said = []
        for score in form.score:
            value = found.get(score.id)
            left = sum(1 for item in score.items if item not in self.form.typed)
            words = tr("{n} left", n=left) if value is None else number(value)
            said.append(f"{tr(score.title)}: {words}")
        show_text(self._sums, "\n".join(said))

    def _start_anew(self) -> None:
        """What was begun goes: an empty draft is kept in its place."""
        self.form.show_answers({})
        self._note.clear()
        self.put_away()
        self._show_sums()
        self._kept.hide()
        self._empty.hide()


def form_numbers(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Answers as they will be stored: a choice that is a number counts as one."""
    return {
        name: int(value) if isinstance(value, str) and value.isdigit() else value
        for name, value in answers.items()
    }
