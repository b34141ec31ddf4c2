"""Which limits a visit has: those of its plan, the clinic's own, or those that were asked for."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from alarms.presets import Preset
from kapmonitor.errors import PlanError
from kapmonitor.plan import ROUTES, load_plan
from ui.cli import cli
from ui.wiring import load_setting


def own(data: Path, name: str, value: float) -> Path:
    """A clinic's own preset, which moves one number."""
    path = data / "clinic" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'name = "{name}"\n[[limit]]\nid = "SBP_HIGH"\nvalue = {value}\n'
        f'clear = "<= {value - 5}"\nsource = "our cardiologist"\n'
    )
    return path


def sbp_high(preset: Preset) -> float:
    row = next(row for row in preset.limits if row.id == "SBP_HIGH")
    return row.value


@pytest.mark.parametrize("route", ROUTES)
def test_plan_of_each_route_names_a_preset_that_there_is(tmp_path: Path, route: str):
    assert sbp_high(load_setting(route, tmp_path).preset) == 160


def test_preset_that_a_clinics_plan_names_is_used_for_that_route_alone(tmp_path: Path):
    own(tmp_path, "injections", 150)
    _, text = load_plan("im", None)
    assert 'limits = "default"' in text
    plan = tmp_path / "clinic" / "intramuscular.toml"
    plan.write_text(text.replace('limits = "default"', 'limits = "injections"'))

    assert sbp_high(load_setting("im", tmp_path).preset) == 150
    assert load_setting("im", tmp_path).preset.name == "injections"
    assert sbp_high(load_setting("in", tmp_path).preset) == 160


def test_clinics_own_default_is_that_of_every_plan(tmp_path: Path):
    own(tmp_path, "default", 155)
    assert {sbp_high(load_setting(route, tmp_path).preset) for route in ROUTES} == {155}


def test_limits_that_were_asked_for_win_by_name_and_by_file(tmp_path: Path):
    own(tmp_path, "default", 155)
    path = own(tmp_path, "strict", 145)
    assert sbp_high(load_setting("in", tmp_path, "strict").preset) == 145
    assert sbp_high(load_setting("in", tmp_path, str(path)).preset) == 145


def test_plan_that_names_no_known_preset_is_refused(tmp_path: Path):
    with pytest.raises(PlanError):
        load_setting("in", tmp_path, "none-such")


@pytest.mark.parametrize("verb", ["run", "demo", "simulate", "replay"])
def test_every_verb_with_alarms_takes_other_limits(tmp_path: Path, verb: str):
    said = CliRunner().invoke(cli, ["--data", str(tmp_path), verb, "--help"])
    assert said.exit_code == 0 and "--limits" in said.output
