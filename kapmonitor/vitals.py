"""The table of vitals: what can be measured, in which unit, under which codes, in which colour."""

from enum import StrEnum

from msgspec import Struct


class Vital(StrEnum):
    """A measured quantity. The value is its name in every JSON line, CSV and data file."""

    HEART_RATE = "heart_rate"
    PULSE_RATE = "pulse_rate"
    SPO2 = "spo2"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    MEAN_PRESSURE = "mean_pressure"
    PERFUSION_INDEX = "perfusion_index"
    PLETH = "pleth"
    CUFF_PRESSURE = "cuff_pressure"
    RR_INTERVAL = "rr_interval"
    RESPIRATORY_RATE = "respiratory_rate"


class VitalCodes(Struct, frozen=True):
    """One row of the table.

    ``unit`` is UCUM. ``loinc`` and ``mdc`` are empty where no code was verified. ``colour`` names a
    token of the theme (``green``, ``cyan``, ``white``, ...), after the convention of bedside
    monitors. ``decimals`` is how many the unit carries when shown.
    """

    unit: str
    shown_unit: str
    loinc: tuple[str, ...]
    mdc: int | None
    mdc_unit: int | None
    colour: str
    decimals: int = 0


# LOINC, UCUM, ISO/IEEE 11073-10101: HL7 FHIR "Vital Signs" value set and the IHE code lists.
VITALS: dict[Vital, VitalCodes] = {
    Vital.HEART_RATE: VitalCodes("/min", "/min", ("8867-4",), 147842, 264864, "green"),
    Vital.PULSE_RATE: VitalCodes("/min", "/min", ("8889-8", "8867-4"), 149530, 264864, "green"),
    Vital.SPO2: VitalCodes("%", "%", ("2708-6", "59408-5"), 150456, 262688, "cyan"),
    Vital.SYSTOLIC: VitalCodes("mm[Hg]", "mmHg", ("8480-6",), 150021, 266016, "white"),
    Vital.DIASTOLIC: VitalCodes("mm[Hg]", "mmHg", ("8462-4",), 150022, 266016, "white"),
    Vital.MEAN_PRESSURE: VitalCodes("mm[Hg]", "mmHg", ("8478-0",), 150023, 266016, "white"),
    Vital.PERFUSION_INDEX: VitalCodes("%", "%", (), None, 262688, "cyan", 1),
    Vital.PLETH: VitalCodes("1", "", (), None, None, "cyan"),
    Vital.CUFF_PRESSURE: VitalCodes("mm[Hg]", "mmHg", (), None, 266016, "white"),
    Vital.RR_INTERVAL: VitalCodes("s", "s", (), None, None, "green", 3),
    Vital.RESPIRATORY_RATE: VitalCodes("/min", "/min", ("9279-1",), 151562, None, "yellow"),
}

BLOOD_PRESSURE_PANEL_LOINC = "85354-9"

PRESSURES = frozenset({Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE})
