"""One source in use: what came from it and when, and the technical conditions that follow."""

from collections.abc import Mapping

from alarms.condition import Zone
from alarms.frozen import ValueFrozen
from alarms.limits import TechnicalSpec
from alarms.technical import (
    LIVE_FOR,
    BatteryLow,
    CuffFailed,
    DataStale,
    HeldTechnical,
    Room,
    Timed,
)
from alarms.watch import Watch
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import LinkState, Notice, PlethRun, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

PULSES = frozenset({Vital.HEART_RATE, Vital.PULSE_RATE})
_SIGNALS = PULSES | {Vital.SPO2}


class Sensor:
    """Keeps a source's conditions. Its alarms begin with its first valid value in the session."""

    def __init__(self, name: str, specs: Mapping[str, TechnicalSpec], room: Room) -> None:
        self.name = name
        self.site = ""
        self.begun = False
        self.off = False
        self.continuous: bool | None = None
        self._introduced = False
        self._room = room
        self._quality: dict[Vital, Quality] = {}
        self._pulse_at: float | None = None
        self.had_pulse = False
        self.stale = DataStale(specs["DATA_STALE"], name, room)
        self.link_lost = Timed(specs["LINK_LOST"], name)
        self.poor = HeldTechnical(specs["SIGNAL_POOR"], name)
        self.frozen = ValueFrozen(specs["VALUE_FROZEN"], name)
        self.battery = BatteryLow(specs["BATTERY_LOW"], name)
        self.cuff_failed = CuffFailed(specs["CUFF_FAILED"], name)
        self.watches: dict[str, Watch] = {
            "DATA_STALE": self.stale,
            "LINK_LOST": self.link_lost,
            "SIGNAL_POOR": self.poor,
            "VALUE_FROZEN": self.frozen,
            "BATTERY_LOW": self.battery,
            "CUFF_FAILED": self.cuff_failed,
        }

    def introduce(self, info: SourceInfo) -> None:
        """Who it is."""
        self.continuous, self.site, self._introduced = info.continuous, info.site, True

    def reading(self, reading: Reading) -> list[str]:
        """A reading came; the identifiers of the alarms that it concerns."""
        if not self._introduced and self.continuous is not False:
            # Nobody said what it is: whatever sends pressures is taken for a cuff.
            self.continuous = reading.vital not in PRESSURES
        if self.off:
            return []
        if self.stale.unreadable and reading.value is not None:
            self.stale.stop()
            return ["DATA_STALE", *self._continuous_reading(reading)]
        return self._continuous_reading(reading)

    def _continuous_reading(self, reading: Reading) -> list[str]:
        if not self.continuous:
            return []
        at = reading.at
        if reading.value is not None:
            self.begun = True
            self._room.last_valid[self.name] = at
        if reading.vital in PULSES:
            self._pulse_at = None if reading.value is None else at
            self.had_pulse = self.had_pulse or reading.value is not None
        concerned = self.data(at)
        if reading.vital in _SIGNALS and self.begun and self._judge_signal(reading):
            concerned.append("SIGNAL_POOR")
        if self.begun and self.frozen.reading(reading):
            concerned.append("VALUE_FROZEN")
        return concerned

    def data(self, at: float) -> list[str]:
        """Data came: a reading, even one without a value, or a pulse wave.

        What cannot be read is over with a valid reading only.
        """
        since = self.stale.since
        old = since is not None and at <= since
        if not (self.begun and self.continuous) or self.stale.unreadable or old:
            return []
        news = since is None or self.stale.holds
        self.stale.data(at)
        # Else it is only due later than was known, and to look too early does no harm.
        return ["DATA_STALE"] if news else []

    def pleth(self, run: PlethRun) -> list[str]:
        """A run of the pulse wave."""
        some = any(value is not None for value in run.values)
        concerned = self.data(run.at) if some else []
        self.frozen.pleth(run, self._pulse_at is not None and run.at - self._pulse_at <= LIVE_FOR)
        return [*concerned, "VALUE_FROZEN"] if self.begun else concerned

    def link(self, state: LinkState, at: float, expected: bool, reason: str) -> None:
        """The way to the device changed. A cuff that leaves after sending is not lost."""
        if state is LinkState.DOWN and self.begun and self.continuous and not expected:
            self.link_lost.start(at, reason)
        elif state is LinkState.UP:
            self.link_lost.stop()
            self.frozen.connected()
        elif state is LinkState.CLOSED:
            self.forget()

    def notice(self, notice: Notice) -> None:
        """What a device says about itself. None of it is data: it may be bytes by chance."""
        percent = notice.detail.get("percent")
        if notice.kind == "wrong_protocol" and not self.off:
            self.stale.cannot_be_read(notice.at, notice.kind)
        elif notice.kind == "battery" and isinstance(percent, int | float):
            self.battery.percent(percent)
        elif notice.kind == "battery_low":
            self.battery.says_low()
        elif notice.kind in ("counter_stands", "counter_moves") and self.begun:
            self.frozen.counter(notice.kind == "counter_stands", notice.at)

    def take_off(self) -> None:
        """It is off on purpose: what it sends or lacks says nothing until it is put back."""
        self.off = True
        self.forget()

    def put_back(self, at: float) -> None:
        """It is watched again: what it does not send from now on is missing."""
        self.off, self.begun = False, True
        self._room.last_valid[self.name] = at
        self.stale.data(at)

    def forget(self) -> None:
        """It is out of use: nothing that it does not send can be missed."""
        self.begun = False
        self._room.last_valid.pop(self.name, None)
        self._quality.clear()
        for watch in self.watches.values():
            watch.forget()

    def _judge_signal(self, reading: Reading) -> bool:
        """Poor while any of its vitals is questionable; a lost value says nothing either way.

        False when there was and is nothing to tell.
        """
        self._quality[reading.vital] = reading.quality
        if reading.quality is not Quality.QUESTIONABLE and self.poor.idle:
            return False  # nothing has begun that a good or a lost value could end
        qualities = set(self._quality.values())
        if Quality.QUESTIONABLE in qualities:
            self.poor.see(Zone.OUTSIDE, reading.at, reading.reason)
        elif Quality.GOOD in qualities:
            self.poor.see(Zone.INSIDE, reading.at)
        else:
            self.poor.missing(reading.at)
        return True
