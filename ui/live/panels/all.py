"""All side panels of a live window, and what each is told when it is open."""

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kapmonitor.emergency import load_emergency
from ui.live.alarm_views import AlarmLineView, alarm_line
from ui.live.model import LiveModel
from ui.live.side import Panel

if TYPE_CHECKING:
    from ui.live.panels.alarms import AlarmsPanel
    from ui.live.panels.closing import EndPanel, FinishedPanel, PhasePanel
    from ui.live.panels.copying import CopyPanel
    from ui.live.panels.dose import DosePanel
    from ui.live.panels.due import DuePanel
    from ui.live.panels.emergency import EmergencyPanel
    from ui.live.panels.entries import EntriesPanel, UnsignedPanel
    from ui.live.panels.given import GivenPanel
    from ui.live.panels.later import BaselinePanel, DetailPanel
    from ui.live.panels.limits import LimitsPanel
    from ui.live.panels.passkey import PasskeyPanel
    from ui.live.panels.people import PersonPanel
    from ui.live.panels.readiness import ReadinessPanel
    from ui.live.panels.reflection import ReflectionPanel
    from ui.live.panels.rounds import RoundPanel
    from ui.live.panels.scales import ScalesPanel
    from ui.live.panels.sensors import SensorsPanel
    from ui.live.panels.small import CuffPanel, HelpPanel, NotePanel
    from ui.live.window import LiveWindow

AnyPanel = TypeVar("AnyPanel", bound=Panel)


