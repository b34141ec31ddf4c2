"""Cuff readings, alarms and rounds as tables: one row for each, in the order of time."""

from collections.abc import Sequence

from kapmonitor.checklist import parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import AlarmChange, AlarmState, Answer, Cuff, Entry, Instrument, Round
from kapmonitor.export.csv_parts import Times, csv_bytes, number, safe
from kapmonitor.session import AlarmHistory, fold
from kapmonitor.vitals import VITALS


def cuffs_csv(entries: Sequence[Entry], identity: str) -> bytes:
    """One row for each cuff cycle that ended, also for one without a value."""
    times = Times(entries)
    header = (
        *times.header,
        *("systolic [mmHg]", "diastolic [mmHg]", "mean pressure [mmHg]", "pulse [/min]"),
        *("quality", "reason", "source", "site", "origin", "device time", "by", "number"),
        *("entered [s]", "simulated", "identity"),
    )
    rows = [
        (
            *times.of_entry(entry),
            *map(number, (cuff.systolic, cuff.diastolic, cuff.mean_pressure, cuff.pulse)),
            cuff.quality.value,
            *map(safe, (cuff.reason, cuff.source, cuff.site)),
            cuff.origin.value,
            *map(safe, (cuff.device_time, entry.by)),
            *(str(entry.number), number(entry.entered), times.simulated, identity),
        )
        for entry in fold(entries).cuffs
        if isinstance(cuff := entry.event, Cuff)
    ]
    return csv_bytes(header, rows)


def alarms_csv(entries: Sequence[Entry], identity: str) -> bytes:
    """One row for each alarm, from raised to ended; each of its changes is in ``events.csv``.

    ``priority`` is the highest that it had, ``value`` the worst; ``response [s]`` counts from when
    it had that priority to the acknowledgement.
    """
    times = Times(entries)
    header = (
        *times.header,
        *("alarm", "kind", "priority", "vital", "value", "limit", "unit", "delay [s]", "source"),
        *("escalated", "acknowledged [s]", "acknowledged by", "response [s]", "ended [s]"),
        *("lasted [s]", "changes", "simulated", "identity"),
    )
    rows = [
        (*_alarm_row(times, alarm), times.simulated, identity) for alarm in fold(entries).alarms
    ]
    return csv_bytes(header, rows)


def _alarm_row(times: Times, alarm: AlarmHistory) -> tuple[str, ...]:
    changes = [entry.event for entry in alarm.changes if isinstance(entry.event, AlarmChange)]
    vital = next((change.vital for change in changes if change.vital), None)
    escalated = sum(1 for change in changes if change.state is AlarmState.ESCALATED)
    lasted = None if alarm.ended is None else round(alarm.ended - alarm.raised, 6)
    response = None if alarm.response is None else round(alarm.response, 6)
    return (
        *times.of_entry(alarm.changes[0]),
        safe(alarm.alarm),
        alarm.kind.value,
        alarm.priority.value,
        vital.value if vital else "",
        number(alarm.value),
        number(alarm.limit),
        VITALS[vital].unit if vital else "",
        number(alarm.delay),
        safe(next((change.source for change in changes if change.source), "")),
        str(escalated),
        number(alarm.acknowledged),
        safe(alarm.acknowledged_by),
        *map(number, (response, alarm.ended, lasted)),
        str(len(changes)),
    )


def rounds_csv(entries: Sequence[Entry], identity: str) -> bytes:
    """One row for each observation round: an item a column, then the sums.

    The columns are those that somebody answered, in the order of the form; a round that did not
    answer one leaves it empty.
    """
    times = Times(entries)
    session = fold(entries)
    rounds = [(entry, filed) for entry in session.rounds if isinstance(filed := entry.event, Round)]
    units = _units(session.opened.checklist_text if session.opened else "")
    answered = {name for _, filed in rounds for name in filed.answers}
    items = [name for name in units if name in answered] + sorted(answered - set(units))
    scores = list(dict.fromkeys(name for _, filed in rounds for name in filed.scores))
    header = (
        *times.header,
        *("checklist", "version", "by", "number", "due [s]"),
        *(safe(f"{name} [{units[name]}]" if units.get(name) else name) for name in items),
        *(safe(f"score {name}") for name in scores),
        *("note", "entered [s]", "simulated", "identity"),
    )
    rows = [
        (
            *times.of_entry(entry),
            *map(safe, (filed.checklist, filed.checklist_version, entry.by)),
            *(str(entry.number), number(filed.due)),
            *(_answer(filed.answers.get(name)) for name in items),
            *(number(filed.scores.get(name)) for name in scores),
            *(safe(filed.note), number(entry.entered), times.simulated, identity),
        )
        for entry, filed in rounds
    ]
    return csv_bytes(header, rows)


def instruments_csv(entries: Sequence[Entry], identity: str) -> bytes:
    """One row for each item of a clinic's own scale that was filed, and one for each score.

    ``kind`` is ``item`` or ``score``; ``before dose`` marks the reference; ``version`` is that of
    the file, which the record keeps.
    """
    times = Times(entries)
    header = (
        *times.header,
        *("instrument", "version", "title", "kind", "name", "value"),
        *("before dose", "due [s]", "by", "number", "note", "entered [s]", "simulated", "identity"),
    )
    rows = []
    for entry in fold(entries).instruments:
        filed = entry.event
        if not isinstance(filed, Instrument):
            continue
        values = [("item", name, _answer(value)) for name, value in filed.answers.items()]
        values += [("score", name, number(value)) for name, value in filed.scores.items()]
        rows += [
            (
                *times.of_entry(entry),
                *map(safe, (filed.instrument, filed.version, filed.title, kind, name)),
                value,
                "yes" if filed.part == "reference" else "no",
                *(number(filed.due), safe(entry.by), str(entry.number), safe(filed.note)),
                *(number(entry.entered), times.simulated, identity),
            )
            for kind, name, value in values
        ]
    return csv_bytes(header, rows)


def _units(text: str) -> dict[str, str]:
    """The items of the record's own form, each with its unit; none for an older or a broken one."""
    try:
        return {item.id: item.unit for item in parse_checklist(text, "").item}
    except KapmonitorError:
        return {}


def _answer(answer: Answer) -> str:
    match answer:
        case None:
            return ""
        case bool():
            return "yes" if answer else "no"
        case int() | float():
            return number(answer)
        case _:
            return safe(answer)
