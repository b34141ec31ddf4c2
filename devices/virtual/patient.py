"""The virtual patient: true vital signs and mental state at any session time.

Everything is drawn from the seed by published distributions (see ``haemodynamics``); a scenario
adds what it wants to happen. The truth carries no measurement noise: that belongs to the devices.
"""

import math

from msgspec import Struct

from devices.virtual import chance, scenarios
from devices.virtual.haemodynamics import EFFECTS, ROUTES, Spread, curve, effect_key
from devices.virtual.mind import PROBES, Mind
from devices.virtual.scenarios import Effect, Kind, Scenario, Window
from kapmonitor.errors import UsageError

# Slow wandering of the truth around its course: amplitude, and three periods in seconds.
_WANDER = {"systolic": 2.0, "diastolic": 1.5, "pulse": 1.5, "spo2": 0.25}
_PERIODS = (97.0, 241.0, 787.0)
# What age and strong dissociation add on average; taken off, so that the published means hold.
_AVERAGE_FACTOR = 1.06


class Vitals(Struct, frozen=True):
    """The truth at one moment: mmHg, /min, %; ``perfusion`` is the perfusion index in %."""

    systolic: float
    diastolic: float
    mean: float
    pulse: float
    spo2: float
    perfusion: float
    respiratory_rate: float


