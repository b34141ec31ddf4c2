"""After the visit: advice without treatment, appointments within three days by the visit's id."""

import pytest

from kapmonitor.afterwards import (
    FILE,
    Appointment,
    keep_appointment,
    load_advice,
    load_appointments,
    to_remind_of,
)
from kapmonitor.errors import KapmonitorError, Refused
from ui.after_visit import reminders

END = 1_772_000_000.0
HOUR = 3600.0


def test_the_clinics_own_advice_wins(tmp_path):
    assert any("driving" in line for line in load_advice().lines)
    (tmp_path / "advice.toml").write_text('title = "Ours"\nlines = ["Call 123."]\n')

    assert load_advice(tmp_path).lines == ("Call 123.",)


def test_an_appointment_is_kept_by_the_visits_id_and_can_be_changed(tmp_path):
    keep_appointment(tmp_path, Appointment("abc", END + 20 * HOUR, 60), END)
    keep_appointment(tmp_path, Appointment("abc", END + 44 * HOUR, 60), END)

    assert load_appointments(tmp_path) == (Appointment("abc", END + 44 * HOUR, 60),)


@pytest.mark.parametrize("hours", [-1.0, 0.0, 72.1])
def test_an_appointment_outside_the_72_hours_is_refused(tmp_path, hours):
    with pytest.raises(Refused, match="appointment_too_late"):
        keep_appointment(tmp_path, Appointment("abc", END + hours * HOUR), END)
    assert load_appointments(tmp_path) == ()


def test_it_is_reminded_of_until_a_day_after():
    one, two = Appointment("a", END + 50 * HOUR), Appointment("b", END + 30 * HOUR)

    assert to_remind_of((one, two), END) == [two, one]
    assert to_remind_of((one, two), END + 53 * HOUR) == [two, one]
    assert to_remind_of((one, two), END + 55 * HOUR) == [one]


def test_the_reminder_names_the_local_time_and_the_visit(tmp_path):
    keep_appointment(tmp_path, Appointment("abc", END + 24 * HOUR, 60), END)

    assert reminders(tmp_path, END) == "Integration: 2026-02-26 07:13, visit abc"


def test_a_damaged_file_is_said(tmp_path):
    (tmp_path / FILE).write_text("{")
    with pytest.raises(KapmonitorError, match="appointments_damaged"):
        load_appointments(tmp_path)
