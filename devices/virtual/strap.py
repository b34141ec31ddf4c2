"""A virtual heart rate strap: 2A37 once a second, with the intervals between its beats."""

from itertools import pairwise

from devices.virtual import chance
from devices.virtual.device import Faults, VirtualDevice, within
from devices.virtual.patient import VirtualPatient
from devices.virtual.pleth import Heart
from kapmonitor.vitals import Vital

_CONTACT, _CONTACT_KNOWN, _INTERVALS = 0x02, 0x04, 0x10


class VirtualStrap(VirtualDevice):
    """A chest strap; ``faults.sentinel`` are spans without skin contact."""

    protocol = "ble-heart-rate"
    label = "Heart rate strap"
    channel = "2A37"
    measures = (Vital.HEART_RATE, Vital.RR_INTERVAL)

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "chest",
        faults: Faults | None = None,
        start_at: float = 0.0,
    ) -> None:
        super().__init__(patient, source=source, site=site, faults=faults, start_at=start_at)
        self._heart = Heart(patient)

    def chunk(self, number: int) -> bytes:
        """One notification on the second that has just passed."""
        noise = chance.gauss(self.patient.seed, "strap", number // 6, 2.0)
        wrong = self.patient.active("miscount", number)
        extra = wrong.value if wrong else 0.0
        rate = max(1, min(250, round(self.patient.at(number).pulse + noise + extra)))
        if within(self.faults.sentinel + self.faults.errors, number):
            # Real straps go on sending the last rate without contact.
            return bytes((_CONTACT_KNOWN, rate))
        intervals = b"".join(
            round(interval * 1024).to_bytes(2, "little")
            for interval in ([] if wrong else self._intervals(number))
        )
        flags = _CONTACT | _CONTACT_KNOWN | (_INTERVALS if intervals else 0)
        return bytes((flags, rate)) + intervals

    def _intervals(self, second: int) -> list[float]:
        """Seconds from beat to beat for the beats that fell into this second."""
        earlier = [beat for back in range(4, 0, -1) for beat in self._beats(second - back)]
        beats = earlier[-1:] + self._beats(second)
        return [after - before for before, after in pairwise(beats)]

    def _beats(self, second: int) -> list[float]:
        return list(self._heart.beats(second)) if second >= 0 else []
