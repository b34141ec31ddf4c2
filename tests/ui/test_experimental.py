"""The switch for devices that nobody has tried: what it refuses, and where its mark stands."""

import pytest

from devices.catalogue import check_switch, match_advertisement
from kapmonitor.errors import UsageError
from kapmonitor.event_words import event_sentence
from kapmonitor.events import SourceAdded
from kapmonitor.messages import Observed, Pulse, SourceKnown
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Reading
from kapmonitor.settings import Settings, load
from kapmonitor.vitals import Vital
from kapmonitor.words import sentence
from ui.live.model import LiveModel
from ui.live.tile_views import tile_views
from ui.live.views import top_bar
from ui.services import services
from ui.setup.page import SetupPage

RING = SourceInfo(
    "ring", "x", "ble:x", "O2Ring-S", (Vital.SPO2,), continuous=True, experimental=True
)


def test_a_value_of_an_experimental_device_says_so_at_its_tile_and_in_the_top_bar():
    model = LiveModel()
    reading = Reading(Vital.SPO2, 97, 10.0, source="ring")
    model.take([SourceKnown(RING), Pulse(10.0, 0.0), Observed(reading)], 100.0)

    tile = next(view for view in tile_views(model, 100.0) if view.key == "spo2")
    chip = top_bar(model, 100.0, "").sources[0]

    assert (tile.value, tile.source) == ("97", "experimental: O2Ring-S")
    assert chip.label == "EXP O2Ring-S"


def test_the_record_keeps_it():
    added = SourceAdded("ring", "x", "ble:x", "O2Ring-S", (Vital.SPO2,), experimental=True)

    assert event_sentence(added, {}) == "Experimental device in use: O2Ring-S"


def test_an_experimental_device_is_refused_with_what_is_unproven():
    cuff = match_advertisement("PC_300SNT", experimental=True)
    assert cuff is not None

    with pytest.raises(UsageError) as error:
        check_switch(cuff, experimental=False)

    said = sentence(error.value.code, error.value.facts)
    assert cuff.label in said
    assert cuff.experimental in said
    assert "--experimental" in said
    check_switch(cuff, experimental=True)


def test_the_switch_of_the_set_up_is_kept(qtbot, tmp_path):
    world = services(tmp_path)
    page = SetupPage()
    qtbot.addWidget(page)
    page.experimental_switched.connect(lambda on: world.change_settings(experimental=on))
    assert not page.choice().experimental

    page._experimental.click()

    assert page.choice().experimental
    assert load(tmp_path)[0] == Settings(experimental=True)
    other = SetupPage()
    qtbot.addWidget(other)
    other.show_experimental(world.settings().experimental)
    assert other.choice().experimental
