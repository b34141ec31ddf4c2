"""What the program is, and what it is not."""

from PySide6.QtWidgets import QWidget

from kapmonitor import __version__
from kapmonitor.words import tr
from ui.home.page import NOTICE
from ui.services import Services
from ui.settings.rows import section_box
from ui.widgets.basic import label
from ui.widgets.jobs import Jobs

PARTS = (
    ("What it is", NOTICE),
    ("Alarms", "They follow the conventions of IEC 60601-1-8 and claim no conformity."),
    ("Devices", "Decoders follow published documents and public packets. No decoder has been "
     "tried on the real device."),
    ("Licence", "Apache-2.0. The font is Inter (SIL Open Font License)."),
)  # fmt: skip


class AboutSection(QWidget):
    """Version, purpose and limits of the program."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        box = section_box(self)
        box.addWidget(label(f"kapmonitor {__version__}", "heading"))
        for title, words in PARTS:
            box.addWidget(label(tr(title), "title"))
            box.addWidget(label(tr(words), wrap=True))
        box.addStretch(1)
