"""For streams that send the same numbers with each sample: they are judged when they change."""

from devices.decoders.base import judged
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital


class Repeated:
    """The numbers and status of the last packet, which most of sixty a second only repeat.

    They are worked out again when the bytes that carry them (``key``) change. The status is told
    at the first packet and when it changes; the beat and the bar graph, which do so with every
    pulse, are no news.
    """

    def __init__(self, interval: float, full_scale: int, *vitals: Vital) -> None:
        self._interval = interval
        self._full_scale = full_scale
        self._vitals = vitals
        self.key: object = None
        self._verdicts: list[tuple[Vital, float | None, Quality, str]] = []
        self._fault = ""
        self._status: dict[str, Detail] = {}
        self._news = False

    def learn(
        self,
        key: object,
        values: tuple[float | None, ...],
        fault: str,
        status: dict[str, Detail],
    ) -> None:
        """Judge the values (in the order of the vitals) and keep the verdict."""
        pairs = zip(self._vitals, values, strict=True)
        judgements = [judged(vital, value, 0.0, 0, fault=fault) for vital, value in pairs]
        self._verdicts = [(r.vital, r.value, r.quality, r.reason) for r in judgements]
        self._news = {**status, "beat": 0, "bar": 0} != {**self._status, "beat": 0, "bar": 0}
        self.key, self._fault, self._status = key, fault, status

    def tell(self, sample: int | None, at: float, number: int, out: list[Decoded]) -> None:
        """The readings of one packet, its pleth sample, and the status when it is news."""
        out += [Reading(v, value, at, q, why, number) for v, value, q, why in self._verdicts]
        seen = None if self._fault else sample
        out.append(PlethRun(at, self._interval, (seen,), self._full_scale, number))
        if self._news:
            out.append(Notice("status", at, self._status, number))
            self._news = False
