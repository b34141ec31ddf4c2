"""Files of other programs, with the defects that real ones have, as the readings they become."""

import random
from pathlib import Path

import pytest

from kapmonitor.errors import KapmonitorError, UsageError
from kapmonitor.pastdata import PastData, read_past
from kapmonitor.pastdata.naming import parse_columns
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Quality, Reading

# A ring oximeter's own program: a row in four seconds, dashes while the finger is out.
RING = """\
Time,Oxygen Level,Pulse Rate,Motion
23:59:52 Nov 05 2020,96,61,0
23:59:56 Nov 05 2020,95,62,14
00:00:00 Nov 06 2020,--,--,0
00:00:04 Nov 06 2020,127,255,0
00:00:08 Nov 06 2020,94,60,3
"""
# A program that listens to a CMS50D+: interval, SpO2, pulse, and the wave. 0.0 begins anew.
BEATS = """\
0.0,97,66,80,43.6,0,27,20.4,16
0.899973,97,67,68,42.9,27,24,20.9,19
0.900027,127,67,66,42.5,26,24,20.9,19
0.0,96,66,70,40.3,23,24,20.6,18
1.5,96,66,71,43.0,28,24,20.9,19
"""
CHART = """\
Time,Parameter,Value
00:00,RecordID,132539
00:00,Weight,-1
00:07,HR,73
00:07,NISysABP,147
00:07,NIDiasABP,65
00:07,NIMAP,92.33
01:37,HR,-1
01:37,NISysABP,0
01:37,NIDiasABP,0
26:40,SpO2,45
26:40,HR,28
02:10,NISysABP,212
02:10,NIDiasABP,196
"""


def read(folder: Path, text: str | bytes, **columns: str) -> PastData:
    file = folder / "past.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_past(file, columns)


def readings(past: PastData) -> list[tuple[float, str, float | None, str]]:
    """At, vital, value, quality of each reading."""
    return [
        (round(m.at, 3), m.message.vital.value, m.message.value, m.message.quality.value)
        for m in past.moments
        if isinstance(m.message, Reading)
    ]


def values(past: PastData, vital: str) -> list[tuple[float, float | None]]:
    return [(at, value) for at, name, value, _ in readings(past) if name == vital]


def test_oximeter_program_across_midnight(tmp_path):
    past = read(tmp_path, RING)

    assert values(past, "spo2") == [(0, 96), (4, 95), (8, None), (12, None), (16, 94)]
    assert values(past, "pulse_rate") == [(0, 61), (4, 62), (8, None), (12, None), (16, 60)]
    assert past.columns == {"time": "Time", "pulse_rate": "Pulse Rate", "spo2": "Oxygen Level"}
    assert (past.layout, past.end, past.sparse, past.skipped) == ("table", 16, False, 0)


def test_a_row_a_heartbeat_has_no_clock(tmp_path):
    """Time is the sum of the intervals; the columns of the wave are not read."""
    past = read(tmp_path, BEATS)

    assert values(past, "spo2") == [(0, 97), (0.9, 97), (1.8, None), (1.8, 96), (3.3, 96)]
    assert [value for _, value in values(past, "pulse_rate")] == [66, 67, 67, 66, 66]
    assert past.columns == {"time": "1", "spo2": "2", "pulse_rate": "3"}


def test_the_pulse_is_known_by_its_intervals(tmp_path):
    """Pulse before saturation, intervals in milliseconds."""
    past = read(tmp_path, "900,66,97\n910,66,97\n905,66,97\n900,67,96\n890,67,96\n900,66,96\n")

    assert past.columns == {"time": "1", "spo2": "3", "pulse_rate": "2"}
    assert past.end == pytest.approx(4.505)


