"""A virtual serial device behind a pseudo-terminal, in real time, for tests and for trying out.

POSIX only: Windows has no pseudo-terminals that a serial library could open.
"""

import contextlib
import os
import sys
import threading
from types import TracebackType

from devices.virtual.device import VirtualDevice
from kapmonitor.clock import Clock
from kapmonitor.errors import UsageError

_TURN = 0.02  # seconds


class PtyTwin:
    """Serves a device's bytes on ``port`` from a thread of its own, until closed.

    What a host writes to the port reaches the device. Raises UsageError("pty_needs_posix") on a
    system without pseudo-terminals.
    """

    def __init__(self, device: VirtualDevice, clock: Clock) -> None:
        if sys.platform == "win32":
            raise UsageError("pty_needs_posix", system=sys.platform)
        import pty
        import tty

        self._device = device
        self._clock = clock
        # Our own hold on the terminal end keeps the port alive between two hosts.
        self._master, self._terminal = pty.openpty()
        tty.setraw(self._terminal)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._terminal)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="pty-twin", daemon=True)
        self._thread.start()

    def __enter__(self) -> "PtyTwin":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Unplug: the port disappears. May be called twice."""
        if not self._closing.is_set():
            self._closing.set()
            self._thread.join(2.0)
            os.close(self._master)
            os.close(self._terminal)

    def wait(self) -> None:
        """Serve until interrupted."""
        self._thread.join()

    def _serve(self) -> None:
        while not self._closing.wait(_TURN):
            now = self._clock.now()
            with contextlib.suppress(BlockingIOError):
                self._device.write(os.read(self._master, 4096), now)
            for chunk in self._device.bytes_until(now):
                # Nobody reads: like a real port, drop what does not fit.
                with contextlib.suppress(BlockingIOError):
                    os.write(self._master, chunk.data)


def serve_on_pty(device: VirtualDevice, clock: Clock) -> PtyTwin:
    """Serve a virtual serial device on a pseudo-terminal; ``port`` of the answer names it."""
    return PtyTwin(device, clock)
