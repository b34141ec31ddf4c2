"""Masimo Rad-8 and Radical-7 on a serial line: a line of text a second, and the trend download.

Sources: Masimo Rad-8 operator manual; yahnatan/pulseox (real lines); nmenon/masimo-datacapture. The
ALARM field has a table of its own, which is not that of EXC as one public page has it; it is told
as it came.
"""

import re

from devices.decoders.base import bit_names, judged, naive_iso, refused
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Lines
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital

_LONGEST_LINE = 256

# What EXC says, by its bits; MASIMO_SET (in use) is no fault.
_EXCEPTIONS = {
    0: "no_sensor",
    1: "sensor_defective",
    2: "low_perfusion",
    3: "pulse_search",
    4: "interference",
    5: "sensor_off",
    6: "ambient_light",
    7: "unrecognised_sensor",
    10: "low_signal_iq",
    11: "masimo_set",
}
# Why there is no number, and why a number is doubted; the weightiest first.
_FAULTS = {
    "no_sensor": "sensor_off",
    "sensor_off": "sensor_off",
    "sensor_defective": "sensor_error",
    "unrecognised_sensor": "sensor_error",
    "pulse_search": "searching",
}
_DOUBTS = {
    "low_signal_iq": "poor_signal",
    "low_perfusion": "low_perfusion",
    "interference": "interference",
    "ambient_light": "ambient_light",
}

_TIME = r"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)"
_LINE = re.compile(rf"{_TIME} +(.*)")
_FIELD = re.compile(r"([A-Z][A-Z0-9]*)=( *[^ =]+)(?: +|$)")
_DASHES = re.compile(r"[-+]?-[-.]*")
_THREE_DIGITS = re.compile(r"[ \d]{2}\d")
_HUNDREDTHS = re.compile(r"\d\d\.\d\d")
_TENTHS = re.compile(r"\d\d\.\d")
_TREND = re.compile(rf"{_TIME}, *(\d\d\d), *(\d\d\d), *(\d\d\.\d\d), *([0-9A-F]{{3,6}})")


class _NotANumber(Exception):
    """A field is neither a number of its form nor dashes. Never leaves this file."""


def _time(parts: tuple[str, ...]) -> str:
    month, day, year, *clock = (int(part) for part in parts)
    return naive_iso(2000 + year, month, day, *clock)


def _value(text: str, form: re.Pattern[str]) -> float | None:
    """The number in a field; None for dashes. Raises _NotANumber for anything else."""
    if _DASHES.fullmatch(text):
        return None
    if not form.fullmatch(text):
        raise _NotANumber
    return float(text)


def _fields(text: str) -> dict[str, str]:
    """The ``KEY=value`` fields. Raises _NotANumber when there is anything else, or a key twice."""
    fields: dict[str, str] = {}
    place = 0
    while place < len(text):
        found = _FIELD.match(text, place)
        if not found or found[1] in fields:
            raise _NotANumber
        fields[found[1]] = found[2].removesuffix("%")
        place = found.end()
    return fields


def _first(names: list[str], table: dict[str, str]) -> str:
    """The first entry of a table whose exception is set, or empty."""
    return next((word for name, word in table.items() if name in names), "")


class _Text(FramedDecoder):
    """Lines of text, each a packet of its own. A line without its end may be cut in a number."""

    def __init__(self) -> None:
        super().__init__(Lines(_LONGEST_LINE))

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended; what had not ended is not read."""
        out: list[Decoded] = []
        for _, piece in self._frames.finish():
            self._noise.add(piece, at, out)
        self._noise.end(at, out)
        return out

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        try:
            out += self._line(frame.decode("ascii").strip(), at)
        except (_NotANumber, UnicodeDecodeError):
            out.append(refused("noise", frame, at, self._packets))

    def _line(self, line: str, at: float) -> list[Decoded]:
        """What a line says. Raises _NotANumber."""
        raise NotImplementedError

    def _measured(
        self,
        values: tuple[float | None, ...],
        names: list[str],
        at: float,
        time: str,
        origin: Origin,
    ) -> list[Decoded]:
        fault, doubt = _first(names, _FAULTS), _first(names, _DOUBTS)
        vitals = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)
        return [
            judged(
                vital,
                value,
                at,
                self._packets,
                fault=fault,
                doubt=doubt,
                origin=origin,
                device_time=time,
            )
            for vital, value in zip(vitals, values, strict=True)
        ]


class LineDecoder(_Text):
    """The live lines, one a second ("ASCII 1" in the output menu).

    Fields are found by their names, unknown ones are left alone; dashes are "no value". The lines
    carry no check, so one in which a number has not exactly its form is refused as a whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self._status: dict[str, Detail] = {}

    def _line(self, line: str, at: float) -> list[Decoded]:
        found = _LINE.fullmatch(line)
        if not found:
            raise _NotANumber
        fields = _fields(found[7])
        values = (
            _value(fields.get("SPO2", ""), _THREE_DIGITS),
            _value(fields.get("BPM", ""), _THREE_DIGITS),
            _value(fields.get("PI", "--"), _HUNDREDTHS),
        )
        names = _exceptions(fields.get("EXC", ""))
        out = self._measured(values, names, at, _time(found.groups()[:6]), Origin.LIVE)
        status: dict[str, Detail] = {
            "serial": fields.get("SN"),
            "alarm": fields.get("ALARM"),
            "exc": names,
            "spco": _value(fields.get("SPCO", "--"), _TENTHS),
            "spmet": _value(fields.get("SPMET", "--"), _TENTHS),
        }
        if status != self._status:
            self._status = status
            out.append(Notice("status", at, status, self._packets))
        return out


class TrendDecoder(_Text):
    """The trend download: history, so nothing of it is live. 000 and 00.00 are "no value"."""

    def _line(self, line: str, at: float) -> list[Decoded]:
        found = _TREND.fullmatch(line)
        if not found:
            raise _NotANumber
        names = _exceptions(found[10])
        values = (float(found[7]), float(found[8]), float(found[9]))
        time = _time(found.groups()[:6])
        out = self._measured(values, names, at, time, Origin.STORED)
        return [*out, Notice("status", at, {"exc": names}, self._packets)]


def _exceptions(digits: str) -> list[str]:
    """The names of the exceptions. Raises _NotANumber: without them a number cannot be trusted."""
    if not re.fullmatch(r"[0-9A-F]{3,8}", digits):
        raise _NotANumber
    return bit_names(int(digits, 16), _EXCEPTIONS)
