"""The rounds over time: items in rows, rounds in columns, scores below."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table

from kapmonitor import regional
from kapmonitor.answer_words import answer_words, score_words
from kapmonitor.checklist import (
    SCALE_MAXIMUM,
    Checklist,
    Item,
    ItemKind,
    load_checklist,
    parse_checklist,
)
from kapmonitor.effect_words import effect_line
from kapmonitor.effects import effects
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Answer, Entry, Round
from kapmonitor.export.pdf_style import (
    CELL,
    CELL_CENTRE,
    COLUMN,
    COLUMN_CENTRE,
    DASH,
    FAINT,
    HEADING,
    LISTING,
    NAME_CENTRE,
    SMALL,
    marked,
    para,
    person_name,
    plain,
)
from kapmonitor.export.visit import Visit
from kapmonitor.words import tr

# What a round is, above its column.
_PARTS = {"reference": "before the dose", "discharge": "at discharge"}
_AT_ONCE = 9
_LONGEST_CELL = 24
# What a cell keeps free at its sides [points].
_PADDING = 5.0

Numbered = tuple[int, Entry, Round]


def round_tables(visit: Visit) -> list[Any]:
    """A table for each checklist, or part of one: at most nine rounds side by side."""
    rounds = [
        (number, entry, entry.event)
        for number, entry in enumerate(visit.session.rounds, 1)
        if isinstance(entry.event, Round)
    ]
    shown: list[Any] = [para(tr("Observation rounds"), HEADING)]
    if not rounds:
        return [*shown, para(tr("No round was recorded."), CELL)]
    tables = _together(rounds)
    for place, some in enumerate(tables):
        shown += _round_table(visit, some)
        last = place + 1 == len(tables) or _form(tables[place + 1][0]) != _form(some[0])
        form = form_of(*_form(some[0]), visit.opened.checklist_text)
        shown += [*_over_time(visit, form), *_legend(form)] if last else [Spacer(0, 3 * mm)]
    return shown


def _over_time(visit: Visit, checklist: Checklist | None) -> list[Any]:
    """When each item began, was worst and was gone, in one paragraph."""
    found = () if checklist is None else effects(checklist, visit.session)
    if checklist is None or not found:
        return []
    words = "; ".join(effect_line(effect, checklist) for effect in found)
    told = f"<b>{plain(tr('Over time, by the rounds'))}:</b> {plain(words)}."
    return [Spacer(0, 1.5 * mm), marked(told, CELL), Spacer(0, 1.5 * mm)]


def _together(rounds: Sequence[Numbered]) -> list[list[Numbered]]:
    found: list[list[Numbered]] = []
    for one in rounds:
        form = (one[2].checklist, one[2].checklist_version)
        last = found[-1] if found else []
        if not last or len(last) == _AT_ONCE or _form(last[0]) != form:
            found.append([])
        found[-1].append(one)
    return found


def _form(one: Numbered) -> tuple[str, str]:
    return one[2].checklist, one[2].checklist_version


def _round_table(visit: Visit, rounds: Sequence[Numbered]) -> list[Any]:
    checklist = form_of(*_form(rounds[0]), visit.opened.checklist_text)
    below: list[str] = []
    wide = _column(len(rounds)) - _PADDING
    rows: list[list[Any]] = [
        ["", *(para(f"{number}", COLUMN_CENTRE) for number, _, _ in rounds)],
        [para("t"), *(para(visit.since_dose(entry.at), CELL_CENTRE) for _, entry, _ in rounds)],
        [para(tr("Clock")), *(para(visit.clock(entry.at), CELL_CENTRE) for _, entry, _ in rounds)],
        [para(tr("By")), *(person_name(e.by, wide, NAME_CENTRE) for _, e, _ in rounds)],
    ]
    if any(filed.due is not None for _, _, filed in rounds):
        dues = (para(_due(visit, filed), CELL_CENTRE) for _, _, filed in rounds)
        rows.insert(3, [para(tr("Due")), *dues])
    if any(filed.part for _, _, filed in rounds):
        parts = (para(tr(_PARTS.get(filed.part, "")), CELL_CENTRE) for _, _, filed in rounds)
        rows.insert(1, ["", *parts])
    headings = []
    for group, items in _groups(checklist, rounds):
        if group:
            headings.append(len(rows))
            rows.append([para(tr(group), COLUMN), *([""] * len(rounds))])
        for item in items:
            cells = [_cell(item, number, filed, below) for number, _, filed in rounds]
            rows.append([para(_item_words(item)), *(para(cell, CELL_CENTRE) for cell in cells)])
    for name, words in _scores(checklist, rounds):
        cells = [
            regional.number(f.scores[name]) if name in f.scores else DASH for _, _, f in rounds
        ]
        bold = [marked(f"<b>{plain(cell)}</b>", CELL_CENTRE) for cell in cells]
        rows.append([marked(f"<b>{plain(words)}</b>"), *bold])
    below += [f"{number}: {filed.note}" for number, _, filed in rounds if filed.note]
    return [_table(rows, headings, len(rounds)), *(para(line, CELL) for line in below)]


def _table(rows: list[list[Any]], headings: Sequence[int], rounds: int) -> Any:
    column = _column(rounds)
    style = [*LISTING, *(("BACKGROUND", (0, row), (-1, row), FAINT) for row in headings)]
    return Table(
        rows,
        colWidths=[50 * mm, *([column] * rounds)],
        repeatRows=1,
        splitInRow=1,
        style=style,
        hAlign="LEFT",
    )


def _column(rounds: int) -> float:
    """The width of a round's column in points."""
    return float(min(26.0, 130.0 / rounds) * mm)


