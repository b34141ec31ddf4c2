"""The views of a visit as a table: which parts of the screen each shows. Pure.

The alarm line is in every one of them; where it comes and goes, `needs_alarm_line` says when.
"""

from msgspec import Struct

from kapmonitor.events import Priority
from kapmonitor.words import tr
from ui.live.alarm_views import AlarmLineView


class View(Struct, frozen=True):
    """A view: its name, its words, the parts it shows and the theme it asks for (or none).

    ``wide`` lays the tiles over the whole width. ``calm`` shows the therapist's page, and the alarm
    line only while it is needed.
    """

    name: str
    words: str
    help: str
    parts: frozenset[str]
    theme: str = ""
    wide: bool = False
    calm: bool = False


EVERYTHING = frozenset(
    {"top", "pleth", "trends", "lower", "tiles", "keys", "notice"}
)  # fmt: skip
VIEWS = (
    View("live", "Live", "Everything: numbers, curves, what is due, the timeline", EVERYTHING),
    View("big", "Big numbers", "The numbers as large as the screen allows",
         frozenset({"top", "tiles", "keys", "notice"}), wide=True),
    View("dim", "Dim room", "Little light: large numbers and what is due",
         frozenset({"top", "tiles", "due", "notice"}), theme="dim", wide=True),
    View("therapist", "Therapist", "Time, phase, next check, and whether all is calm",
         frozenset({"calm", "notice"}), theme="dim", calm=True),
)  # fmt: skip


def view_named(name: str) -> View:
    """A view by name; an unknown name gives the live one."""
    return next((view for view in VIEWS if view.name == name), VIEWS[0])


def view_choices() -> list[tuple[str, str]]:
    """Name and words of each view."""
    return [(view.name, tr(view.words)) for view in VIEWS]


def needs_alarm_line(line: AlarmLineView) -> bool:
    """Whether a calm view must show the alarm line.

    A HIGH alarm is never hidden, nor that the engine is silent or that no alarm could be heard.
    """
    high = any(row.priority == Priority.HIGH.value for row in line.every)
    return high or line.stopped or bool(line.sound.trouble)
