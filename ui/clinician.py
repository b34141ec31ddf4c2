"""A scripted clinician for simulated visits: does what is due, within its window.

Pure: the state of the session, the board and what is due come in, commands go out. The answers of
a round come from the virtual patient.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from kapmonitor import commands as c
from kapmonitor.acts_dose import above_gate
from kapmonitor.before_dose import ReadinessList, load_readiness
from kapmonitor.events import Cuff, Dose, Phase, Priority
from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind, Plan
from kapmonitor.ports import BoardView
from kapmonitor.prompts import DEVICE
from kapmonitor.reading import Quality
from kapmonitor.session import Session

NURSE, CLINICIAN = "Nurse", "Supervising clinician"

# Seconds from the opening to each step before the dose: two cuff readings two minutes apart.
_ASKED = 10.0
_RIDE = "a friend"
# A virtual patient of ordinary pressure may be measured just above the plan's gate.
_WEIGHED = "scripted: weighed and given all the same"
_FIRST_CUFF, _SECOND_CUFF, _PREDOSE_ROUND, _DOSE = 20.0, 150.0, 200.0, 240.0
_REPEAT_HIGH = 120.0
_REPEAT_FAILED = 60.0
_SEVERITIES = ("none", "mild", "moderate", "severe")

# What the virtual patient calls it, and the item of the built-in checklist.
_PROBES = {
    "probe_1": "d_time",
    "probe_2": "d_surroundings",
    "probe_3": "d_detached",
    "probe_4": "d_body",
    "probe_5": "d_lost",
    "probe_6": "d_senses",
}
_SIDE_EFFECTS = ("nausea", "vomiting", "dizziness", "headache", "anxiety", "blurred_vision")


class ScriptedClinician:
    """Decides once a second what the staff of a simulated visit does.

    ``state`` gives the virtual patient's condition at a session time. The visit ends
    ``minutes`` after the dose.
    """

    def __init__(
        self,
        plan: Plan,
        state: Callable[[float], Mapping[str, float]],
        minutes: float,
        seed: int,
        repeats_high: bool = True,
        readiness: ReadinessList | None = None,
    ) -> None:
        self._plan = plan
        self._readiness = readiness or load_readiness()
        self._state = state
        self._minutes = minutes
        self._repeats_high = repeats_high
        self._dice = random.Random(f"clinician {seed}")
        self._pace: dict[str, float] = {}
        self._cuff_asked = -1e9
        self._round_filed: float | None = None
        self._begun = 0
        self._given = 1

    def act(
        self, now: float, session: Session, board: BoardView, checks: Sequence[CheckView]
    ) -> list[c.AnyCommand]:
        """The commands of this second, in order."""
        t0 = session.t0
        commands: list[c.AnyCommand] = self._acknowledgements(now, board)
        if t0 is None:
            return commands + self._before_dose(now, session)
        commands += self._next_device(now, session, checks)
        commands += self._repeat(now, session) or self._due_cuff(now, checks)
        commands += self._due_round(now, checks)
        return commands + self._course(now, t0, session)

    def _before_dose(self, now: float, session: Session) -> list[c.AnyCommand]:
        reason = _WEIGHED if above_gate(session, self._plan, now) else ""
        steps: list[tuple[float, c.AnyCommand]] = [
            *(
                (
                    _ASKED,
                    c.AnswerReadiness(
                        item=item.id,
                        answer=item.wanted,
                        note=_RIDE if item.id == "ride" else "",
                        by=CLINICIAN,
                    ),
                )
                for item in self._readiness.item
            ),
            (_FIRST_CUFF, c.AskCuff(action="start", by=NURSE)),
            (_SECOND_CUFF, c.AskCuff(action="start", by=NURSE)),
            (_PREDOSE_ROUND, c.FileRound(answers=self._answers(now), by=CLINICIAN)),
            (
                _DOSE,
                c.RecordDose(amount=self._amount(session), by=CLINICIAN, gate_reason=reason),
            ),
        ]
        due = [command for at, command in steps[self._begun :] if now >= at]
        self._begun += len(due)
        return due

    def _amount(self, session: Session) -> float | None:
        """What is given next: a spray or lozenge where the plan says so, else all (None)."""
        each = self._plan.one_device
        if each is None:
            return None
        planned = session.opened.planned_dose if session.opened is not None else None
        given = sum(x.event.amount for x in session.doses if isinstance(x.event, Dose))
        return min(each, (planned or self._plan.usual_dose) - given)

    def _next_device(
        self, now: float, session: Session, checks: Sequence[CheckView]
    ) -> list[c.AnyCommand]:
        """The next spray or lozenge, as long after the last as the plan says."""
        for check in checks:
            if check.check == DEVICE and now >= check.due and check.number > self._given:
                self._given = check.number
                return [c.RecordDose(amount=self._amount(session), by=CLINICIAN)]
        return []

    def _acknowledgements(self, now: float, board: BoardView) -> list[c.AnyCommand]:
        done: list[c.AnyCommand] = []
        for alarm in board.alarms:
            change = alarm.change
            if alarm.acknowledged_by or alarm.over:
                continue
            key = f"{change.alarm} {change.raised} {change.priority}"
            slowest = 25.0 if change.priority is Priority.HIGH else 60.0
            wait = self._pace.setdefault(key, now + self._dice.uniform(8.0, slowest))
            if now >= wait:
                done.append(c.Acknowledge(alarm=change.alarm, by=NURSE))
        return done

    def _repeat(self, now: float, session: Session) -> list[c.AnyCommand]:
        """A second reading after a high or a failed one, at most until it is settled."""
        last = session.cuffs[-1] if session.cuffs else None
        if last is None or not isinstance(last.event, Cuff) or self._cuff_asked > last.at:
            return []
        if last.event.quality is not Quality.GOOD:
            return self._cuff(now) if now >= last.at + _REPEAT_FAILED else []
        cuffs = [entry.event for entry in session.good_cuffs() if isinstance(entry.event, Cuff)]
        first_high = _high(cuffs[-1]) and not (len(cuffs) > 1 and _high(cuffs[-2]))
        if first_high and self._repeats_high and now >= last.at + _REPEAT_HIGH:
            return self._cuff(now)
        return []

    def _due_cuff(self, now: float, checks: Sequence[CheckView]) -> list[c.AnyCommand]:
        due = any(
            check.check == CheckKind.CUFF and now >= check.due and not check.repeat
            for check in checks
        )
        return self._cuff(now) if due and now >= self._cuff_asked + _REPEAT_FAILED else []

    def _cuff(self, now: float) -> list[c.AnyCommand]:
        self._cuff_asked = now
        return [c.AskCuff(action="start", by=NURSE)]

    def _due_round(self, now: float, checks: Sequence[CheckView]) -> list[c.AnyCommand]:
        for check in checks:
            wait = self._pace.setdefault(f"round {check.due}", self._dice.uniform(5.0, 90.0))
            if check.check == CheckKind.ROUND and now >= check.due + wait:
                if self._round_filed == check.due:
                    continue
                self._round_filed = check.due
                return [c.FileRound(answers=self._answers(now), by=CLINICIAN)]
        return []

    def _answers(self, now: float) -> dict[str, str | int | float | bool | None]:
        state = self._state(now)
        answers: dict[str, str | int | float | bool | None] = {
            "moaas": int(state["moaas"]),
            "breathing": "normal",
            "respiratory_rate": round(state["respiratory_rate"]),
            "red_flags": "none",
            "orientation": "yes" if state["moaas"] >= 4 else "partly",
            "gait": "steady" if state["moaas"] >= 5 else "not_tried",
        }
        answers |= {item: int(state[probe]) for probe, item in _PROBES.items()}
        answers |= {item: _SEVERITIES[int(state.get(item, 0))] for item in _SIDE_EFFECTS}
        return answers

    def _course(self, now: float, t0: float, session: Session) -> list[c.AnyCommand]:
        since = (now - t0) / 60
        planned = {phase.phase: phase.at_min for phase in self._plan.phase}
        minimum = self._plan.minimum_observation_min
        if session.phase is Phase.EXPERIENCE and since >= planned.get(Phase.RECOVERY, 60):
            return [c.SetQuiet(on=False, by=NURSE), c.SetPhase(phase=Phase.RECOVERY, by=NURSE)]
        if session.phase is Phase.RECOVERY and since >= minimum:
            return [c.SetPhase(phase=Phase.DISCHARGE, by=CLINICIAN)]
        if session.phase is Phase.DISCHARGE and session.ready_at is None and since >= minimum + 1:
            return [c.MarkReady(by=CLINICIAN)]
        if session.ready_at is not None and session.left_at is None and since >= minimum + 3:
            return [c.MarkLeft(with_whom=_RIDE, by=NURSE)]
        if since >= self._minutes:
            return [c.EndSession(by=CLINICIAN)]
        return []


def _high(cuff: Cuff) -> bool:
    """The pressures whose alarms ask for a second reading (SBP_VHIGH, DBP_VHIGH)."""
    return (cuff.systolic or 0) >= 180 or (cuff.diastolic or 0) >= 110
