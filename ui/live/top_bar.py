"""The top bar: whose visit, which phase, what time, which devices, who acts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.views import SourceChip, TopBarView
from ui.widgets.basic import button, label, restyle, set_tone, show_text
from ui.widgets.bell import Bell
from ui.widgets.boxes import emptied, grid, row

_STATES = {"up": "●", "connecting": "◌", "down": "✗", "closed": "✗", "idle": "○"}
_STATE_WORDS = {
    "up": "connected",
    "connecting": "connecting",
    "down": "connection lost",
    "closed": "closed",
    "idle": "waiting for the next reading",
}
BATTERY_LOW = 20


class TopBar(QWidget):
    """Shows a `TopBarView`; asks for another acting person."""

    person_requested = Signal()
    phase_requested = Signal()
    unsigned_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: TopBarView | None = None
        # A second screen may face the room.
        self.tells_name = True
        self._simulated = label("", "demo")
        self._patient = label("", "title")
        self._name = label("", "title")
        self._name.hide()
        self._phase = button("", "plain", self.phase_requested.emit)
        self._clock = label("", "clock")
        self._wall = label("", "dim")
        self._person = button("", "small", self.person_requested.emit)
        self._bell = Bell()
        self._unsigned = button("", "small", self.unsigned_requested.emit)
        self._unsigned.hide()
        self._chips = row(gap=12)
        box = grid(self, margins=(10, 0, 10, 0), gap=14)
        left, right = row(gap=14), row(gap=14)
        for widget in (self._simulated, self._patient, self._name, self._phase):
            left.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        left.addStretch(1)
        right.addStretch(1)
        right.addWidget(self._bell)
        right.addLayout(self._chips)
        right.addWidget(self._wall)
        right.addWidget(self._unsigned)
        right.addWidget(self._person)
        box.addLayout(left, 0, 0)
        box.addWidget(self._clock, 0, 1)
        box.addLayout(right, 0, 2)
        box.setColumnStretch(0, 1)
        box.setColumnStretch(2, 1)
        self._clock.setAccessibleName(tr("Time since the dose"))

    def show_view(self, view: TopBarView) -> None:
        """Show this; does nothing when it is what stands there."""
        before, self._view = self._view, view
        if view == before:
            return
        self._simulated.setVisible(bool(view.simulated))
        show_text(self._simulated, view.simulated)
        show_text(self._patient, shortened(view.patient, 16))
        self._patient.setToolTip(view.patient)
        self._patient.setAccessibleName(f"{tr('Patient code')}: {view.patient}")
        show_text(self._name, shortened(view.name, 22))
        self._name.setToolTip(view.name)
        self._name.setAccessibleName(tr("Patient's name") + f": {view.name}")
        self._name.setVisible(bool(view.name) and self.tells_name)
        if self._phase.text() != view.phase:
            self._phase.setText(view.phase)
            self._phase.setAccessibleName(tr("Phase: {phase}", phase=view.phase))
        show_text(self._clock, view.clock)
        self._bell.setVisible(bool(view.off))
        self._bell.show_state("off", "text", tr("Switched off: {alarms}", alarms=view.off))
        show_text(self._wall, view.wall)
        person = shortened(view.person, 20) or tr("Who acts?")
        if before is None or before.person != view.person:
            self._person.setText(person)
            self._person.setAccessibleName(tr("Acting: {person}", person=view.person))
            self._person.setToolTip(f"{view.person} ({key_for('person').press})")
        self._unsigned.setVisible(view.unsigned > 0)
        self._unsigned.setText(tr("{number} unsigned", number=view.unsigned))
        self._unsigned.setToolTip(key_for("unsigned").press)
        if before is None or before.sources != view.sources:
            self._show_sources(view.sources)

    def _show_sources(self, sources: tuple[SourceChip, ...]) -> None:
        emptied(self._chips)
        most = 12 if len(sources) > 2 else 18
        for source in sources:
            battery = "" if source.battery is None else f" {source.battery} %"
            name = shortened(source.label, most)
            chip = label(f"{_STATES[source.state]} {name}{battery}", "small")
            low = source.battery is not None and source.battery <= BATTERY_LOW
            chip.setToolTip(f"{source.label}: {tr(_STATE_WORDS[source.state])}{battery}")
            chip.setAccessibleName(chip.toolTip())
            if source.state in ("down", "closed") or low:
                set_tone(chip, "down")
            restyle(chip)
            self._chips.addWidget(chip)


def shortened(text: str, most: int) -> str:
    """A name of at most so many letters, its middle left out; the tool tip has the whole of it.

    Its end is what tells two of a kind apart: ``UA-651BLE …0011``, ``P-HOHENSTEIN-2026-03``.
    """
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    start = text[: most - 1 - end].rstrip(" -:_,…")
    return f"{start}…{text[-end:].lstrip(' -:_,…')}"
