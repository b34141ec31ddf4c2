"""Structs as TOML text: for a record that keeps a whole data file, and for a clinic's own copy."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def written(head: Mapping[str, Any], tables: Mapping[str, Iterable[msgspec.Struct]]) -> str:
    """TOML: the head's fields, then each row of each table. What is None is left out."""
    parts = [_fields(head)]
    parts += [
        f"[[{table}]]\n{_fields(msgspec.to_builtins(row))}"
        for table, rows in tables.items()
        for row in rows
    ]
    return "\n".join(parts)


def written_struct(whole: msgspec.Struct) -> str:
    """TOML of a struct: plain fields first, then its tables, then its lists of tables."""
    fields: Mapping[str, Any] = msgspec.to_builtins(whole)
    plain = {k: v for k, v in fields.items() if not isinstance(v, Mapping) and not _rows(v)}
    parts = [_fields(plain)]
    parts += [f"[{k}]\n{_fields(v)}" for k, v in fields.items() if isinstance(v, Mapping)]
    parts += [f"[[{k}]]\n{_fields(row)}" for k, v in fields.items() if _rows(v) for row in v]
    return "\n".join(parts)


def _rows(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)


def _fields(fields: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in _given(fields))


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            # JSON's strings are TOML's, but for one character.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(_value(one) for one in value)}]"
        case Mapping():
            inside = ", ".join(f"{key} = {_value(one)}" for key, one in _given(value))
            return f"{{ {inside} }}"
    raise TypeError(type(value).__name__)


def _given(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in fields.items() if value is not None]
