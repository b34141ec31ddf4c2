"""Sensors that were taken off on purpose, and which may be: made from the model. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from kapmonitor.event_words import PREFERRED_WORDS, alarm_name
from kapmonitor.events import Priority
from kapmonitor.preference import CHOSEN_FOR, measuring
from kapmonitor.vitals import Vital
from kapmonitor.words import tr
from ui.live.model import LiveModel


class SensorRow(Struct, frozen=True):
    """A sensor that can be taken off: ``left`` is ``m:ss`` while it is, ``refused`` why not."""

    source: str
    label: str
    left: str = ""
    refused: str = ""


def sensor_rows(model: LiveModel, real: float) -> tuple[SensorRow, ...]:
    """Every continuous sensor of this visit."""
    rows = []
    for source, info in model.sources.items():
        if not info.continuous:
            continue
        left = _left(model, source, real)
        alarm = "" if left else high_alarm(model, source)
        words = tr("not now: its alarm is high ({alarm})", alarm=alarm_name(alarm)) if alarm else ""
        rows.append(SensorRow(source, info.label or source, left, words))
    return tuple(rows)


class PreferenceRow(Struct, frozen=True):
    """A sensor that could count for a quantity, and whether it is the one that does now."""

    vital: str
    source: str
    words: str
    counts: bool


def preference_rows(model: LiveModel) -> tuple[PreferenceRow, ...]:
    """Every sensor of a quantity that two of them measure."""
    rows = []
    for group in CHOSEN_FOR:
        sources = measuring(group, model.sources.values())
        shown = [r for name, r in model.shown.items() if name == group]
        now = shown[0].source if shown else ""
        for info in sources if len(sources) > 1 else ():
            words = tr("{vital} from {source}", vital=tr(PREFERRED_WORDS[group]),
                       source=info.label or info.id)  # fmt: skip
            rows.append(PreferenceRow(group, info.id, words, info.id == now))
    return tuple(rows)


def high_alarm(model: LiveModel, source: str) -> str:
    """The sensor's own alarm that is HIGH and in force, empty when there is none."""
    info = model.sources.get(source)
    measured = info.measures if info is not None else ()
    for view in model.board.alarms:
        change = view.change
        own = change.source == source or change.vital in measured
        if own and not view.over and change.priority is Priority.HIGH:
            return change.alarm
    return ""


def off_words(model: LiveModel, vitals: Sequence[Vital], shown: str, real: float) -> str:
    """``taken off 9:41`` for the tile of these vitals; empty when no sensor of theirs is off.

    Where another sensor (``shown``) still gives the value, the one that is off is named.
    """
    for source in model.session.taken_off:
        info = model.sources.get(source)
        if info is None or not set(info.measures) & set(vitals):
            continue
        left = _left(model, source, real)
        if source == shown or not shown:
            return tr("taken off {left}", left=left)
        return tr("{sensor} off {left}", sensor=info.label or source, left=left)
    return ""


def _left(model: LiveModel, source: str, real: float) -> str:
    until = model.session.taken_off.get(source)
    if until is None:
        return ""
    minutes, seconds = divmod(max(0, round(until - model.now(real))), 60)
    return f"{minutes}:{seconds:02d}"
