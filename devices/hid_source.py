"""A USB device without a serial port, as a source. Its protocol must be named: it is written to."""

from devices.address import SourceAddress, short_id
from devices.capture import CaptureWriter
from devices.catalogue import any_device, catalogue
from devices.decoders import protocol
from devices.device_source import DeviceSource, Equipment
from devices.transports.hid import HidTransport
from kapmonitor.clock import Clock
from kapmonitor.errors import UsageError
from kapmonitor.ports import SourceInfo

CHANNEL = "hid-report"


def hid_source(
    address: SourceAddress,
    clock: Clock,
    capture: CaptureWriter | None = None,
    name: str = "",
    site: str = "",
) -> DeviceSource:
    """The device with these USB ids; raises UsageError ``hid_protocol`` where none is named."""
    known = [entry.name for entry in catalogue().protocol if entry.hid]
    if address.protocol not in known:
        raise UsageError("hid_protocol", name=address.protocol, known=known)
    spec, entry = protocol(address.protocol), any_device(address.protocol)
    info = SourceInfo(
        name or short_id(address),
        address.protocol,
        str(address),
        entry.label,
        entry.measures,
        continuous=entry.continuous is not False,
        site=site,
        experimental=bool(entry.experimental),
    )
    speaker = spec.make_speaker(CHANNEL)
    transport = HidTransport(address.address, clock, speaker.allows if speaker else None)

    async def prepare() -> Equipment:
        return Equipment(
            info,
            transport,
            lambda _: spec.make(CHANNEL),
            make_speaker=lambda: spec.make_speaker(CHANNEL),
            settings="hid",
            channel=CHANNEL,
        )

    return DeviceSource(info, prepare, clock, capture)
