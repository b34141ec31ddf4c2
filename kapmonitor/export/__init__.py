"""Exports, each from the record alone."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kapmonitor.export.choice import ORDINARY, ExportChoice, Format
from kapmonitor.export.masking import open_for_export
from kapmonitor.record.reading import Record

FORMATS = tuple(str(one) for one in Format)


def export(
    record_path: Path,
    folder: Path,
    formats: Sequence[str],
    choice: ExportChoice = ORDINARY,
    key: bytes | None = None,
) -> list[Path]:
    """Write the formats into a folder; returns the files. An interrupted record serves too.

    ``key`` opens an encrypted record. Raises RecordError as opening does, KapmonitorError
    ``folder_unwritable``.
    """
    steps = exported(record_path, folder, formats, choice, key)
    return [path for written in steps for path in written]


def exported(
    record_path: Path,
    folder: Path,
    formats: Sequence[str],
    choice: ExportChoice = ORDINARY,
    key: bytes | None = None,
) -> Iterator[list[Path]]:
    """The same, one format after the other: the files of each as soon as they are there."""
    record = open_for_export(record_path, key, choice)
    for wanted in formats:
        yield _WRITERS[Format(wanted)](record, folder, choice)


def _csv(record: Record, folder: Path, choice: ExportChoice) -> list[Path]:
    from kapmonitor.export.csv_files import export_csv

    return export_csv(record, folder, choice.identity)


def _fhir(record: Record, folder: Path, choice: ExportChoice) -> list[Path]:
    from kapmonitor.export.fhir import export_fhir

    return [export_fhir(record, folder, choice.identity)]


def _pdf(record: Record, folder: Path, choice: ExportChoice) -> list[Path]:
    # Not before it is needed: reportlab takes a quarter of a second to load.
    from kapmonitor.export.pdf import export_pdf

    given = (choice.page, choice.identity, choice.clinic, choice.logo)
    return [export_pdf(record, folder, *given)]


def _worksheet(record: Record, folder: Path, choice: ExportChoice) -> list[Path]:
    from kapmonitor.export.worksheet import export_worksheet
    from kapmonitor.export.worksheet_form import parse_form, read_form

    form = parse_form(choice.form) if choice.form else read_form("esketamine")[0]
    given = (choice.page, choice.identity, choice.clinic)
    return [export_worksheet(record, folder, form, *given)]


def _edf(record: Record, folder: Path, choice: ExportChoice) -> list[Path]:
    from kapmonitor.export.edf import export_edf

    return [export_edf(record, folder, choice.identity)]


_WRITERS: dict[Format, Callable[[Record, Path, ExportChoice], list[Path]]] = {
    Format.PDF: _pdf,
    Format.CSV: _csv,
    Format.FHIR: _fhir,
    Format.WORKSHEET: _worksheet,
    Format.EDF: _edf,
}
