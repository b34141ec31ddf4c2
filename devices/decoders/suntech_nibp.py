"""SunTech Advantage, Advantage Mini and OEM NIBP modules, on a serial line. The module is polled.

Sources: ak-git/DesktopFX (requests and its test after SunTech's OEM manual); 519984307/Appciton
(a shipping monitor: result layout, polling). The error codes are decimal: one public program
compares them with 0x85.. and so never finds one.
"""

from devices.decoders.base import judged, refused
from devices.decoders.cuff import CuffSpeaker, CycleWatch
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, sized
from kapmonitor.reading import Decoded, Detail, Notice, Reading
from kapmonitor.vitals import Vital

_ACK_SIZE, _PRESSURE_SIZE, _RESULT_SIZE, _LONGEST = 4, 5, 24, 64

_ACKS = {
    "O": "received",
    "K": "executed",
    "A": "aborted",
    "B": "busy",
    "E": "error",
    "N": "undefined",
    "D": "not_recognised",
    "S": "asleep",
    "T": "timeout",
}
# Why a cycle failed, where that helps the person at the bedside; the number is told as well.
_FAULTS = {
    1: "weak_signal",
    2: "artifact",
    3: "out_of_range",
    4: "timeout",
    85: "cuff_too_tight",
    86: "interrupted",
    87: "cuff_loose",
    88: "timeout",
    89: "overpressure",
    90: "device_fault",
    91: "device_fault",
    97: "device_fault",
    99: "device_fault",
}


def _good(frame: bytes) -> bool:
    return sum(frame) & 0xFF == 0


def _u16(frame: bytes, place: int) -> int:
    return frame[place] | frame[place + 1] << 8


class ModuleDecoder(FramedDecoder):
    """What the module sends: acknowledgements, the cuff's pressure, and the result of a cycle."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(sized(b">", 1, 0, _ACK_SIZE, _LONGEST), _good), _ACK_SIZE)
        self._cycle = CycleWatch()

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        return super().finish(at) + self._cycle.ended(at, 0, "link")

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if len(frame) == _ACK_SIZE:
            code = chr(frame[2])
            detail: dict[str, Detail] = {"reply": _ACKS.get(code, "other"), "code": code}
            out.append(Notice("reply", at, detail, self._packets))
            if code == "A":
                out += self._cycle.ended(at, self._packets, "stopped")
        elif len(frame) == _PRESSURE_SIZE:
            reading = judged(Vital.CUFF_PRESSURE, _u16(frame, 2), at, self._packets)
            out.append(reading)
            out += self._cycle.pressure(reading.value, at, self._packets)
        elif len(frame) == _RESULT_SIZE:
            self._result(frame, at, out)
        else:
            out.append(Notice("reply", at, {"reply": "other"}, self._packets))

    def _result(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        """No number is shown of a cycle that ended with an error, whatever stands in its place."""
        error = frame[20]
        values = (
            (Vital.SYSTOLIC, _u16(frame, 2)),
            (Vital.DIASTOLIC, _u16(frame, 4)),
            (Vital.MEAN_PRESSURE, _u16(frame, 18)),
            (Vital.PULSE_RATE, _u16(frame, 16)),
        )
        failed = error or not (values[0][1] and values[1][1])
        fault = _FAULTS.get(error, "measurement_failed") if failed else ""
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]
        status: dict[str, Detail] = {"error": error, "beats": frame[6], "status": frame[7]}
        out.append(Notice("status", at, status, self._packets))
        out += self._cycle.ended(at, self._packets)


# What a host says after 3A, and what it is called.
_REQUESTS = {
    b"\x20": "start_adult",
    b"\x87": "start_pediatric",
    b"\x28": "start_neonate",
    b"\x79\x01\x00": "abort",
    b"\x79\x05\x00": "read_cuff_pressure",
    b"\x79\x03\x00": "read_result",
    b"\x79\x11\x00": "read_status",
    b"\x17": "set_initial_pressure",
    b"\x00": "module_data",
    b"\x81": "sleep",
    b"\x8a": "reset",
}
_OPERANDS = {b"\x17": 2}


def _request(buffer: bytes, start: int) -> bytes:
    """The known request that begins there, or empty."""
    return next((r for r in _REQUESTS if buffer.startswith(r, start + 1)), b"")


def _request_size(buffer: bytes, start: int) -> int | None:
    if buffer[start] != 0x3A:
        return 0
    request = _request(buffer, start)
    if request:
        return 2 + len(request) + _OPERANDS.get(request, 0)
    begun = buffer[start + 1 : start + 4]
    undecided = start + 4 > len(buffer) and any(r.startswith(begun) for r in _REQUESTS)
    return None if undecided else 0


class HostDecoder(FramedDecoder):
    """What a host sends, for reading captures of another program."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_request_size, _good), 3)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        name = _REQUESTS.get(_request(frame, 0))
        if name is None:
            out.append(refused("unknown", frame, at, self._packets))
        else:
            out.append(Notice("command", at, {"command": name}, self._packets))


