"""Every condition of the session: readings and facts in, which conditions they concern out.

Here is only what the vitals and the equipment do. What is shown and heard is the board's matter.
"""

import math

from alarms.cuff_log import CuffLog, Cycle
from alarms.entered import RedFlag, Sedation, number
from alarms.judged import Judged, Key
from alarms.limits import LimitSpec, Quantity
from alarms.overdue import Overdue
from alarms.presets import Preset
from alarms.pulse_lost import PulseLost
from alarms.sensor import PULSES, Sensor
from alarms.technical import Inflation, Room, SourcesDisagree, SpO2Lost, Timed
from alarms.watch import Watch
from kapmonitor import events as e
from kapmonitor.ports import Schedule, SourceInfo
from kapmonitor.reading import LinkState, Notice, Origin, PlethRun, Reading
from kapmonitor.vitals import PRESSURES, Vital

# Told by name in a Trouble event (``disk_low``, ``disk_low_over``).
TROUBLES = (
    "CLOCK_JUMP",
    "DISK_LOW",
    "WRITE_FAILED",
    "SOUND_FAILED",
    "SLEEP_RISK",
    "WINDOW_HUNG",
    "ENGINE_LOST",
)
# The source of the computer's own battery.
COMPUTER = "computer"
# A strap's heart rate that is this fresh goes before any pulse rate.
STRAP_FRESH = 10.0


