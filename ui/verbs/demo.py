"""`kapmonitor demo`: the window, with a virtual patient and virtual devices."""

from pathlib import Path

import click

from kapmonitor.plan import ROUTES
from ui.display import require_display
from ui.finite import FiniteRange

DEMO_DEVICES = ("virtual:contec-cms50-serial", "virtual:ble-blood-pressure")


@click.command("demo")
@click.option("--route", type=click.Choice(list(ROUTES)), default="in", show_default=True)
@click.option("--scenario", default="ordinary", show_default=True, help="A wrong name lists all.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--speed", type=FiniteRange(1, 60), default=1.0, help="Times faster than life.")
@click.option("--limits", metavar="FILE", default="", help="An alarm preset, by name or file.")
@click.option(
    "--device", "devices", multiple=True, metavar="NAME", help="A virtual device by its protocol."
)
@click.option("--silent", is_flag=True, help="No alarm sound.")
@click.pass_obj
def command(
    data: Path,
    route: str,
    scenario: str,
    seed: int,
    speed: float,
    limits: str,
    devices: tuple[str, ...],
    silent: bool,
) -> None:
    """Open the window on a virtual bedside; everything is marked as a demonstration."""
    from devices.virtual import scenarios
    from devices.virtual.bedside import known_device
    from kapmonitor.emergency import load_emergency
    from ui.beginning import begun_of
    from ui.passphrase import current_keys
    from ui.visit import VisitChoice, begin

    scenarios.load(scenario)
    names = [name.removeprefix("virtual:") for name in devices]
    for name in names:
        known_device(name)
    require_display()
    choice = VisitChoice(
        plan=route,
        devices=tuple(f"virtual:{name}" for name in names) or DEMO_DEVICES,
        limits=limits,
        patient_code="DEMO",
        silent=silent,
        scenario=scenario,
        seed=seed,
        rate=speed,
    )
    emergency = load_emergency(data / "clinic")
    visit = begin(choice, data, current_keys())
    try:
        from ui.app import run_begun

        run_begun(begun_of(visit, emergency, data), visit.export, data)
    finally:
        visit.close()
