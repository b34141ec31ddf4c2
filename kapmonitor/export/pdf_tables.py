"""The tables of the report: cuff readings, alarms, rounds, events, amendments, limits."""

from typing import Any

import msgspec

from kapmonitor import events as e
from kapmonitor import regional
from kapmonitor.alarm_words import MARKS, PRIORITY_WORDS, alarm_sentence, reason_words, site_words
from kapmonitor.event_words import event_sentence
from kapmonitor.events import AlarmChange, AlarmState, Cuff, Entry
from kapmonitor.export.limit_lines import (
    LimitLine,
    averaging,
    limit_value,
    names_all,
    preset_name,
)
from kapmonitor.export.pdf_identity import duration
from kapmonitor.export.pdf_style import (
    CELL,
    DASH,
    HEADING,
    SMALL,
    listing,
    marked,
    number,
    para,
    plain,
)
from kapmonitor.export.visit import Visit
from kapmonitor.people_words import by_words
from kapmonitor.reading import LinkState, Origin, Quality
from kapmonitor.regional import MMHG
from kapmonitor.session import AlarmHistory
from kapmonitor.words import tr

# These have tables of their own, or are the machine's affair; the CSV has every one.
_NOT_IN_TIMELINE = (
    *(e.Opened, e.SourceAdded, e.CuffCycle, e.Cuff, e.Round, e.AlarmChange, e.Amended),
    *(e.Instrument, e.CheckEarly),
)


def cuff_table(visit: Visit) -> list[Any]:
    """Every cuff cycle, its change over baseline, and what was doubted."""
    rows = [_cuff_row(visit, entry) for entry in visit.session.cuffs]
    heading = para(tr("Cuff readings"), HEADING)
    if not rows:
        return [heading, para(tr("No cuff reading was recorded."), CELL)]
    head = [
        tr("t"),
        tr("Clock"),
        tr("Sys / dia [{unit}]", unit=regional.pressure_unit()),
        tr("Mean"),
        tr("Pulse [/min]"),
        tr("Over baseline"),
        tr("Source"),
        tr("Quality"),
    ]
    widths = (18, 12, 25, 11, 19, 23, 42, 30)
    return [heading, listing(head, rows, widths, centred=(2, 3, 4, 5))]


def _cuff_row(visit: Visit, entry: Entry) -> list[Any]:
    cuff = entry.event
    assert isinstance(cuff, Cuff)
    pressures = f"{number(cuff.systolic, MMHG)} / {number(cuff.diastolic, MMHG)}"
    rise = DASH
    base = visit.session.baseline
    judged = cuff.quality is Quality.GOOD and cuff.origin is not Origin.STORED
    if base is not None and judged and visit.t0 is not None and entry.at >= visit.t0:
        rise = f"{_difference(cuff.systolic, base.systolic)} / " + _difference(
            cuff.diastolic, base.diastolic
        )
    stored = cuff.origin is Origin.STORED
    return [
        DASH if stored else visit.since_dose(entry.at),
        DASH if stored else visit.clock(entry.at),
        f"({pressures})" if cuff.quality is Quality.QUESTIONABLE else pressures,
        number(cuff.mean_pressure, MMHG),
        number(cuff.pulse),
        rise,
        _cuff_source(visit, entry, cuff),
        _cuff_quality(cuff),
    ]


def _difference(value: float | None, base: float | None) -> str:
    return DASH if value is None or base is None else regional.over_baseline(value, base, MMHG)


def _cuff_source(visit: Visit, entry: Entry, cuff: Cuff) -> str:
    if cuff.origin is Origin.MANUAL:
        by = tr("by hand")
        return f"{by}: {entry.by}" if entry.by else by
    label = visit.labels.get(cuff.source, cuff.source)
    return f"{label}, {site_words(cuff.site)}" if cuff.site else label


def _cuff_quality(cuff: Cuff) -> str:
    reason = reason_words(cuff.reason) if cuff.reason else ""
    words = {
        Quality.GOOD: tr("good"),
        Quality.QUESTIONABLE: tr("doubtful"),
        Quality.INVALID: tr("no value"),
    }[cuff.quality]
    parts = [f"{words}: {reason}" if reason else words]
    if cuff.origin is Origin.STORED:
        when = cuff.device_time.replace("T", " ")
        parts.append(tr("from the device's memory, its clock: {time}", time=when or DASH))
    return "; ".join(parts)


def alarm_table(visit: Visit) -> list[Any]:
    """Every alarm with its response; its worst value and its limit are in its words."""
    heading = para(tr("Alarms"), HEADING)
    if not visit.session.alarms:
        return [heading, para(tr("No alarm was raised."), CELL)]
    head = [
        tr("Priority"),
        tr("Alarm, worst value and limit"),
        tr("Raised"),
        tr("Acknowledged"),
        tr("After"),
        tr("Ended"),
        tr("Lasted"),
    ]
    rows = [_alarm_row(visit, alarm) for alarm in visit.session.alarms]
    return [heading, listing(head, rows, (18, 65, 17, 26, 18, 17, 19))]


def _alarm_row(visit: Visit, alarm: AlarmHistory) -> list[Any]:
    ends = visit.end if alarm.ended is None else alarm.ended
    seen = DASH
    if alarm.acknowledged is not None:
        seen = visit.since_dose(alarm.acknowledged)
        seen = f"{seen} {alarm.acknowledged_by}".strip()
    mark = f"{MARKS[alarm.priority]} {tr(PRIORITY_WORDS[alarm.priority])}"
    lasted = duration(max(0.0, ends - alarm.raised))
    return [
        mark,
        _alarm_words(visit, alarm),
        visit.since_dose(alarm.raised),
        seen,
        DASH if alarm.response is None else duration(alarm.response),
        DASH if alarm.ended is None else visit.since_dose(alarm.ended),
        lasted if alarm.ended is not None else tr("{time} so far", time=lasted),
    ]


