"""Virtual cuffs of two makers, whose failures are codes: a BPM-188 and a SunTech module.

They send what such a cuff sends while it runs; that a host has to ask for it is played by
`devices.virtual.spoken_cuff`.
"""

from devices.decoders.checks import xor8
from devices.virtual.cuff import Cycle, VirtualCuff
from kapmonitor.reading import Notice
from kapmonitor.vitals import Vital

EMPTY_AFTER = 0.5  # seconds


class VendorCuff(VirtualCuff):
    """Its decoder finds the start and the end of a cycle in its pressures."""

    checked = True

    def command(self, command: str, now: float) -> None:
        """As every cuff; one that is stopped needs a moment to tell that it is empty."""
        super().command(command, now)
        if command == "stop" and self.cycles and self.cycles[-1].end == now:
            self.cycles[-1].end = now + EMPTY_AFTER

    def memory(self, number: int, at: float) -> bytes:
        """It has none that it sends unasked."""
        return b""

    def notices(self, now: float) -> list[Notice]:
        """None besides the bytes."""
        return []

    def _packets_of(self, cycle: Cycle) -> list[tuple[float, str, bytes]]:
        packets = [
            (at, self.channel, self._live(pressure)) for at, pressure in self._pressures(cycle)
        ]
        if cycle.outcome in ("stopped", "failed"):
            packets.append((cycle.end, self.channel, self._live(0)))
        else:
            packets.append((cycle.end, self.channel, self._end(cycle)))
        return packets

    def _live(self, pressure: int) -> bytes:
        """The pressure in the cuff, in mmHg."""
        raise NotImplementedError

    def _end(self, cycle: Cycle) -> bytes:
        """The result of a cycle, or the code of its failure."""
        raise NotImplementedError


class VirtualJamr(VendorCuff):
    """A BPM-188; failure codes 1 to 7."""

    protocol = "jamr-bpm188"
    label = "BPM-188 cuff"
    channel = "2af0"
    own_error = "6"
    measures: tuple[Vital, ...] = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.PULSE_RATE)

    def _live(self, pressure: int) -> bytes:
        return _jamr(*(100 * pressure).to_bytes(2, "big"))

    def _end(self, cycle: Cycle) -> bytes:
        if cycle.outcome.isdigit():
            # One byte longer than its length says, as real ones are.
            frame = (
                b"\x02\x40\xdd\x0c\x3c\xff\xff\xff\xff" + bytes(4) + bytes((int(cycle.outcome),))
            )
            frame += bytes(3)
            return frame + bytes((xor8(frame[1:]),))
        systolic, diastolic, _, pulse = (round(value or 0) for value in self._values(cycle))
        return _jamr(0x1C, 0, systolic, 0, diastolic, 0, 0, 0, pulse, 0, 0, 0)


class VirtualSunTech(VendorCuff):
    """A SunTech module; failure codes as its manual numbers them."""

    protocol = "suntech-nibp"
    label = "SunTech module"
    channel = "module"
    own_error = "2"

    def _live(self, pressure: int) -> bytes:
        return suntech_frame(*pressure.to_bytes(2, "little"))

    def _end(self, cycle: Cycle) -> bytes:
        error = int(cycle.outcome) if cycle.outcome.isdigit() else 0
        values = (0, 0, 0, 0) if error else self._values(cycle)
        systolic, diastolic, mean, pulse = (round(value or 0) for value in values)
        head = (*systolic.to_bytes(2, "little"), *diastolic.to_bytes(2, "little"), 12, 1)
        return suntech_frame(*head, *bytes(8), pulse, 0, mean, 0, error, 0, 0)


def _jamr(*data: int) -> bytes:
    frame = bytes((0x02, 0x40, 0xDD, len(data), *data))
    return frame + bytes((xor8(frame[1:]),))


def suntech_frame(*data: int) -> bytes:
    """What a module sends, around its data."""
    frame = bytes((0x3E, len(data) + 3, *data))
    return frame + bytes((-sum(frame) & 0xFF,))
