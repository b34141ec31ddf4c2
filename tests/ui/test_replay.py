"""`kapmonitor replay`: what would have fired, from any file, with any limits."""

import json
import sys
from pathlib import Path

import msgspec
import pytest

from alarms import presets
from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    Baseline,
    Cuff,
    Dose,
    Entry,
    Event,
    Gap,
    LimitChanged,
    Opened,
    Priority,
    Round,
    SourceAdded,
)
from kapmonitor.pastdata import read_past
from kapmonitor.plan import CheckKind, load_plan
from kapmonitor.reading import Notice, Origin, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.recorder import Recorder
from kapmonitor.vitals import Vital
from ui import replay as replaying
from ui.cli import main
from ui.output import alarm_lines
from ui.simulation import simulate
from ui.wiring import load_setting

KEYS = {"alarm", "priority", "kind", "raised", "ended", "value", "limit"}

# Low for a minute from 400 s on, and then for eight seconds, too short for SPO2_LOW.
RING = "Time,Oxygen Level,Pulse Rate,Motion\n" + "".join(
    f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02} Nov 05 2020,"
    f"{86 if 400 <= at - 80000 < 460 else 84 if 800 <= at - 80000 < 808 else 97},61,0\n"
    for at in range(80000, 81000, 4)
)
CHART = """\
Time,Parameter,Value
00:07,HR,73
00:07,NISysABP,150
00:07,NIDiasABP,70
01:37,HR,128
01:37,NISysABP,185
01:37,NIDiasABP,98
02:37,HR,70
02:37,NISysABP,190
02:37,NIDiasABP,99
03:37,HR,70
03:37,NISysABP,120
03:37,NIDiasABP,70
"""


