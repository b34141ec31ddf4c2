"""Past readings through the alarm board: what would have fired, when, and for how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from alarms import presets
from alarms.board import Board
from alarms.presets import Preset
from kapmonitor import words
from kapmonitor.averaging import Averaging
from kapmonitor.errors import Refused, UsageError
from kapmonitor.events import (
    AlarmChange,
    Baseline,
    Dose,
    DoseWithdrawn,
    Entry,
    LimitChanged,
    Priority,
)
from kapmonitor.pastdata import Moment, PastData
from kapmonitor.plausibility import RANGES
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Reading
from kapmonitor.session import AlarmHistory, Session
from kapmonitor.vitals import Vital
from ui.output import Line, alarm_lines
from ui.replay_words import PARTS, part_line
from ui.trial_result import Count

# Raised by what did not come, not by a value.
GAP_ALARMS = frozenset(
    {
        "SPO2_SIGNAL_LOST",
        "PULSE_SIGNAL_LOST",
        "DATA_STALE",
        "LINK_LOST",
        "CUFF_OVERDUE",
        "CHECK_OVERDUE",
    }
)

_BASELINE = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.HEART_RATE)


@dataclass
class Replayed:
    """What one preset would have raised. Times are the file's, in seconds."""

    preset: str
    histories: list[AlarmHistory] = field(default_factory=list)
    end: float = 0.0
    baseline: Baseline | None = None
    unavailable: tuple[str, ...] = ()


def parse_baseline(text: str) -> Baseline:
    """``118/74/70`` (mmHg, mmHg, /min); ``-`` where one is not known.

    Raises UsageError ``past_baseline_malformed``.
    """
    wrong = UsageError("past_baseline_malformed", text=text)
    parts = [part.strip() for part in text.split("/")]
    if len(parts) != len(_BASELINE) or set(parts) <= {"-", ""}:
        raise wrong
    values: list[float | None] = []
    for vital, part in zip(_BASELINE, parts, strict=True):
        try:
            value = None if part in ("-", "") else float(part)
        except ValueError:
            raise wrong from None
        low, high = RANGES[vital]
        if value is not None and not low <= value <= high:
            raise wrong
        values.append(value)
    systolic, diastolic, pulse = values
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        raise wrong
    return Baseline(systolic, diastolic, pulse, None, cuff_readings=0, reason="given")


def replay(
    past: PastData,
    preset: Preset,
    baseline: Baseline | None = None,
    session_limits: bool = True,
) -> Replayed:
    """Drive a board over a file, from deadline to deadline, as fast as it goes.

    ``baseline`` takes the place of the file's own. ``session_limits`` False leaves out the limits
    that were changed during a recorded visit: they belonged to another preset.
    """
    stage = _Stage(Board(preset, past.observation), Averaging(preset.averaging))
    stage.replayed.preset = preset.name
    if baseline is not None and not any(isinstance(m.message, Baseline) for m in past.moments):
        stage.hear(Moment(0.0, baseline))
    for moment in past.moments:
        message = moment.message
        if isinstance(message, LimitChanged) and not session_limits:
            continue
        if isinstance(message, Baseline) and baseline is not None:
            stage.hear(msgspec.structs.replace(moment, message=baseline))
        else:
            stage.hear(moment)
    return stage.end(past.end)


class _Stage:
    """A board, its time, and what became of its alarms."""

    def __init__(self, board: Board, averaging: Averaging) -> None:
        self.replayed = Replayed("")
        self._board = board
        self._averaging = averaging
        self._session = Session()
        self._now = 0.0
        self._doses = 0

    def hear(self, moment: Moment) -> None:
        """Let time pass until then, and tell it."""
        self._wait(moment.at)
        board, message = self._board, moment.message
        at = moment.at if moment.happened is None else moment.happened
        match message:
            case Reading():
                self._keep(board.observe(self._averaging.average(message), moment.in_use))
            case AlarmChange():
                self._acknowledge(message)
            case _:
                if isinstance(message, SourceInfo):
                    self._averaging.add(message)
                self._follow_baseline(message)
                self._keep(board.hear(message, at))

    def end(self, at: float) -> Replayed:
        """Let time pass to the end; what is still in force stays open."""
        self._wait(at)
        view = self._board.view(self._now)
        in_force = {
            (shown.change.alarm, shown.change.raised): shown.change.value
            for shown in view.alarms
            if not shown.over
        }
        for history in self._session.alarms:
            if history.ended is None:
                worst = in_force.get((history.alarm, history.raised))
                history.value = history.value if worst is None else worst
        self.replayed.histories = self._session.alarms
        self.replayed.end = self._now
        self.replayed.unavailable = view.unavailable
        return self.replayed

    def _wait(self, until: float) -> None:
        while (due := self._board.deadline()) is not None and due <= until:
            changes = self._board.tick(due)
            self._now = max(self._now, due)
            self._keep(changes)
        self._now = max(self._now, until)

    def _keep(self, changes: Sequence[AlarmChange]) -> None:
        for change in changes:
            number = len(self._session.entries) + 1
            self._session.apply(Entry(number, self._now, 0.0, 0, change))

    def _acknowledge(self, change: AlarmChange) -> None:
        """What somebody acknowledged then; with other limits it may not be there."""
        named = f"{change.alarm}:{change.source}"
        try:
            self._keep(self._board.acknowledge(named, "then", self._now))
        except Refused:
            return

    def _follow_baseline(self, message: object) -> None:
        self._doses += isinstance(message, Dose)
        if isinstance(message, Baseline):
            self.replayed.baseline = message
        elif isinstance(message, DoseWithdrawn):
            self._doses = max(0, self._doses - 1)
            if not self._doses:
                self.replayed.baseline = None


