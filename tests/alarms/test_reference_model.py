"""Random visits against a second, slower and simpler way to find out what each limit says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alarms import presets
from alarms.judged import Judged
from alarms.limits import LimitSpec, Quantity
from kapmonitor.events import Baseline, Cuff
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, OXIMETER, Bedside

SPECS = presets.load().limits
BASELINE = {"pulse": 70.0, "systolic": 120.0, "diastolic": 78.0}
BELIEVED = 3  # s for which a value of an oximeter counts without news


def is_beyond(sign: str, value: float, limit: float) -> bool:
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[
        sign
    ]


def is_clear(clear: str, over: float, value: float) -> bool:
    sign, number = clear.split()
    return is_beyond(sign, value, over + float(number))


# Continuous vitals: each second is beyond, clear, in between, or unknown --------------------------


class EachSecond:
    """Counts whole seconds on its fingers."""

    def __init__(self, spec: LimitSpec) -> None:
        self.spec = spec
        self.over = BASELINE[spec.vital] if spec.over_baseline else 0.0
        self.holds = False
        self.beyond = self.clear = 0

    def second(self, value: float | None) -> None:
        """One more second in which the vital had this value."""
        if value is None:
            return
        if is_beyond(self.spec.condition, value, self.over + self.spec.value):
            self.beyond, self.clear = self.beyond + 1, 0
        elif is_clear(self.spec.clear, self.over, value):
            self.beyond, self.clear = 0, self.clear + 1
        else:
            self.beyond = self.clear = 0
        if self.beyond >= self.spec.delay:
            self.holds = True
        elif self.clear >= self.spec.clear_after:
            self.holds = False


SATURATIONS = st.sampled_from([97, 92, 91, 90, 89, 88, 87, 86, 85, 84, 70])
PULSES = st.sampled_from(
    [70, 53, 52, 50, 49, 45, 44, 40, 39, 99, 100, 110, 111, 115, 116, 120, 121, 130, 131, 140, 141]
)


def stretches(values: st.SearchStrategy) -> st.SearchStrategy:
    """Values with their seconds; then the finger is off, or nothing comes at all, for a while."""
    lost = st.sampled_from(["told", "silent"])
    return st.lists(
        st.tuples(values, st.integers(4, 20), lost, st.integers(0, 8)), min_size=2, max_size=9
    )


def seconds_of(story) -> list[tuple[float | None, bool]]:
    """For each second the value that counts, and whether the device sends."""
    found: list[tuple[float | None, bool]] = []
    for value, length, how, gap in story:
        found += [(float(value), True)] * length
        if how == "told":
            found += [(None, True)] * gap
        else:
            found += [(float(value) if at < BELIEVED - 1 else None, False) for at in range(gap)]
    return found


def compare_each_second(quantity: Quantity, vital: Vital, story) -> None:
    specs = tuple(spec for spec in SPECS if spec.vital is quantity)
    judged = Judged(specs)
    judged.set_baseline(Baseline(120.0, 78.0, 70.0, 97.0, 2))
    models = [EachSecond(spec) for spec in specs]
    for at, (value, sends) in enumerate(seconds_of(story)):
        if sends:
            quality = Quality.INVALID if value is None else Quality.GOOD
            reading = Reading(vital, value, float(at), quality, source=OXIMETER)
            judged.sustained(quantity, reading, continuous=True)
        for model in models:
            model.second(value)
            watch = judged.limits[model.spec.id]
            watch.settle(at + 1.0)
            assert watch.holds == model.holds, (model.spec.id, at + 1)


@settings(max_examples=150, deadline=None)
@given(stretches(SATURATIONS))
def test_saturation_is_judged_as_one_would_by_counting_seconds(story):
    compare_each_second(Quantity.SPO2, Vital.SPO2, story)


@settings(max_examples=150, deadline=None)
@given(stretches(PULSES))
def test_pulse_is_judged_as_one_would_by_counting_seconds(story):
    compare_each_second(Quantity.PULSE, Vital.PULSE_RATE, story)


# The cuff: each reading on its own, the second one confirms ---------------------------------------


class EachReading:
    """Keeps, for one row, what a nurse with a pencil would."""

    def __init__(self, spec: LimitSpec) -> None:
        self.spec = spec
        self.holds = False
        self.beyond_so_far: list[tuple[float, ...]] = []

    def cycle(self, pair: dict[str, float]) -> None:
        rows = [
            (part, pair[part.vital], BASELINE[part.vital] if self.spec.over_baseline else 0.0)
            for part in self.spec.parts
        ]
        beyond = [is_beyond(part.condition, value, over + part.value) for part, value, over in rows]
        if any(beyond):
            self.holds = True
            self.beyond_so_far.append(tuple(value for _, value, _ in rows))
        elif all(is_clear(part.clear, over, value) for part, value, over in rows):
            self.holds = False
            self.beyond_so_far = []

    @property
    def priority(self) -> str:
        confirmed = len(self.beyond_so_far) > 1 and self.spec.confirm
        return confirmed or self.spec.priority

    @property
    def shown(self) -> tuple[str, float]:
        """The pressure that is furthest beyond, at its worst; of one alone, that one."""
        found = []
        for place, part in enumerate(self.spec.parts):
            limit = part.value + (BASELINE[part.vital] if self.spec.over_baseline else 0.0)
            values = [
                pair[place]
                for pair in self.beyond_so_far
                if is_beyond(part.condition, pair[place], limit)
            ]
            if values:
                worst = min(values) if part.condition.low else max(values)
                found.append((abs(worst - limit), -place, part.vital.value, worst))
        _, _, vital, worst = max(found)
        return vital, worst


EDGES = (89, 90, 94, 95, 145, 149, 150, 155, 156, 159, 160, 174, 175, 179, 180, 189, 190, 199, 200)
SYSTOLIC = st.sampled_from([84, *EDGES, 120, 144, 154, 170, 212])
DIASTOLIC = st.sampled_from(
    [60, 92, 93, 95, 96, 97, 98, 99, 100, 102, 103, 104, 105, 109, 110, 125]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(SYSTOLIC, DIASTOLIC), min_size=1, max_size=12), st.booleans())
def test_pressures_are_judged_as_one_would_with_a_pencil(pairs, with_baseline):
    bed = Bedside()
    bed.cuff()
    if with_baseline:
        bed.dose(0)
    models = [
        EachReading(spec)
        for spec in SPECS
        if spec.vital in ("systolic", "diastolic") and (with_baseline or not spec.over_baseline)
    ]
    for number, (systolic, diastolic) in enumerate(pairs, 1):
        at = 100.0 * number
        bed.wait(at)
        bed.hear(Cuff(systolic, diastolic, None, None, Quality.GOOD, source=CUFF))
        for model in models:
            model.cycle({"systolic": systolic, "diastolic": diastolic})
        shown = {
            view.change.alarm: (view.change.priority.value, view.change.vital, view.change.value)
            for view in bed.view.alarms
            if not view.over
        }
        assert shown == {
            model.spec.id: (model.priority, *model.shown) for model in models if model.holds
        }