def test_chart_counts_from_its_start_and_beyond_a_day(tmp_path):
    past = read(tmp_path, CHART)

    assert readings(past) == [
        (420, "heart_rate", 73, "good"),
        (420, "systolic", 147, "good"),
        (420, "diastolic", 65, "good"),
        (420, "mean_pressure", 92.33, "good"),
        (5820, "systolic", None, "invalid"),  # 0/0: the cuff failed; -1: nothing is known
        (5820, "diastolic", None, "invalid"),
        (7800, "systolic", 212, "questionable"),  # no pressure has so small a width
        (7800, "diastolic", 196, "questionable"),
        (96000, "heart_rate", 28, "good"),
        (96000, "spo2", 45, "questionable"),
    ]
    assert (past.layout, past.sparse, past.end) == ("chart", True, 96000)


def test_chart_without_a_header(tmp_path):
    past = read(tmp_path, "00:05,HR,80\n00:35,SpO2,97\n")

    assert readings(past) == [(300, "heart_rate", 80, "good"), (2100, "spo2", 97, "good")]


def test_a_table_that_begins_without_a_finger_is_no_chart(tmp_path):
    past = read(tmp_path, "Time,SpO2,Motion\n" + "10:00:00,nan,3\n" * 30 + "10:00:01,97,3\n")

    assert (past.layout, values(past, "spo2")[-1]) == ("table", (1, 97))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (
            "Time,SpO2(%),Pulse Rate(bpm),Motion,SpO2 Reminder,PR Reminder",
            {"time": "Time", "pulse_rate": "Pulse Rate(bpm)", "spo2": "SpO2(%)"},
        ),
        (
            "Time [s], HR, PULSE, RESP, SpO2",
            {"time": "Time [s]", "heart_rate": "HR", "pulse_rate": "PULSE", "spo2": "SpO2"},
        ),
        (
            "Time,Solar8000/NIBP_SBP,Solar8000/NIBP_DBP,Solar8000/NIBP_MBP,Solar8000/HR,"
            "Solar8000/PLETH_SPO2",
            {
                "time": "Time",
                "heart_rate": "Solar8000/HR",
                "spo2": "Solar8000/PLETH_SPO2",
                "systolic": "Solar8000/NIBP_SBP",
                "diastolic": "Solar8000/NIBP_DBP",
                "mean_pressure": "Solar8000/NIBP_MBP",
            },
        ),
    ],
)
def test_known_headers_are_understood(tmp_path, header: str, columns: dict):
    row = ",".join(["7", *["97"] * header.count(",")])

    assert read(tmp_path, f"{header}\n{row}\n").columns == columns


def test_columns_can_be_told_and_left_out(tmp_path):
    text = "Clock;Sat;Puls 1;Puls 2\n10:00:00;97,0;60;61\n10:00:01;96,5;60;61\n"

    told = parse_columns("time=Clock, spo2=sat, pulse_rate=Puls 2")
    past = read(tmp_path, text, **told)

    assert past.columns == {"time": "Clock", "pulse_rate": "Puls 2", "spo2": "Sat"}
    assert values(past, "spo2") == [(0, 97), (1, 96.5)]
    assert "pulse_rate" not in read(tmp_path, RING, pulse_rate="").columns


def test_columns_of_a_headerless_file_go_by_their_place(tmp_path):
    past = read(tmp_path, BEATS, spo2="3", pulse_rate="4")

    assert past.columns == {"time": "1", "spo2": "3", "pulse_rate": "4"}


def test_a_monitor_that_repeats_its_last_cuff_reading_has_measured_once(tmp_path):
    """One reading is not confirmed by itself a second later; the same numbers minutes later are."""
    rows = [f"{t},{'' if t < 3 else 185},{'' if t < 3 else 95}" for t in range(10)]
    rows += [f"{t},185,95" for t in (310, 311)]

    past = read(tmp_path, "\n".join(["Time,Sys,Dia", *rows]))

    assert values(past, "systolic") == [(3, 185), (310, 185)]


def test_empty_cells_say_nothing_and_other_text_says_no_value(tmp_path):
    past = read(tmp_path, "time,spo2,sbp,dbp\n0,97,nan,nan\n1,,--,--\n2,NaN,-1,-1\n3,-1,120,70\n")

    assert values(past, "spo2") == [(0, 97), (2, None), (3, None)]
    assert values(past, "systolic") == [(3, 120)]


