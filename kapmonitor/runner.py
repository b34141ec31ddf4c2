"""Runs the engine: one thread with one asyncio loop for life.

Only messages cross its border: `take` empties the inbox, `ask` is the one door in. Both hand over
encoded bytes when ``as_bytes`` is set, as the tests do, so that nothing else can slip across.
"""

import asyncio
import contextlib
import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kapmonitor.clock import Clock, boot_seconds
from kapmonitor.commands import AnyCommand, AskCuff, GivePasskey
from kapmonitor.engine import Engine
from kapmonitor.errors import DeviceError, KapmonitorError
from kapmonitor.events import Entry, Opened
from kapmonitor.messages import (
    Answered,
    Message,
    Saved,
    decode_command_bytes,
    decode_message,
    encode,
)
from kapmonitor.passkeys import Passkeys
from kapmonitor.ports import MachineState, MachineWatch, Source
from kapmonitor.reading import Delivery, Link, LinkState, Notice, Reading
from kapmonitor.watchdog import Watchdog

log = logging.getLogger(__name__)

# Below this the record may soon be unable to grow (table of alarms: DISK_LOW).
DISK_LOW_BYTES = 200_000_000
CHECK_SECONDS = 10.0
# Table of alarms: WINDOW_HUNG.
WINDOW_SILENT_SECONDS = 5.0
# The source of what the computer itself tells.
COMPUTER = "computer"
# The loop never sleeps longer than this: a machine that slept is noticed at once when it wakes.
LONGEST_WAIT = 0.5