# Lines and sums -----------------------------------------------------------------------------------


def lines(past: PastData, replayed: Replayed) -> list[Line]:
    """A line for each priority of each alarm, in order of time.

    In a chart, whose rows lie minutes apart, what a gap raised is marked ``"gap": true``.
    """
    found: list[tuple[float, Line]] = []
    for history in replayed.histories:
        of_gap = past.sparse and history.alarm in GAP_ALARMS
        mark: Line = {"gap": True} if of_gap else {}
        found += [(at, {**_rounded(line), **mark}) for at, line in alarm_lines(history)]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def summary(replayed: Replayed) -> dict[str, object]:
    """What a preset comes to: alarms, alarms an hour and seconds in force, by priority.

    An alarm counts once, under its highest priority; seconds count under the priority of the time.
    ``values`` and ``gaps`` are the parts that readings raised, and that missing ones did.
    """
    histories = replayed.histories
    gaps = [history for history in histories if history.alarm in GAP_ALARMS]
    values = [history for history in histories if history.alarm not in GAP_ALARMS]
    baseline = replayed.baseline
    return {
        "preset": replayed.preset,
        **_counts(histories, replayed.end),
        "values": _counts(values, replayed.end),
        "gaps": _counts(gaps, replayed.end),
        "baseline": None
        if baseline is None
        else {
            "systolic": baseline.systolic,
            "diastolic": baseline.diastolic,
            "pulse": baseline.pulse,
        },
        "unavailable": list(replayed.unavailable),
    }


def file_facts(past: PastData, replayed: Replayed) -> dict[str, object]:
    """What was read: layout, columns, rows, seconds."""
    return {
        "layout": past.layout,
        "columns": dict(past.columns),
        "rows": past.rows,
        "skipped": past.skipped,
        "clock_set_back": past.set_back,
        "minutes_apart": past.sparse,
        "seconds": round(replayed.end, 3),
    }


def counts_of(summed: dict[str, object], part: str) -> dict[str, Count]:
    """What a summary counts in ``values`` or ``gaps``, by priority, the highest first."""
    counts = summed[part]
    assert isinstance(counts, dict)
    alarms, hourly, seconds = (counts[k] for k in ("alarms", "per_hour", "seconds_in_force"))
    return {name: Count(alarms[name], hourly[name], seconds[name] / 60) for name in alarms}


def as_words(summed: dict[str, object]) -> list[str]:
    """A summary for people, a few lines."""
    out = [words.tr("Limits {preset}:", preset=summed["preset"])]
    out += ["  " + part_line(part, counts_of(summed, part)) for part in PARTS]
    unavailable = summed["unavailable"]
    assert isinstance(unavailable, list)
    if summed["baseline"] is None:
        out.append("  " + words.tr("There is no baseline; give one with --baseline."))
    if unavailable:
        names = ", ".join(unavailable)
        out.append("  " + words.tr("Not judged, for want of a baseline: {names}.", names=names))
    return out


def own_preset(past: PastData, current: Preset) -> Preset:
    """The limits that a record was made with; for any other file the clinic's current ones.

    Raises PlanError when the record's preset is understood no more.
    """
    return presets.parse(past.limits_text, "record") if past.limits_text else current


def _counts(histories: Iterable[AlarmHistory], end: float) -> dict[str, object]:
    alarms = dict.fromkeys(_priorities(), 0)
    seconds = dict.fromkeys(_priorities(), 0.0)
    for history in histories:
        alarms[history.priority.value] += 1
        for _, line in alarm_lines(history):
            raised, ended = line["raised"], line["ended"]
            assert isinstance(raised, float | int)
            last = ended if isinstance(ended, float | int) else end
            seconds[str(line["priority"])] += last - raised
    hours = end / 3600
    return {
        "alarms": alarms,
        "per_hour": {p: round(n / hours, 2) if hours else None for p, n in alarms.items()},
        "seconds_in_force": {priority: round(total, 1) for priority, total in seconds.items()},
    }


def _priorities() -> list[str]:
    return [priority.value for priority in (Priority.HIGH, Priority.MEDIUM, Priority.LOW)]


def _rounded(line: Line) -> dict[str, object]:
    """Times to the millisecond: sums of intervals leave crumbs."""
    times = ("raised", "ended")
    return {k: round(v, 3) if k in times and isinstance(v, float) else v for k, v in line.items()}
