"""The protocols that nobody has tried on a real device, as rows of the table of protocols."""

from functools import partial

from devices.decoders import (
    bedside_monitors,
    masimo_mightysat,
    omron_proprietary,
    qardioarm,
    small_cuffs,
    small_oximeters,
    viatom_airbp,
    viatom_bp2,
)
from devices.decoders.framed import BlockDecoder
from devices.decoders.spec import ProtocolSpec, of_packets, plain

EXPERIMENTAL = (
    ProtocolSpec(
        "masimo-mightysat",
        packets=False,
        default_channel="54c21002",
        makers={
            "54c21002": plain(masimo_mightysat.MightySatDecoder),
            "54c21001": plain(masimo_mightysat.CommandDecoder),
        },
        speakers={"54c21002": masimo_mightysat.MightySatSpeaker},
    ),
    ProtocolSpec(
        "viatom-bp2",
        packets=False,
        default_channel="frame",
        makers={
            "frame": lambda quirk: viatom_bp2.Bp2Decoder(wifi=quirk == viatom_bp2.BP2W),
            "frame-bp2w": plain(partial(viatom_bp2.Bp2Decoder, wifi=True)),
            "payload-00": plain(
                partial(BlockDecoder, viatom_bp2.decode_info, viatom_bp2.INFO_SIZE)
            ),
            "payload-battery": plain(
                partial(BlockDecoder, viatom_bp2.decode_battery, viatom_bp2.BATTERY_SIZE)
            ),
            "payload-e1": plain(
                partial(BlockDecoder, viatom_bp2.decode_device, viatom_bp2.DEVICE_SIZE)
            ),
            "bp2nibp.list": plain(
                partial(
                    BlockDecoder,
                    viatom_bp2.decode_record,
                    viatom_bp2.RECORD_SIZE,
                    viatom_bp2.LIST_HEAD,
                )
            ),
        },
        speakers={"frame": viatom_bp2.Bp2Speaker},
    ),
    ProtocolSpec(
        "viatom-airbp",
        packets=False,
        default_channel="frame",
        makers={"frame": plain(viatom_airbp.AirBpDecoder)},
    ),
    ProtocolSpec(
        "qardioarm",
        packets=True,
        default_channel="2A35",
        makers={
            "2A35": plain(qardioarm.QardioDecoder),
            "583cb5b3": of_packets(qardioarm.decode_control),
        },
        speakers={"2A35": qardioarm.QardioSpeaker},
        starters={"2A35": partial(qardioarm.QardioSpeaker, may_start=True)},
    ),
    ProtocolSpec(
        "small-ble-vendors",
        packets=True,
        default_channel="cdeacb81",
        makers={
            "cdeacb81": plain(small_oximeters.JumperDecoder),
            "ffe4": plain(small_oximeters.Fs20fDecoder),
            "ffe1": plain(small_oximeters.Jks50fDecoder),
            "cdeacd81": of_packets(small_cuffs.decode_yonker),
            "fff1": plain(small_cuffs.MicrolifeDecoder),
            "fff2": plain(small_cuffs.MicrolifeDecoder),
            "1524": plain(small_cuffs.TaiDocDecoder),
        },
    ),
    ProtocolSpec(
        "omron-ble-proprietary",
        packets=False,
        default_channel="frame",
        makers={
            "frame": plain(omron_proprietary.OmronDecoder),
            "multichannel": plain(omron_proprietary.OmronDecoder),
            "record": plain(
                partial(
                    BlockDecoder, omron_proprietary.decode_record, omron_proprietary.RECORD_SIZE
                )
            ),
            "settings": plain(
                partial(
                    BlockDecoder,
                    omron_proprietary.decode_settings,
                    omron_proprietary.SETTINGS_SIZE,
                )
            ),
        },
    ),
    ProtocolSpec(
        "bedside-second-wave",
        packets=False,
        default_channel="ivy450c",
        makers={
            "ivy450c": plain(bedside_monitors.IvyDecoder),
            "intellivue-float": plain(
                partial(BlockDecoder, bedside_monitors.decode_float, bedside_monitors.FLOAT_SIZE)
            ),
        },
        printed=("ivy450c",),
    ),
)
"""In the order of the catalogue."""
