"""Thinning, right after the decoder: sixty equal readings a second become one.

What is left out is only what repeats; a change of a value or of its quality always passes at once.
"""

from collections.abc import Sequence

import msgspec

from kapmonitor.reading import Decoded, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

REPEAT_AFTER = 1.0
"""Seconds after which an unchanged value passes again, so that it stays fresh."""

THINNED = frozenset(
    {Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2, Vital.PERFUSION_INDEX, Vital.CUFF_PRESSURE}
)

_MATCHING = 0.5  # seconds that a run may start away from where the last one ended
_PULL = 0.1  # how much of that difference is followed at each run


class Thinner:
    """Thins what one source delivers; the time it goes by is that of the items.

    A source that is not ``continuous`` (a cuff, a spot check) is not thinned, nor is a pulse that
    comes in one packet with a blood pressure.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._last: dict[Vital, tuple[float, float | None, Quality, str]] = {}
        self._pleth_end: float | None = None

    def forget(self) -> None:
        """After a reconnect everything is news again."""
        self._last.clear()
        self._pleth_end = None

    def thin(self, items: Sequence[Decoded]) -> list[Decoded]:
        """What of one delivery passes on, in the same order, pleth samples gathered into runs."""
        cuff_packets = {
            item.packet for item in items if isinstance(item, Reading) and item.vital in PRESSURES
        }
        kept: list[Decoded] = []
        for item in items:
            if isinstance(item, PlethRun):
                self._add_run(kept, item)
            elif (
                not isinstance(item, Reading) or item.packet in cuff_packets or self._is_news(item)
            ):
                kept.append(item)
        return [self._placed(item) if isinstance(item, PlethRun) else item for item in kept]

    def _is_news(self, reading: Reading) -> bool:
        thinned = self._continuous and reading.vital in THINNED and reading.origin is Origin.LIVE
        if not thinned:
            return True
        last = self._last.get(reading.vital)
        now = (reading.at, reading.value, reading.quality, reading.reason)
        if last is not None and now[1:] == last[1:] and reading.at - last[0] < REPEAT_AFTER:
            return False
        self._last[reading.vital] = now
        return True

    @staticmethod
    def _add_run(kept: list[Decoded], run: PlethRun) -> None:
        """Join a run to the last one of this delivery, past the readings that stand between."""
        for place in range(len(kept) - 1, -1, -1):
            last = kept[place]
            if isinstance(last, Notice) and last.kind == "refused":
                break  # samples are missing in between
            if isinstance(last, PlethRun):
                if (last.interval, last.full_scale) != (run.interval, run.full_scale):
                    break
                start = run.at - len(last.values) * run.interval
                joined = last.values + run.values
                kept[place] = msgspec.structs.replace(last, at=start, values=joined)
                return
        kept.append(run)

    def _placed(self, run: PlethRun) -> PlethRun:
        """Put a run where the device took it, not where a burst of bytes happened to arrive.

        Runs that follow each other closely are laid end to end, following the arrival slowly, so
        that the curve does not stutter.
        """
        start = run.at
        if self._pleth_end is not None and abs(start - self._pleth_end) <= _MATCHING:
            start = self._pleth_end + (start - self._pleth_end) * _PULL
        self._pleth_end = start + len(run.values) * run.interval
        return msgspec.structs.replace(run, at=start)
