"""Viatom / Wellue BP2, BP2A and BP2W cuffs. Experimental, reading only.

Sources: chalimov/viatom_bp2_ha (read from a BP2W), viatom-develop/LepuBle, viatomEcho/LepuBle. They
agree on the frame and contradict each other on the live data, so there are two layouts. Several
harmless-looking codes inflate the cuff or erase it (04, 09, 0A, 24, 25, 39, E3): of all codes one
is ever sent, the question for live data.
"""

from datetime import UTC, datetime

from devices.decoders.base import judged, naive_iso
from devices.decoders.cuff import CycleWatch
from devices.decoders.framed import FramedDecoder
from devices.decoders.lepu import ANSWERED, AROUND, HEAD, SENT, V2, lepu_frame, lepu_frames
from devices.decoders.speaking import Polled
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital

BP2W = "bp2w"
"""The quirk of the models with Wi-Fi, whose live data are laid out in another way."""

INFO_SIZE, BATTERY_SIZE, DEVICE_SIZE = 40, 4, 60
LIST_HEAD, RECORD_SIZE = 10, 37
_LONGEST = 2048

_INFO, _STATE, _LIVE, _SET_TIME = 0x00, 0x06, 0x08, 0xEC
_REQUESTS = {
    _INFO: "info",
    _STATE: "state",
    _LIVE: "rt_data",
    0x09: "switch_state",
    0x30: "battery",
    0xE1: "device_info",
    0xE4: "battery",
    _SET_TIME: "set_time",
    0xF1: "list_files",
    0xF2: "open_file",
    0xF3: "read_file",
    0xF4: "close_file",
}
_ERRORS = {0xFB: "busy", 0xFC: "bad_format", 0xFD: "not_supported"}
_STATES = {
    0: "sleep",
    1: "history",
    2: "charging",
    3: "ready",
    4: "measuring",
    5: "result",
    15: "measuring",
    16: "pause",
    17: "result",
}
_MEASURING, _RESULT = 0, 1
_FAULTS = {1: "cuff_loose", 2: "motion", 3: "weak_signal"}


def _u16(data: bytes, place: int) -> int:
    return data[place] | data[place + 1] << 8


def decode_info(data: bytes, at: float, number: int) -> list[Decoded]:
    """The answer to 00, 40 bytes: what the cuff is doing, and whose memory is chosen."""
    state = data[39]
    detail: dict[str, Detail] = {
        "state": state,
        "doing": _STATES.get(state, "other"),
        "active_user_id": int.from_bytes(data[27:31], "little"),
    }
    return [Notice("status", at, detail, number)]


def decode_battery(data: bytes, at: float, number: int) -> list[Decoded]:
    """The answer to 30, 4 bytes: the battery in millivolts."""
    return [Notice("battery", at, {"battery_mv": _u16(data, 2)}, number)]


def decode_device(data: bytes, at: float, number: int) -> list[Decoded]:
    """The answer to E1, 60 bytes: versions and the cuff's own clock. Its serial number is left out.

    A serial number would name the patient's device in every capture that is sent to somebody.
    """
    model = data[9:17].rstrip(b"\0").decode("ascii", "replace")
    time = naive_iso(_u16(data, 24), *data[26:31]) or None
    detail: dict[str, Detail] = {"reply": "device_info", "hardware": data[0], "model": model}
    return [Notice("reply", at, detail, number), Notice("device_time", at, {"timestamp": time})]


def decode_record(data: bytes, at: float, number: int) -> list[Decoded]:
    """One of the 37-byte records of ``bp2nibp.list``: history. An empty place gives nothing.

    The pressure at 17 is the mean, although the maker's own program calls it a pulse.
    """
    systolic, diastolic, mean, pulse = (_u16(data, place) for place in range(13, 21, 2))
    if not systolic and not diastolic:
        return []
    seconds = int.from_bytes(data[:4], "little")
    time = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    values = (
        (Vital.SYSTOLIC, systolic),
        (Vital.DIASTOLIC, diastolic),
        (Vital.MEAN_PRESSURE, mean),
        (Vital.PULSE_RATE, pulse),
    )
    out: list[Decoded] = [
        judged(vital, value, at, number, origin=Origin.STORED, device_time=time)
        for vital, value in values
    ]
    detail: dict[str, Detail] = {
        "user_id": int.from_bytes(data[4:8], "little"),
        "irregular": data[8] == 1,
    }
    return [*out, Notice("status", at, detail, number)]


