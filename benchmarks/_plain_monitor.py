"""A plain bedside monitor to compare with: fixed limits, no delay, no hysteresis, no second look.

It has the same absolute limits as our preset, alarms with the first value beyond one and stops with
the first inside, sounds every alarm, and knows no baseline.
"""

from alarms.limits import COMPARE, LimitSpec, Quantity
from alarms.presets import Preset
from kapmonitor import events as e
from kapmonitor.pastdata import Moment, PastData
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import LinkState, Origin, Quality, Reading
from kapmonitor.vitals import Vital

_QUANTITIES = {
    Vital.HEART_RATE: Quantity.PULSE,
    Vital.PULSE_RATE: Quantity.PULSE,
    Vital.SPO2: Quantity.SPO2,
    Vital.SYSTOLIC: Quantity.SYSTOLIC,
    Vital.DIASTOLIC: Quantity.DIASTOLIC,
}


class PlainMonitor:
    """Keeps ``alarms`` as (identifier, raised, ended or None)."""

    def __init__(self, preset: Preset) -> None:
        self.alarms: list[tuple[str, float, float | None]] = []
        self._limits = [
            spec
            for spec in preset.limits
            if spec.on and not spec.over_baseline and spec.vital in _QUANTITIES.values()
        ]
        self._open: dict[str, int] = {}
        self._continuous: dict[str, bool] = {}
        self._seen_spo2 = False

    def watch(self, past: PastData) -> "PlainMonitor":
        """Go through a whole visit, until the patient leaves."""
        for moment in past.moments:
            if isinstance(moment.message, e.Left | e.Ended):
                for name in list(self._open):
                    self._set(name, False, moment.at)
                break
            self._hear(moment)
        return self

    def _hear(self, moment: Moment) -> None:
        at = moment.at
        match moment.message:
            case SourceInfo(id=name, continuous=continuous):
                self._continuous[name] = continuous
            case Reading() as reading if moment.in_use and reading.origin is not Origin.STORED:
                self._reading(reading, at)
            case e.LinkChanged(source=source, state=state, expected=False):
                if self._continuous.get(source):
                    self._set("LINK_LOST", state is LinkState.DOWN, at)
            case e.Cuff(quality=quality) as cuff if cuff.origin is not Origin.STORED:
                self._set("CUFF_FAILED", quality is not Quality.GOOD, at)

    def _reading(self, reading: Reading, at: float) -> None:
        quantity, value = _QUANTITIES.get(reading.vital), reading.value
        if reading.vital is Vital.SPO2:
            self._seen_spo2 = self._seen_spo2 or value is not None
            self._set("SPO2_SIGNAL_LOST", value is None and self._seen_spo2, at)
        if quantity is None or value is None:
            return
        for spec in self._limits:
            if spec.vital is quantity:
                self._set(spec.id, _beyond(spec, value), at)

    def _set(self, name: str, holds: bool, at: float) -> None:
        if holds and name not in self._open:
            self._open[name] = len(self.alarms)
            self.alarms.append((name, at, None))
        elif not holds and name in self._open:
            place = self._open.pop(name)
            self.alarms[place] = (name, self.alarms[place][1], at)


def _beyond(spec: LimitSpec, value: float) -> bool:
    return COMPARE[spec.condition](value, spec.value)
