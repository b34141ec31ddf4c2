"""Bedside monitors on a serial line, begun: Ivy 450C, and the numbers of Philips IntelliVue.

Sources: KaiWU17TUM/icu_devices and vendor documents (Ivy); the IntelliVue data-export manual as in
brarm/intellivue and xeonfusion/VSCapture. Read only, and experimental: what the state number of an
Ivy means is not known. NIBP commands stay with the monitor.
"""

import re

from devices.decoders.base import judged
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Lines
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

FLOAT_SIZE = 4
_NO_FLOAT = (0x7FFFFF, 0x800000, 0x7FFFFE, 0x800002)
_LONGEST_LINE = 256


def intellivue_float(data: bytes) -> float | None:
    """A Philips FLOAT: signed exponent, then 24 bits of signed mantissa; None for "no value"."""
    exponent = int.from_bytes(data[:1], "big", signed=True)
    if int.from_bytes(data[1:4], "big") in _NO_FLOAT:
        return None
    mantissa = int.from_bytes(data[1:4], "big", signed=True)
    # Dividing by a whole power of ten gives 16.1, where multiplying by 0.1 would not.
    return mantissa / 10**-exponent if exponent < 0 else float(mantissa * 10**exponent)


def decode_float(data: bytes, at: float, number: int) -> list[Decoded]:
    """Four bytes of a recording, for looking one number up."""
    return [Notice("status", at, {"float": intellivue_float(data)}, number)]


_NUMBER = rb"(\d{1,3}|-*)"
# The name, its state number, and the numbers after it; bytes of a curve may stand before.
_HEART = re.compile(rb"(?<![A-Z])HR=(\d+);" + _NUMBER + rb";")
_SPO2 = re.compile(rb"SPO2=(\d+);" + _NUMBER + rb";PR=" + _NUMBER + rb";")
_NIBP = re.compile(rb"NIBP=(\d+);" + b";".join([_NUMBER] * 4) + b";")
_FIELDS = (
    ("hr_state", _HEART, (Vital.HEART_RATE,)),
    ("spo2_state", _SPO2, (Vital.SPO2, Vital.PULSE_RATE)),
    ("nibp_state", _NIBP, (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.PULSE_RATE)),
)


class IvyDecoder(FramedDecoder):
    """The text of an Ivy 450C, between the bytes of its curve, which are not read.

    A blood pressure is told once: the monitor repeats it in every line.
    """

    def __init__(self) -> None:
        super().__init__(Lines(_LONGEST_LINE))
        self._pressure: tuple[bytes, ...] = ()
        self._states: dict[str, Detail] = {}

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended; a line without its end may be cut in a number."""
        self._frames.finish()
        return []

    def _between(self, piece: bytes, at: float, out: list[Decoded]) -> None:
        """Bytes of the curve, without a line's end among them."""

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        states: dict[str, Detail] = {}
        for name, pattern, vitals in _FIELDS:
            found = pattern.search(frame)
            if found is None:
                continue
            states[name] = int(found[1])
            numbers = found.groups()[1:]
            if vitals[0] is Vital.SYSTOLIC:
                if numbers == self._pressure:
                    continue
                self._pressure = numbers
                if not any(digits.isdigit() for digits in numbers):
                    continue
            for vital, digits in zip(vitals, numbers, strict=True):
                value = int(digits) if digits.isdigit() else None
                out.append(judged(vital, value, at, self._packets))
        if states and states != self._states:
            self._states = states
            out.append(Notice("status", at, states, self._packets))
