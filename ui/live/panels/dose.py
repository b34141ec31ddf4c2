"""The dose panel: amount, when, what it freezes; and taking back a dose entered by mistake."""

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea, QWidget

from kapmonitor.commands import RecordDose, WithdrawDose
from kapmonitor.plan import ROUTES, Plan
from kapmonitor.regional import number
from kapmonitor.words import tr
from ui.live.panels.fields import BackTime, number_of
from ui.live.panels.summaries import DoseFacts
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label, show_text
from ui.widgets.boxes import column, emptied, row

# Without a list of doses in the plan: so many times its usual dose is asked about again.
FAR_ABOVE = 3.0
# So many open questions are named before the dose; the panel of the readiness has all of them.
SHOWN = 4


def largest_of(plan: Plan) -> float:
    """The largest amount that is recorded without being asked about again, in the plan's unit."""
    return max(plan.doses) if plan.doses else FAR_ABOVE * plan.usual_dose


class SetUp(Struct, frozen=True):
    """What the set-up page said of the dose; ``weight`` in kg."""

    drug: str = ""
    amount: float | None = None
    lot: str = ""
    weight: float | None = None


class DosePanel(Panel):
    """Asks for `RecordDose` and `WithdrawDose`."""

    title = "Dose"

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._facts = DoseFacts()
        self._asks_back = False
        self._amounts: Choices | None = None
        self._route = label("", "dim", wrap=True)
        self._choices = row()
        self._sure, self._sure_of = QCheckBox(), 0.0
        self._sure.hide()
        self._other = QLineEdit()
        self._other.setPlaceholderText(tr("another amount"))
        self._other.setAccessibleName(tr("Another amount"))
        self._other.textEdited.connect(self._choose_none)
        self._other.textEdited.connect(lambda _text: self._show_per_kg())
        self._other.textEdited.connect(lambda _text: self._forget_sure())
        self._per_kg = label("", "dim")
        self._per_kg.hide()
        self._set_up = SetUp()
        self._when = BackTime()
        self._detail = QLineEdit()
        self._detail.setPlaceholderText(tr("remarks"))
        self._detail.setAccessibleName(tr("Remarks"))
        self._lot = QLineEdit()
        self._lot.setPlaceholderText(tr("lot number"))
        self._lot.setAccessibleName(tr("Lot number"))
        self._unready = label("", "wrong", wrap=True)
        self._gate = label("", "wrong", wrap=True)
        self._base = label("", "dim", wrap=True)
        self._why = QLineEdit()
        self._why.setPlaceholderText(tr("why the dose is given all the same"))
        self._why.setAccessibleName(tr("Why the dose is given all the same"))
        self._given = label("", "", wrap=True)
        self._device = label("", "good", wrap=True)
        self._mistake = button(tr("Entered by mistake…"), "small", self._ask_back)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(tr("why the last dose is taken back"))
        self._reason.setAccessibleName(tr("Why the last dose is taken back"))
        self._back = button(tr("Take back the last dose  Ctrl+Enter"), "danger", self._take_back)
        self._last_time = label("", "dim", wrap=True)
        # What is filled in may scroll; what speaks against the dose is always in view.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        form = column(inside, margins=(0, 0, 8, 0), gap=8)
        area.setWidget(inside)
        # Far from the button that records: a slip must not take back what was given.
        taken = row(gap=8)
        taken.addWidget(self._given, 1)
        taken.addWidget(self._mistake)
        form.addLayout(taken)
        above: tuple[QWidget, ...] = (self._reason, self._back, self._route, self._device)
        for widget in above:
            form.addWidget(widget)
        form.addWidget(label(tr("Amount"), "group"))
        form.addLayout(self._choices)
        rest: tuple[QWidget, ...] = (
            *(self._other, self._per_kg, label(tr("When"), "group"), self._when),
            *(label(tr("Details"), "group"), self._lot, self._detail, self._last_time),
        )
        for widget in rest:
            form.addWidget(widget)
        form.addStretch(1)
        self.body.addWidget(area, 1)
        below: tuple[QWidget, ...] = (
            *(self._sure, self._unready, self._gate, self._base, self._why),
        )
        for widget in below:
            self.body.addWidget(widget)
        self._record = button(tr("Record the dose  Ctrl+Enter"), "main", self.record)
        self.buttons.addWidget(self._record, 1)

    def show_plan(self, plan: Plan) -> None:
        """Offer this plan's amounts, the usual one chosen."""
        if plan == self._plan:
            return
        self._plan = plan
        show_text(self._route, f"{plan.drug}, {tr(ROUTES[plan.route])}")
        emptied(self._choices)
        doses = plan.doses or (plan.usual_dose,)
        self._amounts = Choices(
            [(f"{amount:g}", f"{number(amount)} {plan.unit}") for amount in doses], tr("Amount"), ""
        )
        self._amounts.show_values([f"{plan.usual_dose:g}"])
        self._amounts.chosen.connect(lambda _value: self._other.clear())
        self._amounts.chosen.connect(lambda _value: self._show_per_kg())
        self._amounts.chosen.connect(lambda _value: self._forget_sure())
        self._choices.addWidget(self._amounts)

    def show_set_up(self, drug: str, amount: float | None, lot: str, weight: float | None) -> None:
        """What was set up to be given, where it is another than the plan's; the weight in kg."""
        self._set_up = SetUp(drug, amount, lot, weight)
        plan = self._plan
        if plan is not None:
            show_text(self._route, f"{drug or plan.drug}, {tr(ROUTES[plan.route])}")
        self._show_per_kg()

    def _show_per_kg(self) -> None:
        weight, plan = self._set_up.weight, self._plan
        amount = number_of(self._other.text() or (self._amounts.value if self._amounts else ""))
        words = ""
        if weight and amount and plan is not None:
            each = number(round(amount / weight, 2))
            words = tr("{amount} {unit}/kg", amount=each, unit=plan.unit)
        show_text(self._per_kg, words)
        self._per_kg.setVisible(bool(words))

    def show_last_time(self, text: str) -> None:
        """What happened in this patient's last visit."""
        show_text(self._last_time, text)
        self._last_time.setVisible(bool(text))

    def show_facts(self, facts: DoseFacts) -> None:
        """Tell what the dose will freeze, what speaks against it, and what was given."""
        self._facts = facts
        show_text(self._gate, facts.gate)
        self._gate.setVisible(bool(facts.gate))
        show_text(self._unready, _unready_words(facts.unready))
        self._unready.setVisible(bool(facts.unready))
        show_text(self._base, facts.baseline)
        self._why.setVisible(self._needs_reason)
        show_text(self._given, facts.given)
        self._given.setVisible(bool(facts.given))
        show_text(self._device, facts.device)
        self._device.setVisible(bool(facts.device))
        self._show_back()

    def _show_back(self) -> None:
        given = bool(self._facts.given)
        self._mistake.setVisible(given and not self._asks_back)
        for widget in (self._reason, self._back):
            widget.setVisible(given and self._asks_back)
        # The key is named where it leads to.
        record = tr("Record the dose") if self._asks_back else tr("Record the dose  Ctrl+Enter")
        self._record.setText(record)

    def _ask_back(self) -> None:
        """A first press only asks why; the second one takes back."""
        self._asks_back = True
        self._show_back()
        self._reason.setFocus()

    @property
    def _needs_reason(self) -> bool:
        return bool(self._facts.gate) or self._facts.few or bool(self._facts.unready)

    def begin(self) -> None:
        """Start with the amount."""
        self._sure.hide()
        self._sure_of = 0.0
        self._why.clear()
        self._lot.clear()
        self._detail.clear()
        self._reason.clear()
        self._asks_back = False
        self._show_back()
        self._other.clear()
        self._when.begin()
        self._lot.setText(self._set_up.lot)
        if self._amounts is not None and self._plan is not None:
            # Of several sprays or lozenges one is given at a time.
            planned = self._facts.each or self._set_up.amount or self._plan.usual_dose
            self._amounts.show_values([f"{planned:g}"])
            if not self._amounts.value:
                self._other.setText(number(planned))
            self._amounts.setFocus()

    def submit(self) -> None:
        """Ctrl+Enter: whoever is writing why a dose is taken back does not mean another dose."""
        if self._asks_back:
            self._take_back()
        else:
            self.record()

    def record(self) -> None:
        """Record the dose.

        An amount above the plan's, alone or with what was given before, and a dose right after
        another one ask for a second confirmation; a pressure above the plan's gate, open questions
        of the readiness and a baseline with less than the plan asks for a reason.
        """
        if self._reason.text().strip():
            self.show_problem(tr("A reason for taking back is written: take back, or empty it."))
            self._reason.setFocus()
            return
        typed = self._other.text().strip()
        amount = number_of(typed or (self._amounts.value if self._amounts else ""))
        if amount is None or amount <= 0:
            self.show_problem(tr("Choose an amount, or type one in."))
            return
        if not self._is_sure(amount):
            return
        why = self._why.text().strip() if self._needs_reason else ""
        if self._needs_reason and not why:
            self.show_problem(self._ask_why())
            self._why.setFocus()
            return
        unit = self._plan.unit if self._plan is not None else "mg"
        happened = self._when.happened(self._facts.now)
        self.ask(
            RecordDose(
                amount=amount,
                unit=unit,
                drug=self._set_up.drug,
                detail=self._detail.text().strip(),
                lot=self._lot.text().strip(),
                gate_reason=why,
                happened=happened,
            )
        )

    def _choose_none(self, _typed: str) -> None:
        """No button may stand lit beside another amount that was typed."""
        if self._amounts is not None:
            self._amounts.show_values([])

    def _is_sure(self, amount: float) -> bool:
        """Whether this may be recorded; what is doubtful asks for a tick for this very amount."""
        plan, words = self._plan, self._doubt(amount)
        if plan is None or not words:
            self._sure.hide()
            return True
        if self._sure_of == amount and self._sure.isChecked():
            return True
        if self._sure_of != amount:
            self._sure.setChecked(False)
        self._sure_of = amount
        self._sure.setText(tr("Yes, {amount} {unit}", amount=number(amount), unit=plan.unit))
        self._sure.setAccessibleName(words)
        self._sure.show()
        self._sure.setFocus()
        self.show_problem(words)
        return False

    def _doubt(self, amount: float) -> str:
        """What speaks for a slip: more than the plan gives, or the next one too soon."""
        plan, given = self._plan, self._facts.total
        if plan is None:
            return ""
        largest = number(max(plan.doses, default=plan.usual_dose))
        if amount + given > largest_of(plan) and given:
            return tr(
                "With this {total} {unit}: above the plan's {largest} {unit}. Tick to confirm",
                total=number(amount + given), largest=largest, unit=plan.unit,
            )  # fmt: skip
        if amount > largest_of(plan):
            return tr(
                "{amount} {unit} is above the plan's {largest} {unit}: tick to confirm",
                amount=number(amount), largest=largest, unit=plan.unit,
            )  # fmt: skip
        if self._facts.early > 0:
            left = f"{int(self._facts.early) // 60}:{int(self._facts.early) % 60:02d}"
            return tr("{time} too early after the last dose: tick to confirm", time=left)
        return ""

    def _forget_sure(self) -> None:
        """Another amount: what was asked about the one before means nothing any more."""
        if self._sure_of:
            self._sure_of = 0.0
            self._sure.hide()
            self.show_problem("")

    def _ask_why(self) -> str:
        if self._facts.gate or self._facts.unready:
            return tr("Write why the dose is given all the same.")
        return tr("The baseline has less than the plan asks: write why the dose is given now.")

    def _take_back(self) -> None:
        reason = self._reason.text().strip()
        if not reason:
            self.show_problem(tr("Write why the dose is taken back."))
            self._reason.setFocus()
            return
        self.ask(WithdrawDose(reason=reason))


def _unready_words(unready: tuple[str, ...]) -> str:
    """What is open before the dose; of many the first ones."""
    if not unready:
        return ""
    shown = list(unready[:SHOWN])
    if len(unready) > SHOWN:
        shown.append(tr("and {number} more: key V", number=len(unready) - SHOWN))
    return "\n".join((tr("Open before the dose:"), *(f"·  {line}" for line in shown)))
