"""Readings and notices as the JSON lines that scripts rely on: the same from every verb."""

from kapmonitor.reading import Notice, Origin, Reading
from kapmonitor.vitals import VITALS


def reading_line(reading: Reading) -> dict[str, object]:
    """The line of a reading; a decoded one knows no source and names none."""
    source = {"source": reading.source} if reading.source else {}
    return {
        "at": reading.at,
        "vital": reading.vital.value,
        "value": reading.value,
        "unit": VITALS[reading.vital].unit,
        "quality": reading.quality.value,
        "reason": reading.reason or None,
        "stored": reading.origin is Origin.STORED,
        "device_time": reading.device_time or None,
        "packet": reading.packet,
        **source,
    }


def notice_line(notice: Notice) -> dict[str, object]:
    """The line of what is not a reading: its detail stands beside ``at`` and ``notice``."""
    packet = {"packet": notice.packet} if notice.packet else {}
    return {"at": notice.at, "notice": notice.kind, **packet, **notice.detail}