def _alarm_words(visit: Visit, alarm: AlarmHistory) -> str:
    changes = [entry.event for entry in alarm.changes if isinstance(entry.event, AlarmChange)]
    worst = msgspec.structs.replace(changes[-1], value=alarm.value, limit=alarm.limit)
    words = alarm_sentence(worst, visit.labels.get(worst.source, worst.source))
    again = sum(1 for one in changes if one.state is AlarmState.ESCALATED)
    if alarm.delay:
        words += "; " + tr("after {seconds:g} s", seconds=alarm.delay)
    return f"{words}; {tr('escalated {times}×', times=again)}" if again else words


def limits_text(visit: Visit) -> list[Any]:
    """The limits that were in force, in one paragraph a vital."""
    shown: dict[str, list[str]] = {}
    for limit in visit.limits:
        if limit.quantity in _VITAL_WORDS:
            shown.setdefault(limit.quantity, []).append(_limit_words(limit))
    if not shown:
        return []
    preset = visit.opened.limits_text
    name = preset_name(preset)
    parts = [
        f"<b>{plain(tr(_VITAL_WORDS[quantity]))}</b> {plain(', '.join(words))}"
        for quantity, words in shown.items()
    ]
    text = (
        f"{plain(tr('Limits at the start (preset {name}):', name=name))} " + "; ".join(parts) + "."
    )
    if seconds := averaging(preset):
        words = tr("Pulse and SpO₂ were averaged over {seconds:g} s before.", seconds=seconds)
        text += " " + plain(words)
    if not (names_all(preset) or name.startswith("default")):
        # Older records keep a clinic's preset as it was written, naming only what it changes.
        text += " " + plain(tr("What this preset does not name is as the program's default."))
    marks = tr("* low, ** medium, *** high; Δ is over baseline.")
    return [marked(f"{text} {plain(marks)}", SMALL)]


_VITAL_WORDS = {
    "systolic": "systolic",
    "diastolic": "diastolic",
    "pulse": "pulse",
    "spo2": "SpO₂",
    "respiratory_rate": "breaths",
}


def _limit_words(limit: LimitLine) -> str:
    sign = {">=": "≥", "<=": "≤"}.get(limit.condition, limit.condition)
    given = limit_value(limit, limit.value)
    value = f"Δ {sign} {given}" if limit.over_baseline else f"{sign} {given}"
    return f"{value} {MARKS[limit.priority]}"


def timeline(visit: Visit) -> list[Any]:
    """Phases, doses, notes, gaps and everything else that has no table of its own."""
    rows = [
        [
            visit.since_dose(entry.at),
            visit.clock(entry.at),
            _words(visit, entry),
            by_words(entry, visit.session) or DASH,
        ]
        for entry in visit.session.entries
        if _in_timeline(entry) and not visit.session.is_later(entry)
    ]
    heading = para(tr("Notes and events"), HEADING)
    if not rows:
        return [heading, para(tr("Nothing else was recorded."), CELL)]
    head = [tr("t"), tr("Clock"), tr("What happened"), tr("By")]
    return [heading, listing(head, rows, [18, 14, 113, 35])]


def _in_timeline(entry: Entry) -> bool:
    if isinstance(entry.event, e.LinkChanged):
        # The gap that follows says the rest.
        return entry.event.state is LinkState.DOWN and not entry.event.expected
    return not isinstance(entry.event, _NOT_IN_TIMELINE)


def _words(visit: Visit, entry: Entry) -> str:
    words = event_sentence(entry.event, visit.labels)
    reason = getattr(entry.event, "reason", "")
    if reason and isinstance(entry.event, e.LimitChanged | e.Baseline | e.Gap):
        words = f"{words} ({reason_words(reason)})"
    late = 0.0 if entry.entered is None else entry.entered - entry.at
    if late > 30:
        minutes = max(1, round(late / 60))
        words = tr("{words} (entered {minutes} min later)", words=words, minutes=minutes)
    return words


def amendments(visit: Visit) -> list[Any]:
    """Corrections: what was said, what is right, why and by whom; and what was noted later."""
    if not visit.session.amendments:
        return []
    by_number = {entry.number: entry for entry in visit.session.entries}
    rows = []
    for entry in visit.session.amendments:
        when = visit.local(entry.at if entry.entered is None else entry.entered)
        cells = _amendment(visit, entry.event, entry.at, by_number)
        rows.append([regional.day_and_time(when), *cells, entry.by or DASH])
    head = [
        tr("Written"),
        tr("Entry"),
        tr("It said"),
        tr("Correction"),
        tr("Reason"),
        tr("By"),
    ]
    return [para(tr("Amendments"), HEADING), listing(head, rows, [28, 18, 36, 40, 27, 31])]


def _amendment(visit: Visit, event: e.Event, at: float, by_number: dict[int, Entry]) -> list[str]:
    """Which entry, what it said, what is right, why; or a note that corrects nothing."""
    if isinstance(event, e.Note) and event.kind == "felt_worse":
        felt = tr("felt {time}", time=regional.day_and_time(visit.local(at)))
        return [DASH, felt, event_sentence(event, visit.labels), DASH]
    if not isinstance(event, e.Amended):
        return [DASH, tr("later note"), event_sentence(event, visit.labels), DASH]
    old = by_number.get(event.of)
    if old is None:
        return [str(event.of), DASH, event.text, event.reason]
    where = f"{event.of}, {visit.since_dose(old.at)}"
    return [where, event_sentence(old.event, visit.labels), event.text, event.reason]
