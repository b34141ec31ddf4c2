"""A still life with everything due at once: a spray that waits, overdue checks, a clinic's scale.

Everything here is invented and marked as simulated; the scale is in our own words.
"""

from msgspec.structs import replace

from kapmonitor import events as e
from kapmonitor.events import Entry
from kapmonitor.messages import Message, Saved
from kapmonitor.plan import parse_plan
from kapmonitor.ports import BoardView
from kapmonitor.prompts import due_now
from kapmonitor.session import fold
from ui.live.sample import LONG_STAFF, T0, Scribe, beat, cuff, links, numerics, opened, pleth, ready

SCALE = """
name = "calm"
version = "2"
title = "How calm and clear, in the patient's own words"

[[group]]
id = "calm"
title = "Within the last quarter of an hour"

[[item]]
id = "c1"
group = "calm"
kind = "choice"
text = "I feel at ease with what comes up"
required = true
choices = [
  { value = "0", text = "not at all, I would rather stop" },
  { value = "1", text = "a little, with much effort" },
  { value = "2", text = "mostly" },
  { value = "3", text = "entirely" },
]

[[item]]
id = "c2"
group = "calm"
kind = "scale"
text = "Thoughts are clear"

[[item]]
id = "c3"
group = "calm"
kind = "severity"
text = "Heaviness of the body that is hard to bear for longer"

[[item]]
id = "c4"
group = "calm"
kind = "number"
text = "From 0 to 100, how close to yourself"
minimum = 0
maximum = 100

[[item]]
id = "c5"
group = "calm"
kind = "text"
text = "Anything else"

[[score]]
id = "calm"
title = "Calm, 0 to 7"
items = ["c1", "c2"]
"""
_DUE = '\n[[instrument]]\nname = "calm"\nbefore_dose = true\nat_min = [15, 60]\n'


def crowded(before: bool = False) -> tuple[list[Message], float]:
    """Twenty-seven minutes after the first of three sprays; ``before``: ready for the dose."""
    now = T0 - 60.0 if before else T0 + 27 * 60.0
    scribe = Scribe()
    plain = opened("P-HOHENSTEIN-2031-0007", LONG_STAFF)
    text = plain.plan_text + _DUE
    scribe.write(
        replace(plain, plan_text=text, planned_dose=84.0, lot="LOT 24-0117-B", weight_kg=71.0,
                instrument_texts={"calm": SCALE}), 0.0,
    )  # fmt: skip
    scribe.write(e.PhaseChanged(e.Phase.BASELINE), 30.0)
    ready(scribe, 60.0)
    scribe.write(cuff(118, 74, 71), 240.0)
    if not before:
        _given(scribe)
    entries = [one for one in scribe.entries if isinstance(one, Entry)]
    checks = due_now(parse_plan(text, plain.plan), fold(entries), now)
    return [
        *links(),
        *scribe.entries,
        *numerics(now),
        *pleth(now),
        BoardView(now),
        beat(now, *checks),
        Saved(len(scribe.entries)),
    ], now


def _given(scribe: Scribe) -> None:
    nurse = LONG_STAFF[0]
    answers: dict[str, e.Answer] = {"c1": 3, "c2": 4, "c4": 90.0}
    title = "How calm and clear, in the patient's own words"
    scribe.write(
        e.Instrument("calm", "2", title, answers, {"calm": 7}, part="reference"), 600.0, nurse
    )
    scribe.write(cuff(122, 76, 70), 480.0)
    scribe.write(e.Dose("in", 28, "mg", "esketamine"), T0, nurse)
    scribe.write(e.Baseline(120, 75, 70, 97, 2), T0)
    scribe.write(e.PhaseChanged(e.Phase.ADMINISTRATION), T0)
    scribe.write(e.PhaseChanged(e.Phase.EXPERIENCE), T0 + 600)


def before_dose() -> tuple[list[Message], float]:
    """A minute before the first spray: the reference round and the scale are wanted."""
    return crowded(before=True)


STILLS = {"live-due": crowded, "live-before": before_dose}
