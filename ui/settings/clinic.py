"""The clinic: its name as the reports show it, this computer's room, whether names are kept."""

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs

# More has no room beside the patient's code.
_LONGEST = 120


class ClinicSection(QWidget):
    """The clinic's name and the room are kept when their fields are left, the switch at once."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST)
        self.room = QLineEdit()
        self.room.setMaxLength(_LONGEST)
        self.names = QCheckBox(tr("Keep patients' names beside their codes"))
        self.said = label("", "small", wrap=True)
        box = section_box(self)
        box.addLayout(setting(tr("Name of the clinic"), self.name, tr(
            "At the head of each report, and in the worksheet. A picture logo.png or logo.jpg in "
            "the folder clinic of the data folder stands above it.")))  # fmt: skip
        box.addLayout(
            setting(
                tr("Room of this computer"),
                self.room,
                tr("Devices are remembered with it. One of another room is never taken by itself."),
            )
        )
        box.addLayout(setting("", self.names, tr(
            "Asked for at set-up, kept in the encrypted record, shown only while the window is "
            "unlocked, printed only in a report that tells whose it is.")))  # fmt: skip
        box.addWidget(self.said)
        box.addStretch(1)
        self.name.editingFinished.connect(self._keep)
        self.room.editingFinished.connect(self._keep_room)
        self.names.clicked.connect(self._keep_names)

    def begin(self) -> None:
        """Show what is kept."""
        self.said.setText("")
        self.name.setText(self._world.settings().clinic)
        self.room.setText(self._world.settings().room)
        self.names.setChecked(self._world.settings().patient_names)

    def _keep(self) -> None:
        name = self.name.text().strip()
        if name != self._world.settings().clinic:
            self._jobs.run(
                self,
                lambda: self._world.change_settings(clinic=name),
                lambda _done: self.said.setText(tr("Kept.")),
                self.said.setText,
            )

    def _keep_names(self, on: bool) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(patient_names=on),
            lambda _done: self.said.setText(tr("From the next visit on.")),
            self.said.setText,
        )

    def _keep_room(self) -> None:
        room = self.room.text().strip()
        if room != self._world.settings().room:
            self._jobs.run(
                self,
                lambda: self._world.change_settings(room=room),
                lambda _done: self.said.setText(tr("Kept.")),
                self.said.setText,
            )
