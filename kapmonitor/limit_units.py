"""The unit of a limit's number, from the preset that the record keeps."""

import tomllib

from kapmonitor.regional import MMHG

_UNITS = {
    "systolic": MMHG,
    "diastolic": MMHG,
    "pulse": "/min",
    "respiratory_rate": "/min",
    "spo2": "%",
}


def limit_unit(preset: str, alarm: str) -> str:
    """The unit of an alarm's limit in a preset's text; empty where that does not tell."""
    try:
        rows = tomllib.loads(preset).get("limit", [])
    except tomllib.TOMLDecodeError:
        return ""
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("id") == alarm:
            return "%" if row.get("percent") is True else _UNITS.get(str(row.get("vital")), "")
    return ""
