"""What the reports show of the clinic: its name; where its logo lies is said."""

from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs

# More has no room beside the patient's code.
_LONGEST = 120


class ClinicSection(QWidget):
    """The clinic's name is kept when the field is left."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST)
        self.said = label("", "small", wrap=True)
        box = section_box(self)
        box.addLayout(setting(tr("Name of the clinic"), self.name, tr(
            "At the head of each report, and in the worksheet. A picture logo.png or logo.jpg in "
            "the folder clinic of the data folder stands above it.")))  # fmt: skip
        box.addWidget(self.said)
        box.addStretch(1)
        self.name.editingFinished.connect(self._keep)

    def begin(self) -> None:
        """Show what is kept."""
        self.said.setText("")
        self.name.setText(self._world.settings().clinic)

    def _keep(self) -> None:
        name = self.name.text().strip()
        if name != self._world.settings().clinic:
            self._jobs.run(
                lambda: self._world.change_settings(clinic=name),
                lambda _done: self.said.setText(tr("Kept.")),
                self.said.setText,
            )
