"""The window's side of who acts: input is told, the lock closes panels, a red flag opens the list.

The engine decides; this only shows and asks.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor import events as e
from kapmonitor.commands import AnyCommand, Present
from kapmonitor.words import tr
from ui.live.people import PersonView, people_of, signing_view, works_locked
from ui.live.side import Panel

if TYPE_CHECKING:
    from ui.live.window import LiveWindow

# Input is told no more often than this [real seconds]; the lock counts in minutes.
TELL_EVERY = 10.0
_INPUT = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
# What a person just entered and what opens the emergency list.
OPENS_THE_LIST = ("SEDATION", "REDFLAG")
# Panels in which somebody writes in words of their own.
OWN_WORDS = ("note", "reflection", "entries", "detail")


class Touch(QObject):
    """Notices keys, wherever the focus is, and the mouse when it was moved.

    A filter on the whole application would see every paint and timer; this one sees one widget.
    """

    def __init__(self, window: "LiveWindow") -> None:
        super().__init__(window)
        self._touched = False
        self._at = QCursor.pos()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def taken(self) -> bool:
        """Whether there was any input since the last call."""
        at = QCursor.pos()
        touched, self._touched = self._touched or at != self._at, False
        self._at = at
        return touched

    @Slot("QWidget*", "QWidget*")
    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        self._touched = True
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks and lets pass."""
        if event.type() in _INPUT:
            self._touched = True
        return False


class WindowDesk:
    """Who acts, on one live window."""

    def __init__(self, window: "LiveWindow") -> None:
        self._window = window
        self._touch = Touch(window)
        self._told = -TELL_EVERY
        self._locked = False
        self._acting = ""
        self._seen = 0
        self._behind: Panel | None = None
        self._behind_of = ""
        self._waiting: list[AnyCommand] = []

    @property
    def people(self) -> tuple[PersonView, ...]:
        """Everybody who can be chosen."""
        options = self._window.options
        return people_of(options.people, options.staff, self._window.model.session)

    def ask_unlocked(self, command: AnyCommand) -> None:
        """Ask now, or as soon as somebody has said who it is."""
        pins = self._window.options.guarded and any(p.pin for p in self._window.options.people)
        if pins and not self._acting:
            self._waiting.append(command)
        else:
            self._window.ask(command)

    def tick(self, real: float) -> None:
        """Follow the record: who acts, whether it is locked, whether the list must open."""
        window, session = self._window, self._window.model.session
        if session.acting != self._acting:
            self._acting = window.person = session.acting
            if window.panels.is_open(window.panel, "note"):
                window.panels.note.show_person(session.acting)
        if session.locked != self._locked:
            self._locked = session.locked
            self._lock() if self._locked else self._unlock()
        if window.options.guarded and real >= self._told + TELL_EVERY:
            self._told = real
            if self._touch.taken() and not session.locked and window.model.finished is None:
                window.ask(Present())
        self._look_for_alarms()

    def allows(self, action: str) -> bool:
        """Whether a key may do what it says now; under the lock most ask who is there instead."""
        model = self._window.model
        if not model.session.locked or model.finished is not None:
            return True
        return works_locked(action, model.cuff_busy(model.commandable_cuff()))

    def refuse(self) -> None:
        """A key that the lock forbids: ask who is there."""
        window = self._window
        window.parts.show_said(tr("Locked: say who you are."))
        if not window.panels.is_open(window.panel, "person"):
            window.open_panel(window.panels.person)

    def closed(self) -> None:
        """A panel was put away: what lay behind it comes back as it was."""
        behind, self._behind = self._behind, None
        if behind is not None and not self._locked and self._window.model.finished is None:
            self._window.show_again(behind)

    def show_signing(self) -> None:
        """How signing stands, for the panel of the end."""
        window = self._window
        plan = window.model.plan
        needed = plan.signatures if plan is not None and window.options.guarded else 0
        view = signing_view(window.model.session, needed)
        signed = {entry.by for entry in window.model.session.signatures}
        # Nobody signs twice: the next to sign stands chosen.
        left = [person for person in self.people if person.name not in signed]
        window.panels.end.show_signing(view, left, window.person, window.options.guarded)

    def _lock(self) -> None:
        window = self._window
        is_open = window.panels.is_open
        harmless = any(is_open(window.panel, n) for n in ("person", "emergency", "alarms"))
        if window.panel is not None and not harmless:
            self._behind, self._behind_of = window.panel, window.person
        if not harmless:
            wanted = window.options.person
            window.open_panel(window.panels.person)
            if not window.model.session.acting and wanted:
                window.panels.person.choose(wanted)

    def _unlock(self) -> None:
        window = self._window
        waiting, self._waiting = self._waiting, []
        written = any(window.panels.is_open(self._behind, name) for name in OWN_WORDS)
        if written and self._unlocked_by() != self._behind_of:
            # Somebody else: what was being written is not theirs to read, and waits.
            self._behind = None
        for command in waiting:
            window.ask(command)
        if window.panels.is_open(window.panel, "person"):
            window.close_panel()

    def _unlocked_by(self) -> str:
        """Who unlocked; the act of who acts from then on may come a moment later."""
        entries = reversed(self._window.model.session.entries)
        return next((x.event.person for x in entries if isinstance(x.event, e.Unlocked)), "")

    def _offer_copy(self) -> None:
        """The record cannot be written: a copy elsewhere is offered, never over what is open."""
        window = self._window
        if window.panel is None and not window.model.session.locked:
            window.open_panel(window.panels.copying)
            # Nobody asked for it: A must go on acknowledging and not be typed as a folder.
            window.parts.keys.setFocus()
        else:
            window.parts.show_said(tr("The record cannot be written. B: a copy on another disk."))

    def _look_for_alarms(self) -> None:
        window, entries = self._window, self._window.model.session.entries
        first, self._seen = self._seen, len(entries)
        if first == 0:
            return  # a visit that is taken up again opens nothing for what is long past
        for entry in entries[first:]:
            change = entry.event
            if isinstance(change, e.Trouble) and change.kind == "write_failed":
                self._offer_copy()
            if (
                isinstance(change, e.AlarmChange)
                and change.alarm in OPENS_THE_LIST
                and change.state is e.AlarmState.RAISED
                and window.panel is not window.panels.emergency
            ):
                # The round that told it has been filed; anything else comes back afterwards.
                if window.panel not in (None, window.panels.round, window.panels.person):
                    self._behind = window.panel
                window.open_panel(window.panels.emergency)
