"""Nonin oximeters on a serial line or Bluetooth SPP: the streams of data formats 2 and 7.

The slower formats (8, 13, printer text) and the host's commands are in `nonin_spot`.

Sources: Nonin 9560 and 3150 Bluetooth specification; Nonin OEM III and Xpod data-format
description; mdpnp/mdpnp; pez-globo/pufferfish-software.
"""

from functools import reduce
from operator import or_

from devices.decoders.base import judged, refused
from devices.decoders.counter import Counter
from devices.decoders.framing import CheckedFrames, Found, Noise
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 75
FRAMES_PER_PACKET = 25
_FRAME_SIZE = 5

NO_PULSE, NO_SPO2 = 511, 127

_DISCONNECTED, _ARTIFACT, _OUT_OF_TRACK, _SENSOR_FAULT = 0x40, 0x20, 0x10, 0x08
_RED, _GREEN, _SYNC = 0x04, 0x02, 0x01
_NO_SENSOR = _DISCONNECTED | _SENSOR_FAULT
_LOW_BATTERY, _SMARTPOINT = 0x01, 0x20


def _good_df2(buffer: bytes, start: int) -> bool:
    first, status, pleth, value, check = buffer[start : start + 5]
    return first == 1 and status >= 0x80 and (1 + status + pleth + value) & 0xFF == check


def _good_df7(buffer: bytes, start: int) -> bool:
    status, high, low, value, check = buffer[start : start + 5]
    return status >= 0x80 and (status + high + low + value) & 0xFF == check


class StreamDecoder:
    """Data format 2 or 7: 75 frames a second, 25 of them a packet.

    Every frame with a right checksum gives its pleth sample at once. The numbers of a packet come
    when all of its 25 frames were right, the first with SYNC: one bad frame spoils its packet. SpO2
    and pulse are the device's standard (4-beat) averages. With ``by_frame`` the decoder shows what
    each single frame carries, for looking into a recording, and gives no numbers.
    """

    def __init__(self, data_format: int, *, by_frame: bool = False) -> None:
        self._df7 = data_format == 7
        good = _good_df7 if self._df7 else _good_df2
        # Format 7 has no leading 01, and one beginning in 512 is right by chance.
        self._frames = CheckedFrames(_FRAME_SIZE, good, confirm=self._df7 and not by_frame)
        self._full_scale = 65535 if self._df7 else 255
        self._by_frame = by_frame
        self._noise = Noise(_FRAME_SIZE)
        # Where the status stands in a frame; the value is the fourth byte in both formats.
        self._status_at = 0 if self._df7 else 1
        self._packet: list[bytes] = []
        self._packets = 0
        self._status: dict[str, Detail] = {}
        self._timer = Counter()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        for found, piece in self._frames.split(data):
            if found is Found.FRAME:
                if self._noise.run:
                    self._noise.end(at, out)
                self._frame(piece, at, out)
                continue
            self._packet = []
            if found is Found.BAD:
                self._noise.end(at, out)
                out.append(refused("checksum", piece, at))
            else:
                self._noise.add(piece, at, out)
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._packet = []
        self._noise.add(self._frames.finish(), at, out)
        self._noise.end(at, out)
        return out

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        status = frame[self._status_at]
        if status & _SYNC:
            self._packet = [frame]
            self._packets += 1
        elif self._packet:
            self._packet.append(frame)
        pleth = frame[1] << 8 | frame[2] if self._df7 else frame[2]
        sample = None if status & _NO_SENSOR else pleth
        out.append(PlethRun(at, SAMPLE_INTERVAL, (sample,), self._full_scale, self._packets))
        if self._by_frame:
            slot = len(self._packet) or None
            out.append(Notice("status", at, _frame_detail(status, frame[3], slot), self._packets))
        elif len(self._packet) == FRAMES_PER_PACKET:
            self._numbers(at, out)
        if len(self._packet) == FRAMES_PER_PACKET:
            self._packet = []

    def _numbers(self, at: float, out: list[Decoded]) -> None:
        """SpO2 and pulse of the finished packet, and the status where it changed."""
        number = self._packets
        statuses = [frame[self._status_at] for frame in self._packet]
        values = [frame[3] for frame in self._packet]
        every = reduce(or_, statuses)
        pulse = (values[0] & 0x03) << 7 | values[1] & 0x7F
        spo2 = values[2]
        fault = "sensor_off" if every & _NO_SENSOR else ""
        red = any(status & _RED and not status & _GREEN for status in statuses)
        doubt = doubt_of(every & _OUT_OF_TRACK, every & _ARTIFACT, red)
        out += oximetry(spo2, pulse, at, number, fault=fault, doubt=doubt)

        device = values[7]
        told: dict[str, Detail] = {
            "sensor_fault": bool(every & _NO_SENSOR),
            "out_of_track": bool(every & _OUT_OF_TRACK),
            "artifact": bool(every & _ARTIFACT),
            "low_perfusion": red,
            "low_battery": bool(device & _LOW_BATTERY),
            "smartpoint": bool(device & _SMARTPOINT),
        }
        if told != self._status:
            out.append(Notice("status", at, told, number))
            if told["low_battery"] and not self._status.get("low_battery"):
                out.append(Notice("battery_low", at, {}, number))
            self._status = told
        self._timer.look(values[5] << 7 | values[6], at, number, out)


def doubt_of(out_of_track: object, artifact: object, low_perfusion: object) -> str:
    """Why the numbers of a Nonin packet are questionable, the weightiest first, or empty."""
    if out_of_track:
        return "poor_signal"
    if artifact:
        return "artifact"
    return "low_perfusion" if low_perfusion else ""


def oximetry(
    spo2: int, pulse: int, at: float, number: int, *, fault: str = "", doubt: str = ""
) -> list[Decoded]:
    """SpO2 and pulse with Nonin's codes for "missing" (127 and 511) understood."""
    return [
        judged(Vital.SPO2, None if spo2 == NO_SPO2 else spo2, at, number, fault=fault, doubt=doubt),
        judged(
            Vital.PULSE_RATE,
            None if pulse == NO_PULSE else pulse,
            at,
            number,
            fault=fault,
            doubt=doubt,
        ),
    ]


def _frame_detail(status: int, value: int, slot: int | None) -> dict[str, Detail]:
    """What one frame says; ``slot`` is its place in the packet, known after a SYNC."""
    return {
        "status": status,
        "sync": bool(status & _SYNC),
        "green": bool(status & _GREEN),
        "red": bool(status & _RED),
        "sensor_fault": bool(status & _SENSOR_FAULT),
        "disconnected": bool(status & _DISCONNECTED),
        "out_of_track": bool(status & _OUT_OF_TRACK),
        "artifact": bool(status & _ARTIFACT),
        "slot": slot,
        "value": value,
    }
