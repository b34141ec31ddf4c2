"""The frames of Viatom's and Lepu's rings and cuffs: operation, complement, length, data, check.

``A5`` is the newer frame of both directions ("Lepu V2": BP2, O2Ring-S), ``AA`` and ``55`` are
request and reply of the older rings. Sources: MackeyStingray/o2r, chalimov/viatom_bp2_ha,
nglessner/o2ring-s-protocol, which agree.
"""

from devices.decoders.checks import crc8
from devices.decoders.framing import Size, SizedFrames

V2, REQUEST, REPLY = 0xA5, 0xAA, 0x55
HEAD = 7
AROUND = 8
"""Bytes around the data: the head and the check."""

SENT, ANSWERED = 0x00, 0x01
"""Byte 3 of a V2 frame: from the host, from the device; E0 to FF are the device's errors."""


def lepu_frames(*leads: int, longest: int) -> SizedFrames:
    """Frames that begin with one of ``leads`` and have at most ``longest`` bytes of data."""
    return SizedFrames(_sized(leads, longest), _good)


def _sized(leads: tuple[int, ...], longest: int) -> Size:
    def size(buffer: bytes, start: int) -> int | None:
        if buffer[start] not in leads:
            return 0
        head = buffer[start : start + HEAD]
        if len(head) > 2 and head[1] ^ head[2] != 0xFF:
            return 0
        if len(head) < HEAD:
            return None
        length = head[5] | head[6] << 8
        return AROUND + length if length <= longest else 0

    return size


def _good(frame: bytes) -> bool:
    return crc8(frame[:-1]) == frame[-1]


def lepu_frame(lead: int, operation: int, data: bytes = b"") -> bytes:
    """A frame from the host."""
    head = bytes((lead, operation, operation ^ 0xFF, 0, 0))
    frame = head + len(data).to_bytes(2, "little") + data
    return frame + bytes((crc8(frame),))
