"""The settings file: kept whole, read with care, and never the end of a visit."""

import json
from pathlib import Path

import pytest

from kapmonitor.errors import KapmonitorError
from kapmonitor.settings import FILE, VOLUME_FLOOR, Settings, load, save
from kapmonitor.words import sentence


def test_without_a_file_the_program_has_its_own(tmp_path: Path):
    assert load(tmp_path / "nowhere") == (Settings("", VOLUME_FLOOR), None)


def test_what_is_saved_is_read_again(tmp_path: Path):
    chosen = Settings(sound_output="alsa_output.usb-desk", volume_floor=0.5)
    save(tmp_path / "new", chosen)
    assert load(tmp_path / "new") == (chosen, None)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


def test_what_a_newer_program_wrote_is_kept(tmp_path: Path):
    (tmp_path / FILE).write_text('{"theme": {"name": "dim"}, "volume_floor": 0.4}')
    assert load(tmp_path)[0].volume_floor == 0.4
    save(tmp_path, Settings(sound_output="desk"))
    written = json.loads((tmp_path / FILE).read_text())
    assert written["theme"] == {"name": "dim"}
    assert (written["sound_output"], written["volume_floor"]) == ("desk", VOLUME_FLOOR)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"sound_output": "de', "truncated"),
        (b"", "truncated"),
        (b"\xff\x00", "malformed"),
        (b"[1, 2]", "Expected `object`"),
        (b'{"volume_floor": "loud"}', "$.volume_floor"),
        (b'{"volume_floor": 0.1}', ">= 0.3"),
        (b'{"volume_floor": 1.5}', "<= 1.0"),
        (b'{"sound_output": 5}', "$.sound_output"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_of_it_is_believed(
    tmp_path: Path, content: bytes, reason: str
):
    (tmp_path / FILE).write_bytes(content)
    settings, problem = load(tmp_path)
    assert settings == Settings()
    assert problem is not None
    words = sentence(problem.code, problem.facts)
    assert FILE in words
    assert reason in words


def test_a_damaged_file_is_put_aside_when_new_settings_are_saved(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"not json")
    save(tmp_path, Settings("desk"))
    assert load(tmp_path)[0].sound_output == "desk"
    assert (tmp_path / FILE).with_suffix(".damaged").read_bytes() == b"not json"


def test_a_disk_that_fails_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(tmp_path, Settings("desk"))

    def fails(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(KapmonitorError) as caught:
        save(tmp_path, Settings("other"))
    assert caught.value.facts["reason"] == "No space left on device"
    assert load(tmp_path)[0].sound_output == "desk"
