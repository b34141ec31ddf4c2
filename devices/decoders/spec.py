"""What can be decoded of one protocol: a row of the table of protocols."""

from collections.abc import Callable

from msgspec import Struct

from devices.decoders.base import Decode, Decoder, PacketDecoder, Speaker
from kapmonitor.errors import UsageError

Make = Callable[[str], Decoder]


class ProtocolSpec(Struct, frozen=True):
    """What can be decoded of one protocol. ``makers`` has one maker of decoders per channel.

    ``speakers`` say what a device must be told; those in ``starters`` may also start its cuff.

    ``packets`` is True where a border means something (Bluetooth notifications): such data must
    never be cut or joined. ``printed`` are the channels whose bytes are lines of text.
    """

    name: str
    packets: bool
    default_channel: str
    makers: dict[str, Make]
    speakers: dict[str, Callable[[], Speaker]] = {}
    starters: dict[str, Callable[[], Speaker]] = {}
    printed: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels, as ``decode --channel`` takes them."""
        return tuple(self.makers)

    def make(self, channel: str = "", quirk: str = "") -> Decoder:
        """A fresh decoder for a channel (empty: the default one) of a device with this quirk.

        Raises UsageError ``unknown_channel``.
        """
        return self.makers[self.channel(channel)](quirk)

    def make_speaker(self, channel: str = "", *, may_start: bool = False) -> Speaker | None:
        """What speaks to the device on this channel, or None where the host only listens.

        Only with ``may_start`` may it start a cuff.
        """
        name = self.channel(channel)
        speaker = (self.starters if may_start else {}).get(name) or self.speakers.get(name)
        return speaker() if speaker else None

    def channel(self, name: str) -> str:
        """The channel of this name, whatever its case; empty means the default one.

        Raises UsageError ``unknown_channel``.
        """
        if not name:
            return self.default_channel
        # "v7-stream" is the stream of "v7"; a vendor's UUID is known by its first eight digits.
        for wanted in (name.lower(), name.lower().removesuffix("-stream"), name.lower()[:8]):
            for known in self.makers:
                if known.lower() == wanted:
                    return known
        raise UsageError("unknown_channel", name=name, protocol=self.name, known=[*self.makers])


def plain(make: Callable[[], Decoder]) -> Make:
    """A maker for a channel that has no quirks."""
    return lambda _quirk: make()


def of_packets(decode: Decode) -> Make:
    """A maker for notifications that are each decoded on their own."""
    return lambda _quirk: PacketDecoder(decode)
