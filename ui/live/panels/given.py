"""What is given beside a dose: pump, oxygen, rescue medicine."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.commands import GiveMedicine, GiveOxygen, Infuse
from kapmonitor.words import tr
from ui.live.panels.fields import BackTime, number_of
from ui.live.panels.summaries import GiveFacts
from ui.live.side import Panel
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import row

_Act = tuple[str, Callable[[], None]]


class GivenPanel(Panel):
    """Asks for `GiveOxygen`, `Infuse` and `GiveMedicine`."""

    # The key I leads to the pump on every route; by itself it is offered where a plan has one.
    title = "Oxygen, medicine, pump"

    def __init__(self) -> None:
        super().__init__()
        self._now, self._facts = 0.0, GiveFacts()
        self._running = label("", "good", wrap=True)
        self.body.addWidget(self._running)
        self.litres = self._field(tr("oxygen, l/min (0 takes it off)"))
        self._line(tr("Oxygen"), (self.litres,), ((tr("On O2"), self.give_oxygen),))
        self.drug = self._field(tr("medicine"))
        self.amount = self._field(tr("dose and unit"))
        self.route = self._field(tr("route"))
        fields = (self.drug, self.amount, self.route)
        self._line(tr("Rescue medicine"), fields, ((tr("Given"), self.give_medicine),))
        self.rate = self._field(tr("rate, mg/min"))
        pump = ((tr("Start"), "start"), (tr("Change the rate"), "rate"), (tr("Stop"), "stop"))
        acts = tuple((words, partial(self._pump, action)) for words, action in pump)
        self.reason = self._field(tr("why it starts all the same, where something is open"))
        self._pump_parts = self._line(tr("Pump"), (self.rate, self.reason), acts)
        self._pump_asked = False
        self._when = BackTime()
        self.body.addWidget(label(tr("When"), "group"))
        self.body.addWidget(self._when)
        self.body.addStretch(1)

    def _field(self, words: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(words)
        field.setAccessibleName(words)
        return field

    def _line(
        self, title: str, fields: tuple[QLineEdit, ...], acts: tuple[_Act, ...]
    ) -> list[QWidget]:
        heading = label(title, "group")
        self.body.addWidget(heading)
        for field in fields:
            self.body.addWidget(field)
            field.returnPressed.connect(partial(self._entered, field, fields, acts))
        buttons, made = row(gap=6), [button(words, "", on) for words, on in acts]
        for one in made:
            buttons.addWidget(one)
        self.body.addLayout(buttons)
        return [heading, *fields, *made]

    def show_now(self, now: float, facts: GiveFacts) -> None:
        """The session time, for a time set back, and what is given already."""
        self._now, self._facts = now, facts
        show_text(self._running, facts.running)
        self._running.setVisible(bool(facts.running))
        pump = facts.pump or self._pump_asked
        for part in self._pump_parts:
            part.setVisible(pump)
        self.reason.setVisible(pump and bool(facts.unready))

    def show_pump(self) -> None:
        """The pump was asked for by its key: its fields, whatever the route."""
        self._pump_asked = True
        self.show_now(self._now, self._facts)
        self.rate.setFocus()

    def begin(self) -> None:
        """Empty, the oxygen first."""
        for field in (self.litres, self.drug, self.amount, self.route, self.rate, self.reason):
            field.clear()
        self._pump_asked = False
        self._when.begin()
        self.show_now(self._now, self._facts)
        self.litres.setFocus()

    def give_oxygen(self) -> None:
        """Oxygen from now on."""
        litres = number_of(self.litres.text())
        if litres is None:
            self.show_problem(tr("Type the litres a minute, 0 for none."))
            self.litres.setFocus()
            return
        self.ask(GiveOxygen(litres=litres, happened=self._happened))

    def give_medicine(self) -> None:
        """A rescue medicine was given; the engine names what is missing."""
        drug, dose, route = (f.text().strip() for f in (self.drug, self.amount, self.route))
        self.ask(GiveMedicine(drug=drug, dose=dose, route=route, happened=self._happened))

    def _pump(self, action: str) -> None:
        rate = None if action == "stop" else number_of(self.rate.text())
        why = self.reason.text().strip() if action == "start" else ""
        if action != "stop" and rate is None:
            self.show_problem(tr("Type the rate in mg/min."))
            self.rate.setFocus()
            return
        if action == "start" and self._facts.unready and not why:
            names = "; ".join(self._facts.unready[:3])
            self.show_problem(tr("Open before the dose: {names}. Write the reason.", names=names))
            self.reason.setFocus()
            return
        self.ask(Infuse(action=action, rate=rate, gate_reason=why, happened=self._happened))

    def _entered(
        self, field: QLineEdit, fields: tuple[QLineEdit, ...], acts: tuple[_Act, ...]
    ) -> None:
        """Enter goes on to the next field of its line, and files in the last one."""
        place = fields.index(field) + 1
        if place < len(fields) and not fields[place].isHidden():
            fields[place].setFocus()
        elif len(acts) == 1:
            acts[0][1]()
        else:
            names = " / ".join(words for words, _ in acts)
            self.show_problem(tr("Not filed yet: press one of {names}.", names=names))

    def submit(self) -> None:
        """Ctrl+Enter: what is filled in, where that is one thing."""
        medicine = any(f.text().strip() for f in (self.drug, self.amount, self.route))
        oxygen = bool(self.litres.text().strip())
        if self.rate.text().strip() or self.reason.text().strip() or (medicine and oxygen):
            self.show_problem(tr("Not filed yet: press the button below what is meant."))
        elif oxygen:
            self.give_oxygen()
        else:
            self.give_medicine()

    @property
    def _happened(self) -> float | None:
        return self._when.happened(self._now)