class Bp2Decoder(FramedDecoder):
    """Frames of both directions. ``wifi`` is for the layout of the models with Wi-Fi."""

    def __init__(self, *, wifi: bool = False) -> None:
        super().__init__(lepu_frames(V2, longest=_LONGEST), AROUND)
        self._wifi = wifi
        self._cycle = CycleWatch()
        self._told: dict[str, Detail] = {}

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        return super().finish(at) + self._cycle.ended(at, 0, "link")

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        operation, direction, data = frame[1], frame[3], frame[HEAD:-1]
        number = self._packets
        if direction == SENT:
            out.append(Notice("command", at, _request(operation, data), number))
        elif direction != ANSWERED:
            error: dict[str, Detail] = {
                "reply": "refused",
                "code": direction,
                "why": _ERRORS.get(direction, "other"),
            }
            out.append(Notice("reply", at, error, number))
        elif operation == _LIVE and data:
            self._live(data, at, out)
        elif operation == _INFO and len(data) == INFO_SIZE:
            out += decode_info(data, at, number)
        elif operation == 0x30 and len(data) == BATTERY_SIZE:
            out += decode_battery(data, at, number)
        elif operation == 0xE1 and len(data) == DEVICE_SIZE:
            out += decode_device(data, at, number)
        else:
            name = _REQUESTS.get(operation, "other")
            out.append(Notice("reply", at, {"reply": name}, number))

    def _live(self, data: bytes, at: float, out: list[Decoded]) -> None:
        """The live data: what is being done, and the pressure or the result of it."""
        kind, body = (data[0], data[3:]) if self._wifi else (data[9:10], data[10:])
        kind = kind[0] if isinstance(kind, bytes) and kind else kind
        if self._wifi and len(data) > 2 and data[2] <= 100:
            self._tell("battery", {"percent": data[2]}, at, out)
        if kind == _MEASURING and len(body) >= (2 if self._wifi else 3):
            raw = body[:2] if self._wifi else body[1:3]
            pressure = int.from_bytes(raw, "little", signed=True) / (1 if self._wifi else 100)
            reading = judged(Vital.CUFF_PRESSURE, pressure, at, self._packets)
            out.append(reading)
            out += self._cycle.pressure(reading.value, at, self._packets)
        elif kind == _RESULT and len(body) >= (8 if self._wifi else 12):
            self._result(body if self._wifi else body[3:], at, out)
        else:
            out.append(Notice("reply", at, {"reply": "rt_data"}, self._packets))

    def _result(self, body: bytes, at: float, out: list[Decoded]) -> None:
        systolic, diastolic, mean, pulse = (_u16(body, place) for place in range(0, 8, 2))
        code = 0 if self._wifi else body[8]
        failed = code or not (systolic and diastolic)
        fault = _FAULTS.get(code, "measurement_failed") if failed else ""
        values = (
            (Vital.SYSTOLIC, systolic),
            (Vital.DIASTOLIC, diastolic),
            (Vital.MEAN_PRESSURE, mean),
            (Vital.PULSE_RATE, pulse),
        )
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]
        out.append(Notice("status", at, {"error": code}, self._packets))
        out += self._cycle.ended(at, self._packets)

    def _tell(self, kind: str, detail: dict[str, Detail], at: float, out: list[Decoded]) -> None:
        if self._told != detail:
            self._told = detail
            out.append(Notice(kind, at, detail, self._packets))


def _request(operation: int, data: bytes) -> dict[str, Detail]:
    detail: dict[str, Detail] = {"command": _REQUESTS.get(operation, "other")}
    if operation == _SET_TIME and len(data) == 7:
        detail["timestamp"] = naive_iso(_u16(data, 0), *data[2:7]) or None
    return detail


GET_LIVE = lepu_frame(V2, _LIVE)


class Bp2Speaker(Polled):
    """Asks for the live data once a second, and never says anything else."""

    def __init__(self) -> None:
        super().__init__(Bp2Decoder(), GET_LIVE)
