"""Every state and every move of one alarm, and its pieces alone."""

import itertools

import pytest

from alarms import presets
from alarms.alarm import MOVES, Alarm, Move, State, next_state
from alarms.condition import Held, Spell, Zone
from alarms.watch import Watch
from kapmonitor.events import AlarmState, Priority

EXPECTED = {
    ("quiet", "holds"): "active",
    ("active", "gone"): "unseen",
    ("active", "acknowledge"): "acknowledged",
    ("acknowledged", "again"): "active",
    ("acknowledged", "gone"): "quiet",
    ("unseen", "holds"): "active",
    ("unseen", "acknowledge"): "quiet",
    ("latched", "holds"): "active",
    ("latched", "acknowledge"): "quiet",
}
PAIRS = list(itertools.product(State, Move))


@pytest.mark.parametrize(("state", "move"), PAIRS)
def test_every_pair_of_state_and_move(state: State, move: Move):
    """What is not in the table does not happen."""
    after = next_state(state, move)
    assert (after.value if after else None) == EXPECTED.get((state.value, move.value))
    assert len(MOVES) == len(EXPECTED)


@pytest.mark.parametrize(("state", "move"), PAIRS)
def test_latching_changes_one_move_only(state: State, move: Move):
    latched = next_state(state, move, latching=True)
    if (state, move) == (State.ACTIVE, Move.GONE):
        assert latched is State.LATCHED
    else:
        assert latched is next_state(state, move)


class Told(Watch):
    """A condition that does what the test says."""

    step = 2.0


@pytest.fixture
def alarm() -> Alarm:
    spec = next(spec for spec in presets.load().limits if spec.id == "SPO2_DESAT")
    told = Told()
    told.priority = Priority.HIGH
    told.low = True
    return Alarm(spec, told)


def in_state(alarm: Alarm, state: State) -> None:
    """Bring an alarm into a state by real moves, at time 0."""
    alarm.latching = state is State.LATCHED
    if state is State.QUIET:
        return
    alarm.watch.holds, alarm.watch.value = True, 84
    alarm.follow(0)
    if state is State.ACKNOWLEDGED:
        alarm.acknowledge("Nurse", 0)
    if state in (State.UNSEEN, State.LATCHED):
        alarm.watch.holds = False
        alarm.follow(0)
    assert alarm.state is state


@pytest.mark.parametrize(
    ("state", "event", "after", "told"),
    [
        (State.QUIET, "holds", State.ACTIVE, ["raised"]),
        (State.QUIET, "gone", State.QUIET, []),
        (State.QUIET, "acknowledge", State.QUIET, []),
        (State.QUIET, "worse", State.ACTIVE, ["raised"]),
        (State.QUIET, "lasts", State.QUIET, []),
        (State.ACTIVE, "holds", State.ACTIVE, []),
        (State.ACTIVE, "gone", State.UNSEEN, ["ended"]),
        (State.ACTIVE, "acknowledge", State.ACKNOWLEDGED, ["acknowledged"]),
        (State.ACTIVE, "worse", State.ACTIVE, []),
        (State.ACTIVE, "lasts", State.ACTIVE, []),
        (State.ACKNOWLEDGED, "holds", State.ACKNOWLEDGED, []),
        (State.ACKNOWLEDGED, "gone", State.QUIET, ["ended"]),
        (State.ACKNOWLEDGED, "acknowledge", State.ACKNOWLEDGED, []),
        (State.ACKNOWLEDGED, "worse", State.ACTIVE, ["escalated"]),
        (State.ACKNOWLEDGED, "lasts", State.ACTIVE, ["escalated"]),
        (State.UNSEEN, "holds", State.ACTIVE, ["raised"]),
        (State.UNSEEN, "gone", State.UNSEEN, []),
        (State.UNSEEN, "acknowledge", State.QUIET, ["acknowledged"]),
        (State.UNSEEN, "worse", State.ACTIVE, ["raised"]),
        (State.UNSEEN, "lasts", State.UNSEEN, []),
        (State.LATCHED, "holds", State.ACTIVE, ["raised"]),
        (State.LATCHED, "gone", State.LATCHED, []),
        (State.LATCHED, "acknowledge", State.QUIET, ["acknowledged"]),
        (State.LATCHED, "worse", State.ACTIVE, ["raised"]),
        (State.LATCHED, "lasts", State.LATCHED, []),
    ],
)
def test_what_an_alarm_does_in_every_state(alarm: Alarm, state, event, after, told):
    in_state(alarm, state)
    watch, now = alarm.watch, 1.0
    if event == "holds":
        watch.holds, watch.value = True, 84
    elif event == "gone":
        watch.holds = False
    elif event == "worse":
        watch.holds, watch.value = True, 82
    elif event == "lasts":
        now = 180.0
    changes = alarm.acknowledge("Nurse", now) if event == "acknowledge" else alarm.follow(now)

    assert alarm.state is after
    assert [change.state.value for change in changes] == told
    assert alarm.follow(now) == []  # once more changes nothing


