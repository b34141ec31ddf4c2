"""A virtual pulse oximeter on the standard Bluetooth service: 2A5F once a second."""

from devices.virtual.encode import sfloat
from devices.virtual.oximeter import VirtualOximeter
from kapmonitor.vitals import Vital

_FLAGS = 0x04 | 0x08 | 0x10  # measurement status, sensor status, pulse amplitude index
_ONGOING, _FULLY_QUALIFIED, _UNAVAILABLE = 1 << 5, 1 << 8, 1 << 13
_INADEQUATE_SIGNAL, _ERRATIC_SIGNAL, _OFF_THE_PATIENT = 1 << 3, 1 << 6, 1 << 11


class VirtualPlx(VirtualOximeter):
    """An oximeter without a pulse wave."""

    protocol = "ble-pulse-oximeter-plx"
    label = "Bluetooth pulse oximeter"
    channel = "2A5F"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)

    def chunk(self, number: int) -> bytes:
        """One notification on the second that has just passed."""
        shown = self.shown(number)
        status, sensor = _ONGOING | _FULLY_QUALIFIED, 0
        if shown.spo2 is None:
            status = _UNAVAILABLE
            sensor = _INADEQUATE_SIGNAL if shown.on_finger else _OFF_THE_PATIENT
        elif shown.moving:
            status, sensor = _ONGOING, _ERRATIC_SIGNAL
        return (
            bytes((_FLAGS,))
            + sfloat(shown.spo2)
            + sfloat(shown.pulse)
            + status.to_bytes(2, "little")
            + sensor.to_bytes(3, "little")
            + sfloat(shown.perfusion, 2)
        )
