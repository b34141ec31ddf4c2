"""`kapmonitor amend` on a record of its own data folder; nothing is asked where nobody sits."""

import json
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from kapmonitor.errors import KapmonitorError
from kapmonitor.staff import add_person
from tests.kapmonitor.record.stories import VISIT
from ui.cli import cli

STORED = Path(__file__).parents[1] / "recordings" / "record-v1-encrypted.kap"


@pytest.fixture
def call(tmp_path):
    """Calls a verb; the record is a copy of a stored one that anybody can open."""
    record = tmp_path / "visit.kap"
    shutil.copyfile(STORED, record)

    def run(verb, *words, typed=""):
        before = ["--data", str(tmp_path / "data"), verb, str(record)]
        return CliRunner().invoke(cli, [*before, *words], input=typed)

    return run


def test_a_correction_and_a_note_each_end_in_a_seal_that_verify_names(call):
    words = ("--event", "5", "--text", "atmet ruhig", "--reason", "wrong word", "--by", "Dr. Weiss")
    first = json.loads(call("amend", *words, "--json").output)
    assert (first["saved"], first["seals"]) == (len(VISIT) + 1, 2)
    told = call("amend", "--text", "slept well", "--by", "Dr. Weiss").output

    found = call("verify")
    assert found.exit_code == 0
    assert found.output.count("holds for events 1 to") == 3
    code = told.rstrip(".\n").rpartition(" ")[2]
    assert f"short code {code}" in found.output


def test_a_name_with_a_pin_gives_it_on_stdin(call, tmp_path):
    add_person(tmp_path / "data", "Dr. Weiss", "prescriber", "4711")
    words = ("--text", "slept well", "--by", "Dr. Weiss", "--json")

    wrong = call("amend", *words, typed="1234\n")
    assert isinstance(wrong.exception, KapmonitorError)
    assert wrong.exception.code == "pin_wrong"
    assert call("amend", *words, typed="4711\n").exit_code == 0
    stranger = call("amend", "--text", "x", "--by", "somebody")
    assert isinstance(stranger.exception, KapmonitorError)
    assert stranger.exception.code == "staff_unknown"


def test_felt_worse_is_a_note_with_its_own_time(call):
    told = call("amend", "--text", "dizzy", "--felt", "yesterday", "--by", "Dr. Weiss")
    assert told.exit_code == 2
    assert "2026-03-09 18:30" in told.output
    words = ("--text", "dizzy", "--by", "Dr. Weiss", "--felt")
    early = call("amend", *words, "1999-01-01 12:00")
    assert isinstance(early.exception, KapmonitorError)
    assert early.exception.code == "felt_before_the_visit"
    kept = call("amend", *words, time.strftime("%Y-%m-%d %H:%M"), "--json")
    assert json.loads(kept.output)["seals"] == 2


def test_a_changed_record_is_told_on_stderr_too_whatever_stdout_holds(call, tmp_path):
    """Exit 1 comes with its reason there, as with every other verb."""
    record = tmp_path / "visit.kap"
    changed = bytearray(record.read_bytes())
    changed[len(changed) // 2] ^= 1
    record.write_bytes(changed)

    found = call("verify", "--json")

    assert found.exit_code == 1
    assert json.loads(found.stdout)["whole"] is False
    assert found.stderr.startswith("kapmonitor: visit.kap: Not whole")
    assert len(found.stderr.splitlines()) == 1
