"""Contec CMS50 D+/E/F/EW oximeters on a serial line: new 9-byte "V7" packets, old 5-byte packets.

Sources: Contec communication document V7.0 (public copies); headrotor/contec_data (real bytes);
tobac/cms50ew; atbrask/CMS50Dplus. Neither form has a checksum: bit 7 of each byte is all there is
to find a packet by, so a flipped bit inside a value cannot be noticed here.
"""

import re

from devices.decoders.base import refused
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Noise, TopBitFrames, WholeFrames
from devices.decoders.repeated import Repeated
from devices.decoders.speaking import KeptAlive
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 60
_FULL_SCALE = 127

_REALTIME, _REALTIME_SIZE, _LONGEST = 0x01, 9, 9
_BEAT, _NO_INDEX = 0x40, 0x10
_live = re.compile(rb"\x01[\x80-\xff]{8}").match

# Answers to the host: their name and, where it is known, their size.
_REPLIES: dict[int, tuple[str, int | None]] = {
    0x04: ("user_name", 9),
    0x06: ("storage_reply", 4),
    0x0B: ("feedback", 4),
    0x0C: ("free_reply", 2),
    0x0D: ("disconnect", None),
    0x0E: ("pi_support", 3),
    0x11: ("model_reply", 9),
} | dict.fromkeys((0x02, 0x03, 0x05, 0x07, 0x08, 0x09, 0x0A), ("other", None))

_COMMANDS = {
    0xA1: "start_realtime",
    0xA2: "stop_realtime",
    0xA3: "storage_start_time",
    0xA4: "storage_length",
    0xA5: "storage_segments",
    0xA6: "send_stored",
    0xA7: "stop_stored",
    0xA8: "ask_model",
    0xA9: "ask_maker",
    0xAA: "ask_id",
    0xAB: "ask_user",
    0xAC: "ask_pi_support",
    0xAD: "ask_user_count",
    0xAE: "delete_stored",
    0xAF: "keep_alive",
}
_COMMAND_HEAD, _COMMAND_TAIL, _COMMAND_SIZE = b"\x7d\x81", b"\x80" * 6, 9


class V7Decoder:
    """The 9-byte packets of the newer units, 60 a second, and the answers between them.

    A packet begins with its type, bit 7 clear; every byte after it has bit 7 set. The top bits of
    the values travel in the byte after the type. Each real-time packet gives SpO2, pulse rate,
    perfusion index and one pleth sample. With the probe off or while searching there is no value,
    whatever number is sent.
    """

    def __init__(self) -> None:
        self._tail = b""
        self._packets = 0
        self._noise = Noise()
        self._repeated = Repeated(
            SAMPLE_INTERVAL, _FULL_SCALE, Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX
        )

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start, end = 0, len(buffer)
        while start < end:
            if _live(buffer, start):
                self._realtime(buffer[start : start + _REALTIME_SIZE], at, out)
                start += _REALTIME_SIZE
                continue
            size = _packet_size(buffer, start)
            if size == 0:
                break
            self._packet(buffer[start : start + size], at, out)
            start += size
        self._tail = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        rest, self._tail = self._tail, b""
        if rest:
            self._packet(rest, at, out)
        self._noise.end(at, out)
        return out

    def _packet(self, packet: bytes, at: float, out: list[Decoded]) -> None:
        kind, size = packet[0], len(packet)
        if kind & 0x80:
            self._noise.add(packet, at, out)
            return
        self._noise.end(at, out)
        self._packets += 1
        if kind in _REPLIES and size == (_REPLIES[kind][1] or size):
            out.append(_reply(packet, at, self._packets))
        else:
            known = kind == _REALTIME or kind in _REPLIES
            out.append(refused("short" if known else "unknown", packet, at, self._packets))

    def _realtime(self, packet: bytes, at: float, out: list[Decoded]) -> None:
        if self._noise.run:
            self._noise.end(at, out)
        self._packets += 1
        key = (packet[1], packet[2] & ~_BEAT, packet[4] & _NO_INDEX, packet[5:])
        if key != self._repeated.key:
            self._learn(key, packet)
        self._repeated.tell(packet[3] & 0x7F, at, self._packets, out)

    def _learn(self, key: object, packet: bytes) -> None:
        flags, pleth, bar, pulse, spo2, index_low, index_high = _payload(packet)
        index = index_low | index_high << 8
        probe_error, timeout, searching = flags & 0x80, flags & 0x10, pleth & 0x80
        values = (
            None if spo2 in (0x7F, 0xFF) else spo2,
            None if pulse == 0xFF else pulse,
            None if bar & _NO_INDEX or index == 0xFFFF else index / 100,
        )
        fault = "sensor_off" if probe_error else "searching" if searching or timeout else ""
        status = _flags(flags) | {
            "probe_error": bool(probe_error),
            "search_timeout": bool(timeout),
            "searching": bool(searching),
            "bar": bar & 0x0F,
            "pi_invalid": bool(bar & _NO_INDEX),
        }
        self._repeated.learn(key, values, fault, status)


