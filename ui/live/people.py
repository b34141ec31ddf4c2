"""Who can be chosen in a visit, and which keys work under the lock. No Qt."""

from collections.abc import Sequence

from msgspec import Struct

from kapmonitor.events import SignedOff
from kapmonitor.people_words import role_words, signature_words
from kapmonitor.session import Session
from kapmonitor.words import tr

# Under the lock: alarms, an emergency and its list, looks, and saying who one is.
UNDER_THE_LOCK = (
    "acknowledge", "pause", "alarms", "person", "lock", "emergency", "called", "help", "theme",
    "fullscreen", "close", "second_screen", "zoom_in", "zoom_out", "earlier", "later",
    "cursor_left", "cursor_right", "now",
)  # fmt: skip


class PersonView(Struct, frozen=True):
    """Somebody who may act: the role as the staff file has it, and whether a PIN is needed."""

    name: str
    role: str = ""
    pin: bool = False

    @property
    def words(self) -> str:
        """The name with the role."""
        return f"{self.name}  ·  {role_words(self.role)}" if self.role else self.name


class SigningView(Struct, frozen=True):
    """How signing the visit stands: lines for those who signed, and how many are missing."""

    signed: tuple[str, ...] = ()
    missing: int = 0
    unsigned: int = 0


def people_of(
    people: Sequence[PersonView], names: Sequence[str], session: Session
) -> tuple[PersonView, ...]:
    """Everybody who can be chosen: the staff file's people, else names of the set-up page."""
    if people:
        known = {person.name for person in people}
        more = [name for name in names if name and name not in known]
        return (*people, *(PersonView(name) for name in more))
    opened = session.opened
    given = names or (opened.staff if opened is not None else ())
    return tuple(PersonView(name) for name in given)


def works_locked(action: str, cuff_running: bool) -> bool:
    """Whether a key does what it says under the lock; a running cuff can always be stopped."""
    return action in UNDER_THE_LOCK or action.startswith("view_") or (
        action == "stop_cuff" or (action == "cuff" and cuff_running)
    )  # fmt: skip


def signing_view(session: Session, needed: int) -> SigningView:
    """The signatures of a visit, of which the plan wants ``needed``."""
    signed = tuple(
        signature_words(entry.event.person, entry.event.role, entry.event.checked)
        for entry in session.signatures
        if isinstance(entry.event, SignedOff)
    )
    return SigningView(signed, max(0, needed - len(signed)), len(session.unsigned))


def acting_words(session: Session, person: str) -> str:
    """Who acts, for the top bar; under the lock nobody does."""
    return tr("Locked: who are you?") if session.locked else person
