"""Lines on stdout: plain text for people or one JSON object a line, flushed at once."""

import json
import sys
from collections.abc import Mapping

import msgspec

from kapmonitor import words
from kapmonitor.events import AlarmChange, Entry, PatientNamed, event_kind
from kapmonitor.messages import Answered
from kapmonitor.regional import MMHG, number, pressure, pressure_unit
from kapmonitor.session import AlarmHistory

Line = Mapping[str, object]

# They are in the record; a line stays a line.
_LONG_TEXTS = ("plan_text", "limits_text", "checklist_text", "instrument_texts")


def event_line(entry: Entry) -> dict[str, object]:
    """A change of an alarm, or any other event."""
    event = entry.event
    if isinstance(event, AlarmChange):
        line: dict[str, object] = {
            "at": entry.at,
            "alarm": event.alarm,
            "priority": event.priority.value,
            "state": event.state.value,
            "value": event.value,
            "limit": event.limit,
        }
        if entry.by:
            line["by"] = entry.by
        return {**line, "unsigned": True} if entry.unsigned else line
    # A name is in the record and in no line.
    fields = {} if isinstance(event, PatientNamed) else msgspec.to_builtins(event)
    for name in ("type", *_LONG_TEXTS):
        fields.pop(name, None)
    head = {"at": entry.at, "event": event_kind(event), "number": entry.number}
    if entry.unsigned:
        fields["unsigned"] = True
    return {**head, "by": entry.by, **{k: v for k, v in fields.items() if k not in head}}


def alarm_lines(history: AlarmHistory) -> list[tuple[float, Line]]:
    """An alarm of a finished session, a line (with its time) for each priority that it had."""
    lines: list[tuple[float, Line]] = []
    changes = [c.event for c in history.changes if isinstance(c.event, AlarmChange)]
    steps: list[tuple[float, AlarmChange]] = []
    for entry, change in zip(history.changes, changes, strict=True):
        if not steps or change.priority is not steps[-1][1].priority:
            steps.append((entry.at, change))
    for place, (at, change) in enumerate(steps):
        following = steps[place + 1][0] if place + 1 < len(steps) else history.ended
        line = {
            "alarm": history.alarm,
            "priority": change.priority.value,
            "kind": history.kind.value,
            "raised": at,
            "ended": following,
            "value": history.value if place + 1 == len(steps) else change.value,
            "limit": change.limit,
        }
        lines.append((at, line))
    return lines


def answer_line(answer: Answered) -> dict[str, object]:
    """The answer to a command: saved with the event's number, or refused with the reason."""
    if answer.refused:
        return {"id": answer.id, "refused": words.sentence(answer.refused, dict(answer.facts))}
    return {"id": answer.id, "saved": answer.entry}


def as_text(line: Line) -> str:
    """The same line for people: `key value` pairs, the first ones bare; numbers by region."""
    parts: list[str] = []
    for name, value in _for_people(line).items():
        if value is None or value == "" or name in ("packet", "number"):
            continue
        if name in ("at", "raised") and isinstance(value, float | int):
            parts.append(f"{number(value, '9.1f')} s")
        elif name in ("vital", "alarm", "event", "notice"):
            parts.append(f"{value}")
        elif name == "value":
            parts.append(number(value) if isinstance(value, float | int) else str(value))
        elif name == "unit":
            parts.append(str(value))
        elif not (name == "quality" and value == "good") and value is not False:
            shown = number(value) if isinstance(value, float) else value
            parts.append(f"{name}={shown}")
    return "  ".join(parts)


# The pressures of a line of text that carries no unit; what is printed as JSON is always mmHg.
_PRESSURES = ("systolic", "diastolic", "mean_pressure")
_OF_PRESSURE = ("SBP_", "DBP_", "BP_")


def _for_people(line: Line) -> Line:
    """The line with its pressures in the unit in which the clinic reads them."""
    if pressure_unit() == MMHG:
        return line
    told = dict(line)
    names = list(_PRESSURES)
    if line.get("unit") == MMHG:
        told["unit"] = pressure_unit()
        names += ["value", "old", "new", "other_old", "other_new"]
    elif str(line.get("alarm", "")).startswith(_OF_PRESSURE) and "event" not in line:
        names += ["value", "limit"]
    for name in names:
        value = line.get(name)
        if isinstance(value, float | int):
            told[name] = pressure(value)
    return told


class Printer:
    """Prints lines, one at a time, flushed."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def line(self, line: Line, text: str | None = None) -> None:
        """Print a line as JSON, or as ``text`` (by default its pairs) for people."""
        if self.as_json:
            out = json.dumps(line, ensure_ascii=False)
        else:
            out = as_text(line) if text is None else text
        sys.stdout.write(out + "\n")
        sys.stdout.flush()
