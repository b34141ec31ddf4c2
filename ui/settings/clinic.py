"""The clinic: its name as the reports show it, where its logo lies, and this computer's room."""

from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs

# More has no room beside the patient's code.
_LONGEST = 120


class ClinicSection(QWidget):
    """The clinic's name and the room are kept when their fields are left."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST)
        self.room = QLineEdit()
        self.room.setMaxLength(_LONGEST)
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
        box.addWidget(self.said)
        box.addStretch(1)
        self.name.editingFinished.connect(self._keep)
        self.room.editingFinished.connect(self._keep_room)

    def begin(self) -> None:
        """Show what is kept."""
        self.said.setText("")
        self.name.setText(self._world.settings().clinic)
        self.room.setText(self._world.settings().room)

    def _keep(self) -> None:
        name = self.name.text().strip()
        if name != self._world.settings().clinic:
            self._jobs.run(
                self,
                lambda: self._world.change_settings(clinic=name),
                lambda _done: self.said.setText(tr("Kept.")),
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
