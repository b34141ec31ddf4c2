"""What a person chooses for an export."""

from enum import StrEnum

from msgspec import Struct


class Format(StrEnum):
    """What a record can be exported as."""

    PDF = "pdf"
    CSV = "csv"
    FHIR = "fhir"


class ExportChoice(Struct, frozen=True):
    """``page`` is the paper of what is printed, ``a4`` or ``letter``."""

    page: str = "a4"

    @property
    def identity(self) -> str:
        """The mark on each output: what it tells of the patient."""
        return "identified"


ORDINARY = ExportChoice()
