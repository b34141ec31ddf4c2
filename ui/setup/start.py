"""What the set-up page begins with: plans to choose from, people, what is remembered. No Qt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kapmonitor import settings
from kapmonitor.before_dose import ReadinessList, load_readiness
from kapmonitor.errors import KapmonitorError
from kapmonitor.plan import ROUTES, load_plan
from kapmonitor.plan_form import clinic_plans
from kapmonitor.settings import LastVisit
from kapmonitor.staff import Person, working
from kapmonitor.words import tr

if TYPE_CHECKING:
    from ui.setup.choice import SetupChoice


class PlanOffer(Struct, frozen=True):
    """A plan that can be chosen: ``value`` as on the command line, doses in ``unit``."""

    value: str
    title: str
    drug: str = ""
    unit: str = "mg"
    usual_dose: float = 0.0
    doses: tuple[float, ...] = ()


class SetupStart(Struct, frozen=True):
    """``people`` as (name, role); ``intentions``: they have a place of their own to be kept in.

    ``names``: the patient's name is asked for.
    """

    plans: tuple[PlanOffer, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    last: LastVisit = LastVisit()
    readiness: ReadinessList | None = None
    intentions: bool = False
    names: bool = False


def plan_offers(folder: Path | None = None) -> tuple[PlanOffer, ...]:
    """All plans that can be read; a wrong one is said on the page of the plans."""
    offers = []
    codes = {name: code for code, name in ROUTES.items()}
    for listed in clinic_plans(folder or Path("no-clinic")):
        try:
            plan, _ = load_plan(listed.name, folder)
        except KapmonitorError:
            continue
        route = tr(ROUTES[plan.route]).capitalize()
        title = f"{route}: {plan.title}" if listed.own else f"{route}: {tr(plan.title)}"
        offers.append(
            PlanOffer(
                codes.get(listed.name, listed.name),
                title,
                plan.drug,
                plan.unit,
                plan.usual_dose,
                plan.doses,
            )
        )
    order = list(ROUTES)
    return tuple(sorted(offers, key=lambda o: order.index(o.value) if o.value in order else 99))


def setup_start(data: Path, people: Sequence[Person]) -> SetupStart:
    """For a data folder. Raises PlanError when the clinic's own readiness list is wrong."""
    chosen, _ = settings.load(data)
    return SetupStart(
        plan_offers(data / "clinic"),
        tuple((person.name, person.role.value) for person in working(people)),
        chosen.last_visit,
        load_readiness(data / "clinic"),
        chosen.reflections,
        chosen.patient_names,
    )


def remember(data: Path, choice: "SetupChoice") -> None:
    """Keep what is the same from visit to visit: nothing of the patient. Raises as `settings`."""
    kept = LastVisit(choice.route, choice.staff, dict(choice.roles), choice.person)
    settings.change(data, last_visit=kept)
