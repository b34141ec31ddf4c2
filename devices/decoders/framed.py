"""The decoder of a stream of checked frames: everything but what a frame means."""

from collections.abc import Callable
from typing import Protocol

from devices.decoders.framing import FixedSize, Found, Noise, Pieces
from kapmonitor.reading import Decoded


class Cutter(Protocol):
    """Cuts a stream into frames and what lies between them."""

    def split(self, data: bytes) -> Pieces:
        """The pieces that are now certain."""

    def finish(self) -> Pieces:
        """The rest, when nothing follows any more."""


class FramedDecoder:
    """Feeds each frame, numbered from 1, to ``_frame``, and refuses what lies between.

    ``shortest`` is the size of the shortest frame with a check: that many bytes without a good
    frame among them are refused as ``checksum``, fewer as ``noise``.
    """

    def __init__(self, frames: Cutter, shortest: int = 0) -> None:
        self._frames = frames
        self._noise = Noise(shortest)
        self._packets = 0

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        self._take(self._frames.split(data), at, out)
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._take(self._frames.finish(), at, out)
        self._noise.end(at, out)
        return out

    def _take(self, pieces: Pieces, at: float, out: list[Decoded]) -> None:
        for found, piece in pieces:
            if found is not Found.FRAME:
                self._between(piece, at, out)
                continue
            self._noise.end(at, out)
            self._packets += 1
            self._frame(piece, at, out)

    def _between(self, piece: bytes, at: float, out: list[Decoded]) -> None:
        """Bytes that belong to no frame."""
        self._noise.add(piece, at, out)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        """What a good frame means."""
        raise NotImplementedError


Meaning = Callable[[bytes, float, int], list[Decoded]]


class BlockDecoder(FramedDecoder):
    """The decoder of blocks of one size without mark or check: what a transfer has carried."""

    def __init__(self, meaning: Meaning, size: int, head: int = 0) -> None:
        super().__init__(FixedSize(size, head))
        self._meaning = meaning

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        out += self._meaning(frame, at, self._packets)