class VirtualPatient:
    """One person in one dosing session.

    ``route`` is ``in``, ``iv``, ``im``, ``sl`` or ``sc``. Nothing rises before ``dose`` was called.
    With ``eligible`` the baseline stays below 140/90 mmHg, as it must before a dose. Raises
    UsageError("unknown_route").
    """

    def __init__(
        self, seed: int, route: str, scenario: Scenario | None = None, *, eligible: bool = True
    ) -> None:
        if route not in ROUTES:
            raise UsageError("unknown_route", name=route, known=", ".join(ROUTES))
        self.seed = seed
        self.route = route
        self.scenario = scenario or scenarios.load("ordinary")
        self.dosed_at: float | None = None
        person = self.scenario.person()
        self.age = person.age or chance.stream(seed, "age").randint(21, 62)
        self.hypertensive = bool(person.hypertensive)
        self._effect = EFFECTS[effect_key(route, self.age)]
        self._curve = curve(effect_key(route, self.age))
        self.usual_peak_min = self._effect.peak_min.mean
        self._windows = scenarios.windows(self.scenario, self.usual_peak_min)
        self._draw_baseline(eligible)
        self._draw_course()
        self.mind = Mind(seed, self.peak_min, self._curve.peak_min, person.peak_dissociation)
        self._draw_peaks()
        wander = chance.stream(seed, "wander")
        self._phases = {
            name: [wander.uniform(0, math.tau) for _ in _PERIODS] for name in sorted(_WANDER)
        }

    def _draw_baseline(self, eligible: bool) -> None:
        """Population values at rest; over 65 the systolic pressure is higher."""
        person, dice = self.scenario.person(), chance.stream(self.seed, "baseline")
        systolic, diastolic = 999.0, 999.0
        while (eligible and (systolic >= 140 or diastolic >= 90)) or systolic == 999.0:
            systolic = dice.gauss(*((128, 11) if self.age >= 65 else (122, 12)))
            diastolic = min(dice.gauss(77, 8), systolic - 25)
        pulse, spo2 = dice.gauss(72, 9), dice.gauss(97.5, 1.0)
        breaths, perfusion = dice.gauss(14, 1.5), dice.gauss(3.5, 1.2)
        systolic = _given(person.systolic, systolic)
        diastolic = _given(person.diastolic, diastolic)
        self.baseline = Vitals(
            systolic=systolic,
            diastolic=diastolic,
            mean=_mean_pressure(systolic, diastolic),
            pulse=_given(person.pulse, max(54.0, pulse)),
            spo2=_given(person.spo2, min(99.5, max(95.0, spo2))),
            perfusion=max(0.8, perfusion),
            respiratory_rate=max(10.5, breaths),
        )

    def _draw_course(self) -> None:
        """When this session peaks, and how much slower or faster than usual it goes."""
        dice = chance.stream(self.seed, "course")
        peak = self._effect.peak_min
        self.peak_min = max(peak.mean / 2, dice.gauss(peak.mean, peak.deviation))
        self._decay = math.exp(dice.gauss(0, 0.15))

    def _draw_peaks(self) -> None:
        """The session's largest rises: skewed, and correlated with each other.

        Systolic with diastolic by 0.7 and with the pulse by 0.2; larger in hypertension, from the
        age of 50 and with strong dissociation (repeated-infusion study, 741 infusions).
        """
        person, dice = self.scenario.person(), chance.stream(self.seed, "peaks")
        first, second, third = (dice.gauss(0, 1) for _ in range(3))
        pressure = (1.3 if self.hypertensive else 1.0) / _AVERAGE_FACTOR
        pressure *= 1.2 if 50 <= self.age < 65 else 1.0
        pressure *= 1.15 if self.mind.strong else 1.0
        diastolic = 0.7 * first + math.sqrt(1 - 0.7**2) * second
        pulse = 0.2 * first + math.sqrt(1 - 0.2**2) * third
        self.peak_systolic = _given(
            person.peak_systolic, pressure * _peak(self._effect.systolic, first)
        )
        self.peak_diastolic = _given(
            person.peak_diastolic, pressure * _peak(self._effect.diastolic, diastolic)
        )
        self.peak_pulse = _given(
            person.peak_pulse,
            _peak(self._effect.pulse, pulse) * (0.5 if self.hypertensive else 1.0),
        )

    def dose(self, at: float) -> None:
        """A dose was given at this session time; only the first one starts the courses."""
        if self.dosed_at is None:
            self.dosed_at = at

    def undose(self) -> None:
        """The dose was entered by mistake and taken back."""
        self.dosed_at = None

    def since_dose(self, now: float) -> float | None:
        """Seconds since the dose, None before it."""
        if self.dosed_at is None or now < self.dosed_at:
            return None
        return now - self.dosed_at

    def active(self, kind: Kind, now: float) -> Effect | None:
        """The effect of this kind that is on at this session time, if any."""
        window = self.window(kind, now)
        return window.effect if window else None

    def window(self, kind: Kind, now: float) -> Window | None:
        """The same with its start and end, in seconds after the dose."""
        if self.dosed_at is None:
            return None
        seconds = now - self.dosed_at
        for window in self._windows:
            if window.effect.kind == kind and window.start <= seconds < window.end:
                return window
        return None

    def windows(self, kind: Kind) -> list[tuple[float, float]]:
        """All occurrences of an effect in session time; none before the dose is known."""
        zero = self.dosed_at
        if zero is None:
            return []
        return [(zero + w.start, zero + w.end) for w in self._windows if w.effect.kind == kind]

    def wall_clock_moves(self, since: float, now: float) -> list[float]:
        """By how many seconds the computer's clock is set, after ``since`` and up to ``now``."""
        zero = self.dosed_at
        if zero is None:
            return []
        return [
            window.effect.value
            for window in self._windows
            if window.effect.kind == "wall_clock" and since < zero + window.start <= now
        ]

    def at(self, now: float) -> Vitals:
        """The truth at a session time, without measurement noise."""
        base, since = self.baseline, self.since_dose(now)
        minute = 0.0 if since is None else self._curve_minute(since / 60)
        rise, course = self._curve.at, self._curve
        systolic_share = rise(course.systolic, minute)
        values = {
            "systolic": base.systolic + self.peak_systolic * systolic_share,
            "diastolic": base.diastolic + self.peak_diastolic * rise(course.diastolic, minute),
            "pulse": base.pulse + self.peak_pulse * rise(course.pulse, minute),
            "spo2": base.spo2 + rise(course.spo2, minute),
            "respiratory_rate": base.respiratory_rate,
        }
        for name, amplitude in _WANDER.items():
            values[name] += amplitude * self._wander(name, now)
        values["pulse"] += 1.2 * math.sin(math.tau * now * base.respiratory_rate / 60)
        if since is not None:
            self._apply(values, since)
        systolic, diastolic = values["systolic"], min(values["diastolic"], values["systolic"] - 12)
        return Vitals(
            systolic=systolic,
            diastolic=diastolic,
            mean=_mean_pressure(systolic, diastolic),
            pulse=values["pulse"],
            spo2=min(100.0, values["spo2"]),
            # Ketamine's sympathetic drive narrows the skin's vessels a little.
            perfusion=base.perfusion * (1 - 0.2 * systolic_share),
            respiratory_rate=values["respiratory_rate"],
        )

    def _curve_minute(self, minute: float) -> float:
        """Where on the published mean curve this session's minute lies.

        The rise is stretched to this session's own peak, the decay to its own speed.
        """
        if minute <= self.peak_min:
            return minute * self._curve.peak_min / self.peak_min
        return self._curve.peak_min + (minute - self.peak_min) / self._decay

    def _wander(self, name: str, now: float) -> float:
        waves = zip(_PERIODS, self._phases[name], strict=True)
        return sum(math.sin(math.tau * now / period + phase) for period, phase in waves) / 3

    def _apply(self, values: dict[str, float], since: float) -> None:
        """Let the scenario pull the vitals to where it wants them."""
        for window in self._windows:
            effect = window.effect
            if effect.vital is None:
                continue
            weight = window.weight(since)
            if weight > 0:
                base = getattr(self.baseline, effect.vital) if effect.kind == "rise" else 0.0
                here = values[effect.vital]
                values[effect.vital] = here + weight * (base + effect.value - here)

    def state(self, now: float) -> dict[str, float]:
        """The mental state and side effects, as plain numbers, for a scripted clinician.

        ``moaas`` 0-5, ``dissociation`` 0-24 as the sum of ``probe_1`` to ``probe_6`` (0-4 each),
        each side effect 0-3 (none to severe), ``respiratory_rate`` in /min as counted by hand.
        """
        since = self.since_dose(now)
        state = self.mind.at(since)
        sedated = self.active("moaas", now)
        if sedated:
            state["moaas"] = min(state["moaas"], sedated.value)
            # Who answers only to prodding is not asked how unreal the room seems.
            for name in (*PROBES, "dissociation"):
                state[name] = 0
        state["respiratory_rate"] = float(round(self.at(now).respiratory_rate))
        return state


def _mean_pressure(systolic: float, diastolic: float) -> float:
    return diastolic + 0.36 * (systolic - diastolic)


def _given(fixed: float | None, drawn: float) -> float:
    return drawn if fixed is None else fixed


def _peak(spread: Spread, deviate: float) -> float:
    """A peak rise from a Gamma distribution.

    Where the SD is far above the mean (the pulse after SC) a Gamma would be nothing or a
    catastrophe, and pulses fall too (Keith 2021): there it is normal.
    """
    if spread.deviation > 2 * spread.mean:
        return spread.mean + spread.deviation * deviate
    return chance.gamma_quantile(chance.normal_share(deviate), spread.mean, spread.deviation)
