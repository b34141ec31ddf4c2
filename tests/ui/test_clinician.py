"""The scripted clinician of a simulated visit gives what the plan says, when it says so."""

from dataclasses import replace as with_fields
from pathlib import Path

from msgspec.structs import replace

from devices.virtual import scenarios
from devices.virtual.bedside import VirtualBedside
from kapmonitor.events import Dose, DoseWithdrawn
from kapmonitor.plan import Plan, load_plan
from ui.simulation import simulate
from ui.wiring import load_setting


def doses(out: Path, plan: Plan, minutes: float) -> list[tuple[float, float, int]]:
    """Seconds from t0, amount and number of each dose of a simulated visit."""
    setting = with_fields(load_setting(plan.route), plan=plan)
    visit = simulate(setting, out, seed=3, minutes=minutes, utc=1_790_000_000.0)
    t0 = visit.session.t0
    assert t0 is not None
    given = [entry for entry in visit.entries if isinstance(entry.event, Dose)]
    return [
        (entry.at - t0, entry.event.amount, entry.event.index)
        for entry in given
        if isinstance(entry.event, Dose)
    ]


def test_three_sprays_are_given_five_minutes_apart_and_count_from_the_first(tmp_path: Path):
    plan = replace(load_plan("in")[0], usual_dose=84.0)

    given = doses(tmp_path, plan, minutes=12)

    assert given == [(0.0, 28.0, 1), (300.0, 28.0, 2), (600.0, 28.0, 3)]


def test_lozenges_too_and_the_last_holds_what_is_left_of_the_planned_dose(tmp_path: Path):
    plan = replace(load_plan("sl")[0], usual_dose=250.0, devices_apart_min=3.0, device_dose=100.0)

    given = doses(tmp_path, plan, minutes=8)

    assert [amount for _, amount, _ in given] == [100.0, 100.0, 50.0]
    assert [at for at, _, _ in given] == [0.0, 180.0, 360.0]


def test_where_all_is_given_at_once_one_dose_is_recorded(tmp_path: Path):
    plan = load_plan("im")[0]

    assert doses(tmp_path, plan, minutes=2) == [(0.0, plan.usual_dose, 1)]


def test_a_second_spray_taken_back_leaves_the_patient_dosed_by_the_first():
    bedside = VirtualBedside(1, "in", scenarios.load("ordinary"))
    for at, event in (
        (100.0, Dose("in", 28, "mg")),
        (400.0, Dose("in", 28, "mg", index=2)),
        (410.0, DoseWithdrawn(5, "not sprayed")),
    ):
        bedside.hear(event, at)
    assert bedside.patient.dosed_at == 100.0

    bedside.hear(DoseWithdrawn(4, "by mistake"), 420.0)
    assert bedside.patient.dosed_at is None
