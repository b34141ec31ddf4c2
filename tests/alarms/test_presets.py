"""The preset files: the default is the table, and a wrong line is named."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from alarms.limits import HIGH_RANGES, LimitSpec, can_be_off, faults, with_limit
from kapmonitor import datafiles
from kapmonitor.errors import PlanError
from kapmonitor.events import Priority
from kapmonitor.plan import load_plan
from tests.alarms.bedside import Bedside

# Identifier, comparison, limit, clearing, priority, delay: the project's default alarm table.
TABLE = [
    ("SPO2_LOW", "<", 90, ">= 92", "medium", 15),
    ("SPO2_DESAT", "<", 85, ">= 87", "high", 5),
    ("PR_HIGH", ">", 120, "<= 115", "medium", 15),
    ("PR_VHIGH", ">", 140, "<= 130", "high", 10),
    ("PR_LOW", "<", 50, ">= 53", "medium", 15),
    ("PR_VLOW", "<", 40, ">= 45", "high", 10),
    ("PR_RISE", ">", 40, "< 30", "low", 30),
    ("SBP_HIGH", ">=", 160, "<= 155", "low", 0),
    ("SBP_VHIGH", ">=", 180, "< 175", "medium", 0),
    ("SBP_EXTREME", ">=", 200, "< 190", "high", 0),
    ("DBP_HIGH", ">=", 100, "<= 95", "low", 0),
    ("DBP_VHIGH", ">=", 110, "< 105", "medium", 0),
    ("DBP_EXTREME", ">=", 120, "< 115", "high", 0),
    ("SBP_RISE_EARLY", ">=", 30, "< 25", "low", 0),
    ("BP_RISE", ">=", 40, "< 35", "medium", 0),
    ("SBP_LOW", "<", 90, ">= 95", "medium", 0),
    ("RPP_HIGH", ">=", 20000, "< 18000", "low", 0),
    ("RESP_LOW", "<=", 8, ">= 10", "high", 0),
]
TECHNICAL = {
    "CUFF_OVERDUE": [(120, "low"), (300, "medium")],
    "CUFF_FAILED": [(0, "medium")],
    "SPO2_SIGNAL_LOST": [(15, "low"), (60, "medium")],
    "PULSE_SIGNAL_LOST": [(15, "low"), (60, "medium")],
    "DATA_STALE": [(30, "medium"), (90, "high")],
    "LINK_LOST": [(10, "low")],
    "SIGNAL_POOR": [(30, "low")],
    "VALUE_FROZEN": [(30, "medium")],
    "SOURCES_DISAGREE": [(60, "low")],
    "BATTERY_LOW": [(0, "low"), (0, "medium")],
    "CHECK_OVERDUE": [(300, "low")],
    "CLOCK_JUMP": [(0, "medium")],
    "DISK_LOW": [(0, "medium")],
    "WRITE_FAILED": [(0, "medium")],
    "SOUND_FAILED": [(10, "medium")],
    "SLEEP_RISK": [(0, "low")],
    "WINDOW_HUNG": [(0, "medium")],
    "ENGINE_LOST": [(0, "high")],
}


def limit(name: str, text: str = "") -> LimitSpec:
    preset = presets.parse(text) if text else presets.load()
    return next(spec for spec in preset.limits if spec.id == name)


def test_default_is_the_table():
    preset = presets.load()
    assert [
        (s.id, s.condition, s.value, s.clear, s.priority, s.delay) for s in preset.limits
    ] == TABLE
    assert {
        s.id: [(step.after, step.priority) for step in s.steps] for s in preset.technical
    } == TECHNICAL
    assert [s.id for s in preset.entered] == ["SEDATION", "REDFLAG"]
    assert [s.id for s in preset.rows if not s.on] == ["RPP_HIGH"]
    assert {s.id for s in preset.limits if s.over_baseline} == {
        "PR_RISE",
        "SBP_RISE_EARLY",
        "BP_RISE",
    }


def test_every_number_of_the_default_has_a_source_and_no_fault():
    for spec in presets.load().rows:
        assert spec.source
        assert faults(spec) == []


def test_high_ranges_are_in_the_program_and_in_the_file_the_same():
    highs = {s.id: s.allowed for s in presets.load().limits if s.highest is Priority.HIGH}
    assert highs == HIGH_RANGES


def test_clinics_own_preset_names_only_what_it_changes(tmp_path: Path):
    own = tmp_path / "athletes.toml"
    own.write_text(
        'name = "athletes"\n[[limit]]\nid = "PR_LOW"\nvalue = 45\nclear = ">= 48"\n',
        encoding="utf-8",
    )
    preset = presets.load("athletes", tmp_path)
    assert (preset.name, len(preset.rows)) == ("athletes", len(presets.load().rows))
    changed = next(s for s in preset.limits if s.id == "PR_LOW")
    assert (changed.value, changed.delay, changed.priority) == (45, 15, "medium")
    assert presets.load(str(own)) == preset


def test_clinics_own_default_wins(tmp_path: Path):
    text = 'name = "default"\n[[technical]]\nid = "SLEEP_RISK"\non = false\n'
    (tmp_path / "default.toml").write_text(text, encoding="utf-8")
    assert not presets.load("default", tmp_path).find("SLEEP_RISK").on
    assert presets.load("default").find("SLEEP_RISK").on
    assert presets.load("default").find("NONE_SUCH") is None


CLINIC = """
name = "our \\"calm\\" room \u00fc"
version = "7"
averaging = 8
reminder_min = 2.5
[[limit]]
id = "BP_RISE"
value = 45
percent = true
latching = true
[[limit]]
id = "SPO2_LOW"
area = 10.5
on = false
[[technical]]
id = "SIGNAL_POOR"
steps = [{ after = 45, priority = "low" }]
"""


@pytest.mark.parametrize("text", ["", CLINIC], ids=["default", "clinic"])
def test_text_of_a_preset_is_the_preset(text: str):
    preset = presets.parse(text) if text else presets.load()
    assert presets.parse(preset.text) == preset


def test_record_stands_alone_when_the_default_changes_later(monkeypatch: pytest.MonkeyPatch):
    """Another default, and another set of limits, say nothing about a visit of last year."""
    then = presets.parse(CLINIC)
    text = then.text
    real = datafiles.read

    def read(name, shape, package, folder=None):
        base, ours = real(name, shape, package, folder)
        limits = [{**row, "delay": 3} for row in base.limit if row["id"] != "PR_RISE"]
        return replace(base, limit=limits, averaging=16.0), ours

    monkeypatch.setattr(datafiles, "read", read)
    assert presets.load().find("PR_HIGH").delay == 3
    assert presets.parse(text) == then


def test_equipment_alarm_that_a_record_did_not_know_comes_from_the_default():
    """An older program's record is resumed by one that watches more, and one thing less."""
    text = presets.load().text.replace('id = "SLEEP_RISK"', 'id = "RETIRED"')
    preset = presets.parse(text)
    assert preset.find("SLEEP_RISK") == presets.load().find("SLEEP_RISK")
    assert preset.find("RETIRED") is None


