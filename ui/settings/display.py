"""How the window looks and stands: theme, first view, second screen, on top, a computer awake."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from kapmonitor.settings import Display
from kapmonitor.words import tr
from ui.live.view_table import view_choices
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import Choices, label
from ui.widgets.jobs import Jobs

THEME_WORDS = (("dark", "Dark"), ("light", "Light"), ("dim", "Dim"))


class DisplaySection(QWidget):
    """Shows the display settings; tells each change, which holds at once."""

    changed = Signal(object)

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._shown = Display()
        themes = [(name, tr(words)) for name, words in THEME_WORDS]
        self.theme = Choices(themes, tr("Theme"), "choice")
        self.view = Choices(view_choices(), tr("View"), "choice")
        second = [("none", tr("None")), *view_choices()[1:]]
        self.second = Choices(second, tr("Second screen"), "choice")
        self.on_top = QCheckBox(tr("Keep the window above other windows"))
        self.awake = QCheckBox(tr("Keep the computer awake during a visit"))
        self.said = label("", "wrong", wrap=True)
        box = section_box(self)
        box.addLayout(setting(tr("Theme"), self.theme, tr(
            "Colours of every page. F2 changes it during a visit.")))  # fmt: skip
        box.addLayout(setting(tr("First view of a visit"), self.view, tr(
            "What a visit opens with. F5 to F8 change it at any time; a high alarm is shown in "
            "every view.")))  # fmt: skip
        box.addLayout(setting(tr("Second screen"), self.second, tr(
            "This view opens on a second screen with each visit, if there is one. F9 opens and "
            "closes it.")))  # fmt: skip
        box.addLayout(setting("", self.on_top, tr(
            "Nothing else can then cover the numbers. The system may not allow it.")))  # fmt: skip
        words = tr(
            "Asks the system not to sleep and not to switch off the screen while a visit runs. "
            "Off, or where the system refuses, a low alarm says that it may fall asleep."
        )
        box.addLayout(setting("", self.awake, words))
        box.addWidget(label(tr(
            "Where the window stands and how large it is are kept when it closes."), "small",
            wrap=True))  # fmt: skip
        box.addWidget(self.said)
        box.addStretch(1)
        self.theme.chosen.connect(lambda value: self._change(theme=value))
        self.view.chosen.connect(lambda value: self._change(view=value))
        self.second.chosen.connect(
            lambda value: self._change(second_screen="" if value == "none" else value)
        )
        self.awake.clicked.connect(self._keep_awake)
        self.on_top.toggled.connect(lambda on: self._change(on_top=on))

    def begin(self) -> None:
        """Show what is kept."""
        kept = self._world.settings()
        self.said.setText("")
        self.awake.setChecked(kept.keep_awake)
        self.show_display(kept.display)

    def show_display(self, display: Display) -> None:
        """Show these settings."""
        self._shown = display
        self.theme.show_values([display.theme])
        self.view.show_values([display.view])
        self.second.show_values([display.second_screen or "none"])
        self.on_top.blockSignals(True)
        self.on_top.setChecked(display.on_top)
        self.on_top.blockSignals(False)

    def _keep_awake(self, on: bool) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(keep_awake=on),
            lambda _done: None,
            self.said.setText,
        )

    def _change(self, **chosen: object) -> None:
        self._shown = msgspec.structs.replace(self._shown, **chosen)
        self.changed.emit(self._shown)
