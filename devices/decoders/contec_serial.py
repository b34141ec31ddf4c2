"""Contec CMS50 D+/E/F/EW oximeters on a serial line: new 9-byte "V7" packets, old 5-byte packets.

Sources: Contec communication document V7.0 (public copies); headrotor/contec_data (real bytes);
tobac/cms50ew; atbrask/CMS50Dplus. Neither form has a checksum: bit 7 of each byte is all there is
to find a packet by, so a flipped bit inside a value cannot be noticed here.
"""

from devices.decoders.base import judged, refused
from devices.decoders.framing import Noise
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 60
_FULL_SCALE = 127

_REALTIME, _REALTIME_SIZE, _LONGEST = 0x01, 9, 9
_EIGHT_TOP_BITS = 0x8080808080808080

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


class _Status:
    """Tells the status at the first packet, and again whenever the key of it changes."""

    def __init__(self) -> None:
        self._last: object = None

    def news(self, key: object) -> bool:
        """Whether this key is another one than the last."""
        changed, self._last = key != self._last, key
        return changed


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
        self._status = _Status()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start, end = 0, len(buffer)
        while start < end:
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
        kind = packet[0]
        if kind & 0x80:
            self._noise.add(packet, at, out)
            return
        self._noise.end(at, out)
        self._packets += 1
        if kind == _REALTIME and len(packet) == _REALTIME_SIZE:
            self._realtime(packet, at, out)
        elif kind in _REPLIES and len(packet) == (_REPLIES[kind][1] or len(packet)):
            out.append(_reply(packet, at, self._packets))
        else:
            known = kind == _REALTIME or kind in _REPLIES
            out.append(refused("short" if known else "unknown", packet, at, self._packets))

    def _realtime(self, packet: bytes, at: float, out: list[Decoded]) -> None:
        number, tops = self._packets, packet[1]
        flags = packet[2] & 0x7F | (tops & 0x01) << 7
        bar = packet[4] & 0x7F
        pulse = packet[5] & 0x7F | (tops & 0x08) << 4
        spo2 = packet[6] & 0x7F | (tops & 0x10) << 3
        index = packet[7] & 0x7F | (tops & 0x20) << 2 | (packet[8] & 0x7F | (tops & 0x40) << 1) << 8
        probe_error, searching = bool(flags & 0x80), bool(tops & 0x02)
        no_index = bool(bar & 0x10)
        fault = "sensor_off" if probe_error else "searching" if searching or flags & 0x10 else ""

        out += (
            judged(Vital.SPO2, None if spo2 in (0x7F, 0xFF) else spo2, at, number, fault=fault),
            judged(Vital.PULSE_RATE, None if pulse == 0xFF else pulse, at, number, fault=fault),
            judged(
                Vital.PERFUSION_INDEX,
                None if no_index or index == 0xFFFF else index / 100,
                at,
                number,
                fault=fault,
            ),
            PlethRun(
                at, SAMPLE_INTERVAL, (None if fault else packet[3] & 0x7F,), _FULL_SCALE, number
            ),
        )
        # The beat and the bar graph change with every pulse and are no news.
        if self._status.news((flags & ~0x40, searching, no_index)):
            detail = _flags(flags) | {
                "probe_error": probe_error,
                "search_timeout": bool(flags & 0x10),
                "searching": searching,
                "bar": bar & 0x0F,
                "pi_invalid": no_index,
            }
            out.append(Notice("status", at, detail, number))


def _packet_size(buffer: bytes, start: int) -> int:
    """How many bytes the packet that starts here has; 0 when only more bytes can tell.

    A byte with bit 7 set cannot start a packet and counts as one of its own.
    """
    if buffer[start] == _REALTIME:
        body = buffer[start + 1 : start + _REALTIME_SIZE]
        if int.from_bytes(body, "little") & _EIGHT_TOP_BITS == _EIGHT_TOP_BITS:
            return _REALTIME_SIZE
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
        "beat": bool(flags & 0x40),
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