def test_limit_that_a_record_did_not_know_is_not_added():
    text = presets.load().text.replace('id = "PR_RISE"', 'id = "OUR_RISE"')
    assert presets.parse(text).find("PR_RISE") is None


def test_clinics_file_cannot_leave_alarms_out_by_calling_itself_complete(tmp_path: Path):
    own = tmp_path / "few.toml"
    own.write_text('name = "few"\ncomplete = true\n', encoding="utf-8")
    assert len(presets.load(str(own)).rows) == len(presets.load().rows)


@pytest.mark.parametrize("plan", datafiles.names("kapmonitor.plans"))
def test_every_plan_that_comes_with_the_program_names_limits_that_load(plan: str):
    loaded, _ = load_plan(plan)
    assert presets.load(loaded.limits).rows


def test_the_last_number_that_a_clinic_may_choose_is_allowed():
    text = 'name = "x"\naveraging = 16\nreminder_min = 15\n'
    text += '[[limit]]\nid = "PR_VHIGH"\narea = 15\ndelay = 15\nvalue = 180\n'
    text += 'clear = "<= 170"\nclear_after = 0\n'
    text += '[[technical]]\nid = "DATA_STALE"\n'
    text += 'steps = [{ after = 30, priority = "medium" }, { after = 90, priority = "high" }]\n'
    preset = presets.parse(text)
    assert (preset.averaging, preset.reminder_min) == (16, 15)
    assert preset.find("PR_VHIGH").clear_after == 0
    assert (preset.find("PR_VHIGH").value, preset.find("PR_VHIGH").area) == (180, 15)


