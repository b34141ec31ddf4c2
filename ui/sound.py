"""Plays alarms through an output of the machine, and knows whether it can be heard. Free of Qt.

"Played" is never evidence: a muted output, a sound server that died and a machine without a sound
card all look alike from the caller's side. What counts as alive is that the output goes on asking
for samples, and that the system says it is neither muted nor too low.
"""

import ctypes
import sys
import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Protocol

import numpy as np

from alarms.sounds import Samples, burst, interval, reminder
from kapmonitor.events import Priority
from kapmonitor.ports import Sounder
from kapmonitor.settings import VOLUME_FLOOR

SAMPLE_RATE = 48000
# Short, so that an alarm is heard at once; long enough that a busy machine does not stutter.
BUFFER_MS = 40
# An output that has not asked for samples for so long is dead.
DEAD_AFTER = 2.0
CHECK_EVERY = 1.0
# A machine without an output is asked again so rarely, in seconds.
REOPEN_EVERY = 5.0
OPENING_TAKES = 3.0

OK, SILENT = "ok", "silent"
Asked = tuple[Priority | None, bool]


class HealthySounder(Sounder, Protocol):
    """A sounder that can tell whether it is heard."""

    def health(self, now: float) -> str:
        """``ok``, or why alarms are not heard, as an identifier."""


class NullSounder:
    """Makes no sound and remembers what was asked: for tests, and where no sound is wanted.

    ``state`` is what it says of itself: ``silent`` at a bedside, where that must be seen.
    """

    def __init__(self, state: str = OK) -> None:
        self.state = state
        self.asked: list[Asked] = []
        self.reminders = 0

    def play(self, priority: Priority | None, quiet: bool) -> None:
        """Remember it."""
        self.asked.append((priority, quiet))

    def remind(self) -> None:
        """Count it."""
        self.reminders += 1

    def health(self, now: float) -> str:
        """``ok`` where silence is all right, ``silent`` where it was chosen."""
        return self.state

    def close(self) -> None:
        """Nothing to stop."""


