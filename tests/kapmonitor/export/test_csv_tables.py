"""Cuffs, alarms and rounds as tables: as many rows as the record has, each with its values."""

import csv
import io

import pytest

from kapmonitor.events import (
    AlarmKind,
    AlarmState,
    Priority,
    Round,
)
from kapmonitor.export.csv_tables import alarms_csv, cuffs_csv, rounds_csv
from tests.kapmonitor.export.pdf_visits import DOSE_AT, RISE, alarm, entries, opened, ordinary


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_every_cuff_cycle_is_a_row_with_its_units_in_the_header():
    rows = table(cuffs_csv(ordinary(), "identified"))

    pressures = [(row["systolic [mmHg]"], row["diastolic [mmHg]"]) for row in rows]
    assert pressures == [
        ("121", "77"),
        ("118", "76"),
        ("187", "104"),
        ("203", "101"),
        ("133", "84"),
        ("124", "79"),
        ("", ""),
    ]
    assert [row["quality"] for row in rows][3:] == ["questionable", "good", "good", "invalid"]
    typed = rows[4]
    assert (typed["origin"], typed["by"], typed["t [s]"]) == ("manual", "N. Yıldız", "3600")
    assert (rows[6]["reason"], rows[6]["UTC"]) == ("cuff_loose", "2025-03-01T11:10:00.000Z")
    assert {row["identity"] for row in rows} == {"identified"}


def test_an_alarm_is_a_row_with_its_response_time():
    (row,) = table(alarms_csv(ordinary(), "identified"))

    assert (row["alarm"], row["priority"], row["vital"]) == ("SBP_VHIGH", "medium", "systolic")
    assert (row["value"], row["limit"], row["unit"]) == ("187", "180", "mm[Hg]")
    assert (row["at [s]"], row["t [s]"]) == ("3000", "2400")
    assert (row["acknowledged [s]"], row["acknowledged by"]) == ("3060", "N. Yıldız")
    assert (row["response [s]"], row["ended [s]"], row["lasted [s]"]) == ("60", "4200", "1200")
    assert (row["changes"], row["escalated"]) == ("3", "0")


def test_an_alarm_that_rose_counts_its_response_from_there():
    """Who had seen the medium one had not yet seen the high one."""
    high = {"priority": Priority.HIGH, "kind": AlarmKind.PHYSIOLOGICAL, **RISE}
    told = entries(
        (0.0, opened()),
        (10.0, alarm("SBP_VHIGH", AlarmState.RAISED, 10.0, **RISE)),
        (20.0, alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, 10.0, **RISE), "A"),
        (130.0, alarm("SBP_VHIGH", AlarmState.ESCALATED, 10.0, **high)),
        (137.5, alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, 10.0, **high), "B"),
    )

    (row,) = table(alarms_csv(told, "identified"))

    assert (row["priority"], row["escalated"], row["response [s]"]) == ("high", "1", "7.5")
    assert (row["acknowledged by"], row["ended [s]"], row["lasted [s]"]) == ("B", "", "")


def test_a_round_is_a_row_with_an_item_a_column():
    first, second = table(rounds_csv(ordinary(), "identified"))

    assert (first["by"], first["t [s]"]) == ("N. Yıldız", "1200")
    assert (first["moaas"], first["nausea"], first["score dissociation"]) == ("4", "mild", "7")
    assert (first["d_time"], second["d_time"]) == ("2", "1")
    assert (first["note"], second["note"], second["score dissociation"]) == ("", "sleepy", "")


def test_the_items_of_the_form_have_its_order_and_units():
    form = (
        'name = "f"\nversion = "1"\ntitle = "F"\n[[group]]\nid = "g"\ntitle = "G"\n'
        '[[item]]\nid = "rate"\ngroup = "g"\nkind = "number"\ntext = "Rate"\nunit = "/min"\n'
        '[[item]]\nid = "calm"\ngroup = "g"\nkind = "scale"\ntext = "Calm"\n'
    )
    told = entries(
        (0.0, opened(checklist_text=form)),
        (60.0, Round("f", "1", {"calm": 3, "rate": 14.5}, due=55.0), "A"),
        (90.0, Round("f", "0", {"=old": "=1+1", "yes": True})),
    )

    content = rounds_csv(told, "identified").decode()

    assert content.splitlines()[0] == (
        "at [s],UTC,local [UTC+01:00],t [s],checklist,version,by,number,due [s],rate [/min],calm,"
        "'=old,yes,note,entered [s],simulated,identity"
    )
    assert content.splitlines()[1].split(",")[4:12] == ["f", "1", "A", "2", "55", "14.5", "3", ""]
    assert content.splitlines()[2].split(",")[9:13] == ["", "", "'=1+1", "yes"]


@pytest.mark.parametrize("write", [cuffs_csv, alarms_csv, rounds_csv])
def test_a_visit_without_any_is_a_header(write):
    told = entries((DOSE_AT, opened()))

    assert len(write(told, "identified").splitlines()) == 1
