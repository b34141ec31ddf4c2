"""What is supported, printed from the catalogue: for scripts, and as the table of the documents."""

from devices.catalogue import Catalogue, ProtocolEntry, catalogue
from devices.decoders import PROTOCOLS

LABELS = tuple(entry.label for entry in catalogue().protocol)
"""What the kinds of devices are called, for the catalogue of texts."""

UNPROVEN = tuple(entry.experimental for entry in catalogue().protocol if entry.experimental)
"""What is unproven of those that are experimental, for the catalogue of texts."""

_HEAD = """| protocol | devices | over | measures | commands | confidence | |
|---|---|---|---|---|---|---|
"""


def unproven(protocol: str, channel: str = "") -> str:
    """What is unproven of a protocol, or of the experimental device that has this channel.

    Empty for everything else. Raises UsageError ``unknown_protocol`` or ``unknown_channel``.
    """
    entry = catalogue().protocol_entry(protocol)
    if entry.experimental:
        return entry.experimental
    name = PROTOCOLS[protocol].channel(channel)
    usual = {item.channel for item in entry.characteristics}
    for device in catalogue().device:
        own = {item.channel for item in device.characteristics} - usual
        if device.protocol == protocol and device.experimental and name in own:
            return device.experimental
    return ""


def supported() -> list[dict[str, object]]:
    """What is supported, one dict a protocol, ready for JSON.

    Keys: ``protocol``, ``label``, ``transport``, ``channels``, ``measures``, ``continuous``,
    ``commands``, ``confidence``, ``limits``, ``experimental``, ``unproven`` (what is, in words) and
    ``devices``, the labels of those known by name; ``experimental_devices`` are those of them that
    are experimental although their protocol is not.
    """
    book = catalogue()
    return [
        {
            "protocol": entry.name,
            "label": entry.label,
            "transport": entry.transport,
            "channels": list(PROTOCOLS[entry.name].channels),
            "measures": [vital.value for vital in entry.measures],
            "continuous": entry.continuous,
            "commands": list(entry.commands),
            "confidence": entry.confidence,
            "limits": list(entry.limits),
            "experimental": bool(entry.experimental),
            "unproven": entry.experimental,
            "devices": _labels(book, entry, experimental=bool(entry.experimental)),
            "experimental_devices": []
            if entry.experimental
            else _labels(book, entry, experimental=True),
        }
        for entry in book.protocol
    ]


def _labels(book: Catalogue, entry: ProtocolEntry, *, experimental: bool) -> list[str]:
    return [
        device.label
        for device in book.device
        if device.protocol == entry.name and bool(device.experimental) == experimental
    ]


def markdown_table() -> str:
    """One row a protocol, as ``docs/devices/supported.md`` has it between its marks."""
    rows = []
    for entry in supported():
        name, known = str(entry["protocol"]), [str(x) for x in _list(entry["devices"])]
        tried = [f"{x} (experimental)" for x in _list(entry["experimental_devices"])]
        cells = (
            f"[`{name}`]({name}.md)",
            "; ".join([*known, *tried]) or str(entry["label"]),
            str(entry["transport"]),
            ", ".join(str(x) for x in _list(entry["measures"])),
            ", ".join(str(x) for x in _list(entry["commands"])) or "-",
            str(entry["confidence"]),
            "experimental" if entry["experimental"] else "",
        )
        rows.append("| " + " | ".join(cells) + " |\n")
    return _HEAD + "".join(rows)


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
