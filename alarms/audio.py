"""What is to be heard: the highest alarm, the audio pause, the quiet mode, the reminder."""

import math
from collections.abc import Iterable

from alarms.alarm import Alarm
from kapmonitor.events import Priority

PAUSE = 120.0


class Audio:
    """The pause and the quiet mode. A HIGH is not touched by the mode, and ends a pause."""

    def __init__(self) -> None:
        self.quiet = False
        self.paused_until: float | None = None
        self.broken_by = ""

    def heard(self, alarm: Alarm, now: float) -> Priority | None:
        """What this alarm would sound like, pause apart; LOW is only seen in quiet mode."""
        sound = alarm.sound(now)
        return None if self.quiet and sound is Priority.LOW else sound

    def sound(self, alarms: Iterable[Alarm], now: float) -> Priority | None:
        """The one sound: the highest of all, silence during a pause."""
        if self.paused_until is not None:
            return None
        sounds = [sound for alarm in alarms if (sound := self.heard(alarm, now)) is not None]
        return max(sounds, key=lambda priority: priority.rank, default=None)

    def press(self, alarms: Iterable[Alarm], now: float) -> float | None:
        """The pause key: returns when the pause ends, None when this ended one."""
        if self.paused_until is not None:
            self.resume(alarms, now)
            return None
        self.paused_until = now + PAUSE
        self.broken_by = ""
        for alarm in alarms:
            alarm.set_audio_paused(True, now)
        return self.paused_until

    def resume(self, alarms: Iterable[Alarm], now: float, broken_by: str = "") -> None:
        """The sound is back."""
        self.paused_until = None
        self.broken_by = broken_by
        for alarm in alarms:
            alarm.set_audio_paused(False, now)

    def mind(self, alarm: Alarm, alarms: Iterable[Alarm], now: float) -> None:
        """An alarm that began to sound, or sounds anew, breaks a pause pressed before."""
        alarm.began_to_sound = False
        if self.paused_until is not None and self.heard(alarm, now) is not None:
            self.resume(alarms, now, broken_by=alarm.id)


class Reminder:
    """Counts the ticks that remind of what somebody switched off; ``every`` is in seconds.

    The first comes a whole interval after it was switched off. 0 is no reminder at all.
    """

    def __init__(self, every: float) -> None:
        self.count = 0
        self.due = math.inf
        self._every = every

    def follow(self, off: bool, now: float) -> None:
        """Begin when something is off, stop when nothing is any more."""
        if not off or not self._every:
            self.due = math.inf
        elif self.due == math.inf:
            self.due = now + self._every

    def ring(self, now: float, held_back: bool) -> None:
        """Count a tick that is due, unless it is held back; the next comes an interval later."""
        if self.due <= now:
            self.due += self._every
            self.count += not held_back