class Rhythm:
    """The endless stream of samples for what is asked: bursts with pauses between them.

    `ask` may be called on another thread than `take`. A new priority is heard at once; asking for
    the same again does not disturb the rhythm.
    """

    def __init__(self, sample_rate: int = SAMPLE_RATE) -> None:
        self._sample_rate = sample_rate
        self._asked: Asked = (None, False)
        self._playing: Asked = (None, False)
        self._cycle = np.zeros(0, dtype=np.float32)
        self._place = 0
        self._remind = False
        self._tick = np.zeros(0, dtype=np.float32)

    def ask(self, priority: Priority | None, quiet: bool) -> None:
        """Sound this from now on; None is silence."""
        self._asked = (priority, quiet)

    def remind(self) -> None:
        """One tick into the silence; where an alarm sounds it is left out."""
        self._remind = True

    def take(self, frames: int) -> Samples:
        """The next samples."""
        asked = self._asked
        if asked != self._playing:
            self._playing, self._place = asked, 0
            self._cycle = self._one_cycle(*asked)
        out = np.zeros(frames, dtype=np.float32)
        filled = 0
        while len(self._cycle) and filled < frames:
            piece = self._cycle[self._place : self._place + frames - filled]
            out[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._place = (self._place + len(piece)) % len(self._cycle)
        if asked[0] is not None:
            self._remind, self._tick = False, self._tick[:0]
        elif self._remind:
            self._remind, self._tick = False, reminder(self._sample_rate)
        piece, self._tick = self._tick[:frames], self._tick[frames:]
        out[: len(piece)] += piece
        return out

    def _one_cycle(self, priority: Priority | None, quiet: bool) -> Samples:
        if priority is None:
            return np.zeros(0, dtype=np.float32)
        sound = burst(priority, quiet, self._sample_rate)
        pause = np.zeros(round(interval(priority) * self._sample_rate), dtype=np.float32)
        return np.concatenate([sound, pause])


class MiniaudioSounder:
    """Plays through miniaudio, and keeps an output open as long as the machine has one.

    ``output`` is the id of a chosen one (`outputs`). When it is not there, alarms sound at the
    system's own output, for one that is heard in the wrong place is better than none, and
    ``health`` says so until the chosen one is back.

    Opening, watching and re-opening happen on a thread of its own, because a dead sound server can
    hold whoever talks to it; ``play`` and ``health`` never block.
    """

    def __init__(
        self,
        system_state: Callable[[], str] | None = None,
        output: str = "",
        floor: float = VOLUME_FLOOR,
    ) -> None:
        self.state = "failed:starting"
        self._rhythm = Rhythm()
        self._system_state = system_state or partial(linux_state, floor, bool(output))
        self._output = output
        self._astray = False
        self._looked = 0.0
        self._device: Any = None
        self._calls = 0
        self._calls_seen = -1
        self._silent_for = 0.0
        self._closing = threading.Event()
        self._tried = threading.Event()
        self._keeper = threading.Thread(target=self._keep_open, name="sound", daemon=True)
        self._keeper.start()
        self._tried.wait(OPENING_TAKES)

    def play(self, priority: Priority | None, quiet: bool) -> None:
        """Sound this priority until told otherwise; None is silence."""
        self._rhythm.ask(priority, quiet)

    def remind(self) -> None:
        """One discreet tick, unless an alarm sounds."""
        self._rhythm.remind()

    def health(self, now: float) -> str:
        """``ok``, or why not.

        ``no_output``, ``output_missing``, ``stalled``, ``muted``, ``volume_low`` or ``headset``.
        """
        return self.state.removeprefix("failed:")

    @property
    def heartbeat(self) -> int:
        """How often the output has asked for samples: it stands still when the output is dead."""
        return self._calls

    def close(self) -> None:
        """Stop for good."""
        self._closing.set()
        self._keeper.join(OPENING_TAKES)

    # The thread that keeps the output open --------------------------------------------------

    def _keep_open(self) -> None:
        while not self._closing.is_set():
            if self._device is None:
                self._open()
            self.state = self._judged()
            self._tried.set()
            if self._is_back():
                self._shut()
                continue
            if self.state == "failed:stalled":
                self._shut()
            self._closing.wait(REOPEN_EVERY if self._device is None else CHECK_EVERY)
        self._shut()

    def _open(self) -> None:
        import miniaudio

        hush_alsa()
        try:
            chosen = _device_id(self._output)
            self._astray = bool(self._output) and chosen is None
            device = miniaudio.PlaybackDevice(
                device_id=chosen,
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=1,
                sample_rate=SAMPLE_RATE,
                buffersize_msec=BUFFER_MS,
                app_name="kapmonitor",
            )
            # Without any output miniaudio may fall back to one that swallows everything.
            if device.backend.lower() == "null":
                device.close()
                return
            samples = self._samples()
            next(samples)
            device.start(samples)
        except miniaudio.MiniaudioError:
            return
        self._device, self._silent_for = device, 0.0
        self._calls_seen = self._calls

    def _samples(self) -> Generator[Any, int, None]:
        frames = yield b""
        while True:
            self._calls += 1
            frames = yield self._rhythm.take(frames).reshape(-1, 1)

    def _judged(self) -> str:
        if self._device is None:
            return "failed:no_output"
        if self._calls == self._calls_seen:
            self._silent_for += CHECK_EVERY
        else:
            self._silent_for, self._calls_seen = 0.0, self._calls
        if self._silent_for >= DEAD_AFTER:
            return "failed:stalled"
        trouble = "output_missing" if self._astray else self._system_state()
        return f"failed:{trouble}" if trouble else OK

    def _is_back(self) -> bool:
        """Whether the chosen output, which was not there, is there now."""
        self._looked += CHECK_EVERY
        if not self._astray or self._device is None or self._looked < REOPEN_EVERY:
            return False
        self._looked = 0.0
        return self._output in dict(outputs())

    def _shut(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


def hush_alsa() -> None:
    """Keep ALSA from writing its search for a sound card onto our stderr; no-op elsewhere."""
    if not sys.platform.startswith("linux") or _hushed:
        return
    try:
        library = ctypes.CDLL("libasound.so.2")
        library.snd_lib_error_set_handler(_ignore)
    except (OSError, AttributeError):
        return
    _hushed.append(library)


# ALSA calls this with file, line, function, code and a format with its values; C keeps no
# reference, so this module must.
_ignore = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(lambda *_: None)
_hushed: list[ctypes.CDLL] = []


def make_sounder(wanted: bool, output: str = "", floor: float = VOLUME_FLOOR) -> HealthySounder:
    """An output of the machine, or a silent stand-in where no sound is wanted.

    ``output`` is an id of `outputs`, empty for the system's own choice; ``floor`` the share of full
    volume below which the sound counts as failed.
    """
    return MiniaudioSounder(output=output, floor=floor) if wanted else NullSounder(SILENT)


def outputs() -> list[tuple[str, str]]:
    """The outputs of this machine as (id, name); the id is the same after a restart."""
    return [(name_of_id(found["id"]), str(found["name"])) for found in _playbacks()]


def name_of_id(device_id: Any) -> str:
    """The id as text: a sound server's own name where it is one, else its bytes."""
    import miniaudio

    content = bytes(miniaudio.ffi.buffer(device_id))
    text = content.partition(b"\0")[0]
    if len(text) > 1 and text.isascii() and text.decode().isprintable():
        return text.decode()
    return content.rstrip(b"\0").hex()


def _device_id(output: str) -> Any:
    """The id of a chosen output, None when none is chosen or it is not there."""
    if not output:
        return None
    ids = (found["id"] for found in _playbacks())
    return next((one for one in ids if name_of_id(one) == output), None)


def _playbacks() -> list[dict[str, Any]]:
    import miniaudio

    hush_alsa()
    try:
        devices = miniaudio.Devices()
        found: list[dict[str, Any]] = devices.get_playbacks()
    except miniaudio.MiniaudioError:
        return []
    return [] if devices.backend.lower() == "null" else found


def linux_state(floor: float = VOLUME_FLOOR, chosen: bool = False) -> str:
    """What PulseAudio or PipeWire says of our output: "", ``muted``, ``volume_low``, ``headset``.

    A headset that somebody chose on purpose (``chosen``) is none to complain about. Empty too where
    it cannot be asked (another system, no sound server).
    """
    try:
        import pulsectl
    except (ImportError, OSError):
        return ""
    try:
        with pulsectl.Pulse("kapmonitor-watch", connect=False) as pulse:
            pulse.connect(autospawn=False, timeout=1.0)
            ours = [s for s in pulse.sink_input_list() if _is_ours(s)]
            name = pulse.server_info().default_sink_name
            sinks = pulse.sink_list()
            sink = next((s for s in sinks if ours and s.index == ours[0].sink), None) or next(
                (s for s in sinks if s.name == name), None
            )
            if sink is None:
                return "no_output"
            if sink.mute or any(stream.mute for stream in ours):
                return "muted"
            volume = sink.volume.value_flat
            volume *= min((stream.volume.value_flat for stream in ours), default=1.0)
            if volume < floor:
                return "volume_low"
            if chosen:
                return ""
            port = getattr(sink.port_active, "name", "") or ""
            form = str(sink.proplist.get("device.form_factor", ""))
            return "headset" if "head" in f"{port} {form}".lower() else ""
    except pulsectl.PulseError:
        return ""


def _is_ours(stream: Any) -> bool:
    return "kapmonitor" in str(stream.proplist.get("application.name", ""))
