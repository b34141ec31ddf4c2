"""What must hold whatever happens: random visits against the promises of the alarm system."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from alarms import presets
from alarms.board import Board
from alarms.limits import COMPARE, LimitSpec
from kapmonitor.errors import Refused
from kapmonitor.events import (
    AlarmKind,
    AlarmState,
    Baseline,
    Cuff,
    CuffCycle,
    Dose,
    LimitChanged,
    LinkChanged,
    QuietMode,
    Round,
    Trouble,
)
from kapmonitor.ports import AlarmView, BoardView, Schedule, SourceInfo
from kapmonitor.reading import LinkState, Quality, Reading
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, MEDIUM, OXIMETER, STRAP, Bedside

PRESET = presets.load()
LIMITS = {spec.id: spec for spec in PRESET.limits}
ENTERED = {"SEDATION", "REDFLAG", "RESP_LOW"}
GRACE = 10.0

spo2 = st.sampled_from([97, 95, 91, 89, 84, 82, 60, None])
rate = st.sampled_from([70, 118, 125, 150, 47, 35, None])
pair = st.sampled_from([(120, 80), (162, 90), (178, 100), (183, 112), (205, 121), (85, 50)])


def op(name: str, *values: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(st.just(name), *values)


seconds = st.integers(1, 40)
ops = st.lists(
    st.one_of(
        op("spo2", spo2, seconds),
        op("spo2", spo2, seconds),
        op("pulse", rate, seconds),
        op("strap", rate, seconds),
        op("cuff", pair),
        op("failed", st.just(0)),
        op("late", pair, st.integers(1, 300)),
        op("late round", st.sampled_from([{"moaas": 2}, {"moaas": 5}]), st.integers(1, 300)),
        op("wait", st.sampled_from([1.0, 9.5, 30.0, 125.0, 200.0])),
        op("ack", st.booleans()),
        op("pause", st.just(0)),
        op("pause", st.just(0)),
        op("quiet", st.booleans()),
        op("round", st.sampled_from([{"moaas": 2}, {"moaas": 3}, {"moaas": 5}])),
        op("round", st.sampled_from([{"red_flags": "seizure"}, {"red_flags": "none"}])),
        op("round", st.sampled_from([{"respiratory_rate": 7}, {"respiratory_rate": 14}])),
        op("trouble", st.sampled_from(["disk_low", "disk_low_over", "clock_jump", "engine_lost"])),
        op("link", st.sampled_from([LinkState.DOWN, LinkState.UP])),
        op("inflate", st.just(0)),
        op("dose", st.just(0)),
        op("due", seconds),
        op("limit", st.sampled_from([("SPO2_LOW", None), ("SPO2_LOW", 88), ("SPO2_DESAT", 82)])),
    ),
    min_size=5,
    max_size=40,
)


class Visit:
    """Plays operations, and calls ``check`` after each step of the board."""

    def __init__(self, check) -> None:
        self.board = Board(PRESET)
        self.now = 0.0
        self.check = check
        self.sent: dict[Vital, set[float]] = {}
        self.changes: list = []
        self.packet = 0
        self.silenced: set[str] = set()
        for name, measures, continuous in (
            (OXIMETER, (Vital.SPO2, Vital.PULSE_RATE), True),
            (STRAP, (Vital.HEART_RATE,), True),
            (CUFF, (Vital.SYSTOLIC, Vital.DIASTOLIC), False),
        ):
            info = SourceInfo(name, "p", "a", name, measures, continuous, site="left_arm")
            self.keep(self.board.hear(info, 0))

    def keep(self, changes) -> None:
        self.changes += [(self.now, change) for change in changes]
        self.check(self)

    def to(self, at: float) -> None:
        while (due := self.board.deadline()) is not None and due <= at:
            self.now = max(self.now, due)
            self.keep(self.board.tick(due))
        self.now = max(self.now, at)
        self.keep(self.board.tick(self.now))

    def send(self, vital: Vital, value, source: str) -> None:
        self.packet += 1
        quality = Quality.INVALID if value is None else Quality.GOOD
        if value is not None:
            self.sent.setdefault(vital, set()).add(value)
        reading = Reading(vital, value, self.now, quality, packet=self.packet, source=source)
        self.keep(self.board.observe(reading))

    def hear(self, message) -> None:
        self.keep(self.board.hear(message, self.now))

    def play(self, name: str, *how) -> None:
        match name:
            case "spo2" | "pulse" | "strap":
                vital, source = {
                    "spo2": (Vital.SPO2, OXIMETER),
                    "pulse": (Vital.PULSE_RATE, OXIMETER),
                    "strap": (Vital.HEART_RATE, STRAP),
                }[name]
                for _ in range(how[1]):
                    self.to(self.now + 1)
                    self.send(vital, how[0], source)
            case "cuff":
                self.to(self.now + 1)
                self.packet += 1
                for vital, value in zip((Vital.SYSTOLIC, Vital.DIASTOLIC), how[0], strict=True):
                    self.sent.setdefault(vital, set()).add(value)
                    reading = Reading(vital, value, self.now, packet=self.packet, source=CUFF)
                    self.keep(self.board.observe(reading))
                self.hear(Cuff(how[0][0], how[0][1], None, None, Quality.GOOD, source=CUFF))
            case "failed":
                self.hear(Cuff(None, None, None, None, Quality.INVALID, "leak", CUFF))
            case "late":
                for vital, value in zip((Vital.SYSTOLIC, Vital.DIASTOLIC), how[0], strict=True):
                    self.sent.setdefault(vital, set()).add(value)
                late = Cuff(how[0][0], how[0][1], None, None, Quality.GOOD, source="manual")
                self.keep(self.board.hear(late, max(0.0, self.now - how[1])))
            case "late round":
                filed = Round("c", "1", how[0])
                self.keep(self.board.hear(filed, max(0.0, self.now - how[1])))
            case "wait":
                self.to(self.now + how[0])
            case "ack":
                self.acknowledge(everything=how[0])
            case "pause":
                self.pause()
            case "quiet":
                self.hear(QuietMode(how[0]))
            case "round":
                for answer, value in how[0].items():
                    if answer == "respiratory_rate":
                        self.sent.setdefault(Vital.RESPIRATORY_RATE, set()).add(value)
                self.hear(Round("c", "1", how[0]))
            case "trouble":
                self.hear(Trouble(how[0]))
            case "link":
                self.hear(LinkChanged(OXIMETER, how[0]))
            case "inflate":
                self.hear(CuffCycle(CUFF, "started"))
            case "dose":
                self.hear(Dose("in", 56, "mg"))
                self.hear(Baseline(120, 78, 70, 97, 2))
            case "due":
                self.hear(Schedule(self.now + how[0], self.now + how[0]))
            case "limit":
                self.hear(LimitChanged(how[0][0], 0, how[0][1]))

    def acknowledge(self, everything: bool) -> None:
        try:
            self.keep(self.board.acknowledge("", "Nurse", self.now))
            while everything:
                self.keep(self.board.acknowledge("", "Nurse", self.now))
        except Refused:
            pass

    def pause(self) -> None:
        """What sounds now may be silent for the time of the pause; nothing else may."""
        view = self.view
        sounding = {v.change.alarm for v in view.alarms if self.must_sound(v)}
        until = self.board.pause(self.now)
        self.silenced = set() if until is None else sounding
        self.check(self)

    @property
    def view(self) -> BoardView:
        return self.board.view(self.now)

    def must_sound(self, view: AlarmView) -> bool:
        """An unacknowledged HIGH in force, ten seconds after it was entered where it was."""
        if view.over or view.change.priority is not HIGH or view.acknowledged_by:
            return False
        if view.change.alarm not in ENTERED:
            return True
        spoke = [
            at
            for at, change in self.changes
            if change.alarm == view.change.alarm
            and change.state in (AlarmState.RAISED, AlarmState.ESCALATED)
        ]
        return bool(self.now >= spoke[-1] + GRACE)


@settings(max_examples=120, deadline=None)
@given(ops)
def test_high_is_silent_only_when_acknowledged_or_paused_while_it_sounded(story):
    def check(visit: Visit) -> None:
        view = visit.view
        if view.sound is HIGH:
            return
        for alarm in view.alarms:
            if visit.must_sound(alarm):
                assert view.paused_until is not None, alarm
                assert view.paused_until > visit.now
                assert alarm.change.alarm in visit.silenced, alarm

    visit = Visit(check)
    for step in story:
        visit.play(*step)


@settings(max_examples=60, deadline=None)
@given(ops)
def test_no_limit_alarm_without_a_value_beyond_its_limit(story):
    visit = Visit(lambda visit: None)
    for step in story:
        visit.play(*step)
    for _, change in visit.changes:
        spec = LIMITS.get(change.alarm)
        if spec is None:
            continue
        assert change.value in visit.sent[change.vital]
        part = next(p for p in spec.parts if p.vital in (change.vital, "pulse"))
        assert COMPARE[part.condition](change.value, change.limit)


@settings(max_examples=60, deadline=None)
@given(ops)
def test_changes_of_an_alarm_follow_one_another(story):
    """Raised, then escalated or acknowledged, then ended; and the view agrees with the record."""
    visit = Visit(lambda visit: None)
    for step in story:
        visit.play(*step)
    by_alarm: dict = {}
    for _, change in visit.changes:
        # A patient has one pressure, whichever cuff gave the worst value; links are each their own.
        own = change.source if change.kind is AlarmKind.TECHNICAL else ""
        by_alarm.setdefault((change.alarm, own), []).append(change)
    in_force = set()
    for key, changes in by_alarm.items():
        open_ = False
        rank = 0
        for change in changes:
            if change.state is AlarmState.RAISED:
                assert not open_, key
                open_, rank = True, change.priority.rank
            elif change.state is AlarmState.ESCALATED:
                assert open_, key
                assert change.priority.rank >= rank
                rank = change.priority.rank
            elif change.state is AlarmState.ENDED:
                assert open_, key
                open_ = False
        if open_:
            in_force.add(key[0])
    assert in_force == {v.change.alarm for v in visit.view.alarms if not v.over}


@settings(max_examples=60, deadline=None)
@given(ops)
def test_nothing_happens_before_the_deadline_and_it_always_moves_on(story):
    """So nothing has to be polled: waiting for the deadline misses nothing."""
    visit = Visit(lambda visit: None)
    for step in story:
        visit.play(*step)
        due = visit.board.deadline()
        if due is None:
            continue
        assert due > visit.now
        if due - visit.now < 0.001:
            continue  # nothing fits in between
        shortly = due - (due - visit.now) / 1000
        before = visit.view
        assert visit.board.tick(shortly) == []
        after = visit.board.view(shortly)
        assert (after.alarms, after.sound, after.paused_until) == (
            before.alarms,
            before.sound,
            before.paused_until,
        )
        visit.now = shortly


@settings(max_examples=60, deadline=None)
@given(ops, st.integers(0, 5))
def test_acknowledging_one_never_hides_another(story, which):
    visit = Visit(lambda visit: None)
    for step in story:
        visit.play(*step)
    before = {v.change.alarm: v for v in visit.view.alarms if not v.over}
    open_ = [name for name, v in before.items() if not v.acknowledged_by and name != "CLOCK_JUMP"]
    if not open_:
        return
    name = open_[which % len(open_)]
    visit.keep(visit.board.acknowledge(name, "Nurse", visit.now))
    after = {v.change.alarm: v for v in visit.view.alarms if not v.over}
    assert after.keys() == before.keys()
    for other, view in after.items():
        if other != name:
            assert view == before[other]
    others = [v for other, v in after.items() if other != name and visit.must_sound(v)]
    if others and visit.view.paused_until is None:
        assert visit.view.sound is HIGH


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([97, 91, 89, 86, 84, 80]), st.integers(1, 30)), max_size=12)
)
def test_every_low_saturation_longer_than_its_delay_is_signalled_at_its_end(runs):
    """Against the definition itself: a stretch below the limit of at least the delay."""
    bed = Bedside()
    bed.oximeter()
    values = [value for value, length in runs for _ in range(length)] + [97] * 7
    for at, value in enumerate(values):
        bed.send(Vital.SPO2, value, float(at))
    for name in ("SPO2_DESAT", "SPO2_LOW"):
        spec = LIMITS[name]
        raised = [at for at, state, _ in bed.of(name) if state == "raised"]
        ended = [at for at, state, _ in bed.of(name) if state == "ended"]
        in_force = list(itertools.zip_longest(raised, ended, fillvalue=float(len(values))))
        for start, end in stretches(values, spec):
            due = start + spec.delay
            if end < due:
                continue
            told = any(a <= due <= b for a, b in in_force)
            held_back = spec.priority is MEDIUM and any(
                b <= due < b + 30 for b in ended if b <= due
            )
            assert told or held_back, (name, start, end, bed.of(name))


def stretches(values: list[int], spec: LimitSpec) -> list[tuple[float, float]]:
    """Beginning of each stretch beyond the limit, and the time of the first value after it."""
    beyond = [COMPARE[spec.condition](value, spec.value) for value in values]
    found = []
    for outside, group in itertools.groupby(enumerate(beyond), key=lambda item: item[1]):
        places = [place for place, _ in group]
        if outside:
            found.append((float(places[0]), float(places[-1] + 1)))
    return found


one_second = st.fixed_dictionaries(
    {"spo2": spo2, "pulse": rate, "strap": rate, "cuff": st.none() | pair}
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(one_second, st.integers(1, 25)), min_size=1, max_size=8),
    st.permutations(range(5)),
)
def test_order_of_readings_of_one_moment_does_not_matter(story, order):
    boards = [Board(PRESET), Board(PRESET)]
    ends = []
    for board, shuffled in zip(boards, (False, True), strict=True):
        changes: list = []
        at = 0.0
        packet = 0
        for name, measures, continuous in (
            (OXIMETER, (Vital.SPO2,), True),
            (STRAP, (Vital.HEART_RATE,), True),
            (CUFF, (Vital.SYSTOLIC,), False),
        ):
            board.hear(SourceInfo(name, "p", "a", name, measures, continuous), 0)
        board.hear(Dose("in", 56, "mg"), 0)
        board.hear(Baseline(120, 78, 70, 97, 2), 0)
        for second, length in story:
            for repeat in range(length):
                at += 1
                packet += 1
                readings = moment(second, at, packet, with_cuff=repeat == 0)
                if shuffled:
                    readings = [readings[i] for i in order if i < len(readings)]
                told = []
                for reading in readings:
                    told += board.observe(reading, in_use(reading, readings))
                changes.append(sorted((c.alarm, c.source, c.state, c.priority) for c in told))
        changes.append(sorted((c.alarm, c.source, c.state) for c in board.tick(at + 100)))
        view = board.view(at + 100)
        ends.append((changes, {v.change.alarm for v in view.alarms}, view.sound))
    assert ends[0] == ends[1]


def moment(second: dict, at: float, packet: int, with_cuff: bool) -> list[Reading]:
    values = [
        (Vital.SPO2, second["spo2"], OXIMETER),
        (Vital.PULSE_RATE, second["pulse"], OXIMETER),
        (Vital.HEART_RATE, second["strap"], STRAP),
    ]
    if with_cuff and second["cuff"] is not None:
        values += [
            (Vital.SYSTOLIC, second["cuff"][0], CUFF),
            (Vital.DIASTOLIC, second["cuff"][1], CUFF),
        ]
    return [
        Reading(
            vital,
            value,
            at,
            Quality.INVALID if value is None else Quality.GOOD,
            packet=packet,
            source=source,
        )
        for vital, value, source in values
    ]


def in_use(reading: Reading, readings: list[Reading]) -> bool:
    """The engine's choice: an oximeter's pulse only while the strap has none."""
    strap = next(r.value for r in readings if r.vital is Vital.HEART_RATE)
    if reading.vital is Vital.PULSE_RATE:
        return strap is None
    return True
