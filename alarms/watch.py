"""A watch tells whether one condition holds, since when it could change, and how bad it is."""

from kapmonitor.events import Priority
from kapmonitor.vitals import Vital


class Watch:
    """What the board asks of every condition.

    ``holds`` and ``priority`` are settled by `settle`; ``value`` is the worst so far and ``limit``
    what it is held against, in the unit of ``vital``. ``source`` and ``reason`` are identifiers.
    ``step`` is by how much a value must get worse to count as deeper, 0 where that cannot be;
    ``low`` says which way is worse where there is a step; ``extent`` counts separate things that
    are wrong. ``entered`` marks what a person typed in, ``until_seen`` what is over once
    acknowledged.
    """

    holds: bool = False
    priority: Priority = Priority.LOW
    value: float | None = None
    limit: float | None = None
    vital: Vital | None = None
    source: str = ""
    reason: str = ""
    delay: float = 0.0
    step: float = 0.0
    low: bool
    extent: int = 0
    entered: bool = False
    until_seen: bool = False

    def settle(self, now: float) -> None:
        """Let time pass."""

    def due(self) -> float | None:
        """When `settle` would change something if nothing else happened."""
        return None

    def forget(self) -> None:
        """As if nothing had happened: the sensor is gone, the patient has left, it was seen."""
        self.holds = False
        self.value = None

    def worse(self, value: float | None, than: float | None) -> bool:
        """Whether a value is deeper than another by the step of this condition."""
        if value is None or than is None or self.step <= 0:
            return False
        return (than - value if self.low else value - than) >= self.step
