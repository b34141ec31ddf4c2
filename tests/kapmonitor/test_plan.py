"""Plans: what ships is right, what is wrong is refused with its place."""

from pathlib import Path

import pytest

from kapmonitor.errors import PlanError, UsageError
from kapmonitor.plan import ROUTES, CheckKind, load_plan, parse_plan, plan_for_route


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_has_a_plan_with_its_source(route: str):
    plan, text = plan_for_route(route)

    assert plan.route == route
    assert plan.source
    assert parse_plan(text, "again") == plan
    assert plan.checks(CheckKind.CUFF)
    assert plan.checks(CheckKind.ROUND)


def test_the_spray_follows_the_label():
    """Blood pressure about 40 min after the dose; at least two hours; 140/90 before."""
    plan, _ = load_plan("in")

    forty = next(c for c in plan.checks(CheckKind.CUFF) if c.at_min == 40)
    assert (forty.opens, forty.closes) == (35 * 60, 50 * 60)
    assert plan.minimum_observation_min == 120
    assert (plan.predose.systolic, plan.predose.diastolic) == (140, 90)


def test_an_unknown_route_names_those_there_are():
    with pytest.raises(UsageError) as caught:
        plan_for_route("oral")
    assert caught.value.facts == {"name": "oral", "known": "in, iv, im, sl, sc"}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('route = "in"', 'route = "nose"', "route"),
        ("usual_dose = 56", 'usual_dose = "much"', "usual_dose"),
        ("usual_dose = 56", "usual_dose = -1", "usual_dose"),
        ("opens_min = 35", "opens_min = 45", "check"),
        ('kind = "cuff"', 'kind = "scale"', "kind"),
        ("cuff_readings = 2", "cuff_reading = 2", "baseline"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, old: str, new: str, place: str):
    _, text = load_plan("in")
    wrong = tmp_path / "ours.toml"
    wrong.write_text(text.replace(old, new, 1))

    with pytest.raises(PlanError) as caught:
        load_plan(str(wrong))

    assert caught.value.facts["file"] in (str(wrong), "ours.toml")
    assert place in str(caught.value.facts["place"])
    assert caught.value.facts["reason"]


def test_the_line_of_a_wrong_value_is_given(tmp_path: Path):
    _, text = load_plan("in")
    lines = text.splitlines()
    number = lines.index("at_min = 60") + 1
    wrong = tmp_path / "ours.toml"
    wrong.write_text(text.replace("at_min = 60", "at_min = true", 1))

    with pytest.raises(PlanError) as caught:
        load_plan(str(wrong))

    assert str(caught.value.facts["place"]).startswith(f"line {number},")


def test_an_unknown_field_names_the_line_of_its_table(tmp_path: Path):
    _, text = load_plan("in")
    headers = [n for n, line in enumerate(text.splitlines(), 1) if line == "[[phase]]"]
    wrong = tmp_path / "ours.toml"
    wrong.write_text(text.replace("at_min = 60\nautomatic", "at_mn = 60\nautomatic", 1))

    with pytest.raises(PlanError) as caught:
        load_plan(str(wrong))

    assert str(caught.value.facts["place"]).startswith(f"line {headers[2]}, phase[2]")


def test_broken_toml_names_its_line(tmp_path: Path):
    wrong = tmp_path / "ours.toml"
    wrong.write_text('name = "x"\nversion = \n')

    with pytest.raises(PlanError) as caught:
        load_plan(str(wrong))

    assert (caught.value.code, caught.value.facts["place"]) == ("data_file_syntax", "line 2")


def test_a_missing_or_binary_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(PlanError) as missing:
        load_plan(str(tmp_path / "none.toml"))
    assert missing.value.code == "data_file_missing"

    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlanError) as unreadable:
        load_plan(str(binary))
    assert unreadable.value.code == "data_file_not_text"


def test_a_clinics_own_plan_wins(tmp_path: Path):
    _, text = load_plan("in")
    (tmp_path / "intranasal.toml").write_text(text.replace("usual_dose = 56", "usual_dose = 84"))

    plan, _ = load_plan("in", tmp_path)

    assert plan.usual_dose == 84