def test_changes_carry_the_worst_value_even_after_the_end(alarm: Alarm):
    watch = alarm.watch
    watch.holds, watch.value, watch.limit = True, 80, 85
    alarm.follow(3)
    watch.holds, watch.value = False, None
    (ended,) = alarm.follow(9)
    assert (ended.state, ended.value, ended.limit, ended.raised) == (AlarmState.ENDED, 80, 85, 3)


# The pieces ------------------------------------------------------------------------------------


def test_spell_counts_only_the_time_in_which_something_is_known():
    spell = Spell(10)
    spell.run(0, hold=3)
    assert spell.due() is None  # nobody says that it goes on after 3
    spell.run(2, hold=100)
    assert spell.due() == 10
    spell.pause(6)
    assert spell.due() is None
    assert not spell.over(1000)
    spell.run(50)
    assert spell.due() == 54
    assert not spell.over(53.9)
    assert spell.over(54)


def test_spell_that_ran_out_of_news_has_gathered_so_much():
    spell = Spell(10)
    spell.run(0, hold=3)
    spell.run(20)
    assert spell.due() == 27


def test_spell_gathers_depth():
    """Depth times duration: five units deep fill ten in two seconds."""
    spell = Spell(10)
    spell.run(0, rate=5)
    assert spell.due() == 2
    spell.run(1, rate=0)
    assert spell.due() is None
    spell.run(3, rate=1)
    assert spell.due() == 8
    spell.reset()
    assert spell.empty


def test_held_condition_needs_its_delay_and_its_clearing_seconds():
    held = Held(10, 5)
    held.see(Zone.OUTSIDE, 0)
    assert (held.holds, held.due()) == (False, 10)
    held.settle(10)
    assert held.holds
    held.see(Zone.INSIDE, 12)
    assert held.due() == 17
    held.see(Zone.BETWEEN, 15)
    assert held.due() is None
    held.see(Zone.INSIDE, 16)
    held.missing(18)
    assert held.due() is None
    held.see(Zone.INSIDE, 30)
    assert held.due() == 33
    held.settle(33)
    assert not held.holds


def test_held_condition_alone_needs_no_time():
    held = Held(10, 5)
    held.see(Zone.OUTSIDE, 0, alone=True)
    assert held.holds
    held.see(Zone.INSIDE, 1, alone=True)
    assert not held.holds
    assert held.idle


def test_plain_watch_is_never_due_and_never_worse_without_values():
    watch = Watch()
    watch.settle(5)
    assert watch.due() is None
    assert (watch.delay, watch.step, watch.extent) == (0, 0, 0)
    assert not watch.worse(None, 3)
    assert not watch.worse(3, None)
    assert not watch.worse(9, 3)  # it has no step
