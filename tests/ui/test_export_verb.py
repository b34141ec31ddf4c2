"""`kapmonitor export`: which files it leaves, and what its choices change."""

import json

import pypdf
import pytest
from click.testing import CliRunner

from tests.kapmonitor.export.pdf_visits import ordinary, write
from ui.cli import cli


@pytest.fixture
def visit(tmp_path):
    return write(tmp_path / "s.kap", ordinary(), range(600, 660)).path


def run(tmp_path, *words):
    done = CliRunner().invoke(cli, ["--data", str(tmp_path / "data"), "export", *map(str, words)])
    return done.exit_code, done.output


def test_each_format_leaves_its_files(tmp_path, visit):
    code, output = run(tmp_path, visit, "--to", tmp_path / "out", "--format", "fhir", "--json")

    assert code == 0
    (line,) = [json.loads(line) for line in output.splitlines()]
    assert line["file"].endswith("session.fhir.json")
    assert line["bytes"] == (tmp_path / "out" / "session.fhir.json").stat().st_size


def test_letter_is_wider_than_a4(tmp_path, visit):
    widths = []
    for page in ("a4", "letter"):
        out = tmp_path / page
        assert run(tmp_path, visit, "--to", out, "--format", "pdf", "--page", page)[0] == 0
        widths.append(round(pypdf.PdfReader(out / "report.pdf").pages[0].mediabox.width))

    assert widths == [595, 612]


def test_a_pseudonymous_export_does_not_name_the_patient(tmp_path, visit):
    words = ("--format", "fhir", "--format", "csv", "--pseudonymous", "--shift", "-7")

    assert run(tmp_path, visit, "--to", tmp_path / "out", *words)[0] == 0

    told = [path.read_text("utf-8") for path in (tmp_path / "out").iterdir()]
    assert len(told) == 6
    assert not any("P-017" in text or "2025-03" in text for text in told)
    assert any('"S-' in text for text in told)


def test_a_wrong_format_is_named(tmp_path, visit):
    code, output = run(tmp_path, visit, "--to", tmp_path, "--format", "doc")

    assert code == 2
    assert "doc" in output