def _command(*data: int) -> bytes:
    frame = bytes((0x3A, *data))
    return frame + bytes((-sum(frame) & 0xFF,))


START_ADULT = _command(0x20)
ABORT = _command(0x79, 0x01, 0x00)
READ_PRESSURE = _command(0x79, 0x05, 0x00)
READ_RESULT = _command(0x79, 0x03, 0x00)


class SunTechSpeaker(CuffSpeaker):
    """Polls the pressure, reads the result when a cycle has ended, starts one when that is allowed.

    One request at a time: the next waits for the answer, for a second at most. Only adult cycles
    are ever started. The codes for valves, calibration, sleep and reset are never sent.
    """

    IDLE, BUSY = 1.0, 0.2
    """Seconds between two looks at the pressure, at rest and while a cycle runs."""

    ANSWER = 1.0

    def __init__(self, *, may_start: bool = False) -> None:
        super().__init__(ModuleDecoder(), START_ADULT, ABORT, may_start=may_start)
        self._next: float | None = None
        self._want_result = False
        self._accepted = False

    def opened(self, at: float) -> list[bytes]:
        """Look at the pressure at once: a cycle may be running since before."""
        super().opened(at)
        self._next = at + self.ANSWER
        return [READ_PRESSURE]

    def due(self, now: float) -> list[bytes]:
        """The next request, when its time has come."""
        stop = super().due(now)
        if self._next is None or now < self._next:
            return stop
        self._next = now + self.ANSWER
        return [*stop, READ_RESULT if self._want_result else READ_PRESSURE]

    def deadline(self) -> float | None:
        """When the next request is due; None before the link was opened."""
        times = [time for time in (super().deadline(), self._next) if time is not None]
        return min(times, default=None)

    def ask(self, command: str, at: float) -> list[bytes]:
        """As every cuff; a start also forgets the result of the cycle before."""
        writes = super().ask(command, at)
        self._want_result = self._accepted = False
        self._next = at + self.ANSWER
        return writes

    def allows(self, data: bytes) -> bool:
        """Looking is always allowed; otherwise as every cuff."""
        return data in (READ_PRESSURE, READ_RESULT) or super().allows(data)

    def _hear(self, item: Decoded, at: float) -> None:
        busy = self._busy_since is not None
        if isinstance(item, Reading) and item.vital is Vital.SYSTOLIC:
            self._want_result = False
        if isinstance(item, Notice) and item.kind == "reply":
            self._hear_answer(str(item.detail.get("code")), at)
        if isinstance(item, Notice) and item.kind == "cuff_ended":
            # The cuff is empty: what it found can be read, unless somebody stopped it.
            self._want_result |= busy and not item.detail["reason"]
        super()._hear(item, at)
        self._next = at + (self.BUSY if self._busy_since is not None else self.IDLE)
        if self._want_result:
            self._next = at + self.BUSY

    def _hear_answer(self, code: str, at: float) -> None:
        """The answer to a start: received, then executed; or why nothing happens."""
        if self._busy_since is None:
            return
        if not self._accepted:
            self._accepted = code in ("O", "K")
            if not self._accepted:
                self._over(at)
        elif code in ("K", "E", "T"):
            self._want_result = True
            self._over(at)
        elif code == "A":
            self._over(at)