class V5Decoder:
    """The 5-byte packets of the older units, 60 a second. Only the first byte has bit 7 set.

    A zero pulse or saturation means "no value".
    """

    def __init__(self) -> None:
        self._tail = b""
        self._packets = 0
        self._noise = Noise()
        self._status = _Status()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start, end = 0, len(buffer)
        while start < end:
            if not buffer[start] & 0x80:
                self._noise.add(buffer[start : start + 1], at, out)
                start += 1
                continue
            packet = buffer[start : start + 5]
            if not packet[1:].isascii():
                # The next packet begins inside this one: what came before is a torso.
                size = next(i for i in range(1, 5) if packet[i] & 0x80)
                self._noise.add(packet[:size], at, out)
                start += size
                continue
            if len(packet) < 5:
                break
            self._realtime(packet, at, out)
            start += 5
        self._tail = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._noise.add(self._tail, at, out)
        self._tail = b""
        self._noise.end(at, out)
        return out

    def _realtime(self, packet: bytes, at: float, out: list[Decoded]) -> None:
        self._noise.end(at, out)
        self._packets += 1
        number = self._packets
        flags, pleth, bar, pulse, spo2 = packet
        finger_out, probe_error, searching = flags & 0x10, bar & 0x10, bar & 0x20
        fault = "sensor_off" if finger_out or probe_error else "searching" if searching else ""
        pulse |= (bar & 0x40) << 1
        out += (
            judged(Vital.SPO2, None if spo2 == 0x7F else spo2, at, number, fault=fault),
            judged(Vital.PULSE_RATE, None if pulse == 0xFF else pulse, at, number, fault=fault),
            PlethRun(at, SAMPLE_INTERVAL, (None if fault else pleth,), _FULL_SCALE, number),
        )
        if self._status.news((flags & ~0x40, bar & 0x30)):
            detail = _flags(flags) | {
                "finger_out": bool(finger_out),
                "probe_error": bool(probe_error),
                "searching": bool(searching),
                "bar": bar & 0x0F,
            }
            out.append(Notice("status", at, detail, number))


class CommandDecoder:
    """What a host sends to a 9-byte unit, for reading captures of another program."""

    def __init__(self) -> None:
        self._tail = b""
        self._packets = 0
        self._noise = Noise()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start = 0
        while len(buffer) - start >= _COMMAND_SIZE:
            frame = buffer[start : start + _COMMAND_SIZE]
            if not (frame.startswith(_COMMAND_HEAD) and frame.endswith(_COMMAND_TAIL)):
                self._noise.add(frame[:1], at, out)
                start += 1
                continue
            self._noise.end(at, out)
            self._packets += 1
            name = _COMMANDS.get(frame[2], "other")
            out.append(Notice("command", at, {"command": name}, self._packets))
            start += _COMMAND_SIZE
        self._tail = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._noise.add(self._tail, at, out)
        self._tail = b""
        self._noise.end(at, out)
        return out


def _command(code: int) -> bytes:
    return _COMMAND_HEAD + bytes((code,)) + _COMMAND_TAIL


START, STOP, KEEP_ALIVE = _command(0xA1), _command(0xA2), _command(0xAF)


class V7Speaker:
    """Starts the live stream of a 9-byte unit and keeps it alive.

    The unit stops by itself when it hears nothing for 5 s, so it is told every 4. When it has been
    silent for that long it was probably switched off and on, and is started again. Nothing but
    stop, start and keep-alive is ever allowed: other codes erase the unit's memory.
    """

    PERIOD = 4.0

    def __init__(self) -> None:
        self._next: float | None = None
        self._heard = 0.0

    def opened(self, at: float) -> list[bytes]:
        """Stop, so that a transfer in progress ends, then start."""
        self._heard, self._next = at, at + self.PERIOD
        return [STOP, START]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """Nothing needs an answer; the unit is alive."""
        if data:
            self._heard = at
        return []

    def due(self, now: float) -> list[bytes]:
        """The keep-alive, or a new start after silence, when its time has come."""
        if self._next is None or now < self._next:
            return []
        self._next = now + self.PERIOD
        return [KEEP_ALIVE] if now - self._heard < self.PERIOD else [STOP, START]

    def deadline(self) -> float | None:
        """When the next write is due; None before the link was opened."""
        return self._next

    def allows(self, data: bytes) -> bool:
        """Only stop, start and keep-alive, byte for byte."""
        return data in (START, STOP, KEEP_ALIVE)
