"""How the window looks: theme, first view, on top, second screen."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from kapmonitor.settings import Display
from kapmonitor.words import tr
from ui.live.view_table import view_choices
from ui.services import Services
from ui.settings.rows import section_box, setting
from ui.widgets.basic import Choices
from ui.widgets.jobs import Jobs

THEME_WORDS = (("dark", "Dark"), ("light", "Light"), ("dim", "Dim"))


class DisplaySection(QWidget):
    """Shows the display settings; tells each change, which holds at once."""

    changed = Signal(object)

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world = world
        self._shown = Display()
        themes = [(name, tr(words)) for name, words in THEME_WORDS]
        self.theme = Choices(themes, tr("Theme"), "choice")
        self.view = Choices(view_choices(), tr("View"), "choice")
        second = [("none", tr("None")), *view_choices()[1:]]
        self.second = Choices(second, tr("Second screen"), "choice")
        self.on_top = QCheckBox(tr("Keep the window above other windows"))
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
        box.addStretch(1)
        self.theme.chosen.connect(lambda value: self._change(theme=value))
        self.view.chosen.connect(lambda value: self._change(view=value))
        self.second.chosen.connect(
            lambda value: self._change(second_screen="" if value == "none" else value)
        )
        self.on_top.toggled.connect(lambda on: self._change(on_top=on))

    def begin(self) -> None:
        """Show what is kept."""
        self.show_display(self._world.settings().display)

    def show_display(self, display: Display) -> None:
        """Show these settings."""
        self._shown = display
        self.theme.show_values([display.theme])
        self.view.show_values([display.view])
        self.second.show_values([display.second_screen or "none"])
        self.on_top.blockSignals(True)
        self.on_top.setChecked(display.on_top)
        self.on_top.blockSignals(False)

    def _change(self, **chosen: object) -> None:
        self._shown = msgspec.structs.replace(self._shown, **chosen)
        self.changed.emit(self._shown)
