"""What a person chooses for an export."""

import hashlib
import hmac
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class Format(StrEnum):
    """What a record can be exported as."""

    PDF = "pdf"
    CSV = "csv"
    FHIR = "fhir"
    WORKSHEET = "worksheet"
    EDF = "edf"


class ExportChoice(Struct, frozen=True):
    """How an export is made.

    ``page`` is the paper of what is printed, ``a4`` or ``letter``. ``pseudonym`` stands for the
    patient's code; with one, people and devices get numbers and the seal is left out.
    ``shift_days`` moves every date (a multiple of 7 keeps the day of the week), without
    ``free_text`` what people wrote is left out. ``form`` is the text of a clinic's own worksheet,
    empty for the program's; ``clinic`` the clinic's name and
    ``logo`` its picture (PNG or JPEG), which only outputs that tell of the patient show.
    """

    page: str = "a4"
    pseudonym: str = ""
    shift_days: Annotated[int, Meta(ge=-36500, le=36500)] = 0
    free_text: bool = True
    form: str = ""
    clinic: str = ""
    logo: bytes = b""

    @property
    def identity(self) -> str:
        """The marks on each output, with spaces between; the first says whom it tells of."""
        marks = ["pseudonymous" if self.pseudonym else "identified"]
        marks += ["dates_shifted"] if self.shift_days else []
        marks += [] if self.free_text else ["no_free_text"]
        return " ".join(marks)

    @property
    def masks(self) -> bool:
        """Whether anything is told otherwise than the record has it."""
        return self.identity != "identified"


ORDINARY = ExportChoice()

_PURPOSE = b"kapmonitor research pseudonym 1\0"


def pseudonym(patient_code: str, key: bytes) -> str:
    """The pseudonym of a patient: the same for all visits, different in every installation.

    Made with the installation's ``key``, so that nobody without it can try out codes.
    """
    code = patient_code.encode("utf-8", "replace")
    return f"S-{hmac.new(key, _PURPOSE + code, hashlib.sha256).hexdigest()[:10].upper()}"
