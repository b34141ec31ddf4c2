"""Which output the alarms sound from, and a try of it."""

from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.rows import section_box
from ui.setup.sound_test import SoundTest
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs


class SoundSection(QWidget):
    """The sound test of the set-up page, at hand outside a visit."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self.test = SoundTest()
        box = section_box(self)
        words = tr("The output chosen here sounds in every visit until another one is chosen.")
        box.addWidget(label(words, "small", wrap=True))
        box.addWidget(self.test)
        box.addStretch(1)
        failed = self.test.show_failed
        self.test.test_requested.connect(
            lambda: jobs.run(self, world.try_sound, self.test.show_played, failed)
        )
        self.test.output_chosen.connect(lambda output: self._keep(sound_output=output))
        self.test.floor_chosen.connect(lambda floor: self._keep(volume_floor=floor))

    def _keep(self, **chosen: object) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(**chosen),
            lambda _done: None,
            self.test.show_failed,
        )

    def begin(self) -> None:
        """Look which outputs there are now."""
        self._jobs.run(self, self._world.outputs, self.test.show_outputs, self.test.show_failed)
