"""The user's page about alarms says what the preset does, number by number."""

from pathlib import Path

from alarms import presets
from alarms.alarm import ENTERED_GRACE, LASTS, NO_REPEAT, UNANSWERED
from alarms.audio import PAUSE
from alarms.limits import LONGEST_HIGH_DELAY, LimitSpec, Part, TechnicalSpec
from alarms.sounds import FUNDAMENTAL, interval
from kapmonitor.events import Priority

PAGE = Path(__file__).parents[2] / "docs" / "alarms.md"

NAMES = {
    "spo2": ("SpO₂", "%"),
    "pulse": ("pulse", "/min"),
    "systolic": ("systolic", "mmHg"),
    "diastolic": ("diastolic", "mmHg"),
    "respiratory_rate": ("breaths", "/min"),
    "rate_pressure_product": ("systolic × pulse", ""),
}
SIGNS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def said(sign: str, number: float, part: Part, rise: bool) -> str:
    """``below 90 %``, or ``at least 40 mmHg over baseline``."""
    unit = NAMES[part.vital][1]
    return f"{SIGNS[sign]} {number:g} {unit}".rstrip() + (" over baseline" if rise else "")


def limit_row(spec: LimitSpec) -> str:
    """One line of the page's table of limits."""
    when = " or ".join(
        f"{NAMES[p.vital][0]} {said(p.condition, p.value, p, spec.over_baseline)}"
        for p in spec.parts
    )
    over = " and ".join(said(*p.clear_test, p, spec.over_baseline) for p in spec.parts)
    priority = spec.priority.value.upper()
    if spec.confirm:
        priority += f", {spec.confirm.value.upper()} when the next reading confirms"
    if not spec.on:
        priority += " (off)"
    delay = f"{spec.delay:g} s" if spec.delay else "each reading"
    low, high = spec.allowed
    return (
        f"| `{spec.id}` | {when} | {priority} | {delay} | {over} | {low:g} to {high:g} "
        f"| {spec.source} |"
    )


def technical_row(spec: TechnicalSpec) -> str:
    """One line of the page's table of technical alarms, its meaning apart."""
    steps = ", ".join(
        step.priority.value.upper() + (f" after {step.after:g} s" if step.after else "")
        for step in spec.steps
    )
    return f"| `{spec.id}` | {steps} | {spec.source} |"


def test_every_alarm_stands_on_the_page_with_its_numbers():
    page = PAGE.read_text(encoding="utf-8").splitlines()
    preset = presets.load()
    rows = [limit_row(spec) for spec in preset.limits]
    rows += [technical_row(spec) for spec in preset.technical]
    missing = [row for row in rows if row not in page]
    assert missing == [], "\n".join(missing)
    for spec in preset.rows:
        assert any(line.startswith(f"- `{spec.id}`:") or f"`{spec.id}`" in line for line in page)


def test_page_has_no_alarm_that_does_not_exist():
    known = {spec.id for spec in presets.load().rows}
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert rows <= known


def test_times_of_the_page_are_those_of_the_program():
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for text in (
        f"for {PAUSE:g} s",
        f"within {NO_REPEAT:g} s",
        f"for {UNANSWERED:g} s",
        f"after {LASTS / 60:g} minutes",
        f"after {ENTERED_GRACE:g} s",
        f"{LONGEST_HIGH_DELAY:g} s at most",
        f"every {presets.load().reminder_min:g} minutes",
        f"0 to {presets.LONGEST_REMINDER:g}; 0 is none",
        f"0 to {presets.LONGEST_AVERAGE:g} seconds",
        f"every {interval(Priority.HIGH):g} s",
        f"every {interval(Priority.MEDIUM):g} s",
        f"every {interval(Priority.LOW):g} s",
        f"at {FUNDAMENTAL:g} Hz",
    ):
        assert text in page, text
