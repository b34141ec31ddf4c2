"""The two switches for what nobody has tried yet: devices, and starting cuffs. Off at first."""

from PySide6.QtWidgets import QCheckBox, QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs


class UntriedSection(QWidget):
    """Neither switch implies the other. Both hold from the next visit."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.experimental = QCheckBox(tr("Experimental devices: nobody has tried them yet"))
        self.cuff_start = QCheckBox(tr("Start commands to cuffs: nobody has tried them yet"))
        self.said = label("", "small", wrap=True)
        box = section_box(self)
        box.addLayout(setting("", self.experimental, tr(
            "Lets them be used, not more. Their tiles and the record say so.")))  # fmt: skip
        box.addLayout(setting("", self.cuff_start, tr(
            "Lets a key or the schedule start a cuff. Stop always works, with F4.")))  # fmt: skip
        box.addWidget(self.said)
        box.addStretch(1)
        self.experimental.clicked.connect(lambda on: self._keep(experimental=on))
        self.cuff_start.clicked.connect(lambda on: self._keep(cuff_start=on))

    def begin(self) -> None:
        """Show what is kept."""
        kept = self._world.settings()
        self.said.setText("")
        self.experimental.setChecked(kept.experimental)
        self.cuff_start.setChecked(kept.cuff_start)

    def _keep(self, **chosen: bool) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(**chosen),
            lambda _done: self.said.setText(tr("From the next visit on.")),
            self.said.setText,
        )
