"""Which source of a vital is in use: a visible order of preference, never an average.

Pulse comes from a strap's heart rate, else the oximeter, else the cuff; two devices for the same
vital rank in the order in which they were added. A source that has sent no good value for
``FRESH_SECONDS`` gives way to the next.
"""

from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital

FRESH_SECONDS = 10.0

_PULSE = "pulse"


def vital_group(vital: Vital) -> str:
    """The quantity that a vital stands for: heart rate and pulse rate are one."""
    return _PULSE if vital in (Vital.HEART_RATE, Vital.PULSE_RATE) else vital.value


class Preference:
    """Tells for each reading whether its source is the one in use."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}
        self._continuous: dict[str, bool] = {}
        self._last_good: dict[str, dict[tuple[int, int], float]] = {}

    def add(self, info: SourceInfo) -> None:
        """Rank a source after those that came before it."""
        self._order.setdefault(info.id, len(self._order))
        self._continuous[info.id] = info.continuous

    def in_use(self, reading: Reading) -> bool:
        """True unless a better source of the same quantity is fresh."""
        rank = self._rank(reading)
        good = self._last_good.setdefault(vital_group(reading.vital), {})
        if reading.quality is not Quality.INVALID:
            good[rank] = reading.at
        return not any(
            better < rank and reading.at - at <= FRESH_SECONDS for better, at in good.items()
        )

    def _rank(self, reading: Reading) -> tuple[int, int]:
        kind = 0 if reading.vital is Vital.HEART_RATE else 1
        if not self._continuous.get(reading.source, True):
            kind = 2
        return kind, self._order.get(reading.source, len(self._order))
