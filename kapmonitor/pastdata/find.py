"""Finds out what kind of file this is, and reads it."""

from pathlib import Path
from typing import NoReturn

from kapmonitor.errors import KapmonitorError, UsageError
from kapmonitor.keys.published import anybodys_key
from kapmonitor.pastdata.beats import looks_like_beats, read_beats
from kapmonitor.pastdata.cells import split
from kapmonitor.pastdata.chart import looks_like_chart, read_chart
from kapmonitor.pastdata.model import PastData
from kapmonitor.pastdata.naming import Given, assign
from kapmonitor.pastdata.readings import past_of
from kapmonitor.pastdata.record import read_record
from kapmonitor.pastdata.table import find_header, read_table
from kapmonitor.record.folder import SUFFIX, KeyFor
from kapmonitor.record.reading import Record

_SQLITE = b"SQLite format 3\0"
_SHOWN = 60
# Taken by mistake: a PDF, a spreadsheet or another packed file, a picture, a program.
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"\x7fELF")


def read_past(path: Path, columns: Given | None = None, key_for: KeyFor = anybodys_key) -> PastData:
    """Read a record or a text file; ``columns`` says which column holds what (`parse_columns`).

    ``key_for`` finds the key of a record (`Keys.for_record`). Raises KapmonitorError
    ``file_unreadable``, RecordError for a record that cannot be read, and
    UsageError for an empty file (``past_empty``), a document (``past_not_text``), a file in no
    known layout (``past_layout_unknown``) or without the columns asked for.
    """
    given = columns or {}
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
            is_record = head == _SQLITE or path.suffix == SUFFIX
            data = b"" if is_record else head + file.read()
    except OSError as problem:
        reason = problem.strerror or ""
        raise KapmonitorError("file_unreadable", file=str(path), reason=reason) from None
    if is_record:
        if given:
            raise UsageError("past_columns_of_record", file=str(path))
        return read_record(Record.open(path, key_for(path)))
    if not data.strip():
        raise UsageError("past_empty", file=str(path))
    if data.startswith(_DOCUMENTS):
        raise UsageError("past_not_text", file=str(path))
    return _read_text(split(data), path, given)


def _read_text(rows: list[list[str]], path: Path, given: Given) -> PastData:
    if looks_like_chart(rows):
        read = read_chart(rows, given)
    elif looks_like_beats(rows):
        read = read_beats(rows, given)
    elif (header := find_header(rows, given)) is not None:
        read = read_table(rows, header, given)
    else:
        _complain(rows, path, given)
    if len(read.columns) < 2 or not read.rows:
        _complain(rows, path, given)
    return past_of(read)


def _complain(rows: list[list[str]], path: Path, given: Given) -> NoReturn:
    """Say what was looked for in vain: a column that was asked for, else any."""
    names = rows[0] if rows else []
    assign(names, given)
    raise UsageError("past_layout_unknown", file=str(path), found=", ".join(names)[:_SHOWN] or "-")
