"""Alarms that a person raises by filing a round: sedation, breathing, red flags."""

import math
from collections.abc import Mapping

from alarms.limits import EnteredSpec
from alarms.watch import Watch
from kapmonitor.events import Answer, Priority


class Sedation(Watch):
    """MOAA/S at or below its levels, or breathing that is not normal."""

    entered = True
    low = True
    step = 1.0

    def __init__(self, spec: EnteredSpec) -> None:
        self.spec = spec
        self._level: float | None = None
        self._breathing_normal = True
        self._level_at = self._breathing_at = -math.inf

    def hear(self, answers: Mapping[str, Answer], at: float) -> None:
        """A round of this time was filed.

        What it leaves open ("resting, not roused") stays as it was; so does what a later round
        has answered, when this one is filed late.
        """
        level = number(answers.get(self.spec.answer))
        breathing = _normal(answers.get("breathing"))
        if level is not None and at >= self._level_at:
            self._level, self._level_at = level, at
        if breathing is not None and at >= self._breathing_at:
            self._breathing_normal, self._breathing_at = breathing, at
        self.extent = int(not self._breathing_normal)
        self._judge()

    def _judge(self) -> None:
        level = self._level
        deep = level is not None and level <= self.spec.high
        if deep or not self._breathing_normal:
            self.holds, self.priority = True, Priority.HIGH
            self.limit = self.spec.high if deep else None
            self.reason = "" if self._breathing_normal else "breathing"
        elif level is not None and level <= self.spec.value:
            self.holds, self.priority = True, Priority.MEDIUM
            self.limit, self.reason = self.spec.value, ""
        elif level is None or level >= self.spec.clear:
            self.holds = False
        if not self.holds:
            self.value = None
        elif level is not None:
            self.value = level if self.value is None else min(level, self.value)

    def forget(self) -> None:
        """As if no round had been filed."""
        super().forget()
        self._level, self._breathing_normal = None, True
        self._level_at = self._breathing_at = -math.inf


class RedFlag(Watch):
    """Any red-flag symptom; over with the first round that has none."""

    entered = True
    priority = Priority.HIGH

    def __init__(self, spec: EnteredSpec) -> None:
        self.spec = spec
        self._seen: set[str] = set()
        self._at = -math.inf

    def hear(self, answers: Mapping[str, Answer], at: float) -> None:
        """A round of this time was filed.

        One that does not speak of red flags changes nothing, nor one that is older than the last
        that did.
        """
        answer = answers.get(self.spec.answer)
        if answer is None or answer == "" or at < self._at:
            return
        self._at = at
        flags = red_flags(answer)
        self.holds = bool(flags)
        self.reason = ",".join(flags)
        self._seen = self._seen | set(flags) if flags else set()
        self.extent = len(self._seen)
        self.value = float(self.extent) if flags else None

    def forget(self) -> None:
        """As if no round had been filed."""
        super().forget()
        self._seen, self._at = set(), -math.inf


def red_flags(answer: Answer) -> list[str]:
    """``"chest_pain,seizure"`` as identifiers; empty for ``"none"``."""
    if isinstance(answer, bool):
        return ["unnamed"] if answer else []
    parts = [part.strip() for part in str(answer).split(",")]
    return [part for part in parts if part and part.lower() not in ("none", "no", "0")]


def number(answer: Answer) -> float | None:
    """A number, also one written as text; None for everything else ("resting")."""
    if isinstance(answer, bool) or answer is None:
        return None
    try:
        return float(answer)
    except ValueError:
        return None


def _normal(answer: Answer) -> bool | None:
    if answer is None or answer == "":
        return None
    if isinstance(answer, bool):
        return answer
    return str(answer).strip().lower() in ("normal", "yes")
