"""All side panels of a live window, and what each is told when it is open."""

from typing import TYPE_CHECKING

from kapmonitor.emergency import load_emergency
from ui.live.limit_views import limit_rows
from ui.live.model import LiveModel
from ui.live.panels import summaries
from ui.live.panels.alarms import AlarmsPanel
from ui.live.panels.closing import EndPanel, FinishedPanel, PhasePanel
from ui.live.panels.copying import CopyPanel
from ui.live.panels.dose import DosePanel
from ui.live.panels.emergency import EmergencyPanel
from ui.live.panels.entries import EntriesPanel, UnsignedPanel
from ui.live.panels.given import GivenPanel
from ui.live.panels.limits import LimitsPanel
from ui.live.panels.passkey import PasskeyPanel
from ui.live.panels.people import PersonPanel
from ui.live.panels.readiness import ReadinessPanel
from ui.live.panels.reflection import ReflectionPanel
from ui.live.panels.rounds import RoundPanel
from ui.live.panels.sensors import SensorsPanel
from ui.live.panels.small import CuffPanel, HelpPanel, NotePanel
from ui.live.side import Panel
from ui.live.taken_off import sensor_rows
from ui.live.views import AlarmLineView, alarm_line, timeline, unsigned_rows

if TYPE_CHECKING:
    from ui.live.window import LiveWindow


class Panels:
    """The panels, made once."""

    def __init__(self, window: "LiveWindow") -> None:
        self._window = window
        self.dose, self.round, self.note = DosePanel(), RoundPanel(), NotePanel()
        self.given, self.readiness = GivenPanel(), ReadinessPanel()
        self.cuff, self.phase, self.end = CuffPanel(), PhasePanel(), EndPanel()
        self.person, self.alarms, self.help = PersonPanel(), AlarmsPanel(), HelpPanel()
        self.limits, self.sensors = LimitsPanel(), SensorsPanel()
        self.entries, self.unsigned, self.emergency = (
            EntriesPanel(),
            UnsignedPanel(),
            EmergencyPanel(),
        )
        self.finished, self.copying = FinishedPanel(), CopyPanel()
        self.passkey = PasskeyPanel()
        self.dose.show_last_time(window.options.last_time)
        self.reflection = ReflectionPanel()
        self.reflection.show_keeper(window.options.keep_reflection)
        self.emergency.show_list(window.options.emergency or load_emergency())
        if window.options.checklist is not None:
            self.round.show_checklist(window.options.checklist)

    @property
    def every(self) -> tuple[Panel, ...]:
        """All of them."""
        return (
            self.dose, self.round, self.note, self.given, self.readiness, self.cuff, self.phase,
            self.end, self.person, self.alarms, self.limits, self.sensors,
            self.help, self.entries, self.unsigned, self.emergency, self.reflection, self.finished,
            self.copying, self.passkey,
        )  # fmt: skip

    def show_model(
        self, model: LiveModel, real: float, line: AlarmLineView | None, open_one: Panel | None
    ) -> None:
        """Tell the open panel what it needs to know."""
        now = model.now(real)
        if open_one is not None and line is not None:
            open_one.pass_time(real)
        if open_one is self.dose:
            if model.plan is not None:
                self.dose.show_plan(model.plan)
            opened = model.session.opened
            if opened is not None:
                self.dose.show_set_up(
                    opened.planned_drug, opened.planned_dose, opened.lot, opened.weight_kg
                )
            self.dose.show_facts(summaries.dose_facts(model, real))
        elif open_one is self.round:
            self.round.show_earlier(summaries.earlier_rounds(model, now), now)
        elif open_one is self.readiness:
            self.readiness.show_state(model.readiness, summaries.readiness_given(model))
        elif open_one is self.note:
            self.note.show_now(now)
        elif open_one is self.given:
            self.given.show_now(now)
        elif open_one is self.cuff and line is None:
            self.cuff.show_now(now, summaries.last_site(model))
        elif open_one is self.phase:
            self.phase.show_state(model.session.phase, summaries.leave_facts(model, real))
        elif open_one is self.end and line is None:
            self.end.show_facts(summaries.end_facts(model, real))
        elif open_one is self.alarms:
            self.alarms.show_alarms((line or alarm_line(model, real)).every)
        elif open_one is self.limits:
            self.limits.show_rows(limit_rows(model))
        elif open_one is self.sensors:
            self.sensors.show_sensors(sensor_rows(model, real))
        elif open_one is self.person:
            desk = self._window.desk
            self.person.show_people(desk.people, self._window.person, model.session.locked)
        elif open_one is self.entries:
            self.entries.show_rows(timeline(model))
        elif open_one is self.unsigned:
            self.unsigned.show_rows(unsigned_rows(model), self._window.person)
        elif open_one is self.emergency:
            self.emergency.show_session(model.session)
        elif open_one is self.copying:
            self.copying.show_session(model.session)
        elif open_one is self.reflection:
            desk, person = self._window.desk, self._window.person
            role = next((p.role for p in desk.people if p.name == person), "")
            self.reflection.show_person(person, role)
        if open_one is self.end:
            self._window.desk.show_signing()
