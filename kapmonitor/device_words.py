"""What is said of a device: what it is called, where it sits, whose it is."""

from kapmonitor.remembered import Remembered
from kapmonitor.words import tr

SITE_WORDS = {
    "left_arm": "left arm",
    "right_arm": "right arm",
    "left_finger": "left finger",
    "right_finger": "right finger",
    "chest": "chest",
}


def remembered_words(device: Remembered, room: str, now_in_use: bool = False) -> str:
    """A remembered device in a line, for a computer in ``room``."""
    parts = [device.source, device.label, tr("remembered")]
    if device.elsewhere(room):
        parts.append(tr("belongs to {room}", room=device.room))
    else:
        parts.append(device.room)
    if device.site:
        parts.append(tr(SITE_WORDS[device.site]))
    if now_in_use:
        parts.append(tr("in use by a visit"))
    return "  ".join(part for part in parts if part)
