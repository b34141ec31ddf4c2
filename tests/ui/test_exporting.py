"""Exports from the window: beside the record, and those for research in a folder of their own."""

import pytest

from kapmonitor.errors import KapmonitorError
from kapmonitor.export.worksheet_form import own_forms
from kapmonitor.keys.keys import Keys
from tests.kapmonitor.export.pdf_visits import ordinary, write
from tests.kapmonitor.keys.rings import MemoryRing
from ui.exporting import ExportWish, choice_of, export_as_wished
from ui.trial_result import Progress

OURS = """
name = "ours"
version = "1"
title = "Our discharge sheet"
[[block]]
title = "Patient"
field = [{ text = "Code", fill = "patient_code" }]
"""


@pytest.fixture
def data(tmp_path):
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "ours.toml").write_text(OURS, encoding="utf-8")
    (tmp_path / "clinic" / "limits.toml").write_text('name = "l"\n', encoding="utf-8")
    (tmp_path / "clinic" / "broken.toml").write_text("[[block", encoding="utf-8")
    return tmp_path


@pytest.fixture
def keys(data):
    made = Keys(data, ring=MemoryRing())
    made.create()
    return made


def test_a_research_export_never_replaces_the_filed_one(data, keys):
    record = write(data / "s.kap", ordinary(), range(600, 620)).path
    filed = export_as_wished(str(record), ExportWish(("fhir", "csv")), Progress(), keys, data)
    before = {path: path.read_bytes() for path in filed}

    wish = ExportWish(("fhir", "csv"), pseudonymous=True, shift_days=7, free_text=False)
    for path in export_as_wished(str(record), wish, Progress(), keys, data):
        assert path.parent == data / "s" / "research"
        assert "P-017" not in path.read_text("utf-8")

    assert {path: path.read_bytes() for path in filed} == before
    assert all(path.parent == data / "s" for path in filed)


def test_a_pseudonym_is_the_same_in_each_export(data, keys):
    record = write(data / "s.kap", ordinary()).path
    wish = ExportWish(pseudonymous=True)

    first = choice_of(wish, data, record, keys).pseudonym

    assert first.startswith("S-")
    assert choice_of(wish, data, record, keys).pseudonym == first


def test_a_clinics_own_worksheets_are_those_with_blocks_of_fields(data, keys):
    record = write(data / "s.kap", ordinary()).path

    assert own_forms(data / "clinic") == ["ours"]
    assert own_forms(data / "nowhere") == []
    assert choice_of(ExportWish(worksheet="ours"), data, record, keys).form == OURS


def test_a_worksheet_with_a_wrong_fact_is_refused_with_its_place(data, keys):
    wrong = OURS.replace("patient_code", "shoe_size")
    (data / "clinic" / "ours.toml").write_text(wrong, encoding="utf-8")
    record = write(data / "s.kap", ordinary()).path

    with pytest.raises(KapmonitorError) as refused:
        choice_of(ExportWish(worksheet="ours"), data, record, keys)

    assert refused.value.code == "data_file_value"
