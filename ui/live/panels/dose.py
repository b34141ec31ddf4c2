"""The dose panel: amount, when, what it freezes; and taking back a dose entered by mistake."""

from PySide6.QtWidgets import QLineEdit

from kapmonitor.commands import RecordDose, WithdrawDose
from kapmonitor.plan import ROUTES, Plan
from kapmonitor.words import tr
from ui.live.panels.fields import BackTime, number_of
from ui.live.panels.summaries import DoseFacts
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label, show_text
from ui.widgets.boxes import emptied, row


class DosePanel(Panel):
    """Asks for `RecordDose` and `WithdrawDose`."""

    title = "Dose"

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._facts = DoseFacts()
        self._amounts: Choices | None = None
        self._route = label("", "dim", wrap=True)
        self._choices = row()
        self._other = QLineEdit()
        self._other.setPlaceholderText(tr("another amount"))
        self._other.setAccessibleName(tr("Another amount"))
        self._when = BackTime()
        self._detail = QLineEdit()
        self._detail.setPlaceholderText(tr("lot number, remarks"))
        self._detail.setAccessibleName(tr("Lot number, remarks"))
        self._gate = label("", "wrong", wrap=True)
        self._base = label("", "dim", wrap=True)
        self._given = label("", "", wrap=True)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(tr("why the last dose is taken back"))
        self._reason.setAccessibleName(tr("Why the last dose is taken back"))
        self._back = button(tr("Take back the last dose"), "danger", self._take_back)
        body = self.body
        body.addWidget(self._route)
        body.addWidget(label(tr("Amount"), "group"))
        body.addLayout(self._choices)
        body.addWidget(self._other)
        body.addWidget(label(tr("When"), "group"))
        body.addWidget(self._when)
        body.addWidget(label(tr("Details"), "group"))
        body.addWidget(self._detail)
        body.addWidget(self._gate)
        body.addWidget(self._base)
        body.addStretch(1)
        body.addWidget(self._given)
        body.addWidget(self._reason)
        body.addWidget(self._back)
        self._record = button(tr("Record the dose  Ctrl+Enter"), "main", self.submit)
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
            [(f"{amount:g}", f"{amount:g} {plan.unit}") for amount in doses], tr("Amount"), ""
        )
        self._amounts.show_values([f"{plan.usual_dose:g}"])
        self._amounts.chosen.connect(lambda _value: self._other.clear())
        self._choices.addWidget(self._amounts)

    def show_facts(self, facts: DoseFacts) -> None:
        """Tell what the dose will freeze, what speaks against it, and what was given."""
        self._facts = facts
        show_text(self._gate, facts.gate)
        self._gate.setVisible(bool(facts.gate))
        show_text(self._base, facts.baseline)
        show_text(self._given, facts.given)
        for widget in (self._given, self._reason, self._back):
            widget.setVisible(bool(facts.given))

    def begin(self) -> None:
        """Start with the amount."""
        self._detail.clear()
        self._reason.clear()
        self._other.clear()
        self._when.begin()
        if self._amounts is not None:
            self._amounts.setFocus()

    def submit(self) -> None:
        """Record the dose; a pressure above the plan's gate asks for a reason first."""
        typed = self._other.text().strip()
        amount = number_of(typed or (self._amounts.value if self._amounts else ""))
        if amount is None or amount <= 0:
            self.show_problem(tr("Choose an amount, or type one in."))
            return
        detail = self._detail.text().strip()
        if self._facts.gate and not detail:
            self.show_problem(tr("Write under Details why the dose is given all the same."))
            self._detail.setFocus()
            return
        unit = self._plan.unit if self._plan is not None else "mg"
        happened = self._when.happened(self._facts.now)
        self.ask(RecordDose(amount=amount, unit=unit, detail=detail, happened=happened))

    def _take_back(self) -> None:
        reason = self._reason.text().strip()
        if not reason:
            self.show_problem(tr("Write why the dose is taken back."))
            self._reason.setFocus()
            return
        self.ask(WithdrawDose(reason=reason))
