"""One file per device protocol: pure functions and small objects from bytes to readings."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from devices.decoders import (
    berry_bci,
    blood_pressure,
    contec_eb,
    contec_serial,
    heart_rate,
    jamr_bpm188,
    masimo_ascii,
    nonin_ble,
    nonin_spot,
    pc60fw_creative,
    pulse_oximeter,
    suntech_nibp,
    viatom_o2ring,
)
from devices.decoders.base import Decode, Decoder, PacketDecoder, Speaker
from devices.decoders.ble_common import decode_battery, decode_current_time, decode_date_time
from devices.decoders.nonin_serial import StreamDecoder
from kapmonitor.errors import UsageError

__all__ = ["PROTOCOLS", "Decoder", "ProtocolSpec", "Speaker", "protocol"]

Make = Callable[[str], Decoder]


class ProtocolSpec(Struct, frozen=True):
    """What can be decoded of one protocol. ``makers`` has one maker of decoders per channel.

    ``speakers`` say what a device must be told; those in ``starters`` may also start its cuff.

    ``packets`` is True where a border means something (Bluetooth notifications): such data must
    never be cut or joined.
    """

    name: str
    packets: bool
    default_channel: str
    makers: dict[str, Make]
    speakers: dict[str, Callable[[], Speaker]] = {}
    starters: dict[str, Callable[[], Speaker]] = {}

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
        short = name[:8] if self.packets else name.removesuffix("-stream")
        for wanted in (name.lower(), short.lower()):
            for known in self.makers:
                if known.lower() == wanted:
                    return known
        raise UsageError("unknown_channel", name=name, protocol=self.name, known=[*self.makers])


def _plain(make: Callable[[], Decoder]) -> Make:
    """A maker for a channel that has no quirks."""
    return lambda _quirk: make()


def _packets(decode: Decode) -> Make:
    return lambda _quirk: PacketDecoder(decode)


PROTOCOLS: dict[str, ProtocolSpec] = {
    spec.name: spec
    for spec in (
        ProtocolSpec(
            "ble-heart-rate",
            packets=True,
            default_channel="2A37",
            makers={
                "2A37": _packets(heart_rate.decode_measurement),
                "2A19": _packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "ble-blood-pressure",
            packets=True,
            default_channel="2A35",
            makers={
                "2A35": lambda quirk: PacketDecoder(blood_pressure.measurement(quirk)),
                "2A36": _packets(blood_pressure.decode_cuff_pressure),
                "2A49": _packets(blood_pressure.decode_features),
                "2A2B": _packets(decode_current_time),
                "2A08": _packets(decode_date_time),
                "2A19": _packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "ble-pulse-oximeter-plx",
            packets=True,
            default_channel="2A5F",
            makers={
                "2A5F": _packets(pulse_oximeter.decode_continuous),
                "2A5E": _packets(pulse_oximeter.decode_spot_check),
                "2A60": _packets(pulse_oximeter.decode_features),
                "2A19": _packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "contec-cms50-serial",
            packets=False,
            default_channel="v7",
            makers={
                "v7": _plain(contec_serial.V7Decoder),
                "v5": _plain(contec_serial.V5Decoder),
                "command": _plain(contec_serial.CommandDecoder),
            },
            speakers={"v7": contec_serial.V7Speaker},
        ),
        ProtocolSpec(
            "nonin-serial",
            packets=False,
            default_channel="df2",
            makers={
                "df2": _plain(partial(StreamDecoder, 2)),
                "df2-packet": _plain(partial(StreamDecoder, 2)),
                "df2-frame": _plain(partial(StreamDecoder, 2, by_frame=True)),
                "df7": _plain(partial(StreamDecoder, 7)),
                "df7-packet": _plain(partial(StreamDecoder, 7)),
                "df7-frame": _plain(partial(StreamDecoder, 7, by_frame=True)),
                "df8": _plain(nonin_spot.Df8Decoder),
                "df13": _plain(nonin_spot.Df13Decoder),
                "ascii": _plain(nonin_spot.AsciiDecoder),
                "command": _plain(nonin_spot.CommandDecoder),
            },
        ),
        ProtocolSpec(
            "pc60fw-creative",
            packets=False,
            default_channel="stream",
            makers={
                "stream": _plain(pc60fw_creative.Pc60Decoder),
                "frame": _plain(pc60fw_creative.Pc60Decoder),
                "pc100-pc300": _plain(pc60fw_creative.Pc100Decoder),
            },
        ),
        ProtocolSpec(
            "contec-eb",
            packets=False,
            default_channel="message",
            makers={
                "message": _plain(contec_eb.EbDecoder),
                "hid-report": _plain(partial(contec_eb.EbDecoder, padded=True)),
                "command": _plain(contec_eb.CommandDecoder),
            },
            speakers={
                "message": contec_eb.EbSpeaker,
                "hid-report": partial(contec_eb.EbSpeaker, usb=True),
            },
        ),
        ProtocolSpec(
            "masimo-ascii",
            packets=False,
            default_channel="line",
            makers={
                "line": _plain(masimo_ascii.LineDecoder),
                "trend": _plain(masimo_ascii.TrendDecoder),
            },
        ),
        ProtocolSpec(
            "nonin-ble",
            packets=True,
            default_channel="0aad7ea0",
            makers={
                "0aad7ea0": _plain(nonin_ble.MeasurementDecoder),
                "ec0a883a": _packets(nonin_ble.decode_pleth),
                "ec0a9302": _packets(nonin_ble.decode_device_status),
                "1447af80": _packets(nonin_ble.decode_command),
            },
        ),
        ProtocolSpec(
            "jamr-bpm188",
            packets=False,
            default_channel="2af0",
            makers={
                "2af0": _plain(jamr_bpm188.JamrDecoder),
                "2af1": _plain(jamr_bpm188.CommandDecoder),
            },
            speakers={"2af0": jamr_bpm188.JamrSpeaker},
            starters={"2af0": partial(jamr_bpm188.JamrSpeaker, may_start=True)},
        ),
        ProtocolSpec(
            "suntech-nibp",
            packets=False,
            default_channel="module",
            makers={
                "module": _plain(suntech_nibp.ModuleDecoder),
                "host": _plain(suntech_nibp.HostDecoder),
            },
            speakers={"module": suntech_nibp.SunTechSpeaker},
            starters={"module": partial(suntech_nibp.SunTechSpeaker, may_start=True)},
        ),
        ProtocolSpec(
            "viatom-o2ring",
            packets=False,
            default_channel="frame",
            makers={
                "frame": _plain(viatom_o2ring.RingDecoder),
                "oxyii": _plain(viatom_o2ring.OxyIIDecoder),
            },
            speakers={"frame": viatom_o2ring.RingSpeaker},
        ),
        ProtocolSpec(
            "berry-bci",
            packets=False,
            default_channel="notification",
            makers={
                "notification": _plain(berry_bci.BerryDecoder),
                "packet": _plain(berry_bci.BciDecoder),
                "v15": _plain(berry_bci.V15Decoder),
            },
        ),
    )
}


def protocol(name: str) -> ProtocolSpec:
    """The protocol of this name. Raises UsageError ``unknown_protocol``."""
    if name not in PROTOCOLS:
        raise UsageError("unknown_protocol", name=name, known=[*PROTOCOLS])
    return PROTOCOLS[name]
