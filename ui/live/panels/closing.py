"""The panels of the way out: phase, ready, left; ending the visit; what there is afterwards."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit

from kapmonitor.alarm_words import phase_words
from kapmonitor.commands import EndSession, MarkLeft, MarkReady, SetPhase, SignOff
from kapmonitor.events import Phase
from kapmonitor.words import tr
from ui.live.panels.afterwards import AfterwardsBox
from ui.live.panels.people import Signer
from ui.live.panels.summaries import EndFacts, LeaveFacts
from ui.live.people import PersonView, SigningView
from ui.live.side import Panel
from ui.widgets.basic import button, label, set_tone, show_text
from ui.widgets.boxes import column, emptied, grid
from ui.widgets.export_run import ExportRun

# A criterion of leaving: met, not met, nothing known.
MARKS = {True: "✓", False: "✗", None: "?"}
PHASES = tuple(phase for phase in Phase if phase is not Phase.ENDED)


class PhasePanel(Panel):
    """Asks for `SetPhase`, `MarkReady` and `MarkLeft`."""

    title = "Phase and leaving"

    def __init__(self) -> None:
        super().__init__()
        self._facts = LeaveFacts()
        self._phases = {}
        choices = grid(gap=6)
        for number, phase in enumerate(PHASES):
            made = button(phase_words(phase), "choice", partial(self._go_to, phase))
            made.setCheckable(True)
            self._phases[phase] = made
            choices.addWidget(made, *divmod(number, 2))
        self.body.addLayout(choices)
        self.body.addWidget(label(tr("Return to the baseline"), "group"))
        self._back = label("", "", wrap=True)
        self.body.addWidget(self._back)
        self.body.addWidget(label(tr("Leaving"), "group"))
        self._state = label("", "dim", wrap=True)
        self.body.addWidget(self._state)
        self._criteria, self._marks = grid(gap=4), list[QLabel]()
        self.body.addLayout(self._criteria)
        self.body.addWidget(button(tr("Judged ready to leave"), "", self._ready))
        self._whom = QLineEdit()
        self._whom.setPlaceholderText(tr("leaves with (name)"))
        self._whom.setAccessibleName(tr("Leaves with"))
        self._early = QLineEdit()
        self._early.setPlaceholderText(tr("reason: early, or all the same"))
        self._early.setAccessibleName(tr("Reason for leaving early, or all the same"))
        self.body.addWidget(self._whom)
        self.body.addWidget(self._early)
        self.body.addWidget(button(tr("The patient left"), "", self._left))
        self.body.addStretch(1)

    def show_state(self, phase: Phase, facts: LeaveFacts) -> None:
        """The phase that stands, and how leaving stands."""
        self._facts = facts
        for one, made in self._phases.items():
            made.setChecked(one is phase)
        lines = [line for line in (facts.ready, facts.left) if line]
        if facts.missing:
            lines.append(tr("Minimum observation: {minutes} min left", minutes=facts.missing))
        if facts.criteria and all(met for _, met in facts.criteria):
            lines.append(tr("Nothing is missing for leaving."))
        show_text(self._state, "\n".join(lines))
        self._state.setVisible(bool(lines))
        self._show_criteria(facts.criteria)
        show_text(self._back, "\n".join(facts.back) or tr("nothing has risen"))
        self._early.setVisible(bool(facts.missing or self._unmet))

    def _show_criteria(self, criteria: tuple[tuple[str, bool | None], ...]) -> None:
        """Each criterion with its mark; what is missing or not known stands out."""
        if len(self._marks) != len(criteria):
            emptied(self._criteria)
            self._marks = [label("", "small", wrap=True) for _ in criteria]
            for number, made in enumerate(self._marks):
                self._criteria.addWidget(made, *divmod(number, 2))
        for made, (words, met) in zip(self._marks, criteria, strict=True):
            show_text(made, f"{MARKS[met]}  {words}")
            set_tone(made, "calm" if met else "medium")

    def begin(self) -> None:
        """Empty; the next phase first, so that one press never leads back."""
        self._whom.clear()
        self._early.clear()
        now = next((n for n, one in enumerate(PHASES) if self._phases[one].isChecked()), -1)
        self._phases[PHASES[min(now + 1, len(PHASES) - 1)]].setFocus()

    def _go_to(self, phase: Phase) -> None:
        self.ask(SetPhase(phase=phase))

    @property
    def _unmet(self) -> list[str]:
        """The criteria that are known not to be met; what nobody knows yet is none of them."""
        return [words for words, met in self._facts.criteria if met is False]

    def _ready(self) -> None:
        reason = self._early.text().strip()
        if self._unmet and not reason:
            names = ", ".join(self._unmet)
            self.show_problem(tr("Not met: {names}. Write why all the same.", names=names))
            self._early.setFocus()
            return
        self.ask(MarkReady(note=reason if self._unmet else ""))

    def _left(self) -> None:
        early = self._early.text().strip()
        if self._facts.missing and not early:
            self.show_problem(
                tr("{minutes} min are missing: write why the patient leaves early.",
                   minutes=self._facts.missing)
            )  # fmt: skip
            self._early.setFocus()
            return
        self.ask(MarkLeft(with_whom=self._whom.text().strip(), early_reason=early))


class EndPanel(Panel):
    """Asks for `SignOff` and `EndSession`, in two steps: no single key ends a visit."""

    title = "End the visit"
    # A first signature does not end it where the plan asks for two.
    stays = True

    def __init__(self) -> None:
        super().__init__()
        self._signing, self._guarded, self._ending = SigningView(), False, False
        self._missing = 0
        self._open = column(gap=4)
        self._sure = QCheckBox(tr("End and seal the record"))
        self._end = button(tr("End the visit"), "danger", self.submit)
        self._signed = label("", "good", wrap=True)
        self.signer = Signer()
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("without a signature: why"))
        self.reason.setAccessibleName(tr("Why a signature is missing"))
        self._signature = (label(tr("Signature"), "group"), self._signed, self.signer, self.reason)
        self.body.addWidget(
            label(
                tr("Ending stops monitoring and seals the record. It cannot be undone; "
                   "later corrections are possible."),
                "", wrap=True,
            )
        )  # fmt: skip
        self.early = QLineEdit()
        self.early.setPlaceholderText(tr("before the minimum: why"))
        self.early.setAccessibleName(tr("Why the visit ends before the minimum observation"))
        self.early.hide()
        self.body.addLayout(self._open)
        self.body.addWidget(self.early)
        self.body.addStretch(1)
        for widget in self._signature:
            self.body.addWidget(widget)
            widget.hide()
        self.body.addWidget(self._sure)
        self.buttons.addWidget(self._end, 1)
        self.signer.pin.returnPressed.connect(self.submit)
        self._sure.toggled.connect(self._end.setEnabled)
        self._end.setEnabled(False)

    def show_facts(self, facts: EndFacts) -> None:
        """What is still open; before the plan's minimum it asks why."""
        self._missing = facts.early
        self.early.setVisible(bool(facts.early))
        emptied(self._open)
        for line in facts.open:
            self._open.addWidget(label(f"·  {line}", "wrong", wrap=True))

    def show_signing(
        self, view: SigningView, people: Sequence[PersonView], acting: str, guarded: bool
    ) -> None:
        """Who has signed and who may; once nobody is missing, what was begun is ended."""
        self._signing, self._guarded = view, guarded
        self.signer.show_people(people, acting)
        for widget in self._signature:
            widget.setVisible(guarded)
        self.signer.setVisible(guarded and view.missing > 0)
        self.reason.setVisible(guarded and view.missing > 0)
        lines = [tr("Signed: {person}", person=person) for person in view.signed]
        if view.missing > 0:
            lines.append(tr("Signatures missing: {number}", number=view.missing))
        show_text(self._signed, "\n".join(lines))
        set_tone(self._signed, "medium" if view.missing > 0 else "")
        if self._ending and view.missing == 0 and not self._waiting:
            self._ending = False
            self.ask(EndSession(early_reason=self._early_reason))

    def begin(self) -> None:
        """The first step first."""
        self._ending = False
        self.reason.clear()
        self.early.clear()
        self.signer.taken_pin()
        self._sure.setChecked(False)
        self._sure.setFocus()

    def submit(self) -> None:
        """Sign and end, once the first step is taken."""
        if not self._sure.isChecked():
            self.show_problem(tr("Tick “End and seal the record” first: it cannot be undone."))
            self._sure.setFocus()
            return
        reason, person = self.reason.text().strip(), self.signer.person
        for field in (self.early, self.reason):
            if field.text().strip().isdecimal():
                # The record keeps it as it stands, for everybody to read: it may be a PIN.
                self.show_problem(tr("The reason is a number: write words. A PIN belongs above."))
                field.setFocus()
                return
        if self._missing and not self._early_reason:
            self.show_problem(
                tr("{minutes} min are missing and the patient is not marked as having left: "
                   "write why the visit ends now.", minutes=self._missing)
            )  # fmt: skip
            self.early.setFocus()
            return
        if not self._guarded or self._signing.missing == 0 or reason:
            self.ask(EndSession(reason=reason, early_reason=self._early_reason))
        elif person is not None:
            self._ending = True
            self.ask(SignOff(by=person.name, pin=self.signer.taken_pin()))

    @property
    def _early_reason(self) -> str:
        """What was written where it was asked for."""
        return self.early.text().strip() if self._missing else ""

    def show_refusal(self, code: str, facts: dict[str, object]) -> None:
        """Nothing is ended by what was refused."""
        self._ending = False
        super().show_refusal(code, facts)
        if code.startswith("pin_"):
            self.signer.pin.setFocus()


