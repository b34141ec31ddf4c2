"""Which source of a vital is in use: a visible order of preference, never an average.

Pulse comes from a strap's heart rate, else the oximeter, else the cuff; two devices for the same
vital rank in the order in which they were added. A person may put another one first. A source that
has sent no good value for ``FRESH_SECONDS`` gives way to the next.
"""

from collections import deque
from collections.abc import Iterable

from kapmonitor.events import Entry, SourceAdded, SourcePreferred
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

FRESH_SECONDS = 10.0

CHOSEN_FOR = ("pulse", "spo2")
"""The quantities for which a person can say which source counts."""

_PULSE = "pulse"


def vital_group(vital: Vital) -> str:
    """The quantity that a vital stands for: heart rate and pulse rate are one."""
    return _PULSE if vital in (Vital.HEART_RATE, Vital.PULSE_RATE) else vital.value


def measuring(group: str, sources: Iterable[SourceInfo]) -> list[SourceInfo]:
    """The continuous sources of a quantity, between which a person can choose."""
    return [
        info
        for info in sources
        if info.continuous and any(vital_group(vital) == group for vital in info.measures)
    ]


def known_source(added: SourceAdded) -> SourceInfo:
    """The source that an entry tells of; in an old record its measures say if it is continuous."""
    guessed = not PRESSURES.intersection(added.measures)
    return SourceInfo(
        added.source, added.protocol, added.address, added.label, added.measures,
        guessed if added.continuous is None else added.continuous,
        site=added.site, simulated=added.simulated,
    )  # fmt: skip


class Preference:
    """Tells for each reading whether its source is the one in use."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}
        self._continuous: dict[str, bool] = {}
        self._last_good: dict[str, dict[tuple[Vital, str], float]] = {}
        self._preferred: dict[str, str] = {}
        self._coming: deque[tuple[float, SourcePreferred]] = deque()

    def add(self, info: SourceInfo) -> None:
        """Rank a source after those that came before it."""
        self._order.setdefault(info.id, len(self._order))
        self._continuous[info.id] = info.continuous

    def prefer(self, group: str, source: str) -> None:
        """Put a source first for a quantity (`vital_group`)."""
        self._preferred[group] = source

    def follow(self, entries: Iterable[Entry]) -> None:
        """For readings of a past visit: let each choice count from when it was made."""
        chosen = [(x.at, x.event) for x in entries if isinstance(x.event, SourcePreferred)]
        self._coming.extend(sorted(chosen, key=lambda choice: choice[0]))

    def in_use(self, reading: Reading) -> bool:
        """True unless a better source of the same quantity is fresh."""
        while self._coming and self._coming[0][0] <= reading.at:
            _, choice = self._coming.popleft()
            self.prefer(choice.vital, choice.source)
        rank = self._rank(reading.vital, reading.source)
        good = self._last_good.setdefault(vital_group(reading.vital), {})
        if reading.quality is not Quality.INVALID:
            good[reading.vital, reading.source] = reading.at
        return not any(
            self._rank(*better) < rank and reading.at - at <= FRESH_SECONDS
            for better, at in good.items()
        )

    def _rank(self, vital: Vital, source: str) -> tuple[int, int]:
        if self._preferred.get(vital_group(vital)) == source:
            return -1, 0
        kind = 0 if vital is Vital.HEART_RATE else 1
        if not self._continuous.get(source, True):
            kind = 2
        return kind, self._order.get(source, len(self._order))


def earlier_curves(entries: Iterable[Entry], readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The pulse and SpO2 that were in use in a visit so far: what its curves were drawn from."""
    entries, preference, continuous = list(entries), Preference(), set[str]()
    preference.follow(entries)
    for entry in entries:
        if isinstance(entry.event, SourceAdded):
            info = known_source(entry.event)
            preference.add(info)
            continuous |= {info.id} if info.continuous else set()
    return tuple(
        reading
        for reading in readings
        if vital_group(reading.vital) in CHOSEN_FOR
        and reading.source in continuous
        and reading.origin is Origin.LIVE
        and preference.in_use(reading)
    )
