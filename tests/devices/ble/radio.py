"""The air of the tests: one link, a controller for the system under test, one for each sensor.

The system under test is either another bumble host in this process, or the Linux kernel of a guest,
which drives our controller as hci0 through /dev/vhci.
"""

import asyncio
from typing import Any

from bumble import hci, ll
from bumble.controller import Controller
from bumble.device import Device, DeviceConfiguration
from bumble.host import Host
from bumble.link import LocalLink

CENTRAL = "F0:0D:00:00:00:01"
RSSI = -58
NOBODY = hci.Address("00:00:00:00:00:00", hci.Address.PUBLIC_DEVICE_ADDRESS)

# What a legacy controller lacks; the kernel would otherwise use what bumble only half has.
_MODERN = (
    hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    | hci.LeFeatureMask.LL_PRIVACY
    | hci.LeFeatureMask.LE_CODED_PHY
    | hci.LeFeatureMask.LE_2M_PHY
)


class Air(LocalLink):
    """The link, and what everybody who advertises would answer to an active scan."""

    def __init__(self) -> None:
        super().__init__()
        self.scan_responses: dict[hci.Address, bytes] = {}
        # On the air a feature exchange takes some connection intervals. Answered at once, the
        # kernel reports "connected" and a ready socket in one breath, and bluetoothd may take the
        # second first; bleak then fails with "failed to discover services".
        self.exchange_seconds = 0.04


class SensorController(Controller):
    """A sensor's controller, which can lose its radio."""

    def lose(self, peer: hci.Address) -> None:
        """The supervision timeout: this end notices that the other is gone."""
        if connection := self.le_connections.get(peer):
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


class CentralController(SensorController):
    """The controller of the system under test, as much like a real one as its host needs."""

    def __init__(self, air: Air, **io: Any) -> None:
        address = hci.Address(CENTRAL, hci.Address.PUBLIC_DEVICE_ADDRESS)
        super().__init__("central", link=air, public_address=address, **io)
        self.air = air
        self.le_features = hci.LeFeatureMask(self.le_features & ~_MODERN)
        # bumble sends data from the random address even on a connection made with the public one
        self.random_address = address

    def on_hci_le_set_random_address_command(self, command: Any) -> Any:
        """Take no random address: the kernel sets one for scanning, and must keep its name."""
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_le_create_connection_cancel_command(self, command: Any) -> Any:
        """End a pending connection with the event that a host waits for."""
        if self.pending_le_connection is None:
            refused = hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR
            return hci.HCI_StatusReturnParameters(refused)
        self.pending_le_connection = None
        cancelled = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=0,
            peer_address=NOBODY,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: Any) -> None:
        """Report an advertisement, and the scan response only to an active scan."""
        event = hci.HCI_LE_Advertising_Report_Event
        address = pdu.advertiser_address
        if self.le_scan_enable:
            self._report(event.EventType.ADV_IND, address, pdu.data)
            if self.le_scan_type == 1:
                answer = self.air.scan_responses.get(address, b"")
                self._report(event.EventType.SCAN_RSP, address, answer)
        pending = self.pending_le_connection
        if pending and pending.peer_address == address:
            self.create_le_connection(address)

    def _report(self, kind: int, address: hci.Address, data: bytes) -> None:
        event = hci.HCI_LE_Advertising_Report_Event
        self.send_hci_packet(
            event(
                [
                    event.Report(
                        event_type=kind,
                        address_type=address.address_type,
                        address=address,
                        data=data,
                        rssi=RSSI,
                    )
                ]
            )
        )

    def on_ll_control_pdu(self, sender_address: hci.Address, packet: Any) -> None:
        """Let the feature exchange take its time."""
        deliver = super().on_ll_control_pdu
        if isinstance(packet, ll.FeatureRsp):
            loop = asyncio.get_running_loop()
            loop.call_later(self.air.exchange_seconds, deliver, sender_address, packet)
        else:
            deliver(sender_address, packet)


def central_host(air: Air) -> tuple[CentralController, Device]:
    """The system under test as a bumble host in this process; it still has to be powered on."""
    controller = CentralController(air)
    config = DeviceConfiguration(name="central", address=hci.Address(CENTRAL))
    return controller, Device(config=config, host=Host(controller, controller))


async def kernel_central(air: Air) -> tuple[CentralController, Any]:
    """The system under test is this machine's kernel: hci0 appears and is ours.

    Returns the controller and the transport to close.
    """
    from bumble.transport import open_transport

    transport = await open_transport("vhci")
    controller = CentralController(air, host_source=transport.source, host_sink=transport.sink)
    return controller, transport
