"""What the plan asked for and what became of it; and the clinic's own scales with their scores."""

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from kapmonitor import regional
from kapmonitor.answer_words import answer_words, find_item, item_words, score_words
from kapmonitor.checklist import Checklist
from kapmonitor.due_outcomes import check_rows, scales_of
from kapmonitor.events import Entry, Instrument
from kapmonitor.export.pdf_style import CELL, DASH, HEADING, listing, para
from kapmonitor.export.visit import Visit
from kapmonitor.prompts import REFERENCE
from kapmonitor.words import tr


def checks_table(visit: Visit) -> list[Any]:
    """Every check of the plan: when it was due, when it was done, or why it was left out."""
    rows = check_rows(visit.session)
    if not rows:
        return []
    head = [tr("Check"), tr("Due"), tr("Done"), tr("How"), tr("By")]
    cells: list[list[Any]] = [
        [row.what, row.due, row.done or DASH, row.how, row.by or DASH] for row in rows
    ]
    return [
        para(tr("Checks of the plan"), HEADING),
        listing(head, cells, (48, 24, 18, 55, 35), centred=(2,)),
        Spacer(0, 1.5 * mm),
    ]


def scales_table(visit: Visit) -> list[Any]:
    """The clinic's scales, each time one was filed: version, scores, answers. Empty without any."""
    forms = scales_of(visit.session)
    rows = [
        _scale_row(visit, entry, filed, forms.get(filed.instrument))
        for entry in visit.session.instruments
        if isinstance(filed := entry.event, Instrument)
    ]
    if not rows:
        return []
    head = [tr("t"), tr("Clock"), tr("Scale"), tr("Version"), tr("Scores"), tr("Answers"), tr("By")]
    return [
        para(tr("Clinic's scales"), HEADING),
        listing(head, rows, (18, 12, 30, 13, 32, 50, 25)),
        Spacer(0, 1.5 * mm),
    ]


def _scale_row(visit: Visit, entry: Entry, filed: Instrument, form: Checklist | None) -> list[Any]:
    titles = {score.id: tr(score.title) for score in form.score} if form is not None else {}
    scores = "; ".join(
        f"{titles.get(name, score_words(name))}: {regional.number(value)}"
        for name, value in filed.scores.items()
    )
    answers = "; ".join(
        f"{item_words(name, form)}: {answer_words(find_item(name, form), value)}"
        for name, value in filed.answers.items()
    )
    title = tr(filed.title or filed.instrument)
    if filed.part == REFERENCE:
        title = tr("{scale}, before the dose", scale=title)
    return [
        visit.since_dose(entry.at),
        visit.clock(entry.at),
        title,
        filed.version,
        scores or DASH,
        para("; ".join(part for part in (answers, filed.note) if part) or DASH, CELL),
        entry.by or DASH,
    ]