def test_averaging_and_reminder_may_be_switched_off_over_a_clinics_default():
    assert (presets.load().averaging, presets.load().reminder_min) == (0, 5)
    preset = presets.parse('name = "x"\nreminder_min = 0\n')
    assert (preset.averaging, preset.reminder_min) == (0, 0)


def test_clinic_may_add_a_limit_of_its_own():
    text = """
name = "watchful"
[[limit]]
id = "SPO2_WATCH"
vital = "spo2"
condition = "<"
value = 93
clear = ">= 94"
priority = "low"
delay = 20
allowed = [90, 96]
source = "our own"
"""
    preset = presets.parse(text)
    bed = Bedside(Board(preset))
    bed.oximeter()
    bed.spo2(92, 0, 30)
    assert bed.of("SPO2_WATCH") == [(20, "raised", "low")]


def test_depth_times_duration_as_an_option():
    """Ten percent-seconds: one percent below for ten seconds, five percent for two."""
    bed = Bedside(Board(presets.parse('name="x"\n[[limit]]\nid = "SPO2_LOW"\narea = 10\n')))
    bed.oximeter()
    bed.spo2(97, 0, 5)
    bed.spo2(89, 5, 30)
    assert bed.of("SPO2_LOW") == [(15, "raised", "medium")]
    bed.spo2(97, 30, 100)
    bed.spo2(85, 100, 110)
    assert bed.of("SPO2_LOW")[-1] == (102, "raised", "medium")


def test_depth_times_duration_of_a_high_takes_no_longer_than_its_longest_delay():
    """An average half a percent below the limit would gather fifteen percent-seconds in thirty."""
    text = 'name="x"\naveraging = 4\n[[limit]]\nid = "SPO2_DESAT"\narea = 15\n'
    bed = Bedside(Board(presets.parse(text)))
    bed.oximeter()
    bed.spo2(97, 0, 10)
    bed.spo2(84.5, 10, 40)
    assert bed.of("SPO2_DESAT") == [(25, "raised", "high")]


