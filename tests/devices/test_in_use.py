"""The life of a device in use, on a connection that is made of nothing."""

import asyncio

import pytest

from devices.in_use import InUse
from devices.transports import Chunk
from kapmonitor.clock import SessionClock
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Delivery, Link

INFO = SourceInfo("cuff", "ble-blood-pressure", "ble:C0", "Cuff", (), continuous=False)


class SlowGoodbye:
    """A connection that is lost at once and takes its time to hang up."""

    def __init__(self) -> None:
        self.leaving, self.may_leave = asyncio.Event(), asyncio.Event()
        self.left = False

    async def receive(self) -> Chunk:
        raise AssertionError

    async def send(self, data: bytes) -> None:
        raise AssertionError

    async def close(self) -> None:
        self.leaving.set()
        await self.may_leave.wait()
        self.left = True


class Brief(InUse[SlowGoodbye]):
    """A device whose link is lost as soon as it is there."""

    def __init__(self, connection: SlowGoodbye) -> None:
        super().__init__(INFO, SessionClock(), None)
        self.made = connection

    async def _open(self) -> SlowGoodbye:
        return self.made

    async def _use(self) -> str:
        return "link_lost"


def test_a_visit_that_ends_while_a_link_is_being_closed_has_hung_up_all_the_same():
    """Otherwise the device stays connected, and does not advertise for the next visit."""

    async def visit() -> tuple[bool, list[Delivery]]:
        connection, said = SlowGoodbye(), list[Delivery]()
        running = asyncio.create_task(Brief(connection).run(said.extend))
        await connection.leaving.wait()
        running.cancel()
        asyncio.get_running_loop().call_soon(connection.may_leave.set)
        with pytest.raises(asyncio.CancelledError):
            await running
        return connection.left, said

    left, said = asyncio.run(visit())

    assert left
    assert [item.state.value for item in said if isinstance(item, Link)] == [
        "connecting",
        "up",
        "down",
    ]
