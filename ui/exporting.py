"""Exports as the window and the command line ask for them. No Qt."""

from dataclasses import dataclass
from pathlib import Path

from kapmonitor.export.choice import ORDINARY, ExportChoice, pseudonym
from kapmonitor.export.clinic import with_clinic
from kapmonitor.export.errand import run_errand
from kapmonitor.export.job import ExportJob
from kapmonitor.export.worksheet_form import read_form
from kapmonitor.keys.keys import Keys
from kapmonitor.record.reading import Record
from ui.trial_result import Progress

RESEARCH = "research"
"""The folder of exports that tell otherwise than the record: they never replace the filed ones."""


@dataclass(frozen=True)
class ExportWish:
    """What a person chose. ``worksheet`` is the name or path of a form, empty for the program's."""

    formats: tuple[str, ...] = ("pdf", "csv")
    page: str = "a4"
    pseudonymous: bool = False
    shift_days: int = 0
    free_text: bool = True
    worksheet: str = ""


def choice_of(wish: ExportWish, data: Path, record: Path, keys: Keys) -> ExportChoice:
    """The wish with this patient's pseudonym, the form's text, the clinic's name and logo.

    Raises RecordError, PlanError for a form, KapmonitorError ``logo_unreadable``.
    """
    name = ""
    if wish.pseudonymous:
        code = Record.open(record, keys.for_record(record)).opened.patient_code
        name = pseudonym(code, keys.for_pseudonyms(record))
    form = read_form(wish.worksheet, data / "clinic")[1] if wish.worksheet else ""
    choice = ExportChoice(wish.page, name, wish.shift_days, wish.free_text, form)
    return with_clinic(data, choice)


def export_as_wished(
    record: str, wish: ExportWish, progress: Progress, keys: Keys, data: Path
) -> list[Path]:
    """`export_beside` with everything that a person chose."""
    path = Path(record)
    choice = choice_of(wish, data, path, keys)
    return export_beside(record, progress, keys.for_record(path), wish.formats, choice)


def export_beside(
    record: str,
    progress: Progress,
    key: bytes | None,
    formats: tuple[str, ...] = ("pdf", "csv"),
    choice: ExportChoice = ORDINARY,
) -> list[Path]:
    """Export a record into a folder of its name beside it; returns the files.

    What tells otherwise than the record goes into ``research`` in that folder. In a process of its
    own, so that it slows neither the window nor the alarms of a visit; ``key`` opens the record and
    reaches that process by a pipe.
    """
    folder = Path(record).with_suffix("")
    if choice.masks:
        folder /= RESEARCH
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def heard(share: float) -> None:
        progress.share = share

    job = ExportJob(record, str(folder), formats, choice, key)
    return run_errand(job, heard, lambda: progress.cancelled)
