"""What each key does on the live screen: most open a panel, some ask at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from kapmonitor.commands import (
    Acknowledge,
    AddNote,
    AskCuff,
    Lock,
    MarkEmergency,
    PauseAudio,
    SetQuiet,
    TakeOff,
)
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.alarm_views import AlarmLineView, alarm_line
from ui.live.taken_off import sensor_rows
from ui.live.trend_place import TrendPlace
from ui.live.trend_window import PAN_STEP, ZOOM_STEP

if TYPE_CHECKING:
    from ui.live.window import LiveWindow


_TREND_ACTIONS: dict[str, Callable[[TrendPlace], None]] = {
    "zoom_in": lambda trends: trends.zoom(ZOOM_STEP),
    "zoom_out": lambda trends: trends.zoom(1 / ZOOM_STEP),
    "earlier": lambda trends: trends.pan(-PAN_STEP),
    "later": lambda trends: trends.pan(PAN_STEP),
    "cursor_left": lambda trends: trends.step(-1),
    "cursor_right": lambda trends: trends.step(1),
    "now": lambda trends: trends.back_to_now(),
}


# Actions that open a panel, and its name among `Panels`.
OPENERS = {
    "dose": "dose",
    "round": "round",
    "scales": "scales",
    "skip": "due",
    "note": "note",
    "given": "given",
    "readiness": "readiness",
    "detail": "detail",
    "baseline": "baseline",
    "enter_cuff": "cuff",
    "phase": "phase",
    "end": "end",
    "help": "help",
    "alarms": "alarms",
    "limits": "limits",
    "person": "person",
    "entries": "entries",
    "unsigned": "unsigned",
    "emergency": "emergency",
    "emergency_copy": "copying",
    "reflection": "reflection",
}


class Actions:
    """The actions of `ui.keys`, on one live window."""

    def __init__(self, window: "LiveWindow") -> None:
        self._window = window

    def do(self, action: str) -> None:
        """Do what a key of that action does."""
        window, panels = self._window, self._window.panels
        if window.model.finished is not None and not _after_the_end(action):
            window.parts.show_said(tr("The visit has ended."))
        elif not window.desk.allows(action):
            window.desk.refuse()
        elif action in OPENERS:
            window.open_panel(getattr(panels, OPENERS[action]))
        elif action in _TREND_ACTIONS:
            _TREND_ACTIONS[action](window.parts.trends)
        elif action.startswith("event_"):
            self.event(action.removeprefix("event_"))
        elif action.startswith("view_"):
            window.show_view(action.removeprefix("view_"))
        else:
            getattr(self, action)()

    def acknowledge(self, alarm: str = "") -> None:
        """The alarm on top, or this one."""
        window = self._window
        line = alarm_line(window.model, window.options.clock())
        unseen = line.next_to_see
        if unseen is None:
            nothing = tr("Every alarm has been seen: nothing more to acknowledge.")
            words = nothing if line.every else tr("There is no alarm to acknowledge.")
            window.parts.show_said(words)
            return
        # By name, so that what is on top of the line is what is acknowledged.
        window.ask(Acknowledge(alarm=alarm or unseen.name))

    def pause(self) -> None:
        """Pause the sound, or end the pause."""
        self._window.ask(PauseAudio())

    def lock(self) -> None:
        """Lock; under the lock it asks who is there."""
        if self._window.model.session.locked:
            self._window.desk.refuse()
        else:
            self._window.ask(Lock())

    def quiet(self) -> None:
        """Quiet mode on or off."""
        model = self._window.model
        self._window.ask(SetQuiet(on=not model.session.quiet))

    def take_off(self) -> None:
        """The one sensor is taken off, or is watched again; of several one is chosen."""
        window = self._window
        sensors = sensor_rows(window.model, window.options.clock())
        if len(sensors) != 1:
            window.open_panel(window.panels.sensors)
        elif sensors[0].refused:
            window.parts.show_said(f"{sensors[0].label}: {sensors[0].refused}")
        else:
            window.ask(TakeOff(source=sensors[0].source))

    def cuff(self) -> None:
        """Start the cuff, stop it while it runs; without one, a reading by hand."""
        window = self._window
        source = window.model.commandable_cuff()
        if not source:
            window.open_panel(window.panels.cuff)
            return
        running = window.model.cuff_busy(source)
        window.ask(AskCuff(action="stop" if running else "start", source=source))

    def event(self, kind: str) -> None:
        """A quick event, filed at once; in a panel the digits are the panel's."""
        self._window.ask(AddNote(text="", kind=kind))

    def called(self) -> None:
        """Emergency was called; the clinic's list opens."""
        window = self._window
        window.ask(MarkEmergency(action="called"))
        if window.panel is not window.panels.emergency:
            window.open_panel(window.panels.emergency)

    def medicine(self) -> None:
        """A rescue medicine."""
        self._give(self._window.panels.given.drug)

    def pump(self) -> None:
        """The pump."""
        self._give(self._window.panels.given.rate)
        self._window.panels.given.show_pump()

    def _give(self, field: QWidget) -> None:
        """The panel of what is given, at one of its fields."""
        window = self._window
        if window.panel is not window.panels.given:
            window.open_panel(window.panels.given)
        field.setFocus()

    def as_before(self) -> None:
        """The round as the last one was: opened if need be, and filled in but not filed."""
        window = self._window
        if window.panel is not window.panels.round:
            window.open_panel(window.panels.round)
        window.panels.round.as_before()

    def breath(self) -> None:
        """One more breath of the patient was seen."""
        window = self._window
        if window.panel is not window.panels.round:
            window.open_panel(window.panels.round)
        window.panels.round.breathe(window.options.clock())

    def cuff_schedule(self) -> None:
        """Start the cuff at the plan's times from now on, or no longer."""
        window = self._window
        source = window.model.commandable_cuff()
        if not source:
            window.parts.show_said(tr("No cuff here can be started from the screen."))
            return
        on = not window.model.session.cuff_schedule
        window.ask(AskCuff(action="schedule", source=source, on=on))

    def stop_cuff(self) -> None:
        """Stop every cuff that can be told to, whether it is known to measure or not."""
        window = self._window
        able = [info.id for info in window.model.sources.values() if "stop" in info.commands]
        for source in able:
            window.ask(AskCuff(action="stop", source=source))
        if not able:
            window.parts.show_said(tr("No cuff here can be stopped from the screen."))

    def theme(self) -> None:
        """The next theme."""
        self._window.next_theme()

    def second_screen(self) -> None:
        """A view on a second screen, or none."""
        self._window.second.toggle()

    def fullscreen(self) -> None:
        """Full screen on or off."""
        self._window.toggle_fullscreen()

    def close(self) -> None:
        """Put the panel away."""
        self._window.close_panel()

    def show_keys(self, line: AlarmLineView) -> None:
        """Words on the keys that depend on what is going on."""
        keys, model = self._window.parts.keys, self._window.model
        paused = line.paused_left is not None
        keys.show_words("pause", tr("Sound on") if paused else key_for("pause").text, paused)
        keys.show_words(
            "quiet", tr("Quiet on") if line.quiet else key_for("quiet").text, line.quiet
        )
        off = bool(model.session.taken_off)
        keys.show_words("take_off", tr("Sensor on") if off else key_for("take_off").text, off)
        source = model.commandable_cuff()
        words = key_for("cuff").text if source else key_for("enter_cuff").text
        running = model.cuff_busy(source)
        keys.show_words("cuff", tr("Stop cuff") if running else words, running)


def _after_the_end(action: str) -> bool:
    """Whether an action still makes sense when the visit has ended."""
    looks = ("help", "theme", "fullscreen", "close", "second_screen")
    return action in looks or action in _TREND_ACTIONS or action.startswith("view_")
