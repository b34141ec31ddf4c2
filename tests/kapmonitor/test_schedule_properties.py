"""Whatever happens, a check is prompted for once, and nothing that is due is forgotten."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor import commands as c
from kapmonitor.plan import ROUTES
from kapmonitor.schedule import outcomes, upcoming
from tests.kapmonitor.bedside import Bedside

_ACTS = (
    *("cuff", "high", "round", "skip", "skip_round", "back", "wait", "sleep", "restart", "jump"),
)

steps = st.lists(
    st.tuples(
        st.sampled_from(_ACTS),
        st.floats(1.0, 1500.0),
    ),
    max_size=14,
)


@settings(max_examples=15, deadline=None)
@given(route=st.sampled_from(sorted(ROUTES)), done=steps)
def test_one_prompt_for_a_check_and_nothing_due_is_forgotten(
    route: str, done: list[tuple[str, float]]
):
    bedside = Bedside(route).open()
    bedside.cuff(20.0, 120, 80)
    bedside.ask(60.0, c.RecordDose(by="Ana"))
    now = 60.0
    for act, seconds in done:
        now += seconds
        if act == "cuff":
            bedside.cuff(now, 120, 80)
        elif act == "high":
            bedside.cuff(now, 190, 112)
        elif act == "round":
            bedside.ask(now, c.FileRound(answers={"moaas": 5}, by="Ana"))
        elif act.startswith("skip"):
            check = "round" if act == "skip_round" else "cuff"
            bedside.ask(now, c.SkipCheck(check=check, reason="asleep", by="Ana"))
        elif act == "back":
            bedside.ask(now, c.WithdrawDose(reason="wrong time", by="Ana"))
            bedside.ask(
                now + 1, c.RecordDose(by="Ana", happened=max(1.0, now - 300), gate_reason="known")
            )
            now += 1
        elif act == "restart":
            # Killed, and resumed from its record by another program.
            entries = list(bedside.record.entries)
            bedside = Bedside(route)
            bedside.clock.at = now
            bedside.record.entries.extend(entries)
            bedside.engine.resume(entries, now)
        elif act == "jump":
            bedside.clock.move_wall(-seconds)
            bedside.at(now)
        elif act == "sleep":
            # A laptop that slept: no heartbeat in between.
            bedside.clock.at = now
            bedside.engine.tick(now)
        else:
            bedside.at(now)

        session, plan = bedside.engine.session, bedside.engine.plan
        views = upcoming(plan, session, now)
        prompts = [(view.check, view.due) for view in views]
        assert len(prompts) == len(set(prompts))
        for kind in ("cuff", "round"):
            mine = [view for view in views if view.check == kind]
            assert sum(view.opens <= now and view.due <= now for view in mine) <= 1
            missed = [
                one
                for one in outcomes(plan, session)
                if one.check == kind and one.state == "open" and one.due <= now
            ]
            if missed:
                assert mine, kind
                assert mine[0].due <= missed[0].due