class Output:
    """What one call of the program printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def alarms(self) -> list[dict]:
        return self.lines[:-1]

    @property
    def summary(self) -> dict:
        found = self.lines[-1]["summary"]
        assert isinstance(found, dict)
        return found

    def of(self, alarm: str) -> list[tuple]:
        return [
            (line["priority"], line["raised"], line["ended"], line["value"])
            for line in self.alarms
            if line["alarm"] == alarm
        ]


@pytest.fixture
def kapmonitor(tmp_path, monkeypatch, capsys):
    """The program with a data folder of the test's own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, text: str = "", name: str = "past.csv") -> Output:
        if text:
            (tmp_path / name).write_text(text)
        monkeypatch.setattr(sys, "argv", ["kapmonitor", "--data", "data", "replay", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Output(int(left.value.code or 0), printed.out, printed.err)

    return call


# A record ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "minutes", "limits", "expected"),
    [
        ("link_loss", 30, "", {"LINK_LOST", "DATA_STALE", "SPO2_SIGNAL_LOST"}),
        ("cuff_errors", 22, "", {"CUFF_FAILED", "CUFF_OVERDUE"}),
        ("desaturation", 30, 'name = "slow"\naveraging = 16\n', {"SPO2_LOW"}),
    ],
)
def test_a_visit_with_its_own_limits_gives_the_alarms_that_it_recorded(
    tmp_path, kapmonitor, scenario: str, minutes: float, limits: str, expected: set[str]
):
    own = tmp_path / "own.toml"
    own.write_text(limits, encoding="utf-8")
    setting = load_setting("iv", limits=str(own) if limits else "")
    done = simulate(setting, tmp_path / "out", scenario, minutes=minutes)
    recorded = [line for history in done.session.alarms for _, line in alarm_lines(history)]
    assert {line["alarm"] for line in recorded} >= expected

    replayed = kapmonitor(str(done.record), "--json").alarms

    assert _named(replayed) == _named(recorded)
    for again, before in zip(_sorted(replayed), _sorted(recorded), strict=True):
        assert again.keys() == KEYS
        assert again["value"] == before["value"]
        # The engine looked once a second; the board is exact.
        assert again["raised"] == pytest.approx(before["raised"], abs=1.1)
        assert again["ended"] == pytest.approx(before["ended"], abs=1.1)


def _sorted(lines):
    return sorted(lines, key=lambda line: (line["alarm"], line["raised"], line["priority"]))


def _named(lines):
    return [(line["alarm"], line["priority"], line["limit"]) for line in _sorted(lines)]


Samples = list[Reading | Notice]


@pytest.fixture
def visit(tmp_path):
    """Writes a record from events and readings given as (at, what), and reads it for replay."""

    def write(*story: tuple[float, Event | Samples], entered: dict[int, float] | None = None):
        plan, text = load_plan("in")
        limits = presets.load().text
        recorder = Recorder(tmp_path / "visit.kap")
        opened = Opened("s", "test", "P", plan.name, text, limits_text=limits)
        number = 0
        for at, what in ((0.0, opened), *story):
            if isinstance(what, list):
                told = [one for one in what if isinstance(one, Reading)]
                notices = [one for one in what if isinstance(one, Notice)]
                recorder.put_block(SampleBlock(int(at), tuple(told), (), tuple(notices)))
                continue
            number += 1
            late = (entered or {}).get(number)
            recorder.put(Entry(number, at, 1.7e9 + at, 60, what, entered=late))
        recorder.seal(1.7e9)
        recorder.close()
        return read_past(tmp_path / "visit.kap")

    return write


OXIMETER = SourceAdded("ox", "contec-cms50-serial", "x", "", (Vital.SPO2,), continuous=True)
SPOT = SourceAdded("ox", "nonin", "x", "", (Vital.SPO2,), continuous=False)
CUFF = SourceAdded("arm", "ble-blood-pressure", "x", "", (Vital.SYSTOLIC, Vital.DIASTOLIC))


def spo2(value: float, start: int, end: int) -> list[tuple[float, Samples]]:
    return [(at, [Reading(Vital.SPO2, value, at, source="ox")]) for at in range(start, end)]


def cuff(at: float, systolic: float, diastolic: float, pulse: float | None = None):
    return at, Cuff(systolic, diastolic, None, pulse, Quality.GOOD, source="arm")


def raised(past, preset=None, **how) -> list[tuple]:
    done = replaying.replay(past, preset or presets.load(), **how)
    return [(a["alarm"], a["priority"], a["raised"]) for a in replaying.lines(past, done)]


def test_limits_changed_during_the_visit_count_with_its_own_preset_alone(visit):
    past = visit(
        (0, OXIMETER), (1, LimitChanged("SPO2_LOW", 90, 86)), *spo2(88, 2, 60)
    )  # fmt: skip

    assert raised(past) == []
    assert raised(past, session_limits=False) == [("SPO2_LOW", "medium", 17)]


def test_a_sensor_that_hangs_is_found_again_by_its_packet_counter(visit):
    """The counter stands from 5 to 50 s; a clinic that waits for 60 s would not have been told."""
    story = []
    for at, values in spo2(97, 0, 60):
        kind = "counter_stands" if at < 50 else "counter_moves"
        told = Notice(kind, at, {"counter": 9}, source="ox")
        story.append((at, values + [told] * (5 <= at <= 50)))
    past = visit((0, OXIMETER), *story)

    (found,) = replaying.replay(past, presets.load()).histories
    assert (found.alarm, found.raised, found.ended) == ("VALUE_FROZEN", 35, 50)
    slow = presets.parse(
        'name = "slow"\n[[technical]]\nid = "VALUE_FROZEN"\n'
        'steps = [{ after = 60, priority = "medium" }]\n'
    )
    assert raised(past, slow) == []


def test_bytes_that_nobody_understands_are_found_again_in_a_record(visit):
    told = Notice("wrong_protocol", 3.0, {"bytes": 900}, source="ox")

    assert raised(visit((0, OXIMETER), (3, [told]))) == [("DATA_STALE", "medium", 3.0)]


def test_the_dose_counts_from_when_it_was_given_and_the_baseline_from_when_it_was_entered(visit):
    """A dose at 100 s, entered at 160: the high reading between is judged over baseline then."""
    past = visit(
        (0, CUFF),
        cuff(10, 118, 74),
        (100, Dose("in", 56, "mg")),
        (160, Baseline(118, 74, 70, 97, 1)),
        cuff(200, 159, 80),
        entered={4: 160},
    )

    assert ("BP_RISE", "medium", 200) in raised(past)
    schedule = [moment for moment in past.moments if hasattr(moment.message, "cuff_due")]
    first = load_plan("in")[0].checks(CheckKind.CUFF)[0]
    dose = next(moment for moment in past.moments if isinstance(moment.message, Dose))
    assert (dose.at, dose.happened) == (160, 100)
    assert schedule[0].at == 160
    assert schedule[0].message.cuff_due == 100 + first.closes - 120


def test_the_pulse_of_a_cuff_is_judged_where_no_other_is_live(visit):
    past = visit((0, CUFF), cuff(10, 120, 80, pulse=144), cuff(300, 120, 80, pulse=80))

    assert raised(past) == [("PR_HIGH", "medium", 10), ("PR_VHIGH", "high", 10)]


def test_a_spot_check_leaves_no_gap(visit):
    past = visit((0, SPOT), *spo2(97, 5, 6), (900, Round("standard", "2", {})))

    assert raised(past) == []


def test_while_the_program_was_gone_nothing_was_missed(visit):
    story = [(0, OXIMETER), *spo2(97, 1, 20)]
    gap = Gap(0, 500, "", "interrupted")

    assert raised(visit(*story, (500, gap), (501, OXIMETER), *spo2(97, 502, 510))) == []


def test_readings_from_a_memory_are_history(visit):
    stored = Cuff(200, 120, None, None, Quality.GOOD, source="arm", origin=Origin.STORED)

    assert raised(visit((0, CUFF), (10, stored))) == []


def test_a_battery_is_followed_by_its_alarms(visit):
    low, technical = Priority.LOW, AlarmKind.TECHNICAL
    begin = AlarmChange("BATTERY_LOW", low, technical, AlarmState.RAISED, 50, 18, 20, source="ox")
    end = msgspec.structs.replace(begin, state=AlarmState.ENDED)

    past = visit((0, OXIMETER), *spo2(97, 1, 50), (50, begin), (51, end))

    assert raised(past) == [("BATTERY_LOW", "low", 50)]
    assert replaying.replay(past, presets.load()).histories[0].ended == 51


# A file of another program ------------------------------------------------------------------------


def test_the_lines_of_an_oximeter_program(kapmonitor):
    done = kapmonitor("past.csv", "--json", text=RING)

    assert done.code == 0
    assert all(line.keys() == KEYS for line in done.alarms)
    assert done.of("SPO2_LOW") == [("medium", 415, 465, 86)]
    assert done.of("SPO2_DESAT") == [("high", 805, 813, 84)]
    assert len(done.alarms) == 2
    assert done.summary["alarms"] == {"high": 1, "medium": 1, "low": 0}
    assert done.summary["per_hour"]["medium"] == round(3600 / 996, 2)
    assert done.summary["seconds_in_force"] == {"high": 8, "medium": 50, "low": 0}
    assert done.summary["baseline"] is None
    assert done.summary["unavailable"] == ["PR_RISE", "SBP_RISE_EARLY", "BP_RISE"]
    assert done.err == (
        "Columns (table): time=Time, pulse_rate=Pulse Rate, spo2=Oxygen Level\n"
    )  # fmt: skip


def test_other_limits_are_shown_beside_the_present_ones(kapmonitor, tmp_path):
    (tmp_path / "ours.toml").write_text(
        'name = "ours"\n[[limit]]\nid = "SPO2_LOW"\nvalue = 86\nclear = ">= 88"\n'
    )

    done = kapmonitor("past.csv", "--limits", "ours.toml", "--json", text=RING)

    assert [line["alarm"] for line in done.alarms] == ["SPO2_DESAT"]
    assert (done.summary["preset"], done.summary["alarms"]["medium"]) == ("ours", 0)
    present = done.summary["present"]
    assert (present["preset"], present["alarms"]["medium"]) == ("default", 1)


def test_what_a_chart_says_is_told_apart_from_what_it_does_not_say(kapmonitor):
    """Values an hour apart are judged each on its own; what lies between them is a gap."""
    done = kapmonitor("past.csv", "--json", text=CHART)

    assert done.of("PR_HIGH") == [("medium", 5820, 9420, 128)]
    assert done.of("SBP_VHIGH") == [("medium", 5820, 9420, 185), ("high", 9420, 13020, 190)]
    gaps = [line for line in done.alarms if line.get("gap")]
    assert {line["alarm"] for line in gaps} == {"DATA_STALE"}
    assert [line["raised"] for line in gaps] == [450, 5850, 9450]
    assert not any(line.get("gap") for line in done.alarms if line["kind"] == "physiological")
    assert done.summary["minutes_apart"]
    assert done.summary["gaps"]["alarms"] == {"high": 0, "medium": 3, "low": 0}
    assert done.summary["values"]["alarms"] == {"high": 1, "medium": 1, "low": 1}
    assert done.summary["alarms"] == {"high": 1, "medium": 4, "low": 1}


def test_the_first_value_of_a_chart_is_judged_on_its_own_too(kapmonitor):
    done = kapmonitor("past.csv", "--json", text="00:07,HR,35\n01:07,HR,70\n02:07,HR,70\n")

    assert done.of("PR_VLOW") == [("high", 420, 4020, 35)]


def test_a_baseline_makes_rises_available(kapmonitor):
    done = kapmonitor("past.csv", "--baseline", "148/72/-", "--json", text=CHART)

    assert done.of("BP_RISE") == [("medium", 5820, 13020, 190)]
    assert done.summary["baseline"] == {"systolic": 148, "diastolic": 72, "pulse": None}
    assert done.summary["unavailable"] == ["PR_RISE"]


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is empty"), ("\r\n", "is empty"), ("%PDF-1.7\n1 0 obj", "not a table")],
)
def test_file_taken_by_mistake_is_said_in_one_sentence(kapmonitor, tmp_path, content, said):
    (tmp_path / "past.csv").write_text(content)

    done = kapmonitor("past.csv", "--json")

    assert (done.code, done.out) == (2, "")
    assert said in done.err and len(done.err.splitlines()) == 1


