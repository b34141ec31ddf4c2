"""The chart of the whole visit: pressure, pulse, SpO2, alarms and rounds over one axis of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from kapmonitor import regional
from kapmonitor.alarm_words import MARKS
from kapmonitor.events import Cuff, Priority
from kapmonitor.export.chart_scale import Scale, TimeAxis, spread, value_scale
from kapmonitor.export.limit_lines import baseline_of, limit_value
from kapmonitor.export.pdf_axis import draw_axis, draw_doses, draw_phases
from kapmonitor.export.pdf_lanes import LANES_HEIGHT, draw_lanes
from kapmonitor.export.pdf_page import fitting_size
from kapmonitor.export.pdf_style import BOLD, HEAD, INK, PLAIN, RULE, SOFT
from kapmonitor.export.traces import Point, Trace
from kapmonitor.export.visit import Visit
from kapmonitor.reading import Origin, Quality
from kapmonitor.regional import MMHG
from kapmonitor.words import tr

LEFT, RIGHT = 17 * mm, 21 * mm
# Half the width of a mark, such as a cuff's triangle [points].
_MARK = 3.0
_BAND, _DOSE_ROW, _SPACE, _AXIS = 4.4 * mm, 3.8 * mm, 1.8 * mm, 10.5 * mm
_NO_DATA = HexColor("#e3e6e9")
_LINE = {Priority.MEDIUM: (0.4, (2, 2)), Priority.HIGH: (0.9, (4.5, 1.8))}
_BASELINE_DASH = (7, 1.8, 1.2, 1.8)


@dataclass(frozen=True)
class Panel:
    """One strip of the chart. ``low`` and ``high`` are shown at least; ``step`` between ticks."""

    title: str
    unit: str
    quantities: tuple[tuple[str, str], ...]
    low: float
    high: float
    step: float
    height: float
    colour: Color


PANELS = (
    Panel(
        "Blood pressure",
        MMHG,
        (("systolic", "sys"), ("diastolic", "dia")),
        *(55, 206, 20),
        43 * mm,
        INK,
    ),
    Panel("Pulse", "/min", (("pulse", ""),), 35, 145, 20, 27 * mm, HexColor("#14603a")),
    Panel("SpO₂", "%", (("spo2", ""),), 83, 100, 5, 21 * mm, HexColor("#0f5575")),
)


_PANELS_HEIGHT = sum(panel.height for panel in PANELS)
_AROUND = _DOSE_ROW + _BAND + _SPACE * (1 + len(PANELS)) + LANES_HEIGHT + _AXIS
_MOST_SQUEEZE = 0.72
LEGEND_ROOM = 15 * mm
LEAST_HEIGHT = _AROUND + _MOST_SQUEEZE * _PANELS_HEIGHT + LEGEND_ROOM


class VisitChart(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Draws a visit into the width of the page."""

    def __init__(self, visit: Visit, traces: dict[str, Trace]) -> None:
        super().__init__()
        self._visit, self._traces = visit, traces
        self._squeeze = 1.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the whole width, and a little less height where the page is nearly full."""
        self.width = width
        spare = (height - LEGEND_ROOM - _AROUND) / _PANELS_HEIGHT
        self._squeeze = min(1.0, max(_MOST_SQUEEZE, spare))
        self.height = _AROUND + self._squeeze * _PANELS_HEIGHT
        return self.width, self.height

    def draw(self) -> None:
        """Draw from the top down."""
        visit, canvas = self._visit, self.canv
        axis = TimeAxis(visit.start, visit.end, visit.t0, LEFT, self.width - RIGHT)
        top = self.height - _DOSE_ROW
        draw_phases(canvas, visit, axis, top - _BAND, _BAND)
        y = top - _BAND - _SPACE
        bottoms = []
        for whole in PANELS:
            panel = replace(whole, height=whole.height * self._squeeze)
            y -= panel.height
            _PanelDrawing(canvas, visit, axis, panel, y).draw(self._traces)
            bottoms.append(y)
            y -= _SPACE
        y -= LANES_HEIGHT
        draw_lanes(canvas, visit, axis, y)
        draw_axis(canvas, visit, axis, y, [*bottoms, y])
        draw_doses(canvas, visit, axis, top, y)


class _PanelDrawing:
    """One panel at one place of the page."""

    def __init__(self, canvas: Any, visit: Visit, axis: TimeAxis, panel: Panel, y: float) -> None:
        self._canvas, self._visit, self._axis, self._panel, self._y = canvas, visit, axis, panel, y

    def draw(self, traces: dict[str, Trace]) -> None:
        canvas, panel = self._canvas, self._panel
        trace = traces.get(panel.quantities[0][0], Trace())
        pressures = panel.quantities[0][0] == "systolic"
        self._scale = self._scaled(trace, pressures)
        canvas.saveState()
        if not pressures:
            self._draw_missing(trace)
        self._draw_grid()
        self._draw_labels([*self._draw_limits(), *self._draw_baselines()])
        path = canvas.beginPath()
        # A mark at the very beginning or end is drawn whole.
        left, right = self._axis.left - _MARK, self._axis.right + _MARK
        path.rect(left, self._y, right - left, panel.height)
        canvas.clipPath(path, stroke=0, fill=0)
        if pressures:
            self._draw_cuffs()
        else:
            self._draw_trace(trace)
            if panel.quantities[0][0] == "pulse":
                self._draw_cuff_pulses()
        canvas.restoreState()
        self._draw_title(empty=not self._anything(trace, pressures))

    def _anything(self, trace: Trace, pressures: bool) -> bool:
        if pressures:
            return bool(self._visit.session.cuffs)
        pulses = self._panel.quantities[0][0] == "pulse" and any(
            cuff.pulse is not None for _, cuff in shown_cuffs(self._visit)
        )
        return bool(trace.pieces or trace.doubtful or pulses)

    def _scaled(self, trace: Trace, pressures: bool) -> Scale:
        values = [v for point in (*trace.points, *trace.doubtful) for v in (point.low, point.high)]
        for _, cuff in shown_cuffs(self._visit):
            found = (cuff.systolic, cuff.diastolic) if pressures else (cuff.pulse,)
            if pressures or self._panel.quantities[0][0] == "pulse":
                values += [value for value in found if value is not None]
        panel = self._panel
        full = 100.0 if panel.unit == "%" else None
        return value_scale(
            values, panel.low, panel.high, panel.step, self._y, panel.height, full, panel.unit
        )

    def _draw_missing(self, trace: Trace) -> None:
        """Where there is no value for longer than a line may cross, the ground is grey."""
        points = trace.doubtful
        known = [(piece[0].at, piece[-1].at) for piece in trace.pieces]
        known = sorted([*known, *((point.at, point.at) for point in points)])
        if not known:
            return
        since = self._visit.start
        self._canvas.setFillColor(_NO_DATA)
        for begins, ends in [*known, (self._visit.end, self._visit.end)]:
            # Points stand in the middle of their seconds; a shorter stretch is no gap.
            if begins - since > 20:
                left, right = self._axis.x(since), self._axis.x(begins)
                self._canvas.rect(left, self._y, right - left, self._panel.height, stroke=0, fill=1)
            since = max(since, ends)

    def _draw_grid(self) -> None:
        canvas, axis = self._canvas, self._axis
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.25)
        canvas.setFont(PLAIN, 6.4)
        canvas.setFillColor(SOFT)
        for value, name in zip(self._scale.ticks, self._scale.names, strict=True):
            y = self._scale.y(value)
            canvas.line(axis.left, y, axis.right, y)
            canvas.drawRightString(axis.left - 1.4 * mm, y - 2.2, name)
        for at in axis.ticks:
            canvas.line(axis.x(at), self._y, axis.x(at), self._y + self._panel.height)
        canvas.setStrokeColor(SOFT)
        canvas.setLineWidth(0.5)
        canvas.rect(axis.left, self._y, axis.right - axis.left, self._panel.height)

    def _draw_limits(self) -> Iterable[tuple[float, str]]:
        """Lines for medium and high limits; the low ones stand in the table of limits."""
        names = dict(self._panel.quantities)
        canvas = self._canvas
        for limit in self._visit.limits:
            if limit.quantity not in names or limit.priority not in _LINE:
                continue
            width, dash = _LINE[limit.priority]
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(width)
            canvas.setDash(dash)
            last = None
            for since, until, value in limit.steps:
                if self._scale.holds(value) and since < self._visit.end:
                    left, right = self._axis.x(since), self._axis.x(until)
                    canvas.line(left, self._scale.y(value), right, self._scale.y(value))
                    last = value if until >= self._visit.end else None
            if last is not None:
                rise = "+" if limit.over_baseline else limit.condition
                shown = limit_value(limit, limit.value if limit.over_baseline else last)
                text = f"{names[limit.quantity]} {_sign(rise)}{shown} {MARKS[limit.priority]}"
                yield last, text.strip()
        canvas.setDash()

    def _draw_baselines(self) -> Iterable[tuple[float, str]]:
        canvas = self._canvas
        for quantity, name in self._panel.quantities:
            value = baseline_of(self._visit.session.baseline, quantity)
            if value is None or not self._scale.holds(value):
                continue
            canvas.setStrokeColor(SOFT)
            canvas.setLineWidth(0.7)
            canvas.setDash(_BASELINE_DASH)
            y = self._scale.y(value)
            canvas.line(self._axis.left, y, self._axis.right, y)
            yield (
                value,
                tr(
                    "{vital} baseline {value}",
                    vital=name,
                    value=regional.baseline(value, self._panel.unit),
                ).strip(),
            )
        canvas.setDash()

    def _draw_labels(self, labels: Sequence[tuple[float, str]]) -> None:
        canvas = self._canvas
        canvas.setFillColor(INK)
        wanted = sorted((self._scale.y(value), text) for value, text in labels)
        low, high = self._y + 2.4, self._y + self._panel.height - 2.4
        places = spread([y for y, _ in wanted], 6.0, low, high)
        x = self._axis.right
        for place, (y, text) in zip(places, wanted, strict=True):
            canvas.setStrokeColor(SOFT)
            canvas.setLineWidth(0.3)
            canvas.line(x, y, x + 1.4 * mm, place)
            canvas.setFont(PLAIN, fitting_size(text, PLAIN, 5.6, RIGHT - 1.8 * mm, least=4.4))
            canvas.drawString(x + 1.8 * mm, place - 1.9, text)

    def _draw_cuffs(self) -> None:
        """Systolic points down, diastolic up, as on an anaesthetic chart; hollow when doubtful."""
        canvas = self._canvas
        canvas.setStrokeColor(INK)
        for at, cuff in shown_cuffs(self._visit):
            x = self._axis.x(at)
            values = [v for v in (cuff.systolic, cuff.diastolic) if v is not None]
            if not values or cuff.quality is Quality.INVALID:
                _cross(canvas, x, self._y + 2 * mm)
                continue
            canvas.setLineWidth(0.7)
            canvas.setDash(() if cuff.origin is Origin.LIVE else (1, 1.2))
            if len(values) == 2:
                canvas.line(x, self._scale.y(values[0]), x, self._scale.y(values[1]))
            canvas.setDash()
            good = cuff.quality is Quality.GOOD
            if cuff.systolic is not None:
                _triangle(canvas, x, self._scale.y(cuff.systolic), -1, good)
            if cuff.diastolic is not None:
                _triangle(canvas, x, self._scale.y(cuff.diastolic), 1, good)

    def _draw_cuff_pulses(self) -> None:
        canvas = self._canvas
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.6)
        for at, cuff in shown_cuffs(self._visit):
            if cuff.pulse is not None and cuff.quality is not Quality.INVALID:
                canvas.rect(self._axis.x(at) - 1.3, self._scale.y(cuff.pulse) - 1.3, 2.6, 2.6)

    def _draw_trace(self, trace: Trace) -> None:
        canvas, colour = self._canvas, self._panel.colour
        canvas.setFillColor(Color(colour.red, colour.green, colour.blue, alpha=0.2))
        for piece in trace.pieces:
            if len(piece) > 1:
                canvas.drawPath(self._band(piece), stroke=0, fill=1)
        canvas.setStrokeColor(colour)
        canvas.setFillColor(colour)
        canvas.setLineWidth(0.8)
        canvas.setLineJoin(1)
        for piece in trace.pieces:
            places = [(self._axis.x(p.at), self._scale.y(p.value)) for p in piece]
            if len(places) == 1:
                canvas.circle(*places[0], 0.7, stroke=0, fill=1)
                continue
            path = canvas.beginPath()
            path.moveTo(*places[0])
            for place in places[1:]:
                path.lineTo(*place)
            canvas.drawPath(path)
        canvas.setLineWidth(0.4)
        for point in trace.doubtful:
            canvas.circle(self._axis.x(point.at), self._scale.y(point.value), 0.9)

    def _band(self, piece: Sequence[Point]) -> Any:
        path = self._canvas.beginPath()
        path.moveTo(self._axis.x(piece[0].at), self._scale.y(piece[0].high))
        for point in piece[1:]:
            path.lineTo(self._axis.x(point.at), self._scale.y(point.high))
        for point in reversed(piece):
            path.lineTo(self._axis.x(point.at), self._scale.y(point.low))
        path.close()
        return path

    def _draw_title(self, empty: bool) -> None:
        canvas, panel = self._canvas, self._panel
        canvas.saveState()
        canvas.translate(3.2 * mm, self._y + panel.height / 2)
        canvas.rotate(90)
        canvas.setFillColor(HEAD)
        canvas.setFont(BOLD, 7)
        canvas.drawCentredString(0, 0, tr(panel.title))
        canvas.setFont(PLAIN, 6.4)
        canvas.setFillColor(SOFT)
        canvas.drawCentredString(0, -3.4 * mm, regional.unit(panel.unit))
        canvas.restoreState()
        if empty:
            canvas.setFont(PLAIN, 8)
            canvas.setFillColor(SOFT)
            middle = (self._axis.left + self._axis.right) / 2
            canvas.drawCentredString(middle, self._y + panel.height / 2 - 3, tr("no readings"))


def shown_cuffs(visit: Visit) -> list[tuple[float, Cuff]]:
    """The cuff readings of the visit itself; one from a device's memory has no place in time."""
    return [
        (entry.at, entry.event)
        for entry in visit.session.cuffs
        if isinstance(entry.event, Cuff) and entry.event.origin is not Origin.STORED
    ]


def _sign(condition: str) -> str:
    return {">=": "≥", "<=": "≤"}.get(condition, condition)


def _triangle(canvas: Any, x: float, y: float, up: int, filled: bool) -> None:
    """A triangle whose tip is at the value."""
    path = canvas.beginPath()
    path.moveTo(x, y)
    path.lineTo(x - 2.1, y - up * 4.2)
    path.lineTo(x + 2.1, y - up * 4.2)
    path.close()
    canvas.setLineWidth(0.6)
    canvas.setFillColor(INK if filled else Color(1, 1, 1))
    canvas.drawPath(path, stroke=1, fill=1)


def _cross(canvas: Any, x: float, y: float) -> None:
    canvas.setLineWidth(0.8)
    canvas.line(x - 1.6, y - 1.6, x + 1.6, y + 1.6)
    canvas.line(x - 1.6, y + 1.6, x + 1.6, y - 1.6)
