"""The lanes under the curves: when alarms were in force, when rounds and notes were made."""

from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm

from kapmonitor.alarm_words import MARKS, PRIORITY_WORDS
from kapmonitor.events import Priority
from kapmonitor.export.chart_scale import TimeAxis
from kapmonitor.export.pdf_style import ALARM_COLOURS, BOLD, INK, PLAIN, RULE, SOFT
from kapmonitor.export.visit import Visit
from kapmonitor.words import tr

_LANE = 3.6 * mm
_PRIORITIES = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
LANES_HEIGHT = 5 * _LANE


def draw_lanes(canvas: Any, visit: Visit, axis: TimeAxis, y: float) -> None:
    """Draw the five lanes, the lowest one at ``y``."""
    canvas.saveState()
    canvas.setLineWidth(0.25)
    canvas.setStrokeColor(RULE)
    for at in axis.ticks:
        canvas.line(axis.x(at), y, axis.x(at), y + LANES_HEIGHT)
    for place, priority in enumerate(_PRIORITIES):
        base = y + LANES_HEIGHT - (place + 1) * _LANE
        words = f"{MARKS[priority]} {tr(PRIORITY_WORDS[priority])}"
        _name(canvas, axis, base, words)
        _alarms(canvas, visit, axis, base, priority)
    _name(canvas, axis, y + _LANE, tr("rounds"))
    _rounds(canvas, visit, axis, y + _LANE)
    _name(canvas, axis, y, tr("notes"))
    _notes(canvas, visit, axis, y)
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    canvas.rect(axis.left, y, axis.right - axis.left, LANES_HEIGHT)
    canvas.setFont(PLAIN, 5.6)
    canvas.setFillColor(INK)
    canvas.drawString(axis.right + 1.8 * mm, y + LANES_HEIGHT - 2.5 * mm, tr("alarms: dark"))
    canvas.drawString(axis.right + 1.8 * mm, y + LANES_HEIGHT - 4.7 * mm, tr("until seen"))
    canvas.restoreState()


def _name(canvas: Any, axis: TimeAxis, base: float, text: str) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.25)
    canvas.line(axis.left, base, axis.right, base)
    canvas.setFont(PLAIN, 6.4)
    canvas.setFillColor(INK)
    canvas.drawRightString(axis.left - 1.4 * mm, base + 1.1 * mm, text)


def _alarms(canvas: Any, visit: Visit, axis: TimeAxis, base: float, priority: Priority) -> None:
    """A bar as long as the alarm was in force: dark until it was acknowledged, then light."""
    colour = ALARM_COLOURS[priority]
    light = Color(*(1 - 0.35 * (1 - part) for part in colour.rgb()))
    dark_parts = []
    for alarm in visit.session.alarms:
        if alarm.priority is not priority:
            continue
        ends = visit.end if alarm.ended is None else alarm.ended
        seen = ends if alarm.acknowledged is None else min(ends, alarm.acknowledged)
        left, middle, right = axis.x(alarm.raised), axis.x(seen), axis.x(ends)
        # However short, an alarm shows.
        middle = max(middle, left + 0.9)
        dark_parts.append((left, middle))
        if right > middle:
            canvas.setFillColor(light)
            canvas.rect(middle, base + 0.6 * mm, right - middle, _LANE - 1.2 * mm, stroke=0, fill=1)
    # Last, so that no other alarm's light part hides them.
    canvas.setFillColor(colour)
    for left, right in dark_parts:
        canvas.rect(left, base + 0.6 * mm, right - left, _LANE - 1.2 * mm, stroke=0, fill=1)


def _rounds(canvas: Any, visit: Visit, axis: TimeAxis, base: float) -> None:
    """The number of each round, as in the table; only a tick where they stand too close."""
    free = axis.left - 10
    for number, entry in enumerate(visit.session.rounds, 1):
        x, middle = axis.x(entry.at), base + _LANE / 2
        canvas.setFillColor(INK)
        canvas.setStrokeColor(INK)
        if x < free:
            canvas.setLineWidth(0.6)
            canvas.line(x, base + 0.5 * mm, x, base + _LANE - 0.5 * mm)
            continue
        canvas.circle(x, middle, 1.5 * mm, stroke=0, fill=1)
        canvas.setFillColor(Color(1, 1, 1))
        canvas.setFont(BOLD, 5.4)
        canvas.drawCentredString(x, middle - 1.9, str(number))
        free = x + 3.2 * mm


def _notes(canvas: Any, visit: Visit, axis: TimeAxis, base: float) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.9)
    for entry in visit.session.notes:
        x = axis.x(entry.at)
        canvas.line(x, base + 0.6 * mm, x, base + _LANE - 0.6 * mm)
