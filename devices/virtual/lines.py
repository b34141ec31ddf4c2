"""A virtual Masimo Rad-8 on a serial line, and a Nonin 3230 over Bluetooth: once a second each.

Sources: those of the decoders, `devices.decoders.masimo_ascii` and `devices.decoders.nonin_ble`.
"""

from datetime import timedelta

from devices.virtual.oximeter import VirtualOximeter
from kapmonitor.vitals import Vital

_SET, _DEFECTIVE, _SEARCH, _OFF, _LOW_IQ = 1 << 11, 1 << 1, 1 << 3, 1 << 5, 1 << 10


class VirtualMasimo(VirtualOximeter):
    """A Rad-8 with "ASCII 1" output. It has a clock of its own; its memory is its trend."""

    protocol = "masimo-ascii"
    label = "Masimo Rad-8"
    channel = "line"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)

    def chunk(self, number: int) -> bytes:
        """The line of this second."""
        shown = self.shown(number)
        exceptions = _SET | (_LOW_IQ if shown.moving else 0)
        if shown.spo2 is None:
            lost = _DEFECTIVE if shown.error else _SEARCH if shown.on_finger else _OFF
            exceptions |= lost
        spo2 = "---" if shown.spo2 is None else f"{shown.spo2:03d}"
        pulse = "---" if shown.pulse is None else f"{shown.pulse:03d}"
        index = "--.--" if shown.perfusion is None else f"{shown.perfusion:05.2f}"
        return (
            f"{self.device_time(number + 1):%m/%d/%y %H:%M:%S} SN=0000000001 SPO2={spo2}% "
            f"BPM={pulse} PI={index}% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- ALARM=0000 "
            f"EXC={exceptions:06X}\r\n"
        ).encode()

    def memory(self, number: int, at: float) -> bytes:
        """A line of the trend, as a download sends them."""
        then = self.device_time(at) - timedelta(minutes=10 * (number + 1))
        return f"{then:%m/%d/%y %H:%M:%S},098,061,02.10,000\r\n".encode()


class VirtualNoninBle(VirtualOximeter):
    """A 3230 on its own service; its packets carry no check but their length."""

    protocol = "nonin-ble"
    label = "Nonin 3230"
    channel = "0aad7ea0"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)

    _WEAK, _SEARCHING, _ATTACHED, _ENCRYPTED = 0x02, 0x08, 0x10, 0x40

    def chunk(self, number: int) -> bytes:
        """The notification of this second."""
        shown = self.shown(number)
        status = self._ENCRYPTED | (self._ATTACHED if shown.on_finger else 0)
        status |= self._SEARCHING if shown.searching or shown.error else 0
        status |= self._WEAK if shown.moving else 0
        pulse = 511 if shown.pulse is None else shown.pulse
        spo2 = 127 if shown.spo2 is None else shown.spo2
        return (
            bytes((10, status, 30))
            + round(100 * (shown.perfusion or 0.0)).to_bytes(2, "big")
            + (number & 0xFFFF).to_bytes(2, "big")
            + bytes((spo2,))
            + pulse.to_bytes(2, "big")
        )
