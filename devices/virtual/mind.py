"""What the virtual patient would answer: dissociation, sedation and side effects over time."""

from itertools import pairwise

from devices.virtual import chance

STRONG_DISSOCIATION = 14.0

# Dissociation probes, each answered from 0 to 4: time altered, surroundings unreal, detached from
# the body, body altered, lost track, senses altered.
PROBES = tuple(f"probe_{number}" for number in range(1, 7))

# Share of sessions with each side effect: pooled ASPIRE I/II, esketamine 84 mg, n = 227
# (J Clin Psychopharmacol 2021, table 2).
SIDE_EFFECTS = {
    "dizziness": 0.383,
    "nausea": 0.269,
    "somnolence": 0.207,
    "headache": 0.203,
    "dysgeusia": 0.198,
    "blurred_vision": 0.119,
    "paraesthesia": 0.115,
    "vomiting": 0.115,
    "anxiety": 0.101,
}

# The course of dissociation and sedation on a route that peaks at 40 min: there by 10 min, largest
# near the peak, gone by 90 to 120 min (esketamine label and trials). Minutes and share of the peak.
_COURSE = (
    (0, 0.0),
    (4, 0.0),
    (10, 0.35),
    (25, 0.85),
    (40, 1.0),
    (60, 0.55),
    (90, 0.12),
    (115, 0.0),
)


class Mind:
    """The mental course of one session, drawn from the seed."""

    def __init__(
        self, seed: int, peak_min: float, usual_peak_min: float, peak_dissociation: float | None
    ) -> None:
        dice = chance.stream(seed, "mind")
        # 61-75 % dissociate (label, by CADSS), the others hardly notice anything.
        noticed = dice.random() < 0.68
        drawn = chance.gamma_quantile(dice.random(), 8.0, 4.5) if noticed else dice.uniform(0, 1.5)
        self.peak_dissociation = min(
            22.0, drawn if peak_dissociation is None else peak_dissociation
        )
        self.strong = self.peak_dissociation >= STRONG_DISSOCIATION
        # Half of the sessions have MOAA/S below 5 (label: 48-61 %). Deeper than 4 is a scenario of
        # its own, so that what must alarm is known beforehand.
        self._drowsy = dice.random() < 0.5
        self._probes = [dice.uniform(0.5, 1.5) for _ in PROBES]
        self._stretch = 40.0 / peak_min
        self._early = min(1.0, usual_peak_min / 40.0)
        self._effects = {}
        for name, share in SIDE_EFFECTS.items():
            there, severe = dice.random() < share, dice.random() < 0.25
            onset, lasts = dice.uniform(5, 30) * self._early, dice.uniform(20, 75)
            if there:
                self._effects[name] = (onset * 60, (onset + lasts) * 60, 2 if severe else 1)

    def at(self, since: float | None) -> dict[str, float]:
        """The state so many seconds after the dose (None: before it).

        Its keys are those of `VirtualPatient.state`.
        """
        share = 0.0 if since is None else _course(since / 60 * self._stretch)
        probes = [
            min(4, round(self.peak_dissociation / len(PROBES) * factor * share))
            for factor in self._probes
        ]
        state: dict[str, float] = dict(zip(PROBES, probes, strict=True))
        state["dissociation"] = sum(probes)
        state["moaas"] = 4 if self._drowsy and share > 0.5 else 5
        for name in SIDE_EFFECTS:
            start, end, severity = self._effects.get(name, (0.0, 0.0, 0))
            state[name] = severity if since is not None and start <= since < end else 0
        return state


def _course(minute: float) -> float:
    for (left, low), (right, high) in pairwise(_COURSE):
        if left <= minute < right:
            return low + (high - low) * (minute - left) / (right - left)
    return 0.0
