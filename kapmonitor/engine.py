"""The engine: readings in, events and alarms out, time as an argument.

It has no thread, no radio and no window. `kapmonitor.runner` drives it by a real clock,
the simulation by a stepped one; both pass the same readings and commands.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from kapmonitor import acts, prompts, routine, schedule
from kapmonitor import commands as c
from kapmonitor.averaging import Averaging
from kapmonitor.baseline import BaselineCollector
from kapmonitor.before_dose import ReadinessList, load_readiness
from kapmonitor.checklist import Checklist
from kapmonitor.clock import Clock
from kapmonitor.commands import AnyCommand, EndSession
from kapmonitor.cuff_schedule import CuffSchedule
from kapmonitor.cuffs import cuff_event, cuff_packets
from kapmonitor.desk import Desk
from kapmonitor.errors import KapmonitorError, Refused
from kapmonitor.events import (
    AlarmChange,
    AudioResumed,
    CuffCycle,
    CuffScheduled,
    Ended,
    Entry,
    Event,
    Gap,
    LinkChanged,
    Opened,
    Phase,
    PhaseChanged,
    Priority,
    PutBack,
    Resumed,
    SourceAdded,
    Trouble,
)
from kapmonitor.journal import Journal
from kapmonitor.messages import (
    Answered,
    Earlier,
    Finished,
    Message,
    Observed,
    Pulse,
    SourceKnown,
)
from kapmonitor.plan import Plan
from kapmonitor.plausibility import Plausibility
from kapmonitor.ports import BoardView, RecordPort, Schedule, Sounder, SourceInfo, Watcher
from kapmonitor.preference import Preference, earlier_curves
from kapmonitor.reading import (
    JUDGED_NOTICES,
    Delivery,
    Link,
    LinkState,
    Notice,
    Origin,
    PlethRun,
    Quality,
    Reading,
)
from kapmonitor.record.blocks import Blocker
from kapmonitor.session import Session
from kapmonitor.vitals import Vital

HEARTBEAT = 1.0
# An oximeter goes on sending its last values for some seconds after the finger has left it.
SETTLING_SECONDS = 15.0
# What is judged for leaving is no older than this.
FRESH_SECONDS = 15.0
_JUDGED_AT_LEAVING = {
    Vital.HEART_RATE: "pulse",
    Vital.PULSE_RATE: "pulse",
    Vital.SPO2: "spo2",
}
# Somebody stands waiting at the end of a visit: a disk that is full does not become free by itself.
SEAL_SECONDS = 8.0

_SOUND_OK = "ok"

_VIEW_MATTERS = ("alarms", "sound", "paused_until", "quiet", "unavailable", "reminders")


class Engine:
    """One session. Every method is called on one thread, with ``now`` on the session clock.

    ``emit`` gets every message for the window and the command line; it must not block.
    ``ask_source`` passes a cuff's start or stop on to its source; a source that refuses at once
    raises DeviceError, one that refuses later is told by ``cuff_refused``. ``averaging`` is in
    seconds, 0 for none. ``desk`` is who may act and how that is made sure. ``readiness`` is what is
    asked before the dose, the program's own list where none is given. ``cuff_repeats`` is how often
    a cuff on the schedule tries a reading again.
    """

    def __init__(
        self,
        plan: Plan,
        checklist: Checklist,
        watcher: Watcher,
        clock: Clock,
        record: RecordPort,
        sounder: Sounder,
        emit: Callable[[Message], None],
        ask_source: Callable[[str, c.AskCuff], None],
        averaging: float = 0.0,
        desk: Desk | None = None,
        readiness: ReadinessList | None = None,
        cuff_repeats: int = 1,
    ) -> None:
        self.plan = plan
        self.checklist = checklist
        self.readiness = readiness or load_readiness()
        self.instruments: dict[str, Checklist] = {}
        self.watcher = watcher
        self.clock = clock
        self.ask_source = ask_source
        self.desk = desk or Desk()
        self.baseline = BaselineCollector()
        self.sources: dict[str, SourceInfo] = {}
        self.finished = False
        self.recording = ""
        self._record = record
        self._sounder = sounder
        self._emit = emit
        self._journal = Journal(clock, record, self._written)
        self._plausibility = Plausibility()
        self._averaging = Averaging(averaging)
        self._preference = Preference()
        self._blocker = Blocker()
        self.cuff_schedule = CuffSchedule(cuff_repeats)
        self._last_data: dict[str, float] = {}
        self._fresh: dict[str, tuple[float, float]] = {}
        self._schedule = Schedule()
        self._next_heartbeat = 0.0
        self._view: BoardView | None = None
        self._sound = _SOUND_OK

    @property
    def clock_rate(self) -> float:
        """How fast the session clock runs; a demonstration may be faster than life."""
        return float(getattr(self.clock, "rate", 1.0))

    @property
    def session(self) -> Session:
        """The session so far."""
        return self._journal.session

    # What happens -------------------------------------------------------------------------

    def open(self, opened: Opened, now: float) -> None:
        """Begin the session."""
        self._next_heartbeat = now
        self.write(opened, now)
        routine.lock_unless_known(self, "opened", now)
        self.tick(now)

    def resume(self, entries: list[Entry], now: float, readings: Iterable[Reading] = ()) -> None:
        """Go on with an interrupted session: state as it was, the gap in the record.

        ``readings`` are the record's samples: of the curves so far, and of a baseline to be frozen.
        """
        self._journal.restore(entries)
        for entry in entries:
            self.watcher.hear(entry.event, entry.at)
            self._emit(entry)
        readings = list(readings)
        self._emit(Earlier(earlier_curves(entries, readings)))
        if self.session.t0 is None:
            for reading in readings:
                self.baseline.add(reading)
        for vital, source in self.session.preferred.items():
            self.prefer(vital, source)
        last = entries[-1].at if entries else now
        self._next_heartbeat = now
        self.write(Resumed(gap=now - last), now)
        self.write(Gap(start=last, end=now, reason="interrupted"), now)
        routine.end_forgotten_alarms(self, now)
        if self.session.cuff_schedule:
            # Whoever switched it on may not be here any more: a person does so again.
            self.write(CuffScheduled(self.session.cuff_schedule, False, "interrupted"), now)
        routine.lock_unless_known(self, "resumed", now)
        self.tick(now)

    def add_source(self, info: SourceInfo, now: float) -> None:
        """Take a device into use."""
        self.sources[info.id] = info
        self._averaging.add(info)
        self._preference.add(info)
        self._emit(SourceKnown(info))
        self._changed(self.watcher.hear(info, now), now)
        self.write(
            SourceAdded(
                source=info.id,
                protocol=info.protocol,
                address=info.address,
                label=info.label,
                measures=info.measures,
                site=info.site,
                simulated=info.simulated,
                continuous=info.continuous,
                experimental=info.experimental,
            ),
            now,
        )

    def write(self, event: Event, now: float, by: str = "", happened: float | None = None) -> Entry:
        """Put an event on the record and tell everybody, the alarm board first."""
        entry = self._journal.write(event, now, by, happened)
        if not isinstance(event, AlarmChange):
            self._changed(self.watcher.hear(event, entry.at), now)
        self.cuff_schedule.hear(event, entry.at)
        self._reschedule(now)
        return entry

    def deliver(self, items: Sequence[Delivery], now: float) -> None:
        """Take in what a source sent: judged first, then shown, recorded and watched."""
        if self.finished:
            return
        readings = [item for item in items if isinstance(item, Reading)]
        judged = self._plausibility.judge(readings)
        cuffs = cuff_packets(judged)
        following = iter(judged)
        for item in items:
            if isinstance(item, Reading):
                reading = next(following)
                if (reading.source, reading.packet) not in cuffs:
                    self._keep(reading)
                self._observe(reading, now)
            elif isinstance(item, PlethRun):
                self._keep(item)
                self._emit(item)
                self._changed(self.watcher.hear(item, item.at), now)
                self._last_data[item.source] = item.at
            elif isinstance(item, Notice):
                self._notice(item, now)
            else:
                self._link(item, now)
        for packet in cuffs.values():
            self.write(cuff_event(packet, self.sources), now)
        self._show_board(now)

    def tick(self, now: float) -> None:
        """Let time pass: alarms whose delay is over, the heartbeat, blocks that are full."""
        if self.finished:
            return
        self._changed(self.watcher.tick(now), now)
        for block in self._blocker.tick(now):
            self._record.put_block(block)
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + HEARTBEAT
            self._beat(now)
        self._show_board(now)

    def deadline(self) -> float:
        """The next session time at which ``tick`` has something to do."""
        of_board = self.watcher.deadline()
        return self._next_heartbeat if of_board is None else min(of_board, self._next_heartbeat)

    def trouble(
        self, kind: str, now: float, detail: str = "", seconds: float | None = None
    ) -> None:
        """Something technical happened (``write_failed``, ``write_failed_over``, ...)."""
        if not self.finished:
            self.write(Trouble(kind, seconds, detail), now)
            self._show_board(now)

    def ask(self, command: AnyCommand, now: float) -> Answered:
        """Carry out a command; the answer names the event it led to, or why it was refused."""
        try:
            number = acts.carry_out(self, command, now)
        except KapmonitorError as error:
            answer = Answered(command.id, refused=error.code, facts=_plain_facts(error))
        else:
            answer = Answered(command.id, entry=number)
        self._emit(answer)
        self._show_board(now)
        if isinstance(command, EndSession) and not answer.refused:
            self._finish(now)
        return answer

    def interrupt(self, now: float) -> None:
        """End without being asked by a person (Ctrl-C, end of a timed run): sealed all the same."""
        if not self.finished:
            self.write(Ended("interrupted"), now)
            self._finish(now)

    def copy_record(self, folder: str, now: float, by: str) -> int:
        """Begin an emergency copy of the record; what became of it is a `Trouble` later."""
        number = self.write(Trouble("emergency_copy_asked"), now, by).number
        self._record.copy_to(Path(folder) / Path(self.recording).name)
        return number

    def enter_cuff(
        self,
        readings: Sequence[Reading],
        now: float,
        by: str,
        happened: float | None,
        site: str,
    ) -> int:
        """Take in a cuff reading that a person typed; Refused when it is impossible."""
        judged = self._plausibility.judge(readings)
        wrong = next((r for r in judged if r.quality is Quality.INVALID), None)
        if wrong is not None:
            raise Refused("impossible_reading", vital=wrong.vital.value, reason=wrong.reason)
        for reading in judged:
            self._observe(reading, now)
        cuff = msgspec.structs.replace(cuff_event(judged, self.sources), site=site)
        return self.write(cuff, now, by, happened).number

    def vitals(self, now: float) -> dict[str, float]:
        """The good ``pulse`` [/min] and ``spo2`` [%] of the last seconds, where there are any."""
        return {name: v for name, (at, v) in self._fresh.items() if now - at <= FRESH_SECONDS}

    def cuff_refused(
        self, source: str, asked: c.AskCuff, error: KapmonitorError, now: float
    ) -> None:
        """A cuff refused what it was asked, after the fact: on the record, and to who asked."""
        if self.finished:
            return
        self.write(CuffCycle(source, "refused", error.code), now, asked.by)
        if asked.by:  # the schedule waits for no answer
            self._emit(Answered(asked.id, refused=error.code, facts=_plain_facts(error)))

    def prefer(self, vital: str, source: str) -> None:
        """From now on this source of ``pulse`` or ``spo2`` is shown and judged, while fresh."""
        self._preference.prefer(vital, source)

    def acknowledge(self, alarm: str, by: str, now: float) -> int:
        """Acknowledge an alarm; the number of the event. Raises Refused when there is none."""
        changes = self.watcher.acknowledge(alarm, by, now)
        return self._changed(changes, now, by)

    # How it goes on -----------------------------------------------------------------------

    def _written(self, entry: Entry) -> None:
        self._emit(entry)

    def _keep(self, sample: Reading | PlethRun | Notice) -> None:
        for block in self._blocker.add(sample):
            self._record.put_block(block)

    def _observe(self, reading: Reading, now: float) -> None:
        self._last_data[reading.source] = reading.at
        if reading.origin is Origin.STORED:
            return
        if reading.quality is Quality.GOOD and reading.source in self.session.taken_off:
            self._back_on(reading, now)
        in_use = self._preference.in_use(reading)
        if in_use and self.session.t0 is None:
            self.baseline.add(reading)
        # From here on the average counts; the record and the baseline have what was measured.
        judged = self._averaging.average(reading)
        self._emit(Observed(judged, in_use, averaged=judged is not reading))
        name = _JUDGED_AT_LEAVING.get(judged.vital)
        if in_use and name and judged.value is not None and judged.quality is Quality.GOOD:
            self._fresh[name] = (judged.at, judged.value)
        self._changed(self.watcher.observe(judged, in_use), now)
        if self.session.phase is Phase.PREPARATION and reading.quality is Quality.GOOD:
            self.write(PhaseChanged(Phase.BASELINE), now)

    def _back_on(self, reading: Reading, now: float) -> None:
        """Values are back. The last ones of a sensor that is just being taken off do not count."""
        until = self.session.taken_off[reading.source]
        if reading.at > until - acts.OFF_SECONDS + SETTLING_SECONDS:
            self.write(PutBack(reading.source, "values"), now)

    def _notice(self, notice: Notice, now: float) -> None:
        if notice.kind in JUDGED_NOTICES:
            self._keep(notice)
        self._emit(notice)
        self._changed(self.watcher.hear(notice, notice.at), now)
        if notice.kind in ("cuff_started", "cuff_ended"):
            reason = str(notice.detail.get("reason") or "")
            self.write(CuffCycle(notice.source, notice.kind.removeprefix("cuff_"), reason), now)
        if notice.kind == "backlog_dropped":
            # What came while the machine slept is too old to be live, and nobody watched it.
            lost = notice.detail.get("seconds")
            start = now - lost if isinstance(lost, int | float) else now
            self.write(Gap(start=start, end=now, source=notice.source, reason="stalled"), now)

    def _link(self, link: Link, now: float) -> None:
        self._emit(link)
        if link.state is LinkState.UP and link.source in self._last_data and not link.expected:
            start = self._last_data[link.source]
            self.write(Gap(start=start, end=link.at, source=link.source, reason="link"), now)
            self._last_data[link.source] = link.at
        if link.state is not LinkState.CONNECTING:
            changed = LinkChanged(link.source, link.state, link.reason, link.expected)
            self.write(changed, now)

    def _changed(self, changes: Sequence[AlarmChange], now: float, by: str = "") -> int:
        """Write alarm changes; the number of the last one, 0 when there was none."""
        number = 0
        for change in changes:
            number = self.write(change, now, by).number
        return number

    def _reschedule(self, now: float) -> None:
        views = schedule.upcoming(self.plan, self.session, now)
        due = schedule.board_schedule(views)
        if due != self._schedule:
            self._schedule = due
            self._changed(self.watcher.hear(due, now), now)

    def _beat(self, now: float) -> None:
        routine.say_clock_jumped(self, now)
        routine.end_taken_off(self, now)
        routine.lock_when_idle(self, now)
        routine.enter_phases(self, now)
        routine.adapt_schedule(self, now)
        self._reschedule(now)
        views = prompts.due_now(self.plan, self.session, now)
        alarms = () if self._view is None else self._view.alarms
        again = schedule.repeat_wanted(self.session, alarms, now)
        if again is not None:
            views = (again, *views)
        routine.start_cuff(self, views, now)
        rate = self.clock_rate
        sound = self._check_sound(now)
        before = self.session.t0 is None
        oximetry = round(self.baseline.oximetry_seconds(now)) if before else 0.0
        utc = self.clock.utc(now)
        self._emit(Pulse(now, utc, views, self.recording, sound, rate, oximetry))

    def _check_sound(self, now: float) -> str:
        """Played is no evidence of heard: the sounder is asked at every heartbeat."""
        sound, opened = self._sounder.health(now), self.session.opened
        if sound != self._sound:
            self._sound = sound
            if sound == _SOUND_OK:
                self.trouble("sound_failed_over", now)
            elif not (sound == "silent" and opened is not None and opened.simulated):
                # A demonstration may be silent; at a bedside that is said and recorded.
                self.trouble("sound_failed", now, detail=sound)
        return sound

    def _show_board(self, now: float) -> None:
        view = self.watcher.view(now)
        before = self._view
        if before is not None and all(
            getattr(view, name) == getattr(before, name) for name in _VIEW_MATTERS
        ):
            return
        if before is None or view.sound != before.sound or view.quiet != before.quiet:
            self._sounder.play(view.sound, view.quiet)
        if before is not None and view.reminders > before.reminders:
            self._sounder.remind()
        self._view = view
        self._emit(view)
        if self.session.audio_paused and view.paused_until is None:
            over = before is not None and now >= (before.paused_until or now)
            highest = next((alarm.change.alarm for alarm in view.alarms), "")
            resumed = AudioResumed("over") if over else AudioResumed("broken", highest)
            self.write(resumed, now)

    def sound_lost(self) -> None:
        """Sound the highest alarm for an engine that does not answer; called from outside it."""
        self._sounder.play(Priority.HIGH, False)

    def back_again(self, now: float) -> None:
        """It was given up and ticks again: on the record, and the sound is the board's again."""
        self.trouble("engine_lost", now, detail="stalled")
        self.trouble("engine_lost_over", now)
        self._view = None
        self._show_board(now)

    def lost(self) -> None:
        """The engine died by a fault: sound the highest alarm, and keep what can be kept."""
        self.finished = True
        self.sound_lost()
        self._record.close()

    def _finish(self, now: float) -> None:
        self.finished = True
        self._sounder.play(None, False)
        for block in self._blocker.flush():
            self._record.put_block(block)
        sealed = self._record.seal(self.clock.utc(now), SEAL_SECONDS)
        self._record.close()
        if self.recording:
            # Where an emergency copy was all that could be sealed, that is the record now.
            self.recording = str(self._record.path)
        self._emit(Finished(self.recording, sealed))


def _plain_facts(error: KapmonitorError) -> dict[str, str | float | int | None]:
    """The facts of an error as they cross to the window."""
    return {
        name: value if isinstance(value, str | float | int | None) else str(value)
        for name, value in error.facts.items()
    }
