"""`kapmonitor retain`: a list, and acts that need a name and a confirmation."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keys import Keys
from kapmonitor.record.recorder import Recorder
from kapmonitor.staff import add_person
from tests.kapmonitor.keys.rings import NO_RING
from tests.kapmonitor.record.stories import OPENED, UTC_AT_ZERO, entry
from ui.cli import cli

STORED = Path(__file__).parents[1] / "recordings" / "record-v1-encrypted.kap"


@pytest.fixture
def call(tmp_path):
    """Calls the verb on a data folder with a training record and an old visit of a patient."""
    for folder in ("training", "records"):
        (tmp_path / folder).mkdir()
    shutil.copyfile(STORED, tmp_path / "training" / "lesson.kap")
    visit = Recorder(tmp_path / "records" / "visit.kap")
    visit.put(entry(1, 0.0, msgspec.structs.replace(OPENED, simulated=False)))
    assert visit.seal(UTC_AT_ZERO + 9)

    def run(*words, typed=""):
        return CliRunner().invoke(cli, ["--data", str(tmp_path), "retain", *words], input=typed)

    return run


def code_of(done):
    assert isinstance(done.exception, KapmonitorError), done.output
    return done.exception.code


def test_a_list_of_ages_and_then_of_what_has_left(call, tmp_path):
    line = json.loads(call("--json").output)
    assert (line["id"], line["state"], line["over"]) == ("visit", "sealed", False)

    done = call("visit", "--archive", str(tmp_path / "vault"), "--by", "Ana", "--why", "moved")
    assert done.exit_code == 0, done.output
    assert "archived" in call().output
    assert "Ana  moved" in call().output


def test_deleting_needs_the_id_again_a_name_and_the_period(call, tmp_path):
    assert code_of(call("visit", "--by", "Ana")) == "one_act"
    assert code_of(call("visit", "--delete", "--by", "Ana")) == "not_confirmed"
    assert code_of(call("visit", "--delete", "--confirm", "visit")) == "who_acts"
    young = ("visit", "--delete", "--confirm", "visit", "--by", "Ana")
    assert code_of(call(*young)) == "too_young"
    assert (tmp_path / "records" / "visit.kap").exists()

    (tmp_path / "settings.json").write_text('{"keep_years": 0.5}', encoding="utf-8")
    assert call(*young).exit_code == 0
    assert not (tmp_path / "records" / "visit.kap").exists()


def test_a_training_record_goes_at_once_and_a_pin_is_asked_for(call, tmp_path):
    add_person(tmp_path, "Ana", "nurse", "4711")
    words = ("lesson", "--delete", "--confirm", "lesson", "--by", "Ana", "--why", "no_patient")

    assert code_of(call(*words)) == "pin_missing"
    assert code_of(call(*words, typed="1\n")) == "pin_wrong"
    assert call(*words, typed="4711\n").exit_code == 0
    assert not (tmp_path / "training" / "lesson.kap").exists()


def test_a_list_whose_log_was_cut_says_so_and_fails(call, tmp_path, monkeypatch):
    monkeypatch.setenv("KAPMONITOR_PASSPHRASE", "four bedside words")
    Keys(tmp_path, "four bedside words", ring=NO_RING).create()
    words = ("lesson", "--delete", "--confirm", "lesson", "--by", "Ana", "--why", "no_patient")
    assert call(*words).exit_code == 0
    assert call().exit_code == 0

    (tmp_path / "retention.jsonl").unlink()

    done = call("--json")
    assert done.exit_code == 1
    assert json.loads(done.output.splitlines()[-1]) == {"log": "cut"}
    assert "Lines are missing at the end" in call().output
