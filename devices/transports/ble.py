"""A Bluetooth LE device in use: found, connected, listened to, and taken up again when it returns.

A strap or an oximeter streams, and a link that drops is a loss. A cuff comes when it has measured,
sends, and leaves: that is expected, and it is waited for by scanning.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from devices.address import SourceAddress, short_id
from devices.capture import CaptureWriter
from devices.catalogue import (
    DeviceEntry,
    any_device,
    check_switch,
    commands_of,
    match_advertisement,
)
from devices.decoders import Decoder, Speaker, protocol
from devices.hearing import Hearing
from devices.in_use import InUse
from devices.transports import Chunk, LinkLost
from devices.transports.ble_agent import AskPasskey
from devices.transports.ble_cuff import CuffInbox, local_time
from devices.transports.ble_link import BleConnection, Limits
from devices.transports.ble_scan import (
    SYSTEM,
    Found,
    Radio,
    ear_of,
    find,
    is_address,
    is_meant,
    live_scan,
    radio_state,
    scan,
)
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Decoded, LinkState, Notice, Reading
from kapmonitor.vitals import PRESSURES

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice

__all__ = ["BleSource", "Found", "bluetooth_state", "live_scan", "open_ble", "scan"]

log = logging.getLogger(__name__)

USUAL = Limits()

_SHORTEST_TURN = 0.01


class BleSource(InUse[BleConnection]):
    """One Bluetooth device.

    ``address`` is a MAC (on macOS a UUID) or an advertised name; ``device`` is the catalogue's
    entry, made more exact when the device's name is seen. ``pairing`` off leaves pairing to the
    operating system; ``ask_passkey`` asks a person for the digits on a display. ``avoid`` tells of
    an address that it must not be taken for one that was only named.
    """

    def __init__(
        self,
        info: SourceInfo,
        address: str,
        device: DeviceEntry,
        clock: Clock,
        *,
        capture: CaptureWriter | None = None,
        ask_passkey: AskPasskey | None = None,
        pairing: bool = True,
        radio: Radio = SYSTEM,
        limits: Limits = USUAL,
        experimental: bool = False,
        may_start: bool = False,
        avoid: Callable[[str], bool] | None = None,
    ) -> None:
        super().__init__(info, clock, capture)
        self._avoid = avoid
        self._may_start = may_start
        self._experimental = experimental
        self._address = address
        self._device = device
        self._ask_passkey = ask_passkey
        self._pairing = pairing
        self._radio = radio
        self._limits = limits
        self._hearing = Hearing(info.protocol, self._decoder, info.continuous)
        self._cuff = CuffInbox()
        self._measured: float | None = None
        self._known: tuple[str, str] | None = None
        self._doubt_held = False
        self._packets = 0

    # --- connecting ---------------------------------------------------------------------------

    async def _open(self) -> BleConnection:
        found = await self._find()
        if self._known is None:
            self._recognise(match_advertisement(found.name or "", experimental=self._experimental))
        connection = BleConnection(self._device, self._clock, self._radio, self._limits)
        try:
            await connection.open(found, self._pairing, self._ask_passkey)
        except DeviceError as error:
            await connection.close()
            raise DeviceError(error.code, **{**error.facts, "address": self._address}) from error
        except BaseException:
            await connection.close()
            raise
        # From here on it is this very device, also where a person gave only a name.
        self._known = (found.address, found.name or "")
        self._doubt_held = False
        if self._capture is not None:
            utc = self._clock.utc(self._clock.now())
            self._capture.begin(self._info.protocol, "ble", utc)
        return connection

    def _recognise(self, entry: DeviceEntry | None) -> None:
        """Its name tells its quirk, how its clock is set, and that it may only take spot checks."""
        if entry is None or entry.protocol != self._info.protocol:
            return
        self._device = entry
        self._info = msgspec.structs.replace(
            self._info,
            measures=entry.measures,
            continuous=entry.continuous is not False,
            experimental=bool(entry.experimental),
        )
        self._hearing = Hearing(self._info.protocol, self._decoder, self._info.continuous)

    def _make_speaker(self) -> Speaker | None:
        """What speaks on the channel that matters: some rings speak one protocol in two ways."""
        required = (c.channel for c in self._device.characteristics if c.required)
        spec = protocol(self._info.protocol)
        return spec.make_speaker(next(required, ""), may_start=self._may_start)

    def _decoder(self, channel: str) -> Decoder:
        return protocol(self._info.protocol).make(channel, self._device.quirk)

    async def _find(self) -> "BLEDevice":
        """The device itself, seen just now or still connected from a run that crashed.

        What bleak believes to be connected may be long gone, so it is believed only once.
        """

        def is_ours(device: Any, advertisement: Any) -> bool:
            name = advertisement.local_name or device.name or ""
            return self._is_ours(device.address, name)

        ear = ear_of(self._radio)
        held = [] if self._doubt_held else await ear.connected_devices()
        for device in held:
            if self._is_ours(device.address, device.name or ""):
                self._doubt_held = True
                return device
        try:
            return await ear.wait_for(is_ours, self._limits.search)  # type: ignore[no-any-return]
        except DeviceError as error:
            self._doubt_held = False
            raise DeviceError(error.code, **{**error.facts, "address": self._address}) from error

    def _is_ours(self, address: str, name: str) -> bool:
        if self._known is None:
            return is_meant(self._address, address, name, self._avoid)
        known_address, known_name = self._known
        # A private address changes; a name that a person chose, with its serial number, does not.
        by_name = not is_address(self._address) and bool(known_name) and name == known_name
        return address == known_address or by_name

    @property
    def _first_wait(self) -> float:
        return self._limits.first_pause

    @property
    def _longest_wait(self) -> float:
        return self._limits.longest_pause

    def _comes_later(self, error: DeviceError) -> bool:
        """A cuff is not expected to be there before it has measured."""
        return error.code == "device_not_found" and not self._info.continuous

    async def _failed(self, error: DeviceError, pause: float) -> float:
        """A person waits to hear whether a strap is there; a cuff comes when it comes."""
        if error.code != "device_not_found":
            self._say(LinkState.DOWN, error.code)
            return await self._pause(pause)
        down = self._said is not None and self._said[0] is LinkState.DOWN
        if self._info.continuous and not down:
            self._say(LinkState.DOWN, "device_not_found")
        return pause  # looking for it took its time

    # --- connected ----------------------------------------------------------------------------

    async def _use(self) -> str:
        """Work with the open connection until it is lost; returns why."""
        connection = self._connection
        assert connection is not None
        self._measured = None
        silent = 0.0
        speaker = self._begin_speaking(self._make_speaker())
        try:
            if speaker is not None:
                await self._send(speaker.opened(self._clock.now()))
            while True:
                if speaker is not None:
                    await self._send(speaker.due(self._clock.now()))
                if self._settle_in() <= 0:
                    self._measured = None
                    self._hand_on(self._cuff.settle())
                wait = min(self._limits.silence - silent, self._settle_in(), self._due_in())
                try:
                    async with asyncio.timeout(wait):
                        item = await connection.receive()
                except TimeoutError:
                    silent += wait
                    if silent >= self._limits.silence:
                        if self._info.continuous:
                            return "silent"
                        silent = 0.0
                else:
                    # A battery that can still be read is no sign that the sensor streams.
                    silent = 0.0 if isinstance(item, Chunk) else silent
                    self._hand_on(self._hear(item))
                    if speaker is not None and isinstance(item, Chunk):
                        await self._send(speaker.feed(item.data, item.at))
        except LinkLost as lost:
            return lost.reason
        finally:
            left = self._hearing.finish(self._clock.now())
            self._hand_on([*self._cuff.settle(), *self._numbered(left)])

    def _due_in(self) -> float:
        """Real seconds until the speaker has something to say."""
        due = None if self._speaker is None else self._speaker.deadline()
        if due is None:
            return self._limits.silence
        return max(self._clock.real_seconds(due - self._clock.now()), _SHORTEST_TURN)

    def _settle_in(self) -> float:
        """Real seconds until the last measurement is known to have come alone.

        Whatever else the cuff sends: one that tells its idle pressure all the time never falls
        silent, and its measurement must not wait for that.
        """
        if self._measured is None:
            return self._limits.silence
        return self._limits.settle - (asyncio.get_running_loop().time() - self._measured)

    def _hear(self, item: Chunk | Notice) -> list[Decoded]:
        """What a packet means; never raises, whatever is in it."""
        if isinstance(item, Notice):
            return [item]
        if self._capture is not None:
            self._capture.chunk(item.at, item.data, item.channel)
        try:
            decoded = self._numbered(self._hearing.hear(item))
        except Exception:
            # A decoder never raises; should one do so, the visit goes on without this packet.
            log.exception("%s failed", self._info.protocol)
            detail = {"reason": "decoder_failed", "hex": item.data[:64].hex()}
            return [Notice("refused", item.at, {**detail})]
        if self._info.continuous or not _is_measurement(decoded):
            return decoded
        self._measured = asyncio.get_running_loop().time()
        local = local_time(self._clock.utc(item.at), self._clock.zone_minutes(item.at))
        return self._cuff.feed(decoded, local)

    def _numbered(self, items: Sequence[Decoded]) -> list[Decoded]:
        """Number the packets of all channels in one row: each channel's decoder counts alone."""
        numbers: dict[int, int] = {}
        for item in items:
            if item.packet and item.packet not in numbers:
                self._packets += 1
                numbers[item.packet] = self._packets
        return [msgspec.structs.replace(item, packet=numbers.get(item.packet, 0)) for item in items]


