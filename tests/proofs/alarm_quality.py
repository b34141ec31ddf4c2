"""Counts what the alarms miss and how often they cry wolf, beside a plain monitor."""

from statistics import median

from benchmarks.alarm_quality import Score, Visit, score, visits

NAME = "alarm_quality"
ABOUT = (
    "Whole visits of the virtual patient with their true events written down: what our default "
    "alarms miss and how often they sound without need, beside a plain monitor with the same "
    "absolute limits, no delay, no hysteresis and no baseline, on the same data. Each visit is "
    "replayed from its record, with its own limits. The patients are simulated: what a real room "
    "adds is not in these figures."
)

# At most one audible alarm in two hours that needed no action, and five times fewer than plain.
MOST_IDLE = 1.0
TIMES_FEWER = 5.0


def run(long: bool) -> dict[str, str | int | float]:
    """Simulate the library (short: three visits, up to what happens in them)."""
    seen = visits(short=not long)
    ours, plain = score(seen, "ours"), score(seen, "plain")
    idle, idle_plain = (2 * s.idle_audible / s.hours for s in (ours, plain))

    unlike = [visit.name for visit in seen if not visit.recorded_alike]
    assert not unlike, f"replayed otherwise than recorded: {unlike}"
    assert ours.events > 0, "nothing was to be found"
    assert not ours.missed, f"missed: {ours.missed}"
    assert idle <= MOST_IDLE, f"{idle:.2f} audible alarms in two hours needed no action"
    assert idle_plain >= TIMES_FEWER * idle, "not five times fewer than the plain monitor"
    return {
        "visits": len(seen),
        "hours": round(ours.hours, 1),
        "true events": ours.events,
        **_figures("ours", ours, idle),
        **_figures("plain monitor", plain, idle_plain),
        **{f"{n}. {v.name}, {v.route}": _visit(v) for n, v in enumerate(seen, 1)},
    }


def _figures(who: str, total: Score, idle: float) -> dict[str, str | int | float]:
    return {
        f"{who}: true events missed": len(total.missed),
        f"{who}: which": "; ".join(total.missed) or "-",
        f"{who}: median time to alarm [s]": round(median(total.waits), 1),
        f"{who}: audible alarms an hour": round(total.audible / total.hours, 2),
        f"{who}: alarms seen an hour": round(total.shown / total.hours, 2),
        f"{who}: share that needed no action": round(total.idle_share, 2),
        f"{who}: audible in two hours that needed no action": round(idle, 2),
    }


def _visit(visit: Visit) -> str:
    ours, plain = score([visit], "ours"), score([visit], "plain")
    return (
        f"{len(visit.expected)} true events; ours {ours.shown} alarms, {ours.idle} needless; "
        f"plain {plain.shown}, {plain.idle} needless"
    )
