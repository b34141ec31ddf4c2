"""The sections of the settings page, in their order: a new section is a line here and a file.

A section is a widget that fetches what it shows through `Services` on the page's jobs, and that
says what each of its settings does. Where it has a ``begin`` it is called when it comes into view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from ui.services import Services
from ui.settings.about import AboutSection
from ui.settings.clinic import ClinicSection
from ui.settings.display import DisplaySection
from ui.settings.forms import FormsSection
from ui.settings.language import LanguageSection
from ui.settings.limits import LimitsSection
from ui.settings.plans import PlansSection
from ui.settings.records import RecordsSection
from ui.settings.sound import SoundSection
from ui.settings.staff import StaffSection
from ui.settings.untried import UntriedSection
from ui.widgets.jobs import Jobs


@runtime_checkable
class Beginning(Protocol):
    """A section that looks anew at what it shows whenever it comes into view."""

    def begin(self) -> None:
        """It comes into view."""


@dataclass(frozen=True)
class Section:
    """A part of the page: its name, its words, and how it is made."""

    name: str
    words: str
    make: Callable[[Services, Jobs], QWidget]


SECTIONS = (
    Section("display", "Display", DisplaySection),
    Section("sound", "Sound", SoundSection),
    Section("language", "Language", LanguageSection),
    Section("clinic", "Clinic", ClinicSection),
    Section("staff", "Staff", StaffSection),
    Section("untried", "Untried devices", UntriedSection),
    Section("plans", "Plans", PlansSection),
    Section("limits", "Alarm limits", LimitsSection),
    Section("forms", "Rounds", FormsSection),
    Section("records", "Records", RecordsSection),
    Section("about", "About", AboutSection),
)