def _groups(
    checklist: Checklist | None, rounds: Sequence[Numbered]
) -> list[tuple[str, list[Item | str]]]:
    """Headings with those of their items that somebody answered; unknown ones without heading."""
    answered = {name for _, _, filed in rounds for name in filed.answers}
    found: list[tuple[str, list[Item | str]]] = []
    known: set[str] = set()
    for group in checklist.group if checklist else ():
        items = [i for i in (checklist.item if checklist else ()) if i.group == group.id]
        known |= {item.id for item in items}
        asked: list[Item | str] = [item for item in items if item.id in answered]
        if asked:
            found.append((group.title, asked))
    strange: list[Item | str] = [*sorted(answered - known)]
    return [*found, ("", strange)] if strange else found


def _item_words(item: Item | str) -> str:
    if isinstance(item, str):
        return item.replace("_", " ")
    return f"{tr(item.text)} [{item.unit}]" if item.unit else tr(item.text)


def _cell(item: Item | str, number: int, filed: Round, below: list[str]) -> str:
    """An answer; one that is too long for a column goes below the table."""
    name = item if isinstance(item, str) else item.id
    text = _answer_words(item, filed.answers.get(name))
    if len(text) <= _LONGEST_CELL:
        return text
    below.append(f"{number}, {_item_words(item)}: {text}")
    return tr("see below")


def _answer_words(item: Item | str, answer: Answer) -> str:
    if answer is None or answer == "":
        return DASH
    if not isinstance(item, str) and item.kind is ItemKind.LEVEL:
        # The number says it; what it means stands below.
        return tr("resting") if answer == "resting" else str(answer)
    return answer_words(None if isinstance(item, str) else item, answer)


def _scores(checklist: Checklist | None, rounds: Sequence[Numbered]) -> list[tuple[str, str]]:
    names = dict.fromkeys(name for _, _, filed in rounds for name in filed.scores)
    titles = {score.id: tr(score.title) for score in (checklist.score if checklist else ())}
    return [(name, titles.get(name, score_words(name))) for name in names]


def _legend(checklist: Checklist | None) -> list[Any]:
    """What the numbers of a form mean; once, under its last table."""
    lines = []
    for item in checklist.item if checklist else ():
        if item.kind is ItemKind.LEVEL:
            steps = "; ".join(
                f"{choice.value} {tr(choice.text)}" if choice.value.isdigit() else tr(choice.text)
                for choice in item.choices
            )
            lines.append(para(f"{tr(item.text)}: {steps}.", SMALL))
    scaled = [item for item in (checklist.item if checklist else ()) if item.kind is ItemKind.SCALE]
    if scaled:
        words = tr(
            "{first} to {last}: each from 0 to {most}.",
            first=tr(scaled[0].text),
            last=tr(scaled[-1].text),
            most=SCALE_MAXIMUM,
        )
        lines.append(para(words, SMALL))
    return lines


def form_of(name: str, version: str, text: str) -> Checklist | None:
    """The form as it was used: the record's own, or the program's; else None: items go by id."""
    try:
        checklist = parse_checklist(text, name) if text else load_checklist(name)
    except KapmonitorError:
        return None
    same = (checklist.name, checklist.version) == (name, version)
    return checklist if same else None


def _due(visit: Visit, filed: Round) -> str:
    return DASH if filed.due is None else visit.since_dose(filed.due)
