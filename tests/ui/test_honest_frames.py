"""No frame in which an expired value looks live: every scenario is run, rendered and looked at.

A visit is simulated for each scenario of the library and its messages are shown by the real
window, frame by frame. What a tile may show is worked out here anew, from the messages alone.
"""

from dataclasses import dataclass, field

import pytest
from PySide6.QtGui import QColor

from devices.virtual.scenarios import load, names
from kapmonitor.messages import Message, Observed, Pulse, SourceKnown
from kapmonitor.reading import Origin, Quality
from kapmonitor.vitals import Vital
from ui.live.tile_views import DASHES
from ui.simulation import simulate
from ui.theme.theme import load_theme
from ui.widgets.painted import Numeral
from ui.wiring import load_setting

# Frames are looked at this often [s], and more often while a value is missing.
CALMLY, CLOSELY = 150.0, 7.0
# Scenarios that touch the finger are followed until it is whole again, at most for so long.
TOUCHING = {"dropout", "frozen", "link_loss", "motion", "same_arm", "miscount", "wall_clock"}
LONG, SHORT, AFTER = 46.0, 2.0, 2.0
# DESIGN: continuous vitals dim after 5 s and are dashes after 10 s.
DIM_AFTER, GONE_AFTER = 5.0, 10.0
KEYS = {Vital.HEART_RATE: "pulse", Vital.PULSE_RATE: "pulse", Vital.SPO2: "spo2"}


@dataclass
class Known:
    """When each continuous vital last had a number, by the messages alone."""

    continuous: set[str] = field(default_factory=set)
    measured: dict[str, float] = field(default_factory=dict)
    invalid: dict[str, float] = field(default_factory=dict)
    spot: dict[str, float] = field(default_factory=dict)
    now: float = 0.0

    @property
    def missing(self) -> bool:
        """Whether a vital that was measured before is not measured now."""
        return any(
            self.now - at > DIM_AFTER or self.invalid.get(key, -1e9) > at
            for key, at in self.measured.items()
        )

    def hear(self, message: Message) -> None:
        if isinstance(message, SourceKnown) and message.info.continuous:
            self.continuous.add(message.info.id)
        elif isinstance(message, Pulse):
            self.now = max(self.now, message.at)
        elif isinstance(message, Observed) and message.in_use:
            reading = message.reading
            key = KEYS.get(reading.vital)
            if key is None or reading.origin is not Origin.LIVE:
                return
            if reading.source not in self.continuous:
                # A cuff's pulse ages in minutes, and says so.
                self.spot[key] = reading.at
                return
            self.spot.pop(key, None)
            good = reading.value is not None and reading.quality is not Quality.INVALID
            (self.measured if good else self.invalid)[key] = reading.at


@pytest.fixture(scope="module")
def colours() -> dict[str, str]:
    theme = load_theme("dark")
    return {"pulse": theme["green"], "spo2": theme["cyan"]}


def inked(numeral: Numeral, colour: str) -> int:
    """How many pixels of the rendered number have the colour of a live value."""
    image = numeral.grab().toImage()
    wanted = QColor(colour)
    found = 0
    for x in range(0, image.width(), 6):
        for y in range(0, image.height(), 6):
            here = image.pixelColor(x, y)
            distance = max(
                abs(here.red() - wanted.red()),
                abs(here.green() - wanted.green()),
                abs(here.blue() - wanted.blue()),
            )
            found += distance < 24
    return found


def minutes_of(scenario: str) -> float:
    """How long after the dose a scenario is followed."""
    touching = [effect for effect in load(scenario).effects if effect.kind in TOUCHING]
    ends = [e.start_min + (e.times - 1) * e.every_min + e.duration_min for e in touching]
    return min(LONG, max(ends) + AFTER) if ends else SHORT


@pytest.mark.parametrize("scenario", names())
def test_no_expired_value_looks_live_in_any_frame(open_window, clock, colours, scenario, tmp_path):
    messages: list[Message] = []
    minutes = minutes_of(scenario)
    simulate(load_setting("in"), tmp_path, scenario, minutes=minutes, listen=messages.append)
    window = open_window([], size=(1024, 640))
    known, last_look, looked = Known(), 0.0, 0
    for message in messages:
        known.hear(message)
        window.link.waiting.append(message)
        if known.now - last_look < (CLOSELY if known.missing else CALMLY):
            continue
        clock.now += known.now - last_look
        last_look = known.now
        window.tick()
        window.show_texts(clock())
        looked += 1
        for key, colour in colours.items():
            tile = window.parts.tiles.tiles[key]
            view = tile.view
            assert view is not None
            last = known.measured.get(key, -1e9)
            age = known.now - last
            if key in known.spot:
                assert view.age or view.value == DASHES, (scenario, known.now, view)
                continue
            if age > GONE_AFTER + 1.5 or known.invalid.get(key, -1e9) > last:
                assert view.value == DASHES or view.age, (scenario, known.now, view)
                assert inked(tile.numeral, colour) == 0, (scenario, known.now, view)
            elif age > DIM_AFTER + 1.5:
                assert inked(tile.numeral, colour) == 0, (scenario, known.now, view)
            elif view.value != DASHES and view.tone != "stale":
                assert inked(tile.numeral, colour) > 0, (scenario, known.now, view)
    assert looked >= 2
