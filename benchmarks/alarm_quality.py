"""How often the alarms cry wolf, and whether they miss anything, beside a plain monitor.

Whole visits of the virtual patient are simulated once. The true events are written beside each
scenario (`devices/virtual/scenarios.toml`); what a scenario does not expect needed no action.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from alarms import presets
from alarms.presets import Preset
from benchmarks._plain_monitor import PlainMonitor
from devices.virtual import scenarios
from devices.virtual.haemodynamics import EFFECTS
from kapmonitor.events import AlarmChange, AlarmState, Priority, QuietMode
from kapmonitor.pastdata import PastData, read_past
from kapmonitor.plan import ROUTES
from kapmonitor.session import AlarmHistory
from ui.output import alarm_lines
from ui.replay import replay
from ui.simulation import simulate
from ui.wiring import load_setting

# Scenario, route, seed. Minutes from the dose: the plan's minimum observation and five more.
LIBRARY = (
    *((name, "in", 1) for name in scenarios.names()),
    # Most visits are ordinary, and each patient rises otherwise.
    *(("ordinary", route, seed) for seed in (2, 3) for route in ROUTES),
    ("hypertension", "im", 6),
    ("threshold", "iv", 7),
)
# Scenario, route, seed, minutes: what fits into a test.
SHORT = (("motion", "in", 1, 24.0), ("dropout", "in", 1, 33.0), ("desaturation", "iv", 1, 29.0))


@dataclass(frozen=True)
class Shown:
    """One alarm as it was shown; ``ended`` None when the visit ended before."""

    alarm: str
    raised: float
    ended: float | None
    audible: bool = True


@dataclass
class Visit:
    """A simulated visit: what should have alarmed, and what did."""

    name: str
    route: str
    hours: float
    expected: list[tuple[str, float, float]]
    may: tuple[str, ...]
    ours: list[Shown]
    plain: list[Shown]
    recorded_alike: bool = True


@dataclass
class Score:
    """What one monitor came to over all visits."""

    hours: float = 0.0
    events: int = 0
    missed: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    shown: int = 0
    audible: int = 0
    idle: int = 0
    idle_audible: int = 0

    @property
    def idle_share(self) -> float:
        """Of all alarms shown, those that needed no action."""
        return self.idle / self.shown if self.shown else 0.0


def run(short: bool) -> list[dict[str, Any]]:
    """Missed true events, time to alarm, alarms an hour, share that needed no action."""
    seen = visits(short)
    ours, plain = (score(seen, which) for which in ("ours", "plain"))
    # Where fewer is better, ``ratio`` is how many times fewer ours are.
    pairs: list[tuple[str, float, float, str]] = [
        ("true events missed", len(ours.missed), len(plain.missed), f"of {ours.events}"),
        ("median time to alarm", _median(ours.waits), _median(plain.waits), "s"),
        ("audible alarms an hour", ours.audible / ours.hours, plain.audible / plain.hours, "1/h"),
        ("alarms seen an hour", ours.shown / ours.hours, plain.shown / plain.hours, "1/h"),
        ("share that needed no action", ours.idle_share, plain.idle_share, "1"),
        ("audible without need in two hours", *_idle_rates(ours, plain), "1/2 h"),
    ]
    lines: list[dict[str, Any]] = [
        {"name": "alarms: simulated visits", "value": len(seen), "unit": "visits"}
    ]
    for name, value, beside, unit in pairs:
        line: dict[str, Any] = {"name": f"alarms: {name}", "value": value, "unit": unit}
        if value and unit in ("1/h", "1/2 h"):
            line["ratio"] = beside / value
        lines += [line, {"name": f"plain monitor: {name}", "value": beside, "unit": unit}]
    return lines


def visits(short: bool = False) -> list[Visit]:
    """Simulate the library."""
    chosen = SHORT if short else tuple((*each, None) for each in LIBRARY)
    return [_visit(*each) for each in chosen]


def score(seen: Iterable[Visit], which: str) -> Score:
    """Add up ``ours`` or ``plain``."""
    total = Score()
    for visit in seen:
        shown: list[Shown] = getattr(visit, which)
        total.hours += visit.hours
        total.shown += len(shown)
        total.audible += sum(alarm.audible for alarm in shown)
        idle = [alarm for alarm in shown if not needed(alarm, visit)]
        total.idle += len(idle)
        total.idle_audible += sum(alarm.audible for alarm in idle)
        for event, start, end in visit.expected:
            total.events += 1
            found = [a for a in shown if a.alarm == event and _overlaps(a, start, end)]
            if found:
                total.waits.append(max(0.0, min(a.raised for a in found) - start))
            else:
                total.missed.append(f"{event} in {visit.name} ({visit.route})")
    return total


def needed(alarm: Shown, visit: Visit) -> bool:
    """Whether it tells a true event, or what the scenario allows beside one while it is there."""
    at_its_time = [event for event, s, e in visit.expected if _overlaps(alarm, s, e)]
    return alarm.alarm in at_its_time or bool(at_its_time and alarm.alarm in visit.may)


def _overlaps(alarm: Shown, start: float, end: float) -> bool:
    return alarm.raised <= end and (alarm.ended is None or alarm.ended >= start)


def _idle_rates(ours: Score, plain: Score) -> tuple[float, float]:
    return 2 * ours.idle_audible / ours.hours, 2 * plain.idle_audible / plain.hours


def _median(values: list[float]) -> float:
    return median(values) if values else 0.0


# One visit ----------------------------------------------------------------------------------------


@cache
def _preset() -> Preset:
    return presets.load()


def _visit(name: str, route: str, seed: int, minutes: float | None) -> Visit:
    with tempfile.TemporaryDirectory() as folder:
        setting = load_setting(route)
        done = simulate(setting, Path(folder), name, seed, minutes)
        past = read_past(done.record)
    recorded = done.session.alarms
    t0 = done.session.t0 or 0.0
    scenario = scenarios.load(name)
    replayed = replay(past, _preset())
    expected = [
        (event.alarm, t0 + 60 * event.from_min, t0 + 60 * event.to_min)
        for event in scenarios.true_events(scenario, EFFECTS[route].peak_min.mean)
    ]
    return Visit(
        name=name,
        route=route,
        hours=past.end / 3600,
        expected=expected,
        may=scenario.may,
        ours=[_shown(history, past) for history in replayed.histories],
        plain=[Shown(*alarm) for alarm in PlainMonitor(_preset()).watch(past).alarms],
        recorded_alike=_told(recorded) == _told(replayed.histories),
    )


def _told(histories: Iterable[AlarmHistory]) -> list[tuple[object, ...]]:
    """What must be alike in a recorded visit and its replay (which looks at exact times)."""
    lines = [line for history in histories for _, line in alarm_lines(history)]
    lines.sort(key=lambda line: (line["alarm"], line["raised"]))
    return [(line["alarm"], line["priority"], line["value"], line["limit"]) for line in lines]


def _shown(history: AlarmHistory, past: PastData) -> Shown:
    """LOW is only seen while the room is quiet, and some technical alarms are never heard."""
    spec = _preset().find(history.alarm)
    silent = bool(getattr(spec, "silent", False))
    quiet = [(m.at, m.message.on) for m in past.moments if isinstance(m.message, QuietMode)]

    def heard(at: float, priority: Priority) -> bool:
        calm = [on for since, on in quiet if since <= at]
        return priority is not Priority.LOW or not (calm and calm[-1])

    audible = not silent and any(
        heard(entry.at, change.priority)
        for entry in history.changes
        if isinstance(change := entry.event, AlarmChange)
        and change.state in (AlarmState.RAISED, AlarmState.ESCALATED)
    )
    return Shown(history.alarm, history.raised, history.ended, audible)