def _payload(packet: bytes) -> list[int]:
    """The values of a packet: seven bits of each byte, the eighth from the byte after the type."""
    tops = packet[1]
    return [byte & 0x7F | (tops >> place & 1) << 7 for place, byte in enumerate(packet[2:])]


def _packet_size(buffer: bytes, start: int) -> int:
    """How many bytes the packet that starts here has; 0 when only more bytes can tell.

    A byte with bit 7 set cannot start a packet and counts as one of its own.
    """
    if buffer[start] & 0x80:
        return 1
    longest = _REPLIES.get(buffer[start], ("", None))[1] or _LONGEST
    size = 1
    while size < longest:
        if start + size == len(buffer):
            return 0
        if not buffer[start + size] & 0x80:
            return size
        size += 1
    return size


def _flags(flags: int) -> dict[str, Detail]:
    return {
        "signal": flags & 0x0F,
        "low_spo2": bool(flags & 0x20),
        "beat": bool(flags & _BEAT),
    }


def _reply(packet: bytes, at: float, number: int) -> Notice:
    detail: dict[str, Detail] = {"reply": _REPLIES[packet[0]][0]}
    payload = [byte & 0x7F | (packet[1] >> index & 1) << 7 for index, byte in enumerate(packet[2:])]
    if detail["reply"] == "user_name":
        detail["text"] = bytes(payload).decode("ascii", "replace").strip(" \0")
    elif detail["reply"] == "pi_support":
        detail["supported"] = payload[0] == 1
    elif detail["reply"] == "feedback":
        detail |= {"to": payload[0], "reason": payload[1]}
    elif detail["reply"] == "other":
        detail["type"] = packet[0]
    return Notice("reply", at, detail, number)


class V5Decoder(FramedDecoder):
    """The 5-byte packets of the older units, 60 a second. Only the first byte has bit 7 set.

    A zero pulse or saturation means "no value".
    """

    def __init__(self) -> None:
        super().__init__(TopBitFrames(5))
        self._repeated = Repeated(SAMPLE_INTERVAL, _FULL_SCALE, Vital.SPO2, Vital.PULSE_RATE)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        flags, pleth, bar, pulse, spo2 = frame
        key = (flags & ~_BEAT, bar & 0x70, pulse, spo2)
        if key != self._repeated.key:
            self._learn(key, flags, bar, pulse | (bar & 0x40) << 1, spo2)
        self._repeated.tell(pleth, at, self._packets, out)

    def _learn(self, key: object, flags: int, bar: int, pulse: int, spo2: int) -> None:
        finger_out, probe_error, searching = flags & 0x10, bar & 0x10, bar & 0x20
        values = (None if spo2 == 0x7F else spo2, None if pulse == 0xFF else pulse)
        fault = "sensor_off" if finger_out or probe_error else "searching" if searching else ""
        status = _flags(flags) | {
            "finger_out": bool(finger_out),
            "probe_error": bool(probe_error),
            "searching": bool(searching),
            "bar": bar & 0x0F,
        }
        self._repeated.learn(key, values, fault, status)


def _good_command(buffer: bytes, start: int) -> bool:
    frame = buffer[start : start + _COMMAND_SIZE]
    return frame.startswith(_COMMAND_HEAD) and frame.endswith(_COMMAND_TAIL)


class CommandDecoder(FramedDecoder):
    """What a host sends to a 9-byte unit, for reading captures of another program."""

    def __init__(self) -> None:
        super().__init__(WholeFrames(_COMMAND_SIZE, _good_command))

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        name = _COMMANDS.get(frame[2], "other")
        out.append(Notice("command", at, {"command": name}, self._packets))


def _command(code: int) -> bytes:
    return _COMMAND_HEAD + bytes((code,)) + _COMMAND_TAIL


START, STOP, KEEP_ALIVE = _command(0xA1), _command(0xA2), _command(0xAF)


class V7Speaker(KeptAlive):
    """Starts the live stream of a 9-byte unit and keeps it alive.

    The unit stops by itself when it hears nothing for 5 s. Stop comes first, so that a transfer in
    progress ends. Nothing but stop, start and keep-alive is ever allowed: other codes erase the
    unit's memory.
    """

    def __init__(self) -> None:
        super().__init__((STOP, START), KEEP_ALIVE)
