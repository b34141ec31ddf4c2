"""A serial port that can be plugged in and pulled out, and a place where deliveries arrive."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.virtual.encode import contec_frame
from kapmonitor.reading import Delivery, Link, PlethRun
from tests.patience import PATIENCE


class FakePort:
    """A pseudo-terminal behind a name that stays the same when the device comes back.

    ``path`` is what the program opens; ``write`` is what the device sends.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ttyUSB0"
        self._device: int | None = None
        self._ours: int | None = None

    def plug(self) -> None:
        import tty

        self._device, self._ours = os.openpty()
        tty.setraw(self._ours)
        os.set_blocking(self._device, False)
        self.path.symlink_to(os.ttyname(self._ours))

    def unplug(self) -> None:
        if self._device is not None and self._ours is not None:
            self.path.unlink()
            os.close(self._device)
            os.close(self._ours)
            self._device = self._ours = None

    def write(self, data: bytes) -> int:
        assert self._device is not None
        return os.write(self._device, data)

    def heard(self) -> bytes:
        """What the program has written to the device since the last call."""
        assert self._device is not None
        try:
            return os.read(self._device, 65536)
        except BlockingIOError:
            return b""


class Inbox:
    """Where a source delivers; ``until`` waits for something to be there."""

    def __init__(self) -> None:
        self.items: list[Delivery] = []
        self._news = asyncio.Event()

    def __call__(self, items: Sequence[Delivery]) -> None:
        self.items += items
        self._news.set()

    async def until(self, holds: Callable[["Inbox"], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds(self):
                self._news.clear()
                await self._news.wait()

    def links(self) -> list[tuple[str, str]]:
        return [(item.state.value, item.reason) for item in self.items if isinstance(item, Link)]

    def pleth(self) -> list[int | None]:
        """Every sample in the order of delivery."""
        runs = [item for item in self.items if isinstance(item, PlethRun)]
        return [value for run in runs for value in run.values]

    def kinds(self) -> list[str]:
        return [getattr(item, "kind", "") for item in self.items]


def contec(pleth: int, pulse: int = 72, spo2: int = 97) -> bytes:
    """One 9-byte frame of a Contec CMS50 on a finger, the perfusion index not supported."""
    return contec_frame(bytes((5, pleth, 6, pulse, spo2, 0xFF, 0xFF)))


def counting(first: int, count: int) -> bytes:
    """Frames whose pleth counts 0..127 round and round, so that a loss or a double shows."""
    return b"".join(contec(number % 128) for number in range(first, first + count))
