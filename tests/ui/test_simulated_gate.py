"""A simulated visit whose patient is measured above the plan's pressure before the dose."""

from pathlib import Path

from kapmonitor.events import Dose
from ui.simulation import simulate
from ui.wiring import load_setting

# The last reading before the dose is 143/69 mmHg with this seed: above the 140 of the plan.
ABOVE_THE_GATE = 11


def test_a_pressure_above_the_gate_is_weighed_and_the_visit_goes_on(tmp_path: Path) -> None:
    """The dose is given with a reason on the record, and the visit ends and is sealed.

    Without a reason the dose was refused, and the visit went on for a day, unsealed.
    """
    done = simulate(load_setting("in"), tmp_path, seed=ABOVE_THE_GATE, minutes=1)

    doses = [entry for entry in done.entries if isinstance(entry.event, Dose)]
    assert [entry.at for entry in doses] == [240.0]
    assert isinstance(doses[0].event, Dose)
    assert doses[0].event.gate_reason
    assert done.sealed
    assert done.session.ended_at == 300.0


def test_an_ordinary_pressure_needs_no_reason(tmp_path: Path) -> None:
    """With another seed the patient is below it, and the dose stands without a reason."""
    done = simulate(load_setting("in"), tmp_path, seed=1, minutes=1)

    reasons = [e.event.gate_reason for e in done.entries if isinstance(e.event, Dose)]
    assert reasons == [""]