def test_lines_before_the_header_broken_rows_and_other_alphabets_are_borne(tmp_path):
    text = "Gerät: Ring\nTime\tSpO2\n10:00:00\t97\n10:00:0\n\nEnd of data\t\n10:00:02\t96\n"

    for coded in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
        past = read(tmp_path, coded)
        assert values(past, "spo2") == [(0, 97), (2, 96)]
        assert past.skipped == 2


def test_a_strap_and_an_oximeter_in_one_table_are_two_sources(tmp_path):
    past = read(tmp_path, "Time,HR,PULSE,SpO2\n0,80,81,97\n1,80,81,97\n")

    sources = [m.message.id for m in past.moments if isinstance(m.message, SourceInfo)]
    used = {
        (m.message.vital.value, m.in_use) for m in past.moments if isinstance(m.message, Reading)
    }
    assert sources == ["file-heart", "file"]
    assert used == {("heart_rate", True), ("pulse_rate", False), ("spo2", True)}


@pytest.mark.parametrize(
    ("text", "columns", "code"),
    [
        ("", {}, "past_empty"),
        ("Dear colleague,\nthank you.\n", {}, "past_layout_unknown"),
        ("Time,Mood\n1,good\n", {}, "past_layout_unknown"),
        ("Time,SpO2\n", {}, "past_layout_unknown"),
        ("00:07,Urine,100\n00:17,Temp,37\n", {}, "past_layout_unknown"),
        ("Time,SpO2\nsoon,97\n", {}, "past_no_times"),
        (RING, {"spo2": "Sat"}, "past_column_missing"),
        (BEATS, {"spo2": "12"}, "past_column_missing"),
        (CHART, {"systolic": "SysABP"}, "past_column_missing"),
        ("Dear colleague\n", {"spo2": "Sat"}, "past_column_missing"),
        (b"\x7fELF\0\0\0\x01", {}, "past_not_text"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(tmp_path, text, columns, code):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text, **columns)

    assert caught.value.code == code


def test_a_file_that_is_not_there_is_no_usage_error(tmp_path):
    with pytest.raises(KapmonitorError) as caught:
        read_past(tmp_path / "none.csv")

    assert caught.value.code == "file_unreadable"
    assert not isinstance(caught.value, UsageError)


@pytest.mark.parametrize(
    ("text", "code"), [("HR", "past_columns_malformed"), ("mood=Mood", "past_vital_unknown")]
)
def test_wrong_columns_are_told(text: str, code: str):
    with pytest.raises(UsageError) as caught:
        parse_columns(text)

    assert caught.value.code == code


def test_no_value_is_ever_invented(tmp_path):
    """Every number that comes out stands in the file."""
    for text in (RING, BEATS, CHART):
        written = {
            float(cell) for line in text.split("\n") for cell in line.split(",") if _num(cell)
        }
        past = read(tmp_path, text)
        got = {value for _, _, value, _ in readings(past) if value is not None}
        assert got <= written
        assert all(
            (m.message.value is None) == (m.message.quality is Quality.INVALID)
            for m in past.moments
            if isinstance(m.message, Reading)
        )


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused(tmp_path, seed: int):
    """Any bytes changed, cut or put in: readings or a usage error, nothing else."""
    rng = random.Random(seed)
    refused = 0
    for turn in range(150):
        damaged = bytearray((RING, BEATS, CHART)[turn % 3].encode())
        for _ in range(rng.randrange(1, 12)):
            place = rng.randrange(len(damaged))
            damaged[place : place + rng.randrange(3)] = rng.choice(
                (bytes([rng.randrange(256)]), b",", b"\n", b'"', b"1e999", b":", b"-", b"")
            )
        try:
            past = read(tmp_path, bytes(damaged))
        except UsageError:
            refused += 1
            continue
        assert all(m.at <= past.end for m in past.moments)
        assert [m.at for m in past.moments] == sorted(m.at for m in past.moments)
    assert refused < 150


def _num(cell: str) -> bool:
    return cell.replace(".", "").replace("-", "").isdigit()
