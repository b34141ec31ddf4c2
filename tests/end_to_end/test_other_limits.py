"""A visit with another alarm preset than its plan's."""

from pathlib import Path

import pytest

from alarms import presets
from kapmonitor.keys.keys import Keys
from kapmonitor.record.reading import Record
from tests.end_to_end.program import PASSPHRASE, kapmonitor

STRICT = 'name = "strict"\n[[limit]]\nid = "SPO2_LOW"\nvalue = 94\nclear = ">= 95"\n'


def limits_text(data: Path) -> str:
    """What the record of the visit holds."""
    path = data / "out" / "session.kap"
    return Record.open(path, Keys(data, PASSPHRASE).for_record(path)).opened.limits_text


@pytest.mark.parametrize("verb", ["simulate", "run"])
def test_the_visit_has_the_limits_of_the_file_and_keeps_them_whole(tmp_path: Path, verb: str):
    own = tmp_path / "strict.toml"
    own.write_text(STRICT, encoding="utf-8")
    how = {
        "simulate": ("--minutes", "0.5"),
        "run": ("--headless", "--silent", "--minutes", "0.01"),
    }[verb]

    done = kapmonitor(tmp_path, verb, "--out", str(tmp_path / "out"), "--limits", str(own), *how)

    assert done.returncode == 0, done.stderr.decode()
    kept = limits_text(tmp_path)
    assert presets.parse(kept) == presets.load(str(own))
    assert presets.parse(kept).find("SPO2_LOW").value == 94


def test_a_preset_in_the_clinics_folder_is_found_by_its_name(tmp_path: Path):
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "strict.toml").write_text(STRICT, encoding="utf-8")

    out = str(tmp_path / "out")
    done = kapmonitor(tmp_path, "simulate", "--out", out, "--limits", "strict", "--minutes", "0.5")

    assert done.returncode == 0, done.stderr.decode()
    assert 'name = "strict"' in limits_text(tmp_path)


def test_a_preset_that_is_not_there_stops_before_anything_is_begun(tmp_path: Path):
    out = tmp_path / "out"

    done = kapmonitor(tmp_path, "simulate", "--out", str(out), "--limits", "nonesuch")

    assert done.returncode == 2
    assert "nonesuch" in done.stderr.decode()
    assert not out.exists()
