"""The tables of a finished visit: alarms with response times, rounds, events with amendments."""

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.alarm_words import MARKS
from kapmonitor.answer_words import answer_words, find_item, item_words, score_words
from kapmonitor.checklist import Checklist, Item, parse_checklist
from kapmonitor.due_outcomes import check_rows, plan_of, scales_of, timing
from kapmonitor.effect_words import effect_cell
from kapmonitor.effects import effects
from kapmonitor.errors import KapmonitorError
from kapmonitor.event_words import alarm_name
from kapmonitor.events import Answer, Entry
from kapmonitor.regional import number, shown
from kapmonitor.session import AlarmHistory, Session, session_time
from kapmonitor.vitals import VITALS
from kapmonitor.words import tr
from ui.live.entry_words import timeline_row


class TableRow(Struct, frozen=True):
    """A line of a table; ``tone`` is a token of the theme for all of it, empty for plain text."""

    cells: tuple[str, ...]
    tone: str = ""


class Table(Struct, frozen=True):
    """A table: its heads and its rows; ``wide`` is the column that takes the room there is."""

    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    wide: int = -1


def alarm_table(session: Session) -> Table:
    """Every alarm: when, which, the worst value, how long, and how soon somebody answered.

    The delay is what the limit asked for, in seconds; empty where each reading is judged.
    """
    heads = (tr("Time"), tr("Alarm"), tr("Worst"), tr("Limit"), tr("Delay"), tr("Lasted"),
             tr("Answered after"), tr("By"))  # fmt: skip
    rows = [
        TableRow(
            (
                session_time(alarm.raised, session.t0),
                f"{MARKS[alarm.priority]} {alarm_name(alarm.alarm)}",
                _in_unit(alarm, alarm.value),
                _in_unit(alarm, alarm.limit),
                tr("after {seconds:g} s", seconds=alarm.delay) if alarm.delay else "",
                tr("in force") if alarm.ended is None else duration(alarm.ended - alarm.raised),
                tr("not answered") if alarm.response is None else duration(alarm.response),
                alarm.acknowledged_by,
            ),
            alarm.priority.value,
        )
        for alarm in session.alarms
    ]
    return Table(heads, tuple(rows), wide=len(heads) - 1)


def round_table(session: Session) -> Table:
    """A flow sheet: a line for each question, a column for each round."""
    filed = [(entry, entry.event) for entry in session.rounds if isinstance(entry.event, e.Round)]
    rounds = [event for _, event in filed]
    heads = (tr("Question"), *(session_time(entry.at, session.t0) for entry, _ in filed))
    lines = [TableRow((tr("Observer"), *(entry.by for entry, _ in filed)), "dim")] if filed else []
    form = _checklist(session)
    items = {item.id: item for item in form.item} if form is not None else {}
    courses = {one.item: effect_cell(one) for one in effects(form, session)} if form else {}
    if courses:
        heads = (*heads, tr("Began, worst, gone [min]"))
    for key in items or sorted({key for event in rounds for key in event.answers}):
        cells = [_answer(find_item(key, form), event.answers.get(key)) for event in rounds]
        if any(cells):
            course = (courses.get(key, ""),) if courses else ()
            words = item_words(key, form)
            lines.append(TableRow((words, *cells, *course)))
    titles = {score.id: tr(score.title) for score in form.score} if form is not None else {}
    for key in dict.fromkeys(key for event in rounds for key in event.scores):
        cells = [_number(event.scores.get(key)) for event in rounds]
        lines.append(TableRow((titles.get(key, score_words(key)), *cells), "good"))
    return Table(heads, tuple(lines))


def scale_table(session: Session) -> Table:
    """The clinic's scales: a line for each time one was filed, its version and its scores."""
    heads = (tr("Time"), tr("Scale"), tr("Version"), tr("Scores"), tr("Answers"), tr("Remark"),
             tr("By"))  # fmt: skip
    forms = scales_of(session)
    rows = []
    for entry in session.instruments:
        filed = entry.event
        if not isinstance(filed, e.Instrument):
            continue
        form = forms.get(filed.instrument)
        titles = {score.id: tr(score.title) for score in form.score} if form is not None else {}
        scores = "; ".join(
            f"{titles.get(name, score_words(name))}: {number(value)}"
            for name, value in filed.scores.items()
        )
        answers = "; ".join(
            f"{item_words(name, form)}: {_answer(find_item(name, form), value)}"
            for name, value in filed.answers.items()
        )
        when = session_time(entry.at, session.t0)
        cells = (when, tr(filed.title or filed.instrument), filed.version, scores, answers,
                 filed.note, entry.by)  # fmt: skip
        rows.append(TableRow(cells))
    return Table(heads, tuple(rows), wide=4)


_STATE_TONES = {"open": "medium", "late": "medium", "skipped": "accent", "early": "accent"}


def check_table(session: Session) -> Table:
    """What the plan asked for and what became of it: in time, early, late, left out, not done."""
    heads = (tr("Check"), tr("Due"), tr("Done"), tr("How"), tr("By"))
    rows = [
        TableRow((row.what, row.due, row.done, row.how, row.by), _STATE_TONES.get(row.state, ""))
        for row in check_rows(session)
    ]
    return Table(heads, tuple(rows), wide=len(heads) - 1)


def event_table(session: Session) -> Table:
    """Everything that happened; what was amended later stands beside it, with who and why."""
    heads = (tr("Time"), tr("Event"), tr("By"), tr("Amended"))
    amended: dict[int, list[Entry]] = {}
    for entry in session.amendments:
        if isinstance(entry.event, e.Amended):
            amended.setdefault(entry.event.of, []).append(entry)
    start = session.phases[0][0] if session.phases else 0.0
    labels = {name: added.label or name for name, added in session.sources.items()}
    told = timing(plan_of(session), session)
    rows = []
    for entry in session.entries:
        row = timeline_row(entry, session.t0, start, entry.number, labels)
        if row is not None:
            later = amended.get(entry.number, [])
            text = ", ".join(words for words in (row.text, told.get(entry.number, "")) if words)
            cells = (row.time, text, row.by, "; ".join(map(_amendment, later)))
            rows.append(TableRow(cells, "accent" if later else row.tone))
    return Table(heads, tuple(rows), wide=1)


def duration(seconds: float) -> str:
    """``m:ss``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"


def _amendment(entry: Entry) -> str:
    event = entry.event
    assert isinstance(event, e.Amended)
    reason = f" ({event.reason})" if event.reason else ""
    return f"{event.text}{reason}, {entry.by}"


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def _in_unit(alarm: AlarmHistory, value: float | None) -> str:
    """A value of an alarm's vital, as it is shown; the unit stands in its name."""
    vitals = [
        entry.event.vital for entry in alarm.changes if isinstance(entry.event, e.AlarmChange)
    ]
    kept = VITALS[vitals[-1]].shown_unit if vitals and vitals[-1] is not None else ""
    return "" if value is None else shown(value, kept)


def _checklist(session: Session) -> Checklist | None:
    """The form as this visit used it; None when this version cannot read it."""
    text = session.opened.checklist_text if session.opened is not None else ""
    try:
        return parse_checklist(text, "checklist") if text else None
    except KapmonitorError:
        return None


def _answer(item: Item | None, value: Answer) -> str:
    return answer_words(item, value)
