"""The cells of a text file: its letters, its separator, its numbers and its ways to say nothing."""

import csv
import math
from collections.abc import Sequence

# What programs write where there is no value.
_NO_VALUE = frozenset({"--", "-", "---", "nan", "na", "n/a", "none", "null", "inf", "-inf", "?"})


def split(data: bytes) -> list[list[str]]:
    """The rows of a text file, each a list of cells; empty for bytes that are no text."""
    text = _text(data)
    lines = text.splitlines()
    separator = max(",;\t", key=lambda mark: sum(line.count(mark) for line in lines[:50]))
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        return [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]
    except csv.Error:
        return []


def number(cell: str) -> float | None:
    """The number in a cell; None when it says that there is no value, or is no number."""
    text = cell.strip().rstrip("%").strip()
    if is_no_value(text):
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def is_no_value(text: str) -> bool:
    """Whether this is a way to write that there is no value."""
    return text.strip().lower() in _NO_VALUE


def cell(row: Sequence[str], place: int) -> str:
    """The cell at a place; empty beyond the end of a short row."""
    return row[place] if place < len(row) else ""


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
