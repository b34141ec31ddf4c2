"""What the panels of the chart share: the band of phases, the marks of doses, the axis of time."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from kapmonitor.alarm_words import phase_words
from kapmonitor.events import Dose, Phase
from kapmonitor.export.chart_scale import TimeAxis
from kapmonitor.export.pdf_page import fitting_size
from kapmonitor.export.pdf_style import BOLD, FAINT, INK, PLAIN, RULE, SOFT
from kapmonitor.export.visit import Visit
from kapmonitor.regional import number
from kapmonitor.words import tr


def draw_phases(canvas: Any, visit: Visit, axis: TimeAxis, y: float, height: float) -> None:
    """A band of the phases, each with its name if there is room."""
    phases = [(at, phase) for at, phase in visit.session.phases if phase is not Phase.ENDED]
    canvas.saveState()
    canvas.setLineWidth(0.4)
    canvas.setStrokeColor(SOFT)
    for place, (at, phase) in enumerate(phases):
        until = phases[place + 1][0] if place + 1 < len(phases) else visit.end
        left, right = axis.x(at), axis.x(until)
        canvas.setFillColor(FAINT if place % 2 else RULE)
        canvas.rect(left, y, right - left, height, stroke=1, fill=1)
        canvas.setFillColor(INK)
        name, size = _short(phase_words(phase), right - left - 2)
        canvas.setFont(PLAIN, size)
        canvas.drawCentredString((left + right) / 2, y + height / 2 - size / 3, name)
    canvas.restoreState()


def _short(name: str, room: float) -> tuple[str, float]:
    """A phase's name and its size: small, then cut to "Bas.", then left out."""
    size = fitting_size(name, PLAIN, 6.6, room, least=5)
    while len(name) > 3 and stringWidth(name, PLAIN, size) > room:
        name = name.rstrip(".")[:-1] + "."
    return (name, size) if stringWidth(name, PLAIN, size) <= room else ("", size)


def draw_doses(canvas: Any, visit: Visit, axis: TimeAxis, top: float, bottom: float) -> None:
    """A line through everything at each dose, and what was given above it."""
    canvas.saveState()
    canvas.setStrokeColor(INK)
    canvas.setFillColor(INK)
    doses = [(entry.at, entry.event) for entry in visit.session.doses]
    texts: list[tuple[float, str]] = []
    for at, dose in doses:
        if not isinstance(dose, Dose):
            continue
        x = axis.x(at)
        canvas.setLineWidth(1)
        canvas.line(x, bottom, x, top + 1.2 * mm)
        path = canvas.beginPath()
        path.moveTo(x, top)
        path.lineTo(x - 2.4, top + 4)
        path.lineTo(x + 2.4, top + 4)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
        text = f"{number(dose.amount)} {dose.unit}"
        if texts and x < texts[-1][0] + stringWidth(texts[-1][1], BOLD, 6.6) + 6:
            # Too close for a text of its own.
            texts[-1] = (texts[-1][0], f"{texts[-1][1]} + {text}")
        else:
            texts.append((x + 5, tr("dose {amount}", amount=text)))
    for x, text in texts:
        canvas.setFillColor(Color(1, 1, 1))
        canvas.rect(x - 1, top + 0.3, stringWidth(text, BOLD, 6.6) + 2, 7, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 6.6)
        canvas.drawString(x, top + 1.4, text)
    canvas.restoreState()


def draw_axis(
    canvas: Any, visit: Visit, axis: TimeAxis, y: float, bottoms: Sequence[float]
) -> None:
    """Ticks under every panel, and under the last one minutes and time of day."""
    canvas.saveState()
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    for at in axis.ticks:
        x = axis.x(at)
        for bottom in bottoms:
            canvas.line(x, bottom, x, bottom - 1.1 * mm if bottom == y else bottom - 0.5 * mm)
        canvas.setFont(BOLD, 6.6)
        canvas.setFillColor(INK)
        canvas.drawCentredString(x, y - 3.6 * mm, axis.label(at))
        canvas.setFont(PLAIN, 6)
        canvas.setFillColor(SOFT)
        canvas.drawCentredString(x, y - 6.2 * mm, visit.clock(at))
    title = tr("Minutes from the dose") if visit.t0 is not None else tr("Minutes from the opening")
    # A tick at the very end has its numbers there.
    last = max((axis.x(at) for at in axis.ticks), default=axis.left)
    units = max(axis.right + 1.8 * mm, last + stringWidth("00:00", PLAIN, 6) / 2 + 1.2 * mm)
    canvas.setFont(PLAIN, 6.6)
    canvas.drawString(units, y - 3.6 * mm, tr("min"))
    canvas.drawString(units, y - 6.2 * mm, tr("clock"))
    canvas.setFillColor(INK)
    canvas.drawCentredString((axis.left + axis.right) / 2, y - 9.2 * mm, title)
    canvas.restoreState()
