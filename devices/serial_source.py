"""A device on a serial port, as a source: which protocol, which settings, and who may write."""

from devices.address import SourceAddress, short_id
from devices.capture import CaptureWriter
from devices.catalogue import any_device, commands_of, serial_settings
from devices.decoders import PROTOCOLS, protocol
from devices.detect import SETTINGS, find_channel, find_protocol, port_settings
from devices.device_source import DeviceSource, Equipment
from devices.transports.following import FollowingTransport
from devices.transports.serial_port import SerialTransport
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo

NAMED_LISTEN_SECONDS = 1.0
"""A protocol that the user has named needs less listening: only its form is in question."""

NOTHING_FOUND = frozenset({"device_silent", "protocol_not_found", "protocol_unsupported"})


def serial_source(
    address: SourceAddress,
    clock: Clock,
    capture: CaptureWriter | None = None,
    name: str = "",
    site: str = "",
    may_start: bool = False,
) -> DeviceSource:
    """The device at a port; without a protocol it is found by listening when it is first opened.

    Only to a device whose protocol the user has named is anything ever written. With a ``capture``
    a port of which nothing can be made out is captured all the same, decoding nothing.
    ``may_start``: a cuff may be started.
    Raises UsageError ``unknown_protocol`` or ``not_serial``.
    """
    if address.protocol:
        protocol(address.protocol)
        serial_settings(address.protocol)
    # Known before the port is open: a resumed visit waits for no device, and offers its start.
    named = bool(address.protocol)
    info = _info(address, name, site, address.protocol, commands=named, may_start=may_start)

    async def prepare() -> Equipment:
        try:
            return await _find_out(address, clock, info, may_start)
        except DeviceError as error:
            if capture is None or address.protocol or error.code not in NOTHING_FOUND:
                raise
        return _raw(address, clock, info)

    return DeviceSource(info, prepare, clock, capture)


async def _find_out(
    address: SourceAddress, clock: Clock, info: SourceInfo, may_start: bool
) -> Equipment:
    """Listen, to find the protocol or which form of the named one is spoken."""
    port = address.address
    if address.protocol:
        channel = await find_channel(port, address.protocol, clock, NAMED_LISTEN_SECONDS)
        return _equipment(address, clock, info, address.protocol, channel, may_start=may_start)
    found = await find_protocol(port, clock)
    return _equipment(address, clock, info, found.protocol, found.channel, guessed=True)


def _raw(address: SourceAddress, clock: Clock, info: SourceInfo) -> Equipment:
    """What is there is kept, at the first settings that are listened at."""
    transport = SerialTransport(address.address, SETTINGS[0], clock)
    return Equipment(info, transport, _no_decoder, settings=str(SETTINGS[0]))


def _equipment(
    address: SourceAddress,
    clock: Clock,
    info: SourceInfo,
    protocol_name: str,
    channel: str,
    *,
    guessed: bool = False,
    may_start: bool = False,
) -> Equipment:
    if protocol_name not in PROTOCOLS:
        raise DeviceError("protocol_unsupported", port=address.address, protocol=protocol_name)
    spec = PROTOCOLS[protocol_name]
    channel = spec.channel(channel)
    speaker = None if guessed else spec.make_speaker(channel, may_start=may_start)
    settings = port_settings(serial_settings(protocol_name, channel))
    allows = speaker.allows if speaker else None
    return Equipment(
        _info(
            address,
            info.id,
            info.site,
            protocol_name,
            commands=speaker is not None,
            may_start=may_start,
        ),
        FollowingTransport(
            address.address, lambda port: SerialTransport(port, settings, clock, allows)
        ),
        lambda _: spec.make(channel),
        make_speaker=(lambda: spec.make_speaker(channel, may_start=may_start)) if speaker else None,
        settings=str(settings),
        channel=channel,
        doubtful=not guessed,
    )


def _info(
    address: SourceAddress,
    name: str,
    site: str,
    protocol_name: str,
    *,
    commands: bool = False,
    may_start: bool = False,
) -> SourceInfo:
    """Who it is, as far as the protocol is known."""
    name = name or short_id(address)
    if not protocol_name:
        return SourceInfo(name, "", str(address), "", (), continuous=True, site=site)
    entry = any_device(protocol_name)
    return SourceInfo(
        name,
        protocol_name,
        str(address),
        entry.label,
        entry.measures,
        continuous=bool(entry.continuous),
        commands=commands_of(entry, may_start=may_start) if commands else (),
        site=site,
        experimental=bool(entry.experimental),
    )


def _no_decoder(_channel: str) -> None:
    """Nothing is decoded."""
