"""One file per device protocol: pure functions and small objects from bytes to readings."""

from functools import partial

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
    pc100_creative,
    pulse_oximeter,
    suntech_nibp,
    viatom_o2ring,
    viatom_oxyii,
)
from devices.decoders.base import Decoder, PacketDecoder, Speaker
from devices.decoders.ble_common import decode_battery, decode_current_time, decode_date_time
from devices.decoders.experimental import EXPERIMENTAL
from devices.decoders.nonin_serial import StreamDecoder
from devices.decoders.spec import ProtocolSpec, of_packets, plain
from kapmonitor.errors import UsageError

__all__ = ["PROTOCOLS", "Decoder", "ProtocolSpec", "Speaker", "protocol"]

PROTOCOLS: dict[str, ProtocolSpec] = {
    spec.name: spec
    for spec in (
        ProtocolSpec(
            "ble-heart-rate",
            packets=True,
            default_channel="2A37",
            makers={
                "2A37": of_packets(heart_rate.decode_measurement),
                "2A19": of_packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "ble-blood-pressure",
            packets=True,
            default_channel="2A35",
            makers={
                "2A35": lambda quirk: PacketDecoder(blood_pressure.measurement(quirk)),
                "2A36": of_packets(blood_pressure.decode_cuff_pressure),
                "2A49": of_packets(blood_pressure.decode_features),
                "2A2B": of_packets(decode_current_time),
                "2A08": of_packets(decode_date_time),
                "2A19": of_packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "ble-pulse-oximeter-plx",
            packets=True,
            default_channel="2A5F",
            makers={
                "2A5F": of_packets(pulse_oximeter.decode_continuous),
                "2A5E": of_packets(pulse_oximeter.decode_spot_check),
                "2A60": of_packets(pulse_oximeter.decode_features),
                "2A52": of_packets(pulse_oximeter.decode_record_access),
                "2A19": of_packets(decode_battery),
            },
        ),
        ProtocolSpec(
            "contec-cms50-serial",
            packets=False,
            default_channel="v7",
            makers={
                "v7": plain(contec_serial.V7Decoder),
                "v5": plain(contec_serial.V5Decoder),
                "command": plain(contec_serial.CommandDecoder),
            },
            speakers={"v7": contec_serial.V7Speaker},
        ),
        ProtocolSpec(
            "nonin-serial",
            packets=False,
            default_channel="df2",
            makers={
                "df2": plain(partial(StreamDecoder, 2)),
                "df2-packet": plain(partial(StreamDecoder, 2)),
                "df2-frame": plain(partial(StreamDecoder, 2, by_frame=True)),
                "df7": plain(partial(StreamDecoder, 7)),
                "df7-packet": plain(partial(StreamDecoder, 7)),
                "df7-frame": plain(partial(StreamDecoder, 7, by_frame=True)),
                "df1": plain(partial(nonin_spot.SecondsDecoder, 1)),
                "df8": plain(partial(nonin_spot.SecondsDecoder, 8)),
                "df13": plain(nonin_spot.Df13Decoder),
                "ascii": plain(nonin_spot.AsciiDecoder),
                "command": plain(nonin_spot.CommandDecoder),
            },
            speakers={"df2": nonin_spot.FormatSpeaker},
            printed=("ascii",),
        ),
        ProtocolSpec(
            "pc60fw-creative",
            packets=False,
            default_channel="stream",
            makers={
                "stream": plain(pc60fw_creative.Pc60Decoder),
                "frame": plain(pc60fw_creative.Pc60Decoder),
                "pc100-pc300": plain(pc100_creative.Pc100Decoder),
            },
        ),
        ProtocolSpec(
            "contec-eb",
            packets=False,
            default_channel="message",
            makers={
                "message": plain(contec_eb.EbDecoder),
                "hid-report": plain(partial(contec_eb.EbDecoder, padded=True)),
                "command": plain(contec_eb.CommandDecoder),
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
                "line": plain(masimo_ascii.LineDecoder),
                "trend": plain(masimo_ascii.TrendDecoder),
            },
            printed=("line", "trend"),
        ),
        ProtocolSpec(
            "nonin-ble",
            packets=True,
            default_channel="0aad7ea0",
            makers={
                "0aad7ea0": plain(nonin_ble.MeasurementDecoder),
                "ec0a883a": of_packets(nonin_ble.decode_pleth),
                "ec0a9302": of_packets(nonin_ble.decode_device_status),
                "1447af80": of_packets(nonin_ble.decode_command),
            },
        ),
        ProtocolSpec(
            "jamr-bpm188",
            packets=False,
            default_channel="2af0",
            makers={
                "2af0": plain(jamr_bpm188.JamrDecoder),
                "2af1": plain(jamr_bpm188.CommandDecoder),
            },
            speakers={"2af0": jamr_bpm188.JamrSpeaker},
            starters={"2af0": partial(jamr_bpm188.JamrSpeaker, may_start=True)},
        ),
        ProtocolSpec(
            "suntech-nibp",
            packets=False,
            default_channel="module",
            makers={
                "module": plain(suntech_nibp.ModuleDecoder),
                "host": plain(suntech_nibp.HostDecoder),
            },
            speakers={"module": suntech_nibp.SunTechSpeaker},
            starters={"module": partial(suntech_nibp.SunTechSpeaker, may_start=True)},
        ),
        ProtocolSpec(
            "viatom-o2ring",
            packets=False,
            default_channel="frame",
            makers={
                "frame": plain(viatom_o2ring.RingDecoder),
                "oxyii": plain(viatom_oxyii.OxyIIDecoder),
            },
            speakers={"frame": viatom_o2ring.RingSpeaker, "oxyii": viatom_oxyii.OxyIISpeaker},
        ),
        ProtocolSpec(
            "berry-bci",
            packets=False,
            default_channel="notification",
            makers={
                "notification": berry_bci.BerryDecoder,
                "packet": plain(berry_bci.BciDecoder),
                "v15": berry_bci.V15Decoder,
            },
        ),
        *EXPERIMENTAL,
    )
}


def protocol(name: str) -> ProtocolSpec:
    """The protocol of this name. Raises UsageError ``unknown_protocol``."""
    if name not in PROTOCOLS:
        raise UsageError("unknown_protocol", name=name, known=[*PROTOCOLS])
    return PROTOCOLS[name]