class Conditions:
    """Routes what happens to the watches that it concerns."""

    def __init__(self, preset: Preset, observation: float) -> None:
        self.watches: dict[Key, Watch] = {}
        self._technical = {spec.id: spec for spec in preset.technical}
        self._room = Room(observation)
        self._sensors: dict[str, Sensor] = {}
        self._heard_at: dict[tuple[str, Vital], float] = {}
        self._cuffs = CuffLog()
        self._strap_at = -math.inf
        self._doses: list[float] = []
        # What is wrong with the computer now, whether or not its alarm is on.
        self._troubles: dict[str, e.Trouble] = {}
        self._nobody_here = False

        self._judged = Judged(preset.limits)
        self.limits = self._judged.limits
        entered = {spec.id: spec for spec in preset.entered}
        self._sedation = Sedation(entered["SEDATION"])
        self._redflag = RedFlag(entered["REDFLAG"])
        self._spo2_lost = SpO2Lost(self._technical["SPO2_SIGNAL_LOST"], self._room)
        self._pulse_lost = PulseLost(
            self._technical["PULSE_SIGNAL_LOST"], self._room, self._spo2_lost
        )
        self._disagree = SourcesDisagree(self._technical["SOURCES_DISAGREE"])
        self._timed = {
            name: Timed(self._technical[name])
            for name in ("CUFF_OVERDUE", "CHECK_OVERDUE", *TROUBLES)
        }
        self._overdue = Overdue(self._timed["CUFF_OVERDUE"], self._timed["CHECK_OVERDUE"])
        named: dict[str, Watch] = {
            **self.limits,
            **self._timed,
            "SEDATION": self._sedation,
            "REDFLAG": self._redflag,
            "SPO2_SIGNAL_LOST": self._spo2_lost,
            "PULSE_SIGNAL_LOST": self._pulse_lost,
            "SOURCES_DISAGREE": self._disagree,
        }
        self.watches.update({(name, ""): watch for name, watch in named.items()})

    # Readings -----------------------------------------------------------------------------

    def observe(self, reading: Reading, in_use: bool) -> list[Key]:
        """Take in a reading; which conditions to look at."""
        if reading.origin is Origin.STORED or self._nobody_here:
            return []
        if reading.vital not in PRESSURES and self._is_history(reading):
            return []
        sensor = self._sensor(reading.source)
        keys: list[Key] = []
        # What explained a lost pulse until now may be over with this reading.
        if self._pulse_lost.look(reading.at):
            keys.append(("PULSE_SIGNAL_LOST", ""))
        keys += [(alarm, sensor.name) for alarm in sensor.reading(reading)]
        vital = reading.vital
        if vital in (Vital.SYSTOLIC, Vital.DIASTOLIC):
            if in_use:
                keys += self._judge_cycle(self._cuffs.reading(reading), reading.at)
        elif vital in PULSES:
            keys += self._pulse(reading, sensor, in_use)
        elif vital is Vital.SPO2:
            keys += self._spo2(reading, sensor, in_use)
        elif vital is Vital.RESPIRATORY_RATE and reading.value is not None and in_use:
            keys += self._judged.breaths(reading.value, reading.at)
        # Whether the loss of another source is HIGH depends on this one being live.
        return keys + self._stale()

    def _is_history(self, reading: Reading) -> bool:
        """Whether this source has told something newer of this vital already."""
        key = (reading.source, reading.vital)
        if reading.at < self._heard_at.get(key, -math.inf):
            return True
        self._heard_at[key] = reading.at
        return False

    def pleth(self, run: PlethRun) -> list[Key]:
        """Take in a run of the pulse wave."""
        sensor = self._sensor(run.source)
        return [] if self._nobody_here else [(alarm, run.source) for alarm in sensor.pleth(run)]

    def _sensor(self, name: str) -> Sensor:
        sensor = self._sensors.get(name)
        if sensor is None:
            sensor = self._sensors[name] = Sensor(name, self._technical, self._room)
            self.watches.update({(id_, name): watch for id_, watch in sensor.watches.items()})
        return sensor

    def _stale(self) -> list[Key]:
        return [("DATA_STALE", name) for name, one in self._sensors.items() if one.stale.holds]

    def _pulse(self, reading: Reading, sensor: Sensor, in_use: bool) -> list[Key]:
        keys: list[Key] = []
        if sensor.continuous and not sensor.off:
            if reading.value is None:
                self._pulse_lost.lost(sensor.name)
            elif self._pulse_lost.valid(reading.at, sensor):
                keys.append(("PULSE_SIGNAL_LOST", ""))
        if sensor.continuous:
            if self._disagree.pulse(sensor.name, reading.value, reading.at):
                keys.append(("SOURCES_DISAGREE", ""))
            if reading.vital is Vital.HEART_RATE:
                if in_use and reading.value is not None:
                    self._strap_at = reading.at
            elif reading.at - self._strap_at <= STRAP_FRESH:
                in_use = False
        elif reading.packet:
            keys += self._judge_cycle(self._cuffs.reading(reading), reading.at)
        if in_use:
            keys += self._judged.sustained(Quantity.PULSE, reading, bool(sensor.continuous))
        return keys

    def _spo2(self, reading: Reading, sensor: Sensor, in_use: bool) -> list[Key]:
        keys: list[Key] = []
        if sensor.continuous and not sensor.off:
            if reading.value is None:
                self._spo2_lost.lost(sensor.name)
            elif self._spo2_lost.valid(reading.at, sensor.name, sensor.site):
                keys.append(("SPO2_SIGNAL_LOST", ""))
        if in_use:
            keys += self._judged.sustained(Quantity.SPO2, reading, bool(sensor.continuous))
        return keys

    def _judge_cycle(self, cycle: Cycle, at: float) -> list[Key]:
        """Hold what is known of a cuff cycle against the limits; a failed one is only counted.

        One that happened before the last that was judged is history: it says nothing about now.
        """
        sensor = self._sensor(cycle.source)
        pressures = cycle.values.keys() & {Vital.SYSTOLIC, Vital.DIASTOLIC}
        if not pressures or not cycle.told or not self._judged.newer(at):
            return []
        sensor.cuff_failed.cycle(cycle.number, cycle.good, cycle.failure)
        self._inflation(cycle.source).end(at)
        keys: list[Key] = [("CUFF_FAILED", cycle.source), ("SPO2_SIGNAL_LOST", "")]
        if not cycle.good:
            return keys
        self._overdue.came("CUFF_OVERDUE", at)
        keys.append(("CUFF_OVERDUE", ""))
        return keys + self._judged.cycle(cycle, at)

    # Facts --------------------------------------------------------------------------------

    def hear(self, message: e.Event | Notice | SourceInfo | Schedule, at: float) -> None:
        """Take note of a fact; any condition may be concerned."""
        match message:
            case Notice():
                self._hear_notice(message, at)
            case SourceInfo():
                self._sensor(message.id).introduce(message)
                self._inflation(message.id).site = message.site
            case Schedule():
                self._overdue.schedule = message
                self._expect()
            case e.LinkChanged():
                self._hear_link(message, at)
            case e.Dose() | e.DoseWithdrawn() | e.Infusion(action="start"):
                self._hear_dose(message, at)
            case e.Baseline():
                self._judged.set_baseline(message)
            case e.Cuff():
                cycle = self._cuffs.event(message)
                if cycle is not None and message.origin is not Origin.STORED:
                    self._judge_cycle(cycle, at)
            case e.CuffCycle():
                self._cuff_moves(message.source, message.action, at, message.reason)
            case e.Round():
                self._hear_round(message, at)
            case e.TakenOff():
                self._sensor(message.source).take_off()
                self._spo2_lost.without(message.source)
                self._pulse_lost.without(message.source)
            case e.PutBack() if not self._nobody_here:
                self._sensor(message.source).put_back(at)
                self._spo2_lost.back(message.source, at)
                self._pulse_lost.back(self._sensor(message.source), at)
            case e.CheckSkipped(check="cuff"):
                self._overdue.skipped("CUFF_OVERDUE")
            case e.CheckSkipped(check="round", part=""):
                self._overdue.skipped("CHECK_OVERDUE")
            case e.Trouble():
                self._hear_trouble(message, at)
            case e.Left() | e.Ended():
                self._leave()

    def switched_on(self, alarm: str, at: float) -> None:
        """An alarm is watched again; what is missing now is missing from now on."""
        if alarm == "SPO2_SIGNAL_LOST":
            sensor = self._sensors.get(self._spo2_lost.source)
            if sensor is not None and sensor.begun and not sensor.off:
                self._spo2_lost.back(sensor.name, at)
        elif alarm == "PULSE_SIGNAL_LOST":
            for sensor in self._sensors.values():
                if sensor.begun and not sensor.off:
                    self._pulse_lost.back(sensor, at)
        elif alarm in self._troubles:
            self._hear_trouble(self._troubles[alarm], at)
        self._expect()

    def set_limit(self, alarm: str, spec: LimitSpec) -> None:
        """A limit was changed; the last cuff reading is judged anew."""
        self._judged.set_limit(alarm, spec)

    def _hear_notice(self, notice: Notice, at: float) -> None:
        sensor = self._sensor(notice.source or COMPUTER)
        if notice.kind in ("cuff_started", "cuff_ended"):
            self._cuff_moves(notice.source, notice.kind.removeprefix("cuff_"), at)
        elif notice.kind != "wrong_protocol" or not self._nobody_here:
            sensor.notice(notice)

    def _hear_link(self, link: e.LinkChanged, at: float) -> None:
        self._sensor(link.source).link(link.state, at, link.expected, link.reason)
        if link.state is LinkState.CLOSED:
            self._spo2_lost.without(link.source)
            self._pulse_lost.without(link.source)
            self._disagree.without(link.source)

    def _cuff_moves(self, source: str, action: str, at: float, reason: str = "") -> None:
        cuff = self._inflation(source)
        if action == "asked_start":
            cuff.asked(at)
        elif action == "started":
            cuff.start(at)
        elif action == "ended" or (action == "refused" and reason != "cuff_busy"):
            cuff.end(at)

    def _inflation(self, source: str) -> Inflation:
        site = self._sensors[source].site if source in self._sensors else ""
        return self._room.cuffs.setdefault(source, Inflation(site))

    def _hear_dose(self, event: e.Dose | e.DoseWithdrawn | e.Infusion, at: float) -> None:
        if isinstance(event, e.Dose | e.Infusion):
            self._doses.append(at)
        elif self._doses:
            self._doses.pop()
        if not self._doses:
            self._judged.set_baseline(None)
        self._room.dose_at = self._doses[0] if self._doses else None
        self._expect()

    def _hear_round(self, filed: e.Round, at: float) -> None:
        self._overdue.came("CHECK_OVERDUE", at)
        self._sedation.hear(filed.answers, at)
        self._redflag.hear(filed.answers, at)
        breaths = number(filed.answers.get("respiratory_rate"))
        if breaths is not None:
            self._judged.breaths(breaths, at)

    def _hear_trouble(self, trouble: e.Trouble, at: float) -> None:
        """``disk_low`` begins, ``disk_low_over`` or 0 seconds ends."""
        name = trouble.kind.upper().removesuffix("_OVER")
        over = trouble.kind.endswith("_over") or trouble.seconds == 0
        watch = self._timed.get(name)
        if name == "BATTERY_LOW" and not over:
            self._sensor(COMPUTER).battery.says_low()
        elif name == "BATTERY_LOW":
            self._sensor(COMPUTER).battery.forget()
        elif watch is not None and name in TROUBLES:
            if over:
                self._troubles.pop(name, None)
                watch.stop()
            else:
                self._troubles[name] = trouble
                watch.start(at, trouble.detail)
                watch.value = trouble.seconds

    def _expect(self) -> None:
        self._overdue.expect(bool(self._doses) and not self._nobody_here)

    def _leave(self) -> None:
        """Nobody is on the sensors any more."""
        self._nobody_here = True
        for sensor in self._sensors.values():
            sensor.forget()
        for key, watch in self.watches.items():
            if key[0] not in TROUBLES:
                watch.forget()
