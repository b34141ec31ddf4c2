"""Who is at the keyboard: the people with their PINs, wrong PINs, and when it is locked by itself.

Whether the visit is locked and who acts is told by the session, for it belongs into the record;
here is what must never be in a record.
"""

from collections.abc import Sequence

from kapmonitor import staff
from kapmonitor.errors import Refused
from kapmonitor.staff import Person

TRIES = 5
TRIES_WAIT = 60.0


class Desk:
    """The desk of one visit.

    ``guarded`` is a visit in a window: whoever has a PIN acts only after having given it, and the
    visit is signed at its end. ``lock_after`` is in real seconds without input, 0 for never.
    ``names``: the clinic keeps its patients' names.
    """

    def __init__(
        self,
        people: Sequence[Person] = (),
        guarded: bool = False,
        lock_after: float = 0.0,
        names: bool = False,
    ) -> None:
        self.people = staff.working(people)
        self.guarded = guarded
        self.lock_after = lock_after
        self.names = names
        self._input_at: float | None = None
        self._wrong: dict[str, list[float]] = {}

    @property
    def has_pins(self) -> bool:
        """Whether anybody has a PIN; without one a lock opens by name alone."""
        return any(person.pin for person in self.people)

    def person(self, name: str) -> Person | None:
        """Somebody by name."""
        return next((person for person in self.people if person.name == name), None)

    def role(self, name: str) -> str:
        """The role of somebody, empty for a name that the staff file does not know."""
        found = self.person(name)
        return "" if found is None else found.role.value

    def check(self, name: str, pin: str, now: float) -> bool:
        """True when the PIN was checked, False for somebody without one.

        Raises Refused: ``pin_missing``, ``pin_wrong``, ``pin_wait`` after five wrong ones within a
        minute.
        """
        found = self.person(name)
        if found is None or not found.pin:
            return False
        recent = [at for at in self._wrong.get(name, []) if now - at < TRIES_WAIT]
        if len(recent) >= TRIES:
            left = TRIES_WAIT - (now - recent[0])
            raise Refused("pin_wait", name=name, seconds=max(1, round(left)))
        if not pin:
            raise Refused("pin_missing", name=name)
        if not staff.fits(found, pin):
            self._wrong[name] = [*recent, now]
            raise Refused("pin_wrong", name=name)
        self._wrong.pop(name, None)
        return True

    def input(self, now: float) -> None:
        """Somebody touched a key or the mouse."""
        self._input_at = now

    def idle_too_long(self, now: float, rate: float = 1.0) -> bool:
        """Whether it should lock by itself; ``rate`` is how fast the session clock runs."""
        if self._input_at is None:
            self._input_at = now
        return self.lock_after > 0 and now - self._input_at >= self.lock_after * rate