def test_people_are_told_the_same(kapmonitor):
    done = kapmonitor("past.csv", text=RING)

    assert "SPO2_DESAT" in done.out
    assert "There is no baseline" in done.out
    assert "from values: high 1 (3.6 an hour, 0.1 min in force)" in done.out


def test_an_alarm_that_the_file_does_not_end_carries_its_worst_value(kapmonitor):
    rows = "".join(f"{at},{88 - at // 20}\n" for at in range(60))

    done = kapmonitor("past.csv", "--json", text=f"Time,SpO2\n{rows}")

    assert done.of("SPO2_LOW") == [("medium", 15, None, 86)]
    assert done.summary["seconds_in_force"]["medium"] == 44


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("none.csv",), 1, "none.csv"),
        (("letter.txt",), 2, "letter.txt"),
        (("letter.kap",), 1, "letter.kap"),
        (("past.csv", "--limits", "none"), 2, "none"),
        (("past.csv", "--limits", "letter.txt"), 2, "letter.txt"),
        (("past.csv", "--baseline", "118"), 2, "118"),
        (("past.csv", "--baseline", "70/118/70"), 2, "70/118/70"),
        (("past.csv", "--baseline", "118/74/900"), 2, "118/74/900"),
        (("past.csv", "--baseline", "-/-/-"), 2, "-/-/-"),
        (("past.csv", "--columns", "spo2"), 2, "spo2"),
        (("past.csv", "--columns", "mood=Mood"), 2, "mood"),
        (("past.csv", "--columns", "spo2=Sat"), 2, "Oxygen Level"),
    ],
)
def test_wrong_input_gets_one_sentence(
    kapmonitor, tmp_path: Path, arguments: tuple[str, ...], code: int, named: str
):
    (tmp_path / "letter.txt").write_text("Dear colleague")
    (tmp_path / "letter.kap").write_text("Dear colleague")

    done = kapmonitor(*arguments, "--json", text=RING)

    assert (done.code, done.out) == (code, "")
    assert named in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_record_has_no_columns(kapmonitor, visit):
    visit((0, OXIMETER))

    done = kapmonitor("visit.kap", "--columns", "spo2=Sat")

    assert done.code == 2
    assert "--columns" in done.err
