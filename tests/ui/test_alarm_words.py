"""Every alarm and every reason that the program names has words."""

import re
from pathlib import Path

import pytest

from alarms.presets import load
from kapmonitor.alarm_words import ALARM_WORDS, REASON_WORDS, alarm_sentence, reason_words
from kapmonitor.events import AlarmChange, AlarmKind, AlarmState, Priority
from kapmonitor.vitals import Vital

HERE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("alarm", [row.id for row in load().rows])
def test_every_alarm_of_the_default_preset_has_words(alarm):
    change = AlarmChange(
        alarm, Priority.LOW, AlarmKind.TECHNICAL, AlarmState.RAISED, 1.0, 12.0, 10.0, source="strap"
    )

    words = alarm_sentence(change, "Polar H10")
    assert alarm in ALARM_WORDS
    assert "{" not in words
    assert words[0].isupper() and len(words) < 70


def test_value_and_limit_carry_the_vitals_unit():
    change = AlarmChange(
        "SBP_VHIGH", Priority.HIGH, AlarmKind.PHYSIOLOGICAL, AlarmState.RAISED, 1.0, 186.0, 180.0,
        Vital.SYSTOLIC,
    )  # fmt: skip

    assert alarm_sentence(change) == "Systolic pressure high: 186 mmHg (limit 180 mmHg)"


def test_an_alarm_without_words_still_says_its_name():
    change = AlarmChange(
        "CLINICS_OWN", Priority.LOW, AlarmKind.PHYSIOLOGICAL, AlarmState.RAISED, 1.0
    )

    assert alarm_sentence(change) == "Clinics own"


def test_every_reason_of_plausibility_and_the_decoders_has_words():
    named = re.compile(r'Quality\.(?:INVALID|QUESTIONABLE), "([a-z_]+)"')
    files = [HERE / "kapmonitor/plausibility.py", *(HERE / "devices").rglob("*.py")]
    reasons = {reason for file in files for reason in named.findall(file.read_text("utf-8"))}

    assert "out_of_range" in reasons
    assert reasons <= set(REASON_WORDS)


def test_an_unknown_reason_is_shown_rather_than_hidden():
    assert reason_words("blue_moon") == "blue moon"


def test_data_that_cannot_be_read_are_told_apart_from_silence():
    change = AlarmChange(
        "DATA_STALE", Priority.MEDIUM, AlarmKind.TECHNICAL, AlarmState.RAISED, 1.0,
        source="oximeter", reason="wrong_protocol",
    )  # fmt: skip

    assert alarm_sentence(change) == "No data from oximeter: what it sends cannot be read"
