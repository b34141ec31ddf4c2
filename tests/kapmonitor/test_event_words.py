"""Events in words: no identifier of the program reaches a person."""

import pytest

from kapmonitor import events as e
from kapmonitor.event_words import event_sentence


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (e.Trouble("sound_failed", detail="no_output"), "Alarm sound is not working: no output"),
        (e.Trouble("sound_failed", detail="stalled"),
         "Alarm sound is not working: the output is dead"),
        (e.Trouble("sound_failed_over"), "Ended: Alarm sound is not working"),
        (e.Trouble("write_failed", detail="disk_full"),
         "The record cannot be written: the disk is full"),
        (e.Trouble("disk_low"), "The disk is nearly full"),
        (e.Trouble("clock_jump", -3600.0), "The computer's clock was moved, -3600 s"),
        (e.Trouble("window_hung", 4.0), "The window did not answer, 4 s"),
        (e.Trouble("of_a_later_version", detail="new_word"), "Of a later version: new word"),
        (e.LimitChanged("SBP_HIGH", 160, None, "x"), "Limit “Systolic pressure raised”: 160 → off"),
        (e.LimitChanged("PR_HIGH", 120, 130, "x"), "Limit “Pulse high”: 120 → 130"),
    ],
)  # fmt: skip
def test_troubles_and_limits_are_told_in_words(event, words):
    assert event_sentence(event, {}) == words