class FinishedPanel(Panel):
    """What there is after the end: where the record lies, the report, the way back."""

    title = "The visit has ended"
    export_requested = Signal(str)
    open_requested = Signal(str)
    home_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._close.hide()
        self._path = ""
        self._report = ""
        self._sealed = label("", "good", wrap=True)
        self._where = label("", "dim", wrap=True)
        self._progress = label("", "", wrap=True)
        self._export = button(tr("Export PDF and CSV"), "main", self._on_export)
        self.exporting = ExportRun(self._export, self.show_progress)
        self._show = button(tr("Open the PDF"), "", self._on_open)
        self._show.setEnabled(False)
        self._review = button(tr("Review the visit"))
        self._review.hide()
        self.afterwards = AfterwardsBox()
        self._home = button(tr("Back to the start page"), "", self.home_requested.emit)
        for widget in (
            self._sealed, self._where, self._review, self._export, self._show, self._progress,
            self.afterwards,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.buttons.addWidget(self._home, 1)

    def show_way_out(self) -> None:
        """This window has no start page: the last button closes it."""
        self._home.setText(tr("Close the window"))
        self._home.setAccessibleName(tr("Close the window"))

    def offer_review(self, review: Callable[[str], None]) -> None:
        """Offer the review of the record, where the window has one."""
        self._review.show()
        self._review.clicked.connect(lambda _checked=False: review(self._path))

    def show_record(self, path: str, sealed: bool) -> None:
        """Where the record lies."""
        self._path = path
        words = tr("The record is sealed.") if sealed else tr("The record could not be sealed.")
        show_text(self._sealed, words)
        show_text(self._where, path)

    def show_progress(self, text: str, report: str = "") -> None:
        """How the export goes; ``report`` is the PDF's path once it is there."""
        show_text(self._progress, text)
        self._report = report
        self._show.setEnabled(bool(report))
        if report:
            self._show.setFocus()

    def begin(self) -> None:
        """The export first."""
        self._export.setFocus()

    def _on_export(self) -> None:
        if not self.exporting.cancel():
            self.export_requested.emit(self._path)

    def _on_open(self) -> None:
        self.open_requested.emit(self._report)
