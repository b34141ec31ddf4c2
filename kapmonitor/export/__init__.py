"""Exports, each from the record alone."""

from collections.abc import Sequence
from pathlib import Path

from kapmonitor.export.csv_files import export_csv
from kapmonitor.record.reading import Record

FORMATS = ("pdf", "csv")


def export(record_path: Path, folder: Path, formats: Sequence[str], page: str = "a4") -> list[Path]:
    """Write the formats into a folder; returns the files. An interrupted record serves too.

    ``page`` is the paper of the report, ``a4`` or ``letter``.

    Raises RecordError as opening does, KapmonitorError ``folder_unwritable``.
    """
    record = Record.open(record_path)
    written: list[Path] = []
    for wanted in formats:
        if wanted == "csv":
            written += export_csv(record, folder)
        elif wanted == "pdf":
            # Not before it is needed: reportlab takes a quarter of a second to load.
            from kapmonitor.export.pdf import export_pdf

            written.append(export_pdf(record, folder, page))
    return written
