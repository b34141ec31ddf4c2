"""From the chunks of one connection to what is delivered: decode, thin, and doubt the protocol."""

import logging
from collections.abc import Callable, Sequence

import msgspec

from devices.decoders.base import Decoder, refused
from devices.thin import Thinner
from devices.transports import Chunk
from kapmonitor.reading import Decoded, Detail, Notice

log = logging.getLogger(__name__)

DOUBT = 5.0
"""Seconds of bytes that mean nothing after which the protocol is doubted."""

_KEPT_FOR_GUESS = 4096

MakeDecoder = Callable[[str], Decoder | None]
"""Makes a fresh decoder for a channel; None where nothing is to be decoded (a raw capture)."""


class Hearing:
    """What one source hears. Pure: the times are those of the chunks.

    Packets are numbered on over reconnects, although every connection begins with fresh decoders:
    half a frame from before must not be completed by what comes after.
    """

    def __init__(
        self, protocol: str, make_decoder: MakeDecoder, continuous: bool, doubt: float = DOUBT
    ) -> None:
        self._protocol = protocol
        self._make_decoder = make_decoder
        self._decoders: dict[str, Decoder | None] = {}
        self._thinner = Thinner(continuous)
        self._packets_before = 0
        self._packets = 0
        self._doubt_after = doubt
        self._doubted = _Doubt(protocol, doubt)

    def number_on_from(self, earlier: "Hearing") -> None:
        """Go on with the packet numbers of another one."""
        self._packets_before = self._packets = earlier._packets

    def hear(self, item: Chunk | Notice) -> list[Decoded]:
        """Everything that a chunk led to; a notice of the transport passes through."""
        if isinstance(item, Notice):
            # After a gap in the bytes: what was begun is over.
            return [*self.finish(item.at), item]
        if item.channel not in self._decoders:
            self._decoders[item.channel] = self._make_decoder(item.channel)
        decoder = self._decoders[item.channel]
        if decoder is None:
            return []
        try:
            decoded = self._numbered(decoder.feed(item.data, item.at))
        except Exception:
            # A decoder never raises; should one do so, the visit goes on without these bytes.
            log.exception("the decoder of %s failed", self._protocol)
            del self._decoders[item.channel]
            decoded = [refused("decoder_failed", item.data, item.at)]
        doubts = self._doubted.hear(item, decoded)
        return [*self._thinner.thin(decoded), *doubts]

    def finish(self, at: float) -> list[Decoded]:
        """The connection is over, or bytes are missing: what was left over, as refused."""
        left: list[Decoded] = []
        for decoder in self._decoders.values():
            if decoder is not None:
                left += self._numbered(decoder.finish(at))
        self._decoders.clear()
        self._packets_before = self._packets
        self._thinner.forget()
        self._doubted = _Doubt(self._protocol, self._doubt_after)
        return left

    def _numbered(self, items: Sequence[Decoded]) -> list[Decoded]:
        numbered = []
        for item in items:
            number = item.packet + self._packets_before if item.packet else 0
            self._packets = max(self._packets, number)
            same = number == item.packet
            numbered.append(item if same else msgspec.structs.replace(item, packet=number))
        return numbered


class _Doubt:
    """Says once when bytes come for seconds and nothing of them is valid."""

    def __init__(self, protocol: str, after: float) -> None:
        self._protocol = protocol
        self._after = after
        self._since: float | None = None
        self._count = self._refused = self._answers = 0
        self._heard = b""
        self._settled = False

    def hear(self, chunk: Chunk, decoded: Sequence[Decoded]) -> list[Decoded]:
        if self._settled:
            return []
        self._count += len(chunk.data)
        self._heard = (self._heard + chunk.data)[-_KEPT_FOR_GUESS:]
        if self._since is None:
            self._since = chunk.at
        bad = sum(isinstance(item, Notice) and item.kind == "refused" for item in decoded)
        self._refused += bad
        self._answers += sum(isinstance(item, Notice) for item in decoded) - bad
        measured = any(not isinstance(item, Notice) for item in decoded)
        self._settled = measured or chunk.at - self._since >= self._after
        # Answers without a measurement convince only where little else came: in the bytes of
        # another protocol some look like one by chance.
        if measured or not self._settled or self._answers > self._refused:
            return []
        detail: dict[str, Detail] = {
            "bytes": self._count,
            "expected": self._protocol,
            "likely": self._likely(),
        }
        return [Notice("wrong_protocol", chunk.at, detail)]

    def _likely(self) -> str:
        # Late, because listening at ports (and with it pyserial) is behind that module.
        from devices.detect import guess

        guessed = guess(self._heard)
        return guessed.protocol if guessed else ""