def _is_measurement(items: Sequence[Decoded]) -> bool:
    """Whether these are a cuff's measurement, which may be history."""
    return any(isinstance(item, Reading) and item.vital in PRESSURES for item in items)


async def open_ble(
    address: SourceAddress,
    clock: Clock,
    *,
    id: str = "",  # noqa: A002 - the name in SourceInfo
    site: str = "",
    capture: CaptureWriter | None = None,
    ask_passkey: AskPasskey | None = None,
    pairing: bool = True,
    radio: Radio = SYSTEM,
    limits: Limits = USUAL,
    experimental: bool = False,
    may_start: bool = False,
    avoid: Callable[[str], bool] | None = None,
) -> BleSource:
    """Make a source from an address.

    With a protocol nothing is looked for yet. Without one the device has to advertise now, to show
    what it is: raises DeviceError as `find` does, and ``protocol_not_found`` for a device that the
    catalogue does not know. Raises UsageError ``unknown_protocol``, and ``experimental_off`` for
    one that nobody has tried, unless the switch ``experimental`` is on.
    """
    label = ""
    if address.protocol:
        device = any_device(address.protocol)
        named = None if is_address(address.address) else _match(address.address)
        if named is not None and named.protocol == address.protocol:
            device = named
    else:
        found = await find(address.address, limits.search, radio, avoid)
        matched = _match(found.name, found.services)
        if matched is None:
            raise DeviceError("protocol_not_found", address=address.address, name=found.name)
        device, label = matched, found.name
    check_switch(device, experimental=experimental)
    info = SourceInfo(
        id=id or short_id(address),
        protocol=device.protocol,
        address=str(address),
        label=label or device.label,
        measures=device.measures,
        continuous=device.continuous is not False,
        commands=commands_of(device, may_start=may_start),
        site=site,
        experimental=bool(device.experimental),
    )
    return BleSource(
        info,
        address.address,
        device,
        clock,
        capture=capture,
        ask_passkey=ask_passkey,
        pairing=pairing,
        radio=radio,
        limits=limits,
        experimental=experimental,
        may_start=may_start,
        avoid=avoid,
    )


def _match(name: str, services: Sequence[str] = ()) -> DeviceEntry | None:
    """The device of this name, whether its switch is on or not: what is off can be told."""
    return match_advertisement(name, services, experimental=True)


def bluetooth_state() -> str:
    """``ready``, or ``bluetooth_missing``, ``bluetooth_off``, ``bluetooth_no_permission``.

    For the doctor, where no event loop runs; elsewhere `ble_scan.radio_state` is awaited.
    """
    return asyncio.run(radio_state())