def test_clinic_may_make_a_high_come_sooner():
    text = 'name = "x"\n[[entered]]\nid = "SEDATION"\nhigh = 3\nvalue = 4\nclear = 5\n'
    text += '[[limit]]\nid = "SBP_VHIGH"\npriority = "high"\n'
    text += '[[technical]]\nid = "DATA_STALE"\nsteps = [{ after = 20, priority = "high" }]\n'
    preset = presets.parse(text)
    assert (preset.find("SEDATION").high, preset.find("SBP_VHIGH").priority) == (3, "high")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('[[limit]]\nid = "SPO2_DESAT"\nvalue = 70', "line 4, limit[0].value", "outside 80..90"),
        ('[[limit]]\nid = "SPO2_DESAT"\ndelay = 16', "line 4, limit[0].delay", "outside 0..15"),
        ('[[limit]]\nid = "SPO2_DESAT"\narea = 30', "line 4, limit[0].area", "outside 0..15"),
        ('[[limit]]\nid = "SPO2_LOW"\narea = -1', "line 4, limit[0].area", "below 0"),
        ('[[limit]]\nid = "SPO2_LOW"\ndelay = -1', "line 4, limit[0].delay", "below 0"),
        ('[[limit]]\nid = "SPO2_LOW"\nclear_after = -1', "line 4, limit[0].clear_after", "below 0"),
        (
            '[[limit]]\nid = "SPO2_DESAT"\nallowed = [60, 90]',
            "line 4, limit[0].allowed",
            "outside 80..90",
        ),
        ('[[limit]]\nid = "SPO2_DESAT"\non = false', "line 4, limit[0].on", "high_cannot_be_off"),
        (
            '[[limit]]\nid = "SBP_VHIGH"\nconfirm = "medium"',
            "line 2, limit[0].priority",
            "high_cannot_be_lowered",
        ),
        (
            '[[limit]]\nid = "SPO2_DESAT"\ncondition = ">"\nclear = "< 80"',
            "line 4, limit[0].condition",
            "cannot_be_redefined",
        ),
        ('[[limit]]\nid = "PR_LOW"\nclear = ">= 40"', "line 4, limit[0].clear", "beyond_the_limit"),
        (
            '[[limit]]\nid = "PR_LOW"\nclear = "< 60"',
            "line 4, limit[0].clear",
            "same_direction_as_the_condition",
        ),
        (
            '[[limit]]\nid = "PR_LOW"\nclear = "soon"',
            "line 4, limit[0].clear",
            "not a comparison and a number: 'soon'",
        ),
        (
            '[[limit]]\nid = "PR_LOW"\nclear = ">= soon"',
            "line 4, limit[0].clear",
            "not a comparison and a number: '>= soon'",
        ),
        ('[[limit]]\nid = "PR_LOW"\nsource = " "', "line 4, limit[0].source", "no_source"),
        ('[[limit]]\nid = "PR_LOW"\npercent = true', "line 4, limit[0].percent", "needs_over"),
        ('[[limit]]\nid = "PR_LOW"\n[[limit]]\nid = "PR_LOW"', "line 5, limit[1].id", "twice"),
        ('[[limit]]\nid = "PR_LOW"\nvalue = "a"', "line 4, limit[0].value", "Expected `float`"),
        ('[[limit]]\nid = "PR_LOW"\nlimit = 4', "limit[0].limit", "unknown field"),
        ('[[limit]]\nid = "NEW"', "line 2, limit[0].vital", "missing required field"),
        ('[[limit]]\nid = "DATA_STALE"', "line 2, limit[0].vital", "missing required field"),
        ('[[technical]]\nid = "NEW"', "line 3, technical[0].id", "unknown"),
        ('[[technical]]\nid = "LINK_LOST"\nsteps = []', "line 4, technical[0].steps", "empty"),
        (
            '[[technical]]\nid = "DATA_STALE"\nsteps = [{ after = 600, priority = "high" }]',
            "line 4, technical[0].steps",
            "after more than 90 s",
        ),
        (
            '[[technical]]\nid = "DATA_STALE"\nsteps = [{ after = 30, priority = "low" }]',
            "line 2, technical[0].priority",
            "high_cannot_be_lowered",
        ),
        (
            '[[technical]]\nid = "DATA_STALE"\nsilent = true',
            "line 4, technical[0].silent",
            "high_cannot_be_silent",
        ),
        ('[[entered]]\nid = "REDFLAG"\non = false', "line 4, entered[0].on", "high_cannot_be_off"),
        (
            '[[entered]]\nid = "REDFLAG"\nanswer = "mood"',
            "line 4, entered[0].answer",
            "cannot_be_redefined",
        ),
        (
            '[[limit]]\nid = "PR_LOW"\nor = { vital = "spo2", value = 4, x = 1 }',
            "or",
            "unknown field",
        ),
        ('[[technical]]\nid = "LINK_LOST"\nx = 1', "line 4, technical[0].x", "unknown field"),
        (
            '[[technical]]\nid = "LINK_LOST"\nsteps = [{ priority = "low", x = 1 }]',
            "line 4, technical[0].steps",
            "unknown field",
        ),
        ('[[entered]]\nid = "SEDATION"\nx = 1', "line 4, entered[0].x", "unknown field"),
        ('[[limit]]\nid = "PR_VHIGH"\narea = 15.5', "line 4, limit[0].area", "outside 0..15"),
        (
            '[[limit]]\nid = "SBP_VHIGH"\npriority = "low"',
            "line 4, limit[0].priority",
            "high_cannot_be_lowered",
        ),
        (
            '[[limit]]\nid = "SPO2_DESAT"\npriority = "low"\nconfirm = "high"',
            "line 4, limit[0].priority",
            "high_cannot_be_lowered",
        ),
        ('[[limit]]\nid = "SPO2_DESAT"\ndelay = nan', "line 4, limit[0].delay", "not a number"),
        ('[[limit]]\nid = "SPO2_DESAT"\narea = nan', "line 4, limit[0].area", "not a number"),
        ('[[limit]]\nid = "SPO2_DESAT"\nclear = ">= nan"', "line 4, limit[0].clear", ">= nan"),
        ('[[limit]]\nid = "PR_LOW"\nclear_after = inf', "line 4, limit[0].clear_after", "not a"),
        (
            '[[technical]]\nid = "ENGINE_LOST"\nsteps = [{ after = nan, priority = "high" }]',
            "line 4, technical[0].steps",
            "not a number",
        ),
        (
            '[[technical]]\nid = "LINK_LOST"\nsteps = [{ after = -1, priority = "low" }]',
            "line 4, technical[0].steps",
            "after less than 0 s",
        ),
        (
            '[[technical]]\nid = "LINK_LOST"\nclear_after = -1',
            "technical[0].clear_after",
            "below 0",
        ),
        (
            '[[technical]]\nid = "DATA_STALE"\nuntil_seen = true',
            "line 4, technical[0].until_seen",
            "high_ends_with_its_condition",
        ),
        (
            '[[technical]]\nid = "DATA_STALE"\nsteps = [{ after = 30, priority = "high" }]\n'
            '[[technical]]\nid = "ENGINE_LOST"\nuntil_seen = true',
            "line 7, technical[1].until_seen",
            "high_ends_with_its_condition",
        ),
        (
            '[[technical]]\nid = "DATA_STALE"\nsteps = [{ after = 90, priority = "high" }]',
            "line 4, technical[0].steps",
            "nothing medium by 30 s",
        ),
        ('[[entered]]\nid = "SEDATION"\nhigh = 1', "line 4, entered[0].high", "below 2"),
        ('[[entered]]\nid = "SEDATION"\nvalue = 2', "line 4, entered[0].value", "below 3"),
        ('[[entered]]\nid = "SEDATION"\nclear = 3', "line 4, entered[0].clear", "below 4"),
        ('[[entered]]\nid = "SEDATION"\nhigh = nan', "line 4, entered[0].high", "not a number"),
        ("averaging = 16.5", "line 2, averaging", "outside 0..16"),
        ("averaging = -1", "line 2, averaging", "outside 0..16"),
        ("averaging = 8\nreminder_min = 16", "line 3, reminder_min", "outside 0..15"),
    ],
)
def test_wrong_line_is_named(text: str, place: str, reason: str):
    with pytest.raises(PlanError) as caught:
        presets.parse(f'name = "x"\n{text}\n', "clinic.toml")
    facts = caught.value.facts
    assert facts["file"] == "clinic.toml"
    assert str(facts["place"]).endswith(place)
    assert reason in str(facts["reason"])


