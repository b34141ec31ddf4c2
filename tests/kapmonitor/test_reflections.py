"""Reflections: encrypted, beside the record, never in it."""

import json

import pytest
from click.testing import CliRunner

from kapmonitor.errors import RecordError, Refused
from kapmonitor.reflections import add_reflection, read_reflections, reflections_path
from tests.kapmonitor.record.stories import write_visit
from ui.cli import cli

KEY = bytes(range(32))


def test_a_reflection_lies_in_a_file_of_its_own_and_is_encrypted(tmp_path):
    record = write_visit(tmp_path / "abc.kap")
    before = record.read_bytes()
    add_reflection(record, "She found the garden again", "J. Brandt", 1_790_000_000.0, 60, KEY)
    add_reflection(record, "And stayed", "J. Brandt", 1_790_000_060.0, 60, KEY)

    assert record.read_bytes() == before
    path = reflections_path(record)
    assert b"garden" not in path.read_bytes()
    told = [(entry.number, entry.event.text, entry.by) for entry in read_reflections(record, KEY)]
    assert told == [(2, "She found the garden again", "J. Brandt"), (3, "And stayed", "J. Brandt")]
    with pytest.raises(RecordError, match="key"):
        read_reflections(record, bytes(32))


def test_nothing_is_kept_of_nothing(tmp_path):
    with pytest.raises(Refused, match="note_empty"):
        add_reflection(tmp_path / "abc.kap", "  ", "J. Brandt", 0.0, 0, KEY)

    assert list(tmp_path.iterdir()) == []
    assert read_reflections(tmp_path / "abc.kap", KEY) == []


def test_the_verb_prints_them_and_no_export_has_them(tmp_path):
    record = write_visit(tmp_path / "abc.kap")
    add_reflection(record, "She found the garden again", "J. Brandt", 1_790_000_000.0, 60, None)
    run = CliRunner().invoke
    told = run(cli, ["--data", str(tmp_path), "reflections", str(record), "--json"])
    out = tmp_path / "out"
    run(cli, ["--data", str(tmp_path), "export", str(record), "--to", str(out), "--format", "csv"])

    assert json.loads(told.output)["text"] == "She found the garden again"
    exported = [path.read_bytes() for path in out.iterdir()]
    assert exported
    assert not any(b"garden" in content for content in exported)
