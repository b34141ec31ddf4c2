"""What the program says to BlueZ itself, past bleak: the pairing agent, and whether BlueZ lives.

On Linux nothing pairs unless a program answers BlueZ's questions.

Windows and macOS ask the person themselves. The agent answers only for devices that the person has
chosen, and only while a connection to one of them is being made: at other times the questions go to
the desktop's own agent.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

log = logging.getLogger(__name__)

AskPasskey = Callable[[str], Awaitable[int | None]]
"""Asks a person for the six digits on the display of the device with this address; None refuses."""

PATH = "/org/kapmonitor/agent"
_INTERFACE = "org.bluez.Agent1"
_SETUP_TIMEOUT = 5.0


def needed() -> bool:
    """Whether this system has no agent of its own for us."""
    return sys.platform == "linux"


async def bluez_owner() -> str:
    """Who answers as BlueZ on the system bus: another name means that it was started anew.

    Empty when nobody does. bleak does not notice when bluetoothd dies while connected.
    """
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

    question = Message(
        destination="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member="GetNameOwner",
        signature="s",
        body=["org.bluez"],
    )
    try:
        async with asyncio.timeout(_SETUP_TIMEOUT):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                reply = await bus.call(question)
            finally:
                await _leave(bus)
    except Exception:  # whatever keeps us from the bus keeps bleak from it too
        return ""
    return "" if reply.message_type is MessageType.ERROR else str(reply.body[0])


async def _leave(bus: "MessageBus") -> None:
    """Only for a bus that was connected: one that never was does not tell that it is closed."""
    bus.disconnect()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_SETUP_TIMEOUT):
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def agent(address: str, ask_passkey: AskPasskey | None = None) -> AsyncIterator[None]:
    """Answer BlueZ's questions about this device, for as long as this lasts; elsewhere nothing.

    It has to begin before the connection is made: the kernel notes then whether passkeys can be
    typed, and with a later agent would pair without asking for one.
    Without ``ask_passkey`` only devices without a display can be paired. An agent that cannot be
    registered is no error: a device that is paired already needs none.
    """
    if not needed():
        yield
        return
    running = PairingAgent(address, ask_passkey)
    try:
        async with asyncio.timeout(_SETUP_TIMEOUT):
            await running.start()
    except Exception as error:
        log.info("no pairing agent: %s", type(error).__name__)
    try:
        yield
    finally:
        await running.stop()


_chosen: dict[str, AskPasskey | None] = {}
"""The devices that are being connected, by address. BlueZ asks the agent that came last, which may
be another device's: every one of ours answers for all of them."""


class PairingAgent:
    """``org.bluez.Agent1`` on a connection of its own to the system bus."""

    def __init__(self, address: str, ask_passkey: AskPasskey | None) -> None:
        self._address = address.upper()
        self._ask_passkey = ask_passkey
        self._bus: MessageBus | None = None
        self._asking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Register; raises what dbus-fast raises."""
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus

        _chosen[self._address] = self._ask_passkey
        self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self._bus.add_message_handler(self._on_message)
        capability = "KeyboardDisplay" if self._ask_passkey else "NoInputNoOutput"
        await self._call("RegisterAgent", "os", [PATH, capability])
        await self._call("RequestDefaultAgent", "o", [PATH])

    async def stop(self) -> None:
        """Leave the bus, which also takes the agent back."""
        self._cancel()
        _chosen.pop(self._address, None)
        bus, self._bus = self._bus, None
        if bus is not None:
            await _leave(bus)

    async def _call(self, member: str, signature: str, body: list[Any]) -> None:
        from dbus_fast import Message, MessageType

        assert self._bus is not None
        reply = await self._bus.call(
            Message(
                destination="org.bluez",
                path="/org/bluez",
                interface="org.bluez.AgentManager1",
                member=member,
                signature=signature,
                body=body,
            )
        )
        if reply.message_type is MessageType.ERROR:
            raise RuntimeError(f"{member}: {reply.error_name}")

    def _on_message(self, message: "Message") -> "Message | bool | None":
        from dbus_fast import Message, MessageType

        if message.message_type is not MessageType.METHOD_CALL or message.interface != _INTERFACE:
            return None
        member, body = message.member, message.body
        if member == "Cancel":
            self._cancel()
        if member in ("Release", "Cancel"):
            return Message.new_method_return(message)
        address = str(body[0]).rpartition("/dev_")[2].replace("_", ":").upper() if body else ""
        ours = address in _chosen
        ask = _chosen.get(address)
        if member == "RequestPasskey" and ask:
            self._asking = asyncio.get_running_loop().create_task(self._ask(message, ask, address))
            return True
        # Just works: nothing to compare, the person chose the device. What is only shown is shown
        # by the device; numbers to compare and PIN codes are nothing a sensor can do.
        if ours and member in ("RequestAuthorization", "AuthorizeService", "DisplayPasskey"):
            return Message.new_method_return(message)
        return Message.new_error(message, "org.bluez.Error.Rejected", "")

    async def _ask(self, message: "Message", ask: AskPasskey, address: str) -> None:
        from dbus_fast import Message

        try:
            passkey = await ask(address)
        except Exception:
            log.exception("asking for the passkey failed")
            passkey = None
        if passkey is None or not 0 <= passkey <= 999_999:
            reply = Message.new_error(message, "org.bluez.Error.Canceled", "")
        else:
            reply = Message.new_method_return(message, "u", [passkey])
        if self._bus is not None:
            self._bus.send(reply)

    def _cancel(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
