"""A virtual cuff on the standard Bluetooth service (2A35, with 2A36 while it inflates).

Real cuffs of this kind are started by hand; the virtual one can be asked, so that a simulation and
a demonstration need nobody to press its button.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from devices.transports import Chunk
from devices.transports.ble_cuff import CuffInbox
from devices.virtual import chance
from devices.virtual.device import DEVICE_ZERO, Faults, VirtualDevice, within
from devices.virtual.encode import date_time, sfloat
from devices.virtual.patient import VirtualPatient
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Decoded, Delivery, Notice, Reading
from kapmonitor.vitals import PRESSURES, Vital

INFLATES, LASTS, DEFLATES = 9.0, 35.0, 4.0  # seconds: to the top, whole cycle, empty again after it
_SYSTOLIC_NOISE, _DIASTOLIC_NOISE, _PULSE_NOISE = 5.0, 4.0, 2.0
SETTLE = 2.0  # seconds after which nothing more follows from a memory
_NOISE_LIMIT = 1.8  # standard deviations, so that what a scenario wants can be relied on

# Measurement status of 2A35: what spoiled a cycle whose numbers are sent all the same.
_STATUS = {"moved": 0x01, "loose": 0x02, "position": 0x20}
INFINITE = b"\xfe\x07"  # the SFLOAT for more than can be told

_HAS_TIME_PULSE_STATUS = 0x02 | 0x04 | 0x10


class Cycle(Struct):
    """One inflation, in session seconds. ``outcome`` is empty, ``stopped`` or a cuff error.

    ``told`` counts what was told of it: its start, its end.
    """

    number: int
    start: float
    end: float
    outcome: str = ""
    told: int = 0


class VirtualCuff(VirtualDevice):
    """Inflates when asked, or at the session times ``auto``; never while it is still inflated.

    ``device_zero`` is what its own clock shows at session time 0 (local time, without a zone).
    """

    protocol = "ble-blood-pressure"
    label = "Blood pressure cuff"
    measures: tuple[Vital, ...] = (
        Vital.SYSTOLIC,
        Vital.DIASTOLIC,
        Vital.MEAN_PRESSURE,
        Vital.PULSE_RATE,
    )
    continuous = False
    commands = ("start", "stop")
    own_error = "moved"

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "left_arm",
        faults: Faults | None = None,
        start_at: float = 0.0,
        auto: tuple[float, ...] = (),
        device_zero: datetime = DEVICE_ZERO,
    ) -> None:
        super().__init__(patient, source=source, site=site, faults=faults, start_at=start_at)
        self.cycles: list[Cycle] = []
        self._auto = sorted(time for time in auto if time >= start_at)
        self.device_zero = device_zero
        self._sent_until = start_at
        self._inbox, self._held_at = CuffInbox(), start_at
        self._packets = 0

    def command(self, command: str, now: float) -> None:
        """``start`` or ``stop``. Raises DeviceError: ``cuff_busy``, ``command_unknown``."""
        self.require_link(now)
        self._begin_planned(now)
        if command == "start":
            if self._busy(now):
                raise DeviceError("cuff_busy", source=self.info.id)
            self._begin(now)
        elif command == "stop":
            if self.cycles and self.cycles[-1].start <= now < self.cycles[-1].end:
                self.cycles[-1].end, self.cycles[-1].outcome = now, "stopped"
        else:
            raise DeviceError("command_unknown", source=self.info.id, command=command)

    def inflated(self, now: float, after_start: float = 0.0, after_end: float = 0.0) -> bool:
        """Whether it inflates, seen by a sensor that notices so much later."""
        self._begin_planned(now)
        return any(
            cycle.start + after_start <= now < cycle.end + after_end for cycle in self.cycles[-3:]
        )

    def measured_at(self) -> list[float]:
        """Session times of the cycles that ended with a true measurement."""
        return [c.end for c in self.cycles if not c.outcome and c.end <= self._sent_until]

    def bytes_until(self, now: float) -> list[Chunk]:
        """Pressures once a second while it inflates, and the measurement at the end."""
        self._begin_planned(now)
        since, self._sent_until = self._sent_until, max(self._sent_until, now)
        silent = self._down_spans() + self.faults.silence
        chunks = [Chunk(c.at, c.data, self.channel or "2A35") for c in self.dump_until(now)]
        for cycle in self.cycles:
            if cycle.start > now or cycle.end < since:
                continue
            for at, channel, data in self._packets_of(cycle):
                if since < at <= now and not within(silent, at):
                    self._packets += 1
                    chunks.append(Chunk(at, self._spoiled(self._packets - 1, data), channel))
        return chunks

    def memory(self, number: int, at: float) -> bytes:
        """A measurement of some days ago."""
        then = self.device_time(at) - timedelta(days=number + 1)
        pressures = b"".join(sfloat(value) for value in (171 + number, 99, 123))
        flags = bytes((_HAS_TIME_PULSE_STATUS,))
        return flags + pressures + date_time(then) + sfloat(66) + bytes(2)

    def step(self, now: float) -> Sequence[Delivery]:
        """As every device; what came alone after connecting is known to be of now."""
        delivered = super().step(now)
        if not self._inbox.holding or now < self._held_at + SETTLE:
            return delivered
        held = self._inbox.settle()
        return [*delivered, *(msgspec.structs.replace(i, source=self.info.id) for i in held)]

    def _meaning(self, chunk: Chunk) -> list[Decoded]:
        """With a memory the host has to tell what is history from what was measured just now."""
        items = super()._meaning(chunk)
        if not self.faults.memory_dump:
            return items
        if not any(isinstance(i, Reading) and i.vital in PRESSURES for i in items):
            return items
        self._held_at = chunk.at
        return self._inbox.feed(items, self.device_zero + timedelta(seconds=chunk.at))

    def notices(self, now: float) -> list[Notice]:
        """The start and the end of each cycle."""
        found = []
        for cycle in self.cycles:
            if cycle.told == 0 and cycle.start <= now:
                cycle.told = 1
                found.append(Notice("cuff_started", cycle.start))
            if cycle.told == 1 and cycle.end <= now:
                cycle.told = 2
                silent = cycle.outcome if cycle.outcome in ("stopped", "failed") else ""
                found.append(Notice("cuff_ended", cycle.end, {"reason": silent}))
        return found

    def _busy(self, now: float) -> bool:
        return bool(self.cycles) and now < self.cycles[-1].end + DEFLATES

    def _begin_planned(self, now: float) -> None:
        """Begin what was planned up to now; a time at which it is still inflated is left out."""
        while self._auto and self._auto[0] <= now:
            planned = self._auto.pop(0)
            if not self._busy(planned) and not within(self._down_spans(), planned):
                self._begin(planned)

    def _begin(self, at: float) -> None:
        number = len(self.cycles)
        lasts = LASTS + 2 * chance.gauss(self.patient.seed, "cuff duration", number, 2.0)
        self.cycles.append(Cycle(number, at, at + lasts, self._error(at)))

    def _error(self, at: float) -> str:
        """What goes wrong with a cycle that begins now, by the scenario's sequence."""
        if within(self.faults.sentinel, at):
            return "nan"
        if within(self.faults.errors, at):
            return self.own_error
        window, dosed = self.patient.window("cuff_error", at), self.patient.dosed_at
        if window is None or dosed is None:
            return ""
        earlier = sum(
            cycle.start >= dosed + window.start and cycle.outcome != "stopped"
            for cycle in self.cycles
        )
        sequence = window.effect.sequence
        return str(sequence[earlier]) if earlier < len(sequence) else ""

    def _packets_of(self, cycle: Cycle) -> list[tuple[float, str, bytes]]:
        """All packets of a cycle with their times."""
        packets = [
            (at, "2A36", b"\x00" + sfloat(pressure) + sfloat(None) * 2)
            for at, pressure in self._pressures(cycle)
        ]
        if cycle.outcome not in ("stopped", "failed"):
            packets.append((cycle.end, "2A35", self._measurement(cycle)))
        return packets

    def _pressures(self, cycle: Cycle) -> list[tuple[float, int]]:
        """The pressure in the cuff, in mmHg, once a second: up in a few, then slowly down."""
        found = []
        top = max(150.0, self.patient.at(cycle.start).systolic + 35)
        second = 1
        while cycle.start + second < cycle.end:
            if second < INFLATES:
                pressure = top * second / INFLATES
            else:
                left = (cycle.end - cycle.start - second) / (LASTS - INFLATES)
                pressure = 45 + (top - 45) * max(0.0, min(1.0, left))
            found.append((cycle.start + second, round(pressure)))
            second += 1
        return found

    def _measurement(self, cycle: Cycle) -> bytes:
        """The 2A35 packet of a cycle: flags, three pressures, time, pulse, status."""
        offset = self.patient.active("clock_offset", cycle.end)
        seconds = cycle.end + (offset.value if offset else 0.0)
        values = self._values(cycle)
        return (
            bytes((_HAS_TIME_PULSE_STATUS,))
            + (
                INFINITE * 3
                if cycle.outcome == "infinite"
                else b"".join(sfloat(value) for value in values[:3])
            )
            + date_time(self.device_time(seconds))
            + sfloat(values[3])
            + _STATUS.get(cycle.outcome, 0).to_bytes(2, "little")
        )

    def _values(
        self, cycle: Cycle
    ) -> tuple[float | None, float | None, float | None, float | None]:
        """Systolic, diastolic, mean, pulse as the cuff will say them."""
        seed, number, truth = self.patient.seed, cycle.number, self.patient.at(cycle.end)
        pulse = round(truth.pulse + _PULSE_NOISE * chance.gauss(seed, "cuff pulse", number, 2))
        if cycle.outcome == "nan":
            return None, None, None, None
        if cycle.outcome == "zero":
            return 0, 0, 0, 0
        if cycle.outcome == "implausible":
            # Absurdly narrow at a very high level, or absurdly wide.
            return (212, 196, 204, pulse) if number % 2 else (196, 41, 95, pulse)
        high = _SYSTOLIC_NOISE * chance.gauss(seed, "cuff systolic", number, _NOISE_LIMIT)
        low = _DIASTOLIC_NOISE * chance.gauss(seed, "cuff diastolic", number, _NOISE_LIMIT)
        systolic = round(truth.systolic + high)
        diastolic = min(round(truth.diastolic + low), systolic - 15)
        return systolic, diastolic, round(diastolic + 0.36 * (systolic - diastolic)), pulse
