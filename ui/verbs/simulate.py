"""`kapmonitor simulate`: a whole visit without a window, as fast as it goes."""

from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.errors import RecordError
from kapmonitor.events import AlarmChange
from kapmonitor.plan import ROUTES
from ui.finite import FiniteRange
from ui.output import Line, Printer, alarm_lines, event_line


@click.command("simulate")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--route", type=click.Choice(list(ROUTES)), default="in", show_default=True)
@click.option("--plan", help="A plan by name or file, instead of a route.")
@click.option("--limits", metavar="FILE", default="", help="An alarm preset, by name or file.")
@click.option("--scenario", default="ordinary", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--minutes", type=FiniteRange(min=0.5, max=720), help="Counted from the dose.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    out: Path,
    route: str,
    plan: str | None,
    limits: str,
    scenario: str,
    seed: int,
    minutes: float | None,
    as_json: bool,
) -> None:
    """Simulate a visit into DIR: record, PDF, CSV, FHIR and what the patient really had."""
    from kapmonitor.export import export
    from kapmonitor.export.clinic import with_clinic
    from kapmonitor.keys.published import PUBLISHED_KEY
    from ui.passphrase import current_keys
    from ui.simulation import simulate
    from ui.wiring import load_setting

    setting = load_setting(plan or route, data, limits)
    signer = current_keys().signer(simulated=True)
    done = simulate(setting, out, scenario, seed, minutes, signer=signer)
    printer = Printer(as_json)
    lines: list[tuple[float, Line]] = [
        (entry.at, event_line(entry))
        for entry in done.entries
        if not isinstance(entry.event, AlarmChange)
    ]
    counts: dict[str, int] = {}
    for history in done.session.alarms:
        lines += alarm_lines(history)
        counts[history.priority.value] = counts.get(history.priority.value, 0) + 1
    for _, line in sorted(lines, key=lambda pair: pair[0]):
        printer.line(line)
    written = export(done.record, out, ("pdf", "csv", "fhir"), with_clinic(data), PUBLISHED_KEY)
    files = [str(path) for path in (done.record, *written, done.truth)]
    t0, end = done.session.t0, done.session.ended_at
    summary = {
        "minutes_from_dose": None if t0 is None or end is None else round((end - t0) / 60, 1),
        "alarms": counts,
        "events": len(done.session.entries),
        "sealed": done.sealed,
        "simulated_in_seconds": round(done.seconds, 2),
        "files": files,
    }
    text = words.tr(
        "{alarms} alarms, {events} events. Written:",
        alarms=sum(counts.values()),
        events=len(done.session.entries),
    )
    printer.line({"summary": summary}, "\n".join([text, *(f"  {name}" for name in files)]))
    if not done.sealed:
        raise RecordError("not_sealed")
