"""How frames are found in a stream of bytes that may be cut, damaged or joined in the middle."""

import re
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


Pieces = list[tuple[Found, bytes]]

Size = Callable[[bytes, int], int | None]
"""How many bytes the frame has that begins at a place of a buffer: 0 when none can begin there,
None when only more bytes can tell."""


def sized(head: bytes, place: int, extra: int, shortest: int, longest: int) -> Size:
    """The size of frames that begin with ``head`` and have a length byte at ``place``.

    ``extra`` is what the length byte does not count. A length outside the limits is damage; without
    them one flipped bit could hold back everything that comes after it.
    """

    def size(buffer: bytes, start: int) -> int | None:
        if not head.startswith(buffer[start : start + len(head)]):
            return 0
        if len(buffer) - start <= place:
            return None
        length = buffer[start + place]
        return length + extra if shortest <= length <= longest else 0

    return size


class SizedFrames:
    """Cuts a stream into frames that say their own size and carry a check.

    After a wrong check every byte is tried as a beginning: a byte that was lost is followed at once
    by a good frame, which skipping the promised length would lose too.
    """

    def __init__(self, size: Size, good: Callable[[bytes], bool]) -> None:
        self._size = size
        self._good = good
        self._tail = b""

    def split(self, data: bytes) -> Pieces:
        """The pieces that are now certain, in order; the undecided rest waits for more bytes."""
        return self._split(data, last=False)

    def finish(self) -> Pieces:
        """The undecided rest, in which a whole frame may stand behind half a one."""
        return self._split(b"", last=True)

    def _split(self, data: bytes, *, last: bool) -> Pieces:
        buffer = self._tail + data
        out: Pieces = []
        start, end = 0, len(buffer)
        while start < end:
            size = self._size(buffer, start)
            whole = size is not None and 0 < size <= end - start
            if size and whole and self._good(buffer[start : start + size]):
                out.append((Found.FRAME, buffer[start : start + size]))
                start += size
                continue
            if not last and (size is None or size > end - start):
                break
            out.append((Found.NOISE, buffer[start : start + 1]))
            start += 1
        self._tail = buffer[start:]
        return out


class TopBitFrames:
    """Cuts a stream into frames of which only the first byte has bit 7 set. There is no check."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._frame = re.compile(rb"[\x80-\xff][\x00-\x7f]{%d}" % (size - 1)).match
        self._tail = b""

    def split(self, data: bytes) -> Pieces:
        """The pieces that are now certain, in order; a frame that has only begun waits."""
        buffer, size = self._tail + data, self._size
        out: Pieces = []
        start, end = 0, len(buffer)
        while start < end:
            if self._frame(buffer, start):
                out.append((Found.FRAME, buffer[start : start + size]))
                start += size
                continue
            stop = start + 1
            if buffer[start] & 0x80:
                # Where the next frame begins inside this one, what came before is a torso.
                stop = next((i for i in range(stop, end) if buffer[i] & 0x80), end)
                if stop == end and end - start < size:
                    break
            out.append((Found.NOISE, buffer[start:stop]))
            start = stop
        self._tail = buffer[start:]
        return out

    def finish(self) -> Pieces:
        """The frame that has only begun."""
        rest, self._tail = self._tail, b""
        return [(Found.NOISE, rest)] if rest else []


class Lines:
    """Cuts a stream of text into lines, ended by CR, LF or both; empty ones are left out.

    Of a line that is longer than ``longest`` bytes pieces of that size are given as noise, however
    it arrived.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._rest = b""
        self._overlong = False

    def split(self, data: bytes) -> Pieces:
        """The lines that have ended, without their ends."""
        out: Pieces = []
        *lines, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self._end(self._cut(line, out), out)
            self._overlong = False
        self._rest = self._cut(rest, out)
        return out

    def finish(self) -> Pieces:
        """The last line, which has no end."""
        out: Pieces = []
        rest, self._rest = self._rest, b""
        self._end(rest, out)
        self._overlong = False
        return out

    def _cut(self, line: bytes, out: Pieces) -> bytes:
        while len(line) > self._longest:
            out.append((Found.NOISE, line[: self._longest]))
            line = line[self._longest :]
            self._overlong = True
        return line

    def _end(self, line: bytes, out: Pieces) -> None:
        if line.strip():
            out.append((Found.NOISE if self._overlong else Found.FRAME, line))


class WholeFrames:
    """`CheckedFrames` of which a damaged one is noise too, as a `FramedDecoder` wants them."""

    def __init__(self, size: int, good: Callable[[bytes, int], bool]) -> None:
        self._frames = CheckedFrames(size, good)

    def split(self, data: bytes) -> Pieces:
        """The pieces that are now certain, in order; the undecided rest waits for more bytes."""
        return self._frames.split(data)

    def finish(self) -> Pieces:
        """The undecided rest."""
        rest = self._frames.finish()
        return [(Found.NOISE, rest)] if rest else []


class FixedSize:
    """Cuts a stream into blocks of one size without mark or check: what a transfer carried."""

    def __init__(self, size: int, head: int = 0) -> None:
        self._size = size
        self._skip = head
        self._tail = b""

    def split(self, data: bytes) -> Pieces:
        """The blocks that are whole; the ``head`` bytes before the first are left out."""
        buffer = self._tail + data
        skipped = min(self._skip, len(buffer))
        buffer, self._skip = buffer[skipped:], self._skip - skipped
        count = len(buffer) // self._size
        blocks = [buffer[n * self._size : (n + 1) * self._size] for n in range(count)]
        self._tail = buffer[count * self._size :]
        return [(Found.FRAME, block) for block in blocks]

    def finish(self) -> Pieces:
        """The block that is not whole."""
        rest, self._tail = self._tail, b""
        return [(Found.NOISE, rest)] if rest else []
