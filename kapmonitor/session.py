"""The session: a fold over its entries.

Live state, the review screen, the PDF, the CSV and a resumed session all come from here, so they
cannot disagree.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from kapmonitor import events
from kapmonitor.events import AlarmChange, AlarmKind, AlarmState, Entry, Phase, Priority
from kapmonitor.reading import LinkState, Origin, Quality


@dataclass
class AlarmHistory:
    """One alarm from raised to ended, with its highest priority and its worst value."""

    alarm: str
    kind: AlarmKind
    priority: Priority
    raised: float
    value: float | None
    limit: float | None
    changes: list[Entry] = field(default_factory=list)
    acknowledged: float | None = None
    acknowledged_by: str = ""
    ended: float | None = None
    risen: float | None = None

    @property
    def response(self) -> float | None:
        """Seconds to the acknowledgement, if there was one, from when it had its priority."""
        since = self.raised if self.risen is None else self.risen
        return None if self.acknowledged is None else self.acknowledged - since

    @property
    def delay(self) -> float:
        """Seconds that its condition had to last before it was raised."""
        first = self.changes[0].event
        return first.delay if isinstance(first, AlarmChange) else 0.0


@dataclass
class Session:
    """What the entries so far say.

    Lists hold the entries themselves, in order; cuff readings and rounds in the order in which they
    happened, so that the last one is the newest even when an older one is typed in later.
    ``unsigned`` are the acts under the lock for which nobody stands yet, by number.
    ``amendments`` are corrections, and notes that were written after the end.
    ``draft`` is the round that was begun and not filed, ``drafts`` the clinic's scales, by name.
    ``cuff_schedule`` is the cuff that is started at the plan's times, empty for none.
    ``patient_name`` is empty where the clinic keeps none.
    ``taken_off`` holds, for each sensor off on purpose, the session time until which it may be.
    """

    entries: list[Entry] = field(default_factory=list)
    opened: events.Opened | None = None
    patient_name: str = ""
    phase: Phase = Phase.PREPARATION
    phases: list[tuple[float, Phase]] = field(default_factory=list)
    sources: dict[str, events.SourceAdded] = field(default_factory=dict)
    links: dict[str, LinkState] = field(default_factory=dict)
    doses: list[Entry] = field(default_factory=list)
    infusions: list[Entry] = field(default_factory=list)
    oxygen: float | None = None
    readiness: dict[str, Entry] = field(default_factory=dict)
    draft: events.RoundDraft | None = None
    drafts: dict[str, events.RoundDraft] = field(default_factory=dict)
    instruments: list[Entry] = field(default_factory=list)
    adapted: dict[str, Entry] = field(default_factory=dict)
    baseline: events.Baseline | None = None
    cuffs: list[Entry] = field(default_factory=list)
    rounds: list[Entry] = field(default_factory=list)
    skipped: list[events.CheckSkipped] = field(default_factory=list)
    early: list[events.CheckEarly] = field(default_factory=list)
    notes: list[Entry] = field(default_factory=list)
    alarms: list[AlarmHistory] = field(default_factory=list)
    gaps: list[events.Gap] = field(default_factory=list)
    amendments: list[Entry] = field(default_factory=list)
    limits: dict[str, float | None] = field(default_factory=dict)
    other_limits: dict[str, float] = field(default_factory=dict)
    switched_on: set[str] = field(default_factory=set)
    acting: str = ""
    acting_checked: bool = False
    locked: bool = False
    unsigned: dict[int, Entry] = field(default_factory=dict)
    signatures: list[Entry] = field(default_factory=list)
    emergency: list[Entry] = field(default_factory=list)
    cuff_schedule: str = ""
    quiet: bool = False
    taken_off: dict[str, float] = field(default_factory=dict)
    preferred: dict[str, str] = field(default_factory=dict)
    audio_paused: bool = False
    ready_at: float | None = None
    left_at: float | None = None
    ended_at: float | None = None
    _ended_number: int = 0
    _open_alarms: dict[tuple[str, str], AlarmHistory] = field(default_factory=dict)

    @property
    def t0(self) -> float | None:
        """Session time that everything counts from, by the plan's rule; None before any drug.

        ``first_dose``: the first dose or start of a pump; ``infusion_start``: the pump's first
        start, where there is one; ``last_dose``: the last of them.
        """
        starts = self.given
        if not starts:
            return None
        rule = "first_dose" if self.opened is None else self.opened.t0_rule
        if rule == "last_dose":
            return max(entry.at for entry in starts)
        pumps = [entry for entry in starts if isinstance(entry.event, events.Infusion)]
        if rule == "infusion_start" and pumps:
            starts = pumps
        return min(entry.at for entry in starts)

    @property
    def given(self) -> list[Entry]:
        """Doses and starts of a pump that were not taken back, in the order of their entry."""
        starts = [entry for entry in self.infusions if _starts_pump(entry)]
        return sorted([*self.doses, *starts], key=lambda entry: entry.number)

    @property
    def infusing(self) -> float | None:
        """The pump's rate in mg/min; None while it stands."""
        last = self.infusions[-1].event if self.infusions else None
        return last.rate if isinstance(last, events.Infusion) else None

    @property
    def infusion_end(self) -> float | None:
        """Session time at which the pump was last stopped; None while it runs or without one."""
        if not self.infusions or self.infusing is not None:
            return None
        return self.infusions[-1].at

    @property
    def people(self) -> list[str]:
        """Everybody who acted, in order of first act."""
        return list(dict.fromkeys(entry.by for entry in self.entries if entry.by))

    def good_cuffs(self) -> list[Entry]:
        """Cuff readings that may be judged: good ones, not from a device's memory."""
        return [
            entry
            for entry in self.cuffs
            if isinstance(entry.event, events.Cuff)
            and entry.event.quality is Quality.GOOD
            and entry.event.origin is not Origin.STORED
        ]

    def is_later(self, entry: Entry) -> bool:
        """Whether an entry was added after the end of the visit, perhaps days later."""
        return bool(self._ended_number) and entry.number > self._ended_number

    def apply(self, entry: Entry) -> None:
        """Take in one more entry."""
        self.entries.append(entry)
        if entry.unsigned:
            self.unsigned[entry.number] = entry
        match entry.event:
            case events.Opened() as opened:
                self.opened = opened
                self.phases.append((entry.at, self.phase))
            case events.PatientNamed(name=name):
                self.patient_name = name
            case events.PhaseChanged(phase=phase):
                self.phase = phase
                self.phases.append((entry.at, phase))
            case events.SourceAdded() as added:
                self.sources[added.source] = added
            case events.LinkChanged() as link:
                self.links[link.source] = link.state
            case events.Dose():
                self.doses.append(entry)
            case events.Infusion():
                self.infusions.append(entry)
            case events.DoseWithdrawn(of=number):
                self._withdraw(number)
            case events.Baseline() as baseline:
                self.baseline = baseline
            case events.Cuff():
                insort(self.cuffs, entry, key=_happened)
            case events.Round():
                insort(self.rounds, entry, key=_happened)
                self.draft = None
            case events.Instrument(instrument=name):
                insort(self.instruments, entry, key=_happened)
                self.drafts.pop(name, None)
            case events.RoundDraft(instrument=name) as draft:
                if name:
                    self.drafts[name] = draft
                else:
                    self.draft = draft
            case events.Oxygen(litres=litres):
                self.oxygen = litres or None
            case events.ReadinessAnswer(item=item):
                self.readiness[item] = entry
            case events.ScheduleAdapted(rule=rule, on=on):
                self._adapt(rule, entry if on else None)
            case events.CuffScheduled(source=source, on=on):
                self.cuff_schedule = source if on else ""
            case events.CheckSkipped() as skipped:
                self.skipped.append(skipped)
            case events.CheckEarly() as early:
                self.early.append(early)
            case events.Note():
                (self.amendments if self._ended_number else self.notes).append(entry)
            case AlarmChange() as change:
                self._alarm(entry, change)
            case events.Gap() as gap:
                self.gaps.append(gap)
            case events.QuietMode(on=on):
                self.quiet = on
            case events.LimitChanged() as limit:
                self._limit(limit)
            case events.TakenOff() as off:
                self.taken_off[off.source] = entry.at + off.seconds
            case events.SourcePreferred(vital=vital, source=source):
                self.preferred[vital] = source
            case events.PutBack(source=source):
                self.taken_off.pop(source, None)
            case events.AudioPaused():
                self.audio_paused = True
            case events.AudioResumed():
                self.audio_paused = False
            case events.Ready():
                self.ready_at = entry.at
            case events.Left():
                self.left_at = entry.at
            case events.Amended():
                self.amendments.append(entry)
            case events.Acting() | events.Locked() | events.Unlocked():
                self._desk(entry.event)
            case events.Signed(of=numbers):
                for number in numbers:
                    self.unsigned.pop(number, None)
            case events.SignedOff():
                self.signatures.append(entry)
            case events.Emergency():
                self.emergency.append(entry)
            case events.Ended():
                self.ended_at, self._ended_number = entry.at, entry.number
                self.phase = Phase.ENDED
            case _:
                pass

    def _desk(self, event: events.Acting | events.Locked | events.Unlocked) -> None:
        match event:
            case events.Acting(person=person, checked=checked):
                self.acting, self.acting_checked = person, checked
            case events.Locked():
                self.locked = True
            case events.Unlocked():
                self.locked = False

    def _limit(self, changed: events.LimitChanged) -> None:
        """A number, off, or on again at the preset's numbers."""
        self.switched_on.discard(changed.alarm)
        if changed.on:
            self.limits.pop(changed.alarm, None)
            self.other_limits.pop(changed.alarm, None)
            self.switched_on.add(changed.alarm)
            return
        self.limits[changed.alarm] = changed.new
        if changed.other_new is not None:
            self.other_limits[changed.alarm] = changed.other_new

    def _withdraw(self, number: int) -> None:
        self.doses = [dose for dose in self.doses if dose.number != number]
        pump = next((e for e in self.infusions if e.number == number), None)
        if pump is not None:
            # A start taken back never was, and so no change of its rate either.
            self.infusions = [e for e in self.infusions if e.number < number]
        if not self.given:
            self.baseline = None
            self.adapted.clear()

    def _adapt(self, rule: str, entry: Entry | None) -> None:
        if entry is None:
            self.adapted.pop(rule, None)
        else:
            self.adapted[rule] = entry

    def _alarm(self, entry: Entry, change: AlarmChange) -> None:
        # Two devices can each have lost their link; a patient has one SpO2.
        key = (change.alarm, change.source if change.kind is AlarmKind.TECHNICAL else "")
        history = self._open_alarms.get(key)
        if history is None:
            history = AlarmHistory(
                change.alarm, change.kind, change.priority, entry.at, change.value, change.limit
            )
            self.alarms.append(history)
            self._open_alarms[key] = history
        history.changes.append(entry)
        if change.priority.rank > history.priority.rank:
            history.priority = change.priority
            history.limit = change.limit
            # Who had seen the medium alarm has not yet seen the high one.
            history.risen, history.acknowledged, history.acknowledged_by = entry.at, None, ""
        if change.value is not None:
            history.value = change.value
        if change.state is AlarmState.ACKNOWLEDGED and history.acknowledged is None:
            history.acknowledged, history.acknowledged_by = entry.at, entry.by
        if change.state is AlarmState.ENDED:
            history.ended = entry.at
            del self._open_alarms[key]


def _starts_pump(entry: Entry) -> bool:
    return isinstance(entry.event, events.Infusion) and entry.event.action == "start"


def _happened(entry: Entry) -> float:
    return entry.at


def fold(entries: Iterable[Entry]) -> Session:
    """The session that these entries tell."""
    session = Session()
    for entry in entries:
        session.apply(entry)
    return session


def session_time(at: float, t0: float | None) -> str:
    """``t+mm:ss`` from the dose, ``t-mm:ss`` before it, ``--:--`` without one."""
    if t0 is None:
        return "t --:--"
    seconds = round(at - t0)
    minutes, rest = divmod(abs(seconds), 60)
    return f"t{'-' if seconds < 0 else '+'}{minutes:02d}:{rest:02d}"
