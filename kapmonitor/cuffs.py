"""Puts the readings of one cuff packet together again: a cuff cycle is one event."""

from collections.abc import Mapping, Sequence

from kapmonitor.events import Cuff
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital

_WORST_FIRST = (Quality.INVALID, Quality.QUESTIONABLE, Quality.GOOD)


def cuff_packets(readings: Sequence[Reading]) -> dict[tuple[str, int], list[Reading]]:
    """The readings of each packet that carries a systolic or a diastolic pressure, in order."""
    packets: dict[tuple[str, int], list[Reading]] = {}
    for reading in readings:
        packets.setdefault((reading.source, reading.packet), []).append(reading)
    return {
        key: packet
        for key, packet in packets.items()
        if any(reading.vital in (Vital.SYSTOLIC, Vital.DIASTOLIC) for reading in packet)
    }


def cuff_event(packet: Sequence[Reading], sources: Mapping[str, SourceInfo]) -> Cuff:
    """One cuff cycle; its quality is the worse of systolic and diastolic."""
    by_vital = {reading.vital: reading for reading in packet}
    pressures = [by_vital[v] for v in (Vital.SYSTOLIC, Vital.DIASTOLIC) if v in by_vital]
    worst = min(pressures, key=lambda reading: _WORST_FIRST.index(reading.quality))
    info = sources.get(worst.source)

    def value(vital: Vital) -> float | None:
        reading = by_vital.get(vital)
        return None if reading is None else reading.value

    return Cuff(
        systolic=value(Vital.SYSTOLIC),
        diastolic=value(Vital.DIASTOLIC),
        mean_pressure=value(Vital.MEAN_PRESSURE),
        pulse=value(Vital.PULSE_RATE),
        quality=worst.quality,
        reason=worst.reason,
        source=worst.source,
        site="" if info is None else info.site,
        origin=worst.origin,
        device_time=worst.device_time,
    )
