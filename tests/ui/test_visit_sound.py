"""A visit sounds where this installation has chosen."""

from pathlib import Path

import pytest

from kapmonitor.settings import FILE, VOLUME_FLOOR, Settings, load, save
from ui import services, visit
from ui.setup.choice import SoundOutputs
from ui.sound import NullSounder
from ui.visit import VisitChoice, begin


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What sounders were asked for; none of them plays."""
    calls: list[tuple[object, ...]] = []

    def make(*how: object) -> NullSounder:
        calls.append(how)
        return NullSounder()

    monkeypatch.setattr(visit, "make_sounder", make)
    monkeypatch.setattr("ui.sound.make_sounder", make)
    return calls


def test_a_visit_and_the_test_of_the_sound_use_the_chosen_output(tmp_path: Path, asked):
    save(tmp_path, Settings("desk", 0.5))
    begin(VisitChoice(), tmp_path).close()
    services.services(tmp_path).try_sound()
    assert asked == [(True, "desk", 0.5)] * 2


def test_silent_is_silent_wherever(tmp_path: Path, asked):
    save(tmp_path, Settings("desk"))
    begin(VisitChoice(silent=True), tmp_path).close()
    assert asked == [(False, "desk", VOLUME_FLOOR)]


def test_damaged_settings_are_named_and_the_visit_begins(tmp_path: Path, asked, capsys):
    (tmp_path / FILE).write_text("{")
    begin(VisitChoice(), tmp_path).close()
    assert asked == [(True, "", VOLUME_FLOOR)]
    assert f"{FILE} is damaged" in capsys.readouterr().err


def test_choosing_an_output_keeps_the_other_settings(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("ui.sound.outputs", lambda: [("desk", "Desk")])
    save(tmp_path, Settings("", 0.5))
    world = services.services(tmp_path)
    world.change_settings(sound_output="desk")
    assert load(tmp_path)[0] == Settings("desk", 0.5)
    assert world.outputs() == SoundOutputs((("desk", "Desk"),), "desk", 0.5)


def test_damaged_settings_are_told_to_the_start_page(tmp_path: Path):
    world = services.services(tmp_path)
    assert world.settings_problem() == ""
    (tmp_path / FILE).write_text('{"volume_floor": 0.1}')
    assert f"{FILE} is damaged" in world.settings_problem()
    world.change_settings(volume_floor=0.6)
    assert world.settings_problem() == ""
    assert world.outputs().floor == 0.6
