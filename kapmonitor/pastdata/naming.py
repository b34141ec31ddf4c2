"""Which column holds which vital: guessed from its name, or told by a person."""

import re
from collections.abc import Mapping, Sequence

from kapmonitor.errors import UsageError
from kapmonitor.pastdata.model import COLUMNS

# Names as bedside monitors, oximeter programs and public data sets write them, letters and digits
# only. What stands in brackets ("(bpm)", "[s]") and before a slash ("Solar8000/") is cut off.
_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "datetime", "dateandtime", "times", "seconds", "sec", "elapsed",
             "elapsedtime", "clock", "at", "t", "timeofday", "zeit", "uhrzeit", "recordtime",
             "charttime"),
    "heart_rate": ("hr", "heartrate", "ecghr", "ecgheartrate", "heartratebpm", "hrbpm",
                   "herzfrequenz"),
    "pulse_rate": ("pr", "pulse", "pulserate", "plethhr", "prbpm", "pulsebpm", "bpm", "spo2pr",
                   "spo2pulserate", "prspo2", "puls", "pulsfrequenz"),
    "spo2": ("spo2", "plethspo2", "oxygenlevel", "oxygensaturation", "o2sat", "o2saturation",
             "sao2", "saturation", "oxygen", "bloodoxygen", "spo2percent", "pulseox"),
    "systolic": ("systolic", "sys", "sbp", "nibpsbp", "nisysabp", "nibpsys", "nbpsys", "nibps",
                 "nibpsystolic", "systolicbp", "systolicmmhg", "systolicpressure", "systole",
                 "systolicbloodpressure"),
    "diastolic": ("diastolic", "dia", "dbp", "nibpdbp", "nidiasabp", "nibpdia", "nbpdia", "nibpd",
                  "nibpdiastolic", "diastolicbp", "diastolicmmhg", "diastolicpressure", "diastole",
                  "diastolicbloodpressure"),
    "mean_pressure": ("meanpressure", "map", "mbp", "nibpmbp", "nimap", "nibpmean", "nbpmean",
                      "nibpm", "mean", "meanbp", "meanarterialpressure"),
}  # fmt: skip
_KNOWN = {name: vital for vital, names in _NAMES.items() for name in names}

Given = Mapping[str, str]


def parse_columns(text: str) -> dict[str, str]:
    """``heart_rate=HR,spo2=SpO2`` as a dict; an empty name leaves a vital out.

    Raises UsageError ``past_columns_malformed`` or ``past_vital_unknown``.
    """
    given: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        vital, equals, name = part.partition("=")
        if not equals:
            raise UsageError("past_columns_malformed", text=part)
        if vital.strip() not in COLUMNS:
            raise UsageError("past_vital_unknown", name=vital.strip(), known=", ".join(COLUMNS))
        given[vital.strip()] = name.strip()
    return given


def vital_of(name: str) -> str:
    """The vital (or ``time``) that a column of this name holds; empty when it is not known."""
    bare = re.sub(r"[(\[].*?[)\]]", "", name.rsplit("/", 1)[-1])
    return _KNOWN.get(re.sub(r"[^a-z0-9]", "", bare.lower()), "")


def assign(names: Sequence[str], given: Given) -> dict[str, str]:
    """Which of these names holds which vital: what was given, else the first that fits.

    Raises UsageError ``past_column_missing`` for a given name that is not there.
    """
    found: dict[str, str] = {}
    for name in names:
        vital = vital_of(name)
        if vital and vital not in given and name not in given.values():
            found.setdefault(vital, name)
    exactly = {name.lower(): name for name in reversed(names)}
    for vital, name in given.items():
        if not name:
            continue
        if name.lower() not in exactly:
            raise UsageError("past_column_missing", name=name, known=", ".join(filter(None, names)))
        found[vital] = exactly[name.lower()]
    return {vital: found[vital] for vital in COLUMNS if vital in found}
