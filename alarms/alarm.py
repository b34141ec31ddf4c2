"""One alarm: what it shows. All moves stand in one table; one that is not there does not exist."""

from enum import Enum
from typing import NamedTuple

from alarms.condition import Spell
from alarms.limits import AnySpec
from alarms.watch import Watch
from kapmonitor.events import AlarmChange, AlarmKind, AlarmState, Priority
from kapmonitor.vitals import Vital


class State(Enum):
    """What an alarm shows."""

    QUIET = "quiet"
    ACTIVE = "active"  # in force, and to be heard
    ACKNOWLEDGED = "acknowledged"  # in force, seen by somebody, not heard
    UNSEEN = "unseen"  # over and silent; a badge stays until somebody looks
    LATCHED = "latched"  # over, and to be heard until somebody looks


class Move(Enum):
    """What can happen to an alarm."""

    HOLDS = "holds"  # its condition holds
    GONE = "gone"  # its condition holds no more
    ACKNOWLEDGE = "acknowledge"  # a person has seen it
    AGAIN = "again"  # it got worse, or lasts: to be heard again


MOVES: dict[tuple[State, Move], State] = {
    (State.QUIET, Move.HOLDS): State.ACTIVE,
    (State.ACTIVE, Move.GONE): State.UNSEEN,
    (State.ACTIVE, Move.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.AGAIN): State.ACTIVE,
    (State.ACKNOWLEDGED, Move.GONE): State.QUIET,
    (State.UNSEEN, Move.HOLDS): State.ACTIVE,
    (State.UNSEEN, Move.ACKNOWLEDGE): State.QUIET,
    (State.LATCHED, Move.HOLDS): State.ACTIVE,
    (State.LATCHED, Move.ACKNOWLEDGE): State.QUIET,
}  # a vital that goes missing moves nothing: what is in force stays in force

IN_FORCE = frozenset({State.ACTIVE, State.ACKNOWLEDGED})
SOUNDING = frozenset({State.ACTIVE, State.LATCHED})
OVER = frozenset({State.UNSEEN, State.LATCHED})

NO_REPEAT = 30.0  # s after its end in which the same limit does not alarm again (never a HIGH)
UNANSWERED = 120.0  # s after which an unacknowledged MEDIUM of the patient sounds like a HIGH
LASTS = 180.0  # s after which an acknowledged HIGH that still holds sounds again
ENTERED_GRACE = 10.0  # s in which what a person just entered can be acknowledged before it sounds


def next_state(state: State, move: Move, latching: bool = False) -> State | None:
    """Where a move leads, None where it does not exist."""
    if latching and (state, move) == (State.ACTIVE, Move.GONE):
        return State.LATCHED
    return MOVES.get((state, move))


class Finding(NamedTuple):
    """The worst that the watch has told while the alarm was in force."""

    value: float | None = None
    limit: float | None = None
    vital: Vital | None = None
    source: str = ""
    reason: str = ""