class Panels:
    """The panels, each made when it is first asked for: opening a window waits for none."""

    def __init__(self, window: "LiveWindow") -> None:
        self._window = window
        self.made: list[Panel] = []
        """Those that there are by now."""

    def _join(self, panel: AnyPanel) -> AnyPanel:
        """A new panel takes its place at the side, in the looks of the window."""
        self.made.append(panel)
        self._window.take_panel(panel)
        return panel

    @cached_property
    def dose(self) -> "DosePanel":
        """The dose."""
        from ui.live.panels.dose import DosePanel

        panel = self._join(DosePanel())
        panel.show_last_time(self._window.options.last_time)
        return panel

    @cached_property
    def round(self) -> "RoundPanel":
        """A round of observation."""
        from ui.live.panels.rounds import RoundPanel

        panel = self._join(RoundPanel())
        panel.draft_requested.connect(self._window.ask)
        if self._window.options.checklist is not None:
            panel.show_checklist(self._window.options.checklist)
        return panel

    @cached_property
    def scales(self) -> "ScalesPanel":
        """A clinic's own scales."""
        from ui.live.panels.scales import ScalesPanel

        panel = self._join(ScalesPanel())
        panel.draft_requested.connect(self._window.ask)
        return panel

    @cached_property
    def due(self) -> "DuePanel":
        """What is due: left out, or done early."""
        from ui.live.panels.due import DuePanel

        return self._join(DuePanel())

    @cached_property
    def note(self) -> "NotePanel":
        """A note."""
        from ui.live.panels.small import NotePanel

        return self._join(NotePanel())

    @cached_property
    def given(self) -> "GivenPanel":
        """Oxygen, a medicine, a check left out."""
        from ui.live.panels.given import GivenPanel

        return self._join(GivenPanel())

    @cached_property
    def readiness(self) -> "ReadinessPanel":
        """The readiness before the dose."""
        from ui.live.panels.readiness import ReadinessPanel

        return self._join(ReadinessPanel())

    @cached_property
    def detail(self) -> "DetailPanel":
        """More about an event."""
        from ui.live.panels.later import DetailPanel

        return self._join(DetailPanel())

    @cached_property
    def baseline(self) -> "BaselinePanel":
        """Another baseline."""
        from ui.live.panels.later import BaselinePanel

        return self._join(BaselinePanel())

    @cached_property
    def cuff(self) -> "CuffPanel":
        """A pressure by hand."""
        from ui.live.panels.small import CuffPanel

        return self._join(CuffPanel())

    @cached_property
    def phase(self) -> "PhasePanel":
        """The next phase, readiness, leaving."""
        from ui.live.panels.closing import PhasePanel

        return self._join(PhasePanel())

    @cached_property
    def end(self) -> "EndPanel":
        """The end of the visit."""
        from ui.live.panels.closing import EndPanel

        return self._join(EndPanel())

    @cached_property
    def person(self) -> "PersonPanel":
        """Who acts."""
        from ui.live.panels.people import PersonPanel

        panel = self._join(PersonPanel())
        panel.person_chosen.connect(self._window.act_as)
        return panel

    @cached_property
    def alarms(self) -> "AlarmsPanel":
        """All alarms."""
        from ui.live.panels.alarms import AlarmsPanel

        return self._join(AlarmsPanel())

    @cached_property
    def limits(self) -> "LimitsPanel":
        """The limits."""
        from ui.live.panels.limits import LimitsPanel

        return self._join(LimitsPanel())

    @cached_property
    def sensors(self) -> "SensorsPanel":
        """Sensors that were taken off."""
        from ui.live.panels.sensors import SensorsPanel

        return self._join(SensorsPanel())

    @cached_property
    def help(self) -> "HelpPanel":
        """The keys."""
        from ui.live.panels.small import HelpPanel

        return self._join(HelpPanel())

    @cached_property
    def entries(self) -> "EntriesPanel":
        """What was entered."""
        from ui.live.panels.entries import EntriesPanel

        return self._join(EntriesPanel())

    @cached_property
    def unsigned(self) -> "UnsignedPanel":
        """Acts under the lock."""
        from ui.live.panels.entries import UnsignedPanel

        return self._join(UnsignedPanel())

    @cached_property
    def emergency(self) -> "EmergencyPanel":
        """The clinic's list for an emergency."""
        from ui.live.panels.emergency import EmergencyPanel

        panel = self._join(EmergencyPanel())
        panel.show_list(self._window.options.emergency or load_emergency())
        return panel

    @cached_property
    def copying(self) -> "CopyPanel":
        """An emergency copy of the record."""
        from ui.live.panels.copying import CopyPanel

        return self._join(CopyPanel())

    @cached_property
    def passkey(self) -> "PasskeyPanel":
        """The digits of a device that is being paired."""
        from ui.live.panels.passkey import PasskeyPanel

        return self._join(PasskeyPanel())

    @cached_property
    def reflection(self) -> "ReflectionPanel":
        """A therapist's reflection."""
        from ui.live.panels.reflection import ReflectionPanel

        panel = self._join(ReflectionPanel())
        panel.show_keeper(self._window.options.keep_reflection)
        return panel

    @cached_property
    def finished(self) -> "FinishedPanel":
        """After the end."""
        from ui.live.panels.closing import FinishedPanel

        panel = self._join(FinishedPanel())
        window = self._window
        panel.export_requested.connect(window.export_requested)
        panel.open_requested.connect(window.open_requested)
        panel.home_requested.connect(window.home_requested)
        if not window.options.home:
            panel.show_way_out()
        if window.options.review is not None:
            panel.offer_review(window.options.review)
        return panel

    def has(self, name: str) -> bool:
        """Whether a panel was made already."""
        return name in self.__dict__

    def is_open(self, panel: Panel | None, name: str) -> bool:
        """Whether a panel is the one of this name, which is not made for the question."""
        return panel is not None and panel is self.__dict__.get(name)

    def show_model(
        self, model: LiveModel, real: float, line: AlarmLineView | None, open_one: Panel | None
    ) -> None:
        """Tell the open panel what it needs to know."""
        if open_one is None:
            return
        # What a panel shows is needed with the first panel, not with the first frame.
        from ui.live.limit_views import limit_rows
        from ui.live.panels import summaries, summaries_due
        from ui.live.taken_off import preference_rows, sensor_rows
        from ui.live.views import timeline, unsigned_rows

        now = model.now(real)
        if line is not None:
            open_one.pass_time(real)
        if self.is_open(open_one, "dose"):
            if model.plan is not None:
                self.dose.show_plan(model.plan)
            opened = model.session.opened
            if opened is not None:
                self.dose.show_set_up(
                    opened.planned_drug, opened.planned_dose, opened.lot, opened.weight_kg
                )
            self.dose.show_facts(summaries.dose_facts(model, real))
        elif self.is_open(open_one, "round"):
            self.round.show_earlier(summaries_due.earlier_rounds(model, now), now)
        elif self.is_open(open_one, "scales"):
            self.scales.show_scales(summaries_due.scale_views(model), now)
        elif self.is_open(open_one, "due"):
            self.due.show_due(summaries_due.due_choices(model, now))
        elif self.is_open(open_one, "detail"):
            self.detail.show_events(summaries.detailed(model))
        elif self.is_open(open_one, "baseline") and line is None:
            self.baseline.show_baseline(model.session.baseline)
        elif self.is_open(open_one, "readiness"):
            self.readiness.show_state(model.readiness, summaries.readiness_given(model))
        elif self.is_open(open_one, "note"):
            self.note.show_now(now)
            self.note.show_person(self._window.person)
        elif self.is_open(open_one, "given"):
            self.given.show_now(now, summaries.give_facts(model))
        elif self.is_open(open_one, "cuff") and line is None:
            self.cuff.show_now(now, summaries.last_site(model))
        elif self.is_open(open_one, "phase"):
            self.phase.show_state(model.session.phase, summaries.leave_facts(model, real))
        elif self.is_open(open_one, "end") and line is None:
            self.end.show_facts(summaries.end_facts(model, real))
        elif self.is_open(open_one, "alarms"):
            self.alarms.show_alarms((line or alarm_line(model, real)).every)
        elif self.is_open(open_one, "limits"):
            self.limits.show_rows(limit_rows(model))
        elif self.is_open(open_one, "sensors"):
            self.sensors.show_sensors(sensor_rows(model, real))
            self.sensors.show_preferences(preference_rows(model))
        elif self.is_open(open_one, "person"):
            desk = self._window.desk
            self.person.show_people(desk.people, self._window.person, model.session.locked)
        elif self.is_open(open_one, "entries"):
            self.entries.show_rows(timeline(model))
        elif self.is_open(open_one, "unsigned"):
            self.unsigned.show_rows(unsigned_rows(model), self._window.person)
        elif self.is_open(open_one, "emergency"):
            self.emergency.show_session(model.session)
        elif self.is_open(open_one, "copying"):
            self.copying.show_session(model.session)
        elif self.is_open(open_one, "reflection"):
            desk, person = self._window.desk, self._window.person
            role = next((p.role for p in desk.people if p.name == person), "")
            self.reflection.show_person(person, role)
        if self.is_open(open_one, "end"):
            self._window.desk.show_signing()
