"""Two sensors that measure the same stand in the panel of the sensors; a button lets one count."""

from kapmonitor.commands import PreferSource
from kapmonitor.messages import SourceKnown
from kapmonitor.ports import SourceInfo
from kapmonitor.vitals import Vital
from ui.live import sample
from ui.live.taken_off import preference_rows

STRAP = SourceInfo("strap", "ble-heart-rate", "ble:C0", "Polar H10", (Vital.HEART_RATE,), True)


def test_with_one_sensor_there_is_nothing_to_choose(open_window):
    window = open_window(sample.typical()[0])

    assert preference_rows(window.model) == ()


def test_the_one_that_counts_is_marked_and_the_other_is_a_button_away(open_window):
    window = open_window([*sample.typical()[0], SourceKnown(STRAP)])
    window.actions_of_keys.do("take_off")

    now, other = preference_rows(window.model)
    assert (now.counts, other.counts) == (True, False)
    assert (other.words, other.source) == ("Pulse from Polar H10", "strap")

    panel = window.panels.sensors
    buttons = [panel._choices.itemAt(place).widget() for place in range(panel._choices.count())]
    assert [made.isEnabled() for made in buttons] == [False, True]
    buttons[1].click()

    asked = window.link.asked[-1]
    assert isinstance(asked, PreferSource)
    assert (asked.vital, asked.source) == ("pulse", "strap")