class Alarm:
    """Follows one watch. Every method returns the changes for the record."""

    def __init__(self, spec: AnySpec, watch: Watch) -> None:
        self.id = spec.id
        self.kind: AlarmKind = spec.kind
        self.latching = spec.latching
        self.silent = getattr(spec, "silent", False)
        self.watch = watch
        self.state = State.QUIET
        self.began_to_sound = False
        self._unanswered = Spell(UNANSWERED)
        self._ended_at: float | None = None
        # Known once it was raised.
        self.priority: Priority
        self._raised: float
        self._worst: Finding
        self._waits: bool
        self._sounds_from: float
        self._loud: bool
        # Known once it was acknowledged.
        self.acknowledged_by: str
        self._acknowledged_at: float
        self._acknowledged_value: float | None
        self._acknowledged_extent: int

    # What it shows ------------------------------------------------------------------------

    @property
    def in_force(self) -> bool:
        """Whether the condition is signalled."""
        return self.state in IN_FORCE

    @property
    def over(self) -> bool:
        """Whether it is over and nobody has seen that it was there."""
        return self.state in OVER

    def sound(self, now: float) -> Priority | None:
        """The priority to be heard, None when this alarm is not heard."""
        if self.state not in SOUNDING or self.silent or now < self._sounds_from:
            return None
        return Priority.HIGH if self._loud else self.priority

    def change(self, state: AlarmState, reason: str = "") -> AlarmChange:
        """The alarm as it stands, as a line of the record."""
        worst = self._worst
        return AlarmChange(
            alarm=self.id,
            priority=self.priority,
            kind=self.kind,
            state=state,
            raised=self._raised,
            value=worst.value,
            limit=worst.limit,
            vital=worst.vital,
            delay=self.watch.delay,
            source=worst.source,
            reason=reason or worst.reason,
        )

    # What happens -------------------------------------------------------------------------

    def follow(self, now: float) -> list[AlarmChange]:
        """Go along with the condition and with time; once more changes nothing."""
        if not self.watch.holds:
            return self._end(now) if self.in_force else []
        if not self.in_force:
            return [] if self._held_back(now) else self._raise(now)
        self._take_worst()
        return self._grow(now)

    def acknowledge(self, by: str, now: float) -> list[AlarmChange]:
        """A person has seen it; no change when there is nothing to see or it was seen before."""
        after = next_state(self.state, Move.ACKNOWLEDGE)
        if after is None:
            return []
        self.state = after
        self.acknowledged_by = by
        self._acknowledged_at = now
        self._acknowledged_value = self.watch.value
        self._acknowledged_extent = self.watch.extent
        changes = [self.change(AlarmState.ACKNOWLEDGED)]
        if self.watch.until_seen and self.in_force:
            self.watch.forget()
            changes += self.follow(now)
        return changes

    def set_audio_paused(self, paused: bool, now: float) -> None:
        """An audio pause stops the clock of the unanswered alarm."""
        if paused:
            self._unanswered.pause(now)
        elif self._escalates():
            self._unanswered.run(now)

    def due(self, now: float) -> float | None:
        """The next time at which `follow` could change something, its watch apart."""
        if self.state is State.ACKNOWLEDGED:
            return self._acknowledged_at + LASTS if self._returns() else None
        if self.state is State.ACTIVE:
            if now < self._sounds_from:
                return self._sounds_from
            return self._unanswered.due() if not self._loud else None
        if self.watch.holds and self._ended_at is not None:
            return self._ended_at + NO_REPEAT
        return None

    # How ------------------------------------------------------------------------------------

    def _raise(self, now: float) -> list[AlarmChange]:
        after = next_state(self.state, Move.HOLDS)
        assert after is not None
        self.state = after
        self._raised = now
        self.priority = self.watch.priority
        self._take_worst()
        self._sound_anew(now)
        return [self.change(AlarmState.RAISED)]

    def _end(self, now: float) -> list[AlarmChange]:
        after = next_state(self.state, Move.GONE, self.latching)
        assert after is not None
        self.state = after
        self._ended_at = now
        return [self.change(AlarmState.ENDED)]

    def _grow(self, now: float) -> list[AlarmChange]:
        """A higher priority, or a reason to be heard again."""
        if self.watch.priority.rank > self.priority.rank:
            self.priority = self.watch.priority
            return self._again(now, "")
        if self.state is State.ACKNOWLEDGED and self.priority is Priority.HIGH:
            if self._got_worse():
                return self._again(now, "worse")
            if self._returns() and now >= self._acknowledged_at + LASTS:
                return self._again(now, "lasts")
        if self.state is State.ACTIVE:
            if self._waits and now >= self._sounds_from:
                self._waits, self.began_to_sound = False, True
            if self._escalates() and self._unanswered.over(now):
                self._loud = self.began_to_sound = True
                return [self.change(AlarmState.ESCALATED, "unanswered")]
        return []

    def _again(self, now: float, reason: str) -> list[AlarmChange]:
        self.state = next_state(self.state, Move.AGAIN) or self.state
        self._sound_anew(now)
        return [self.change(AlarmState.ESCALATED, reason)]

    def _sound_anew(self, now: float) -> None:
        self._waits = self.watch.entered
        self._sounds_from = now + ENTERED_GRACE if self._waits else now
        self.began_to_sound = not self._waits
        self._loud = False
        self._unanswered.reset()
        if self._escalates():
            self._unanswered.run(now)

    def _take_worst(self) -> None:
        watch = self.watch
        self._worst = Finding(watch.value, watch.limit, watch.vital, watch.source, watch.reason)

    def _escalates(self) -> bool:
        """Only a MEDIUM of the patient that nobody has answered grows louder."""
        return (
            self.state is State.ACTIVE
            and self.kind is AlarmKind.PHYSIOLOGICAL
            and self.priority is Priority.MEDIUM
            and not self._loud
        )

    def _got_worse(self) -> bool:
        return self.watch.extent > self._acknowledged_extent or self.watch.worse(
            self.watch.value, self._acknowledged_value
        )

    def _returns(self) -> bool:
        return self.priority is Priority.HIGH and not self.watch.entered

    def _held_back(self, now: float) -> bool:
        """The same limit again so soon: only when deeper than before, and never a HIGH."""
        return (
            self._ended_at is not None
            and now < self._ended_at + NO_REPEAT
            and self.kind is AlarmKind.PHYSIOLOGICAL
            and self.watch.priority is not Priority.HIGH
            and not self.watch.entered
            and not self.watch.worse(self.watch.value, self._worst.value)
        )
