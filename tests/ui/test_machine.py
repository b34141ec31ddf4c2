"""The computer under a visit."""

from pathlib import Path

from ui.machine import Machine, can_sleep


def test_a_machine_without_sleep_states_never_sleeps(tmp_path: Path):
    states = tmp_path / "state"
    states.write_text("")
    assert not can_sleep(states)

    states.write_text("freeze mem disk\n")
    assert can_sleep(states)


def test_where_the_system_does_not_tell_sleep_is_possible(tmp_path: Path):
    assert can_sleep(tmp_path / "another system" / "state")


def test_a_clinic_that_does_not_want_it_asks_nothing_and_is_told_the_risk(monkeypatch):
    monkeypatch.setattr("ui.machine.can_sleep", lambda: True)
    machine = Machine(ask=False)
    assert machine.settled()

    state = machine.state()
    machine.close()

    assert state.may_sleep
    assert not machine._thread.is_alive()


def test_the_system_is_asked_and_let_go_again():
    machine = Machine()
    assert machine.settled()

    state = machine.state()
    machine.close()

    assert state.battery_percent is None or 0 <= state.battery_percent <= 100
    assert not machine._thread.is_alive()
