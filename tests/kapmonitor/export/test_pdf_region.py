"""The report of a clinic that reads German and kPa."""

import io
from collections.abc import Iterator

import pypdf
import pytest

from kapmonitor import regional, words
from kapmonitor.export.pdf import report
from kapmonitor.export.visit import read_visit
from tests.kapmonitor.export.pdf_visits import ordinary, pages, write


@pytest.fixture(autouse=True)
def german_and_kilopascals() -> Iterator[None]:
    words.use_language("de", regional.KPA)
    yield
    words.use_language("en", regional.MMHG)


def test_a_report_is_in_kilopascals_with_local_numbers_and_dates(tmp_path) -> None:
    content = report(read_visit(write(tmp_path / "visit.kap", ordinary())))
    text = "\n".join(pages(content))

    # By hand: 187 mmHg x 0.133322 = 24.93 kPa.
    assert "24,9" in text
    assert "kPa" in text
    assert "mmHg" not in text
    assert "01.03.2025" in text
    assert pypdf.PdfReader(io.BytesIO(content)).root_object["/Lang"] == "de"
