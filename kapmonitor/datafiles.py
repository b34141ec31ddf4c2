"""Reading the data files (plans, checklists, presets): TOML checked against a struct.

A wrong file is refused with its name, the place and what is wrong; the place is a line where TOML
itself is broken and a path such as ``check[2].at_min`` where a value does not fit.
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec

from kapmonitor.errors import PlanError

T = TypeVar("T", bound=msgspec.Struct)


def parse(text: str, shape: type[T], name: str) -> T:
    """Turn TOML text into a struct; raises PlanError naming file, place and reason."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, place = _split_toml_message(str(error))
        raise PlanError("data_file_syntax", file=name, place=place, reason=reason) from None
    try:
        return msgspec.convert(raw, shape, strict=True)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `")
        place = path.rstrip("`").replace("$.", "").replace("$", "") or "top"
        raise PlanError(
            "data_file_value", file=name, place=_with_line(text, place), reason=reason
        ) from None


def read(
    name_or_path: str, shape: type[T], package: str, folder: Path | None = None
) -> tuple[T, str]:
    """Read a data file by name (a clinic's own in ``folder`` wins over ours) or by path.

    Returns the struct and the text it came from. Raises PlanError when there is no such file, it
    cannot be read, or it is wrong.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.parent != Path():
        return _read_path(path, shape)
    if folder is not None and (own := folder / f"{name_or_path}.toml").is_file():
        return _read_path(own, shape)
    ours = resources.files(package) / f"{name_or_path}.toml"
    if not ours.is_file():
        raise PlanError("data_file_unknown", name=name_or_path, known=", ".join(names(package)))
    text = ours.read_text(encoding="utf-8")
    return parse(text, shape, f"{name_or_path}.toml"), text


def names(package: str) -> list[str]:
    """The names of the data files that come with the program."""
    found = (item.name for item in resources.files(package).iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def _read_path(path: Path, shape: type[T]) -> tuple[T, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError("data_file_missing", file=str(path)) from None
    except UnicodeDecodeError:
        raise PlanError("data_file_not_text", file=str(path)) from None
    except OSError as error:
        raise PlanError(
            "data_file_unreadable", file=str(path), reason=error.strerror or ""
        ) from None
    return parse(text, shape, str(path)), text


def _split_toml_message(message: str) -> tuple[str, str]:
    """``Invalid value (at line 3, column 8)`` -> (``Invalid value``, ``line 3``)."""
    reason, _, place = message.partition(" (at ")
    place = place.rstrip(")")
    return reason, place.split(",")[0] if place.startswith("line") else (place or "the file")


def _with_line(text: str, place: str) -> str:
    """Add the line to a path such as ``check[2].at_min``, where it can be found by its last key.

    tomllib keeps no lines, so the nth ``[[table]]`` header and the key after it are looked for.
    """
    table, _, key = place.rpartition(".")
    if key.endswith("]"):
        table, key = place, ""  # the table itself: an unknown or a missing field in it
    name, _, index = table.partition("[")
    wanted = int(index.rstrip("]")) if index.rstrip("]").isdigit() else 0
    lines = text.splitlines()
    start, seen = 0, -1
    if name:
        for number, line in enumerate(lines):
            if line.strip() in (f"[[{name}]]", f"[{name}]"):
                seen += 1
                if seen == wanted:
                    start = number
                    break
        else:
            return place
    if not key:
        return f"line {start + 1}, {place}"
    for number, line in enumerate(lines[start:], start + 1):
        if line.split("=")[0].strip() == key:
            return f"line {number}, {place}"
        if number > start + 1 and name and line.startswith("["):
            break
    return f"line {start + 1}, {place}" if name else place