class Runner:
    """The engine's thread, which runs from the first line of ``__init__`` until ``close``.

    Devices can be looked for (``probe``) before there is a session; ``open`` begins it. Sources run
    as tasks; one that fails for good is told as a link that is down, and the session goes on.
    """

    def __init__(
        self,
        clock: Clock,
        record_folder: Path | None = None,
        as_bytes: bool = False,
        machine: MachineWatch | None = None,
    ) -> None:
        self.clock = clock
        self.engine: Engine | None = None
        self._folder = record_folder
        self._as_bytes = as_bytes
        self._inbox: deque[Message | bytes] = deque()
        self._arrived = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._stopped = False
        self._sources: dict[str, Source] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._passkeys = Passkeys(self.emit)
        self._next_check = 0.0
        self._disk_low = False
        self._machine = machine
        self._machine_state = MachineState()
        self._window_watched = False
        self._window_hung = False
        self._taken = boot_seconds()
        self._watchdog = Watchdog(self._silent)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # From the window's side ---------------------------------------------------------------

    def probe(self, source: Source, wait: bool = False) -> None:
        """Connect to a device before a session begins; raises DeviceError when it is not there.

        With ``wait`` it is waited for instead.
        """
        asyncio.run_coroutine_threadsafe(source.probe(wait), self._loop).result()

    def open(self, engine: Engine, opened: Opened) -> None:
        """Open the session."""
        self._call(self._open, engine, lambda now: engine.open(opened, now))

    def resume(self, engine: Engine, entries: Sequence[Entry], readings: Sequence[Reading]) -> None:
        """Go on with an interrupted session."""
        self._call(self._open, engine, lambda now: engine.resume(list(entries), now, readings))

    def take(self) -> list[Message]:
        """Everything that happened since the last call."""
        self._arrived.clear()
        self._taken = boot_seconds()
        taken: list[Message] = []
        with contextlib.suppress(IndexError):
            while True:
                item = self._inbox.popleft()
                taken.append(decode_message(item) if isinstance(item, bytes) else item)
        return taken

    @property
    def alive(self) -> bool:
        """False once the engine's thread has ended, by ``close`` or by a fault."""
        return self._thread.is_alive()

    def watch_window(self) -> None:
        """From now on somebody is expected to empty the inbox many times a second.

        A window that stops doing so is a technical alarm: what it shows is not what is.
        """
        self._taken = boot_seconds()
        self._window_watched = True

    def wait(self, seconds: float) -> bool:
        """Wait until something has arrived; False when it took longer."""
        return self._arrived.wait(seconds)

    def ask(self, command: AnyCommand) -> None:
        """Hand a command over; its answer comes through the inbox."""
        if self._as_bytes:
            command = decode_command_bytes(encode(command))
        self._call(self._ask, command)

    def add_source(self, source: Source, label: str = "") -> None:
        """Take a device into use and keep it running; ``label`` is in place of its own."""
        self._call(self._add_source, source, label)

    def saved(self, up_to: int) -> None:
        """Called by the record's writer, from its thread."""
        self.emit(Saved(up_to))

    def record_trouble(self, code: str | None) -> None:
        """Called by the record's writer, from its thread; None when it works again."""
        self._call(self._record_trouble, code)

    def record_copied(self, code: str) -> None:
        """Called by the record, from another thread: an emergency copy is whole, or why not."""
        self._call(self._record_copied, code)

    def interrupt(self) -> None:
        """End and seal the session without a person's asking."""
        self._call(self._interrupt)

    def close(self) -> None:
        """Stop the thread. A session that was not ended stays resumable."""
        self._call(self._stop)
        if self._machine is not None:
            self._machine.close()
        if self._thread.is_alive():
            self._thread.join(5.0)

    # From the engine's side ---------------------------------------------------------------

    def emit(self, message: Message) -> None:
        """Put a message into the inbox."""
        self._inbox.append(encode(message) if self._as_bytes else message)
        self._arrived.set()

    def ask_source(self, source: str, command: AskCuff) -> None:
        """Pass a cuff's start or stop on; a cuff that refuses is told to the engine later."""
        if source not in self._sources:
            raise DeviceError("device_not_in_use", device=source)
        task = self._loop.create_task(self._ask_one(source, command))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    # On the thread ------------------------------------------------------------------------

    def _call(self, what: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to tell
            self._loop.call_soon_threadsafe(what, *arguments)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        except Exception:
            log.exception("the engine stopped")
            self._watchdog.close()
            if self.engine is not None:
                self.engine.lost()
        finally:
            self._loop.close()

    async def _main(self) -> None:
        while not self._stopped:
            wait = LONGEST_WAIT
            back = self._watchdog.seen()
            if self.engine is not None:
                now = self.clock.now()
                if back:
                    self.engine.back_again(now)
                self.engine.tick(now)
                self._check_surroundings(now)
                self._check_window(now)
                wait = self.clock.real_seconds(self.engine.deadline() - now)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(max(wait, 0.0), LONGEST_WAIT))
        self._watchdog.close()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _engine(self) -> Engine:
        if self.engine is None:
            raise RuntimeError("no session was opened")
        return self.engine

    def _open(self, engine: Engine, begin: Callable[[float], None]) -> None:
        self.engine = engine
        begin(self.clock.now())
        self._wake.set()

    def _deliver(self, items: Sequence[Delivery]) -> None:
        self._engine().deliver(items, self.clock.now())
        self._wake.set()

    def _silent(self) -> None:
        """On the watchdog's thread: the engine has not ticked for too long."""
        if self.engine is not None and not self.engine.finished:
            self.engine.sound_lost()

    async def ask_passkey(self, address: str) -> int | None:
        """Ask a person for the digits on a device's display; before the visit nobody can answer."""
        return None if self.engine is None else await self._passkeys.ask(address)

    def _give_passkey(self, command: GivePasskey) -> None:
        try:
            self._passkeys.give(command.passkey)
        except KapmonitorError as error:
            self.emit(Answered(command.id, refused=error.code))
        else:
            self.emit(Answered(command.id))

    def _ask(self, command: AnyCommand) -> None:
        if isinstance(command, GivePasskey):
            self._give_passkey(command)
            return
        try:
            self._engine().ask(command, self.clock.now())
        except Exception:
            # Whatever went wrong, whoever asked is waiting for an answer.
            log.exception("a command failed")
            self.emit(Answered(command.id, refused="fault"))
        self._wake.set()

    def _add_source(self, source: Source, label: str) -> None:
        info = source.info
        if label:
            info = msgspec.structs.replace(info, label=label)
        self._sources[info.id] = source
        self._engine().add_source(info, self.clock.now())
        self._tasks[info.id] = self._loop.create_task(self._keep_running(source))

    async def _keep_running(self, source: Source) -> None:
        try:
            await source.run(self._deliver)
        except DeviceError as error:
            down = Link(source.info.id, LinkState.DOWN, self.clock.now(), reason=error.code)
            self._deliver([down])
        except Exception:
            # A fault of ours must not end the other devices; the link's alarm tells the room.
            log.exception("a source stopped")
            down = Link(source.info.id, LinkState.DOWN, self.clock.now(), reason="source_failed")
            self._deliver([down])

    async def _ask_one(self, source: str, command: AskCuff) -> None:
        try:
            await self._sources[source].ask(command.action)
        except KapmonitorError as error:
            self._engine().cuff_refused(source, command, error, self.clock.now())

    def _record_trouble(self, code: str | None) -> None:
        now = self.clock.now()
        if code is None:
            self._engine().trouble("write_failed_over", now)
        else:
            self._engine().trouble("write_failed", now, detail=code)
        self._wake.set()

    def _record_copied(self, code: str) -> None:
        kind = "emergency_copy_failed" if code else "emergency_copy"
        self._engine().trouble(kind, self.clock.now(), detail=code)
        self._wake.set()

    def _check_surroundings(self, now: float) -> None:
        """Every ten seconds: the disk and the machine."""
        if boot_seconds() < self._next_check:
            return
        self._next_check = boot_seconds() + CHECK_SECONDS
        self._check_disk(now)
        self._check_machine()

    def _check_disk(self, now: float) -> None:
        if self._folder is None:
            return
        try:
            low = shutil.disk_usage(self._folder).free < DISK_LOW_BYTES
        except OSError:
            return  # a folder that is gone shows as write_failed
        if low != self._disk_low:
            self._disk_low = low
            self._engine().trouble("disk_low" if low else "disk_low_over", now)

    def _check_machine(self) -> None:
        """Whether the computer may fall asleep, and its battery while it runs on it."""
        if self._machine is None:
            return
        before, state = self._machine_state, self._machine.state()
        self._machine_state = state
        engine, now = self._engine(), self.clock.now()
        if state.may_sleep != before.may_sleep:
            engine.trouble("sleep_risk" if state.may_sleep else "sleep_risk_over", now)
        if state.charging and not before.charging:
            engine.trouble("battery_low_over", now)
        elif not state.charging and state.battery_percent is not None:
            battery = Notice("battery", now, {"percent": state.battery_percent}, source=COMPUTER)
            engine.deliver([battery], now)

    def _check_window(self, now: float) -> None:
        if not self._window_watched:
            return
        hung = boot_seconds() - self._taken > WINDOW_SILENT_SECONDS
        if hung != self._window_hung:
            self._window_hung = hung
            self._engine().trouble("window_hung" if hung else "window_hung_over", now)

    def _interrupt(self) -> None:
        self._engine().interrupt(self.clock.now())

    def _stop(self) -> None:
        self._stopped = True
        self._wake.set()
