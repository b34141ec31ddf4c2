"""Values that stand still though they are sent: a hung sensor looks like a steady patient."""

from alarms.condition import Held, Zone
from alarms.limits import TechnicalSpec
from alarms.technical import LIVE_FOR
from alarms.watch import Watch
from kapmonitor.reading import PlethRun, Reading
from kapmonitor.vitals import Vital

# Told so finely that no living pulse repeats them for minutes: hundredths, 1/1024 s.
FINE = frozenset({Vital.PERFUSION_INDEX, Vital.RR_INTERVAL})
WATCHED = FINE | {Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE}

PLETH, COUNTER, VALUES = "pleth", "counter", "values"


class ValueFrozen(Watch):
    """Three clues, each enough: a flat pulse wave, a packet counter that stands, fine values.

    A wave is flat when it has one value though a pulse is reported. A counter is the device's own
    count of its packets. Values are frozen when, for ``value`` seconds of the row (0: never looked
    at), nothing that the device tells has changed, and one of it is told finely. SpO2 and pulse in
    whole numbers alone are never a clue: they stay the same for minutes in a calm patient, and for
    hours under a pacemaker.
    """

    def __init__(self, spec: TechnicalSpec, source: str) -> None:
        self.source = source
        self.priority = spec.steps[0].priority
        self.delay = spec.steps[0].after
        self._looks_at_values = spec.value > 0
        self._clues = {
            PLETH: Held(self.delay, spec.clear_after),
            COUNTER: Held(self.delay, spec.clear_after),
            VALUES: Held(spec.value, spec.clear_after),
        }
        self._flat: int | None = None
        self._told: dict[Vital, float | None] = {}

    def pleth(self, run: PlethRun, reported: bool) -> None:
        """A run of the pulse wave; ``reported`` is whether a pulse is told beside it."""
        values = {value for value in run.values if value is not None}
        flat = values == {self._flat} or (len(values) == 1 and self._flat is None)
        self._flat = next(iter(values)) if len(values) == 1 else None
        if values:
            self._see(PLETH, flat and reported, run.at)
        else:
            self._clues[PLETH].missing(run.at)

    def counter(self, stands: bool, at: float) -> None:
        """The device sent a packet that it had sent before, or a new one again."""
        self._see(COUNTER, stands, at)

    def reading(self, reading: Reading) -> bool:
        """A value came; False when there was and is nothing to tell."""
        vital = reading.vital
        if vital not in WATCHED or not self._looks_at_values:
            return False
        changed = reading.value != self._told.get(vital)
        self._told[vital] = reading.value
        if changed and not self._clues[VALUES].idle:
            self._see(VALUES, False, reading.at)
            return True
        if not changed and vital in FINE and reading.value:
            # 0 is what is sent for a perfusion that is not measured.
            self._see(VALUES, True, reading.at)
            return True
        return False

    def connected(self) -> None:
        """A new connection: its counter is another, and has not moved yet."""
        self._clues[COUNTER].forget()

    def settle(self, now: float) -> None:
        """Let time pass."""
        for clue in self._clues.values():
            clue.settle(now)
        found = [name for name, clue in self._clues.items() if clue.holds]
        self.holds = bool(found)
        self.reason = ",".join(found) or self.reason

    def due(self) -> float | None:
        """When a clue holds, or is over, if nothing changes."""
        dues = (clue.due() for clue in self._clues.values())
        return min((due for due in dues if due is not None), default=None)

    def forget(self) -> None:
        """As if nothing had been seen."""
        super().forget()
        self._told.clear()
        self._flat = None
        for clue in self._clues.values():
            clue.forget()

    def _see(self, name: str, stands: bool, at: float) -> None:
        self._clues[name].see(Zone.OUTSIDE if stands else Zone.INSIDE, at, LIVE_FOR)