@pytest.mark.parametrize("text", ["name = ", "[[limit]\n", 'version = "1"', 'name = "x"\nfoo = 1'])
def test_text_that_is_no_preset_is_refused(text: str):
    with pytest.raises(PlanError):
        presets.parse(text)


def test_preset_that_is_not_there(tmp_path: Path):
    with pytest.raises(PlanError):
        presets.load("nowhere")
    with pytest.raises(PlanError):
        presets.load(str(tmp_path / "nowhere.toml"))


def test_row_in_the_table_of_another_kind_is_refused():
    text = 'name = "x"\n[[limit]]\nid = "LINK_LOST"\nvital = "spo2"\ncondition = "<"\n'
    text += 'value = 90\nclear = ">= 92"\npriority = "low"\nallowed = [80, 95]\nsource = "we"\n'
    with pytest.raises(PlanError) as caught:
        presets.parse(text)
    assert "in the wrong table" in str(caught.value.facts["reason"])


def test_what_clears_a_limit_moves_with_it():
    moved = with_limit(limit("SPO2_LOW"), 88)
    assert (moved.value, moved.clear) == (88, ">= 90")


def test_only_what_is_never_high_can_be_off():
    off = {s.id for s in presets.load().rows if can_be_off(s)}
    assert off.isdisjoint(HIGH_RANGES)
    assert off.isdisjoint({"DATA_STALE", "ENGINE_LOST", "SEDATION", "REDFLAG"})
    assert "SPO2_LOW" in off


def test_limit_watch_refuses_nothing_it_was_given_checked():
    assert faults(replace(limit("SPO2_LOW"), value=50)) == [("value", "outside 85..95")]


def test_second_number_of_a_rise_alone_is_enough_and_keeps_its_range():
    text = 'name = "ours"\n[[limit]]\nid = "BP_RISE"\nor = { value = 22, clear = "< 17" }\n'
    row = presets.parse(text).find("BP_RISE")
    assert isinstance(row, LimitSpec) and row.other is not None
    assert (row.value, row.other.value, row.other.clear) == (40, 22, "< 17")
    assert row.other.allowed == (15, 40)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("{ value = 41 }", "outside 15..40"),
        ('{ value = 14, clear = "< 10" }', "outside 15..40"),
        ('{ vital = "spo2" }', "cannot_be_redefined"),
        ('{ value = 22, clear = "< 23" }', "beyond_the_limit"),
    ],
)
def test_second_number_that_may_not_be_is_refused_with_its_line(other, reason):
    with pytest.raises(PlanError) as error:
        presets.parse(f'name = "ours"\n[[limit]]\nid = "BP_RISE"\nor = {other}\n')
    assert reason in str(error.value.facts["reason"])
    assert str(error.value.facts["place"]).startswith("line ")
