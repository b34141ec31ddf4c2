"""The top bar: whose visit, which phase, what time, which devices, who acts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.views import SourceChip, TopBarView
from ui.widgets.basic import button, label, restyle, set_tone, show_text
from ui.widgets.boxes import emptied, row

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

    def __init__(self) -> None:
        super().__init__()
        self._view: TopBarView | None = None
        self._simulated = label("", "demo")
        self._patient = label("", "title")
        self._phase = button("", "plain", self.phase_requested.emit)
        self._clock = label("", "clock")
        self._wall = label("", "dim")
        self._person = button("", "small", self.person_requested.emit)
        self._chips = row(gap=12)
        box = row(self, margins=(10, 0, 10, 0), gap=14)
        box.addWidget(self._simulated, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(self._patient)
        box.addWidget(self._phase)
        box.addStretch(1)
        box.addWidget(self._clock)
        box.addStretch(1)
        box.addLayout(self._chips)
        box.addWidget(self._wall)
        box.addWidget(self._person)
        self._patient.setAccessibleName(tr("Patient code"))
        self._clock.setAccessibleName(tr("Time since the dose"))

    def show_view(self, view: TopBarView) -> None:
        """Show this; does nothing when it is what stands there."""
        before, self._view = self._view, view
        if view == before:
            return
        self._simulated.setVisible(bool(view.simulated))
        show_text(self._simulated, view.simulated)
        show_text(self._patient, view.patient)
        if self._phase.text() != view.phase:
            self._phase.setText(view.phase)
            self._phase.setAccessibleName(tr("Phase: {phase}", phase=view.phase))
        show_text(self._clock, view.clock)
        show_text(self._wall, view.wall)
        person = view.person or tr("Who acts?")
        if self._person.text() != person:
            self._person.setText(person)
            self._person.setAccessibleName(tr("Acting: {person}", person=person))
            self._person.setToolTip(f"{key_for('person').text} ({key_for('person').press})")
        if before is None or before.sources != view.sources:
            self._show_sources(view.sources)

    def _show_sources(self, sources: tuple[SourceChip, ...]) -> None:
        emptied(self._chips)
        for source in sources:
            battery = "" if source.battery is None else f" {source.battery} %"
            chip = label(f"{_STATES[source.state]} {source.label}{battery}", "small")
            low = source.battery is not None and source.battery <= BATTERY_LOW
            chip.setToolTip(f"{source.label}: {tr(_STATE_WORDS[source.state])}{battery}")
            chip.setAccessibleName(chip.toolTip())
            if source.state in ("down", "closed") or low:
                set_tone(chip, "down")
            restyle(chip)
            self._chips.addWidget(chip)
