"""How frames are found in a stream of bytes that may be cut, damaged or joined in the middle."""

from collections.abc import Callable
from enum import Enum

from devices.decoders.base import refused
from kapmonitor.reading import Decoded

_LONGEST_RUN = 64


class Noise:
    """Collects the bytes between frames, so that a stretch of them becomes one refusal.

    Of a protocol with a check, ``frame_size`` bytes or more without a good frame among them are
    refused as ``checksum``; everything else as ``noise``. ``run`` is what was collected so far.
    """

    def __init__(self, frame_size: int = 0) -> None:
        self.run = bytearray()
        self._frame_size = frame_size

    def add(self, data: bytes, at: float, out: list[Decoded]) -> None:
        """Bytes that belong to no frame; every full 64 of them are reported."""
        self.run += data
        while len(self.run) >= _LONGEST_RUN:
            self._refuse(_LONGEST_RUN, at, out)

    def end(self, at: float, out: list[Decoded]) -> None:
        """A frame follows, or nothing any more: report what was collected."""
        if self.run:
            self._refuse(len(self.run), at, out)

    def _refuse(self, size: int, at: float, out: list[Decoded]) -> None:
        checked = 0 < self._frame_size <= size
        out.append(refused("checksum" if checked else "noise", bytes(self.run[:size]), at))
        del self.run[:size]


class Found(Enum):
    """What a piece of the stream is."""

    FRAME = "frame"
    BAD = "bad"
    NOISE = "noise"


class CheckedFrames:
    """Cuts a stream into frames of one size that carry a check.

    While frame follows frame, a damaged one between two places where frames begin is dropped
    whole: bytes inside it that happen to look like a frame are never tried. Only when the next
    frame is not where it should be (bytes were lost) is every byte tried as a beginning.

    ``good(buffer, start)`` says whether a frame with a right check starts there. ``confirm`` asks
    for two in a row before the first is believed, for checks that chance passes too easily.
    """

    def __init__(
        self, size: int, good: Callable[[bytes, int], bool], *, confirm: bool = False
    ) -> None:
        self._size = size
        self._good = good
        self._confirm = confirm
        self._tail = b""
        self._in_step = False

    def split(self, data: bytes) -> list[tuple[Found, bytes]]:
        """The pieces that are now certain, in order; the undecided rest waits for more bytes."""
        buffer, good, size = self._tail + data, self._good, self._size
        out: list[tuple[Found, bytes]] = []
        start, end = 0, len(buffer)
        while end - start >= size:
            stop = start + size
            if good(buffer, start):
                if self._confirm and not self._in_step:
                    if end - stop < size:
                        break
                    if not good(buffer, stop):
                        out.append((Found.NOISE, buffer[start : start + 1]))
                        start += 1
                        continue
                self._in_step = True
                out.append((Found.FRAME, buffer[start:stop]))
                start = stop
            elif self._in_step:
                if end - stop < size:
                    break
                self._in_step = good(buffer, stop)
                if self._in_step:
                    out.append((Found.BAD, buffer[start:stop]))
                    start = stop
            else:
                out.append((Found.NOISE, buffer[start : start + 1]))
                start += 1
        self._tail = buffer[start:]
        return out

    def finish(self) -> bytes:
        """The undecided rest; the next bytes begin anew."""
        rest, self._tail, self._in_step = self._tail, b"", False
        return rest
