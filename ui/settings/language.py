"""The language of window, messages and reports, and the unit in which pressures are shown."""

from PySide6.QtWidgets import QWidget

from kapmonitor.regional import KPA, MMHG
from kapmonitor.words import LANGUAGES, tr
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import Choices, label
from ui.widgets.jobs import Jobs

_SYSTEM = "system"


class LanguageSection(QWidget):
    """Both hold from the next start: a visit never changes its words on the way."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.language = Choices(
            [(_SYSTEM, tr("As the system")), *LANGUAGES.items()], tr("Language"), "choice"
        )
        self.pressure = Choices([(MMHG, MMHG), (KPA, KPA)], tr("Unit of pressure"), "choice")
        self.said = label("", "small", wrap=True)
        box = section_box(self)
        box.addLayout(setting(tr("Language"), self.language, tr(
            "Of the window, the messages and the reports. Files for other programs stay as they "
            "are.")))  # fmt: skip
        box.addLayout(setting(tr("Unit of pressure"), self.pressure, tr(
            "Only what is shown. Records and exported values are always in mmHg.")))  # fmt: skip
        box.addWidget(self.said)
        box.addStretch(1)
        self.language.chosen.connect(
            lambda value: self._keep(language="" if value == _SYSTEM else value)
        )
        self.pressure.chosen.connect(lambda value: self._keep(pressure_unit=value))

    def begin(self) -> None:
        """Show what is kept."""
        kept = self._world.settings()
        self.language.show_values([kept.language or _SYSTEM])
        self.pressure.show_values([kept.pressure_unit])

    def _keep(self, **chosen: str) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(**chosen),
            lambda _done: self.said.setText(tr("From the next start of the program.")),
            self.said.setText,
        )
