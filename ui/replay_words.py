"""What a replay comes to, in words: the same on the command line and in the window."""

from kapmonitor.alarm_words import PRIORITY_WORDS
from kapmonitor.events import Priority
from kapmonitor.regional import number
from kapmonitor.words import tr
from ui.trial_result import Count

# What raised an alarm: a value, or that none came. In a chart, whose rows lie minutes apart, the
# gaps between them raise most.
PARTS = {"values": "from values", "gaps": "from gaps"}


def part_words(part: str) -> str:
    """``from values`` or ``from gaps``."""
    return tr(PARTS[part])


def priority_words(priority: str) -> str:
    """``high``, ``medium``, ``low``."""
    return tr(PRIORITY_WORDS[Priority(priority)])


def count_words(count: Count) -> str:
    """``3 (1.4 an hour, 12.0 min in force)``."""
    if not count.alarms:
        return tr("none")
    return tr(
        "{number} ({hourly} an hour, {minutes} min in force)",
        number=count.alarms,
        hourly="-" if count.per_hour is None else number(count.per_hour, ".1f"),
        minutes=number(count.minutes, ".1f"),
    )


def part_line(part: str, counts: dict[str, Count]) -> str:
    """A part of a summary on one line: ``from values: high none, medium 3 (...), ...``."""
    words = (f"{priority_words(name)} {count_words(count)}" for name, count in counts.items())
    return f"{part_words(part)}: {', '.join(words)}"
