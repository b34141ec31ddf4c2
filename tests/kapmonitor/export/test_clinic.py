"""The clinic's name and logo on its reports, and who signed."""

import io

import pypdf
import pytest
from PIL import Image

from kapmonitor import settings
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Ended, SignedOff
from kapmonitor.export.choice import ExportChoice
from kapmonitor.export.clinic import with_clinic
from kapmonitor.export.pdf import report
from kapmonitor.export.visit import read_visit
from tests.kapmonitor.export.pdf_visits import DOSE_AT, entries, opened, ordinary, pages, write


def picture(form="PNG", size=(60, 20)):
    target = io.BytesIO()
    Image.new("RGB", size, "navy").save(target, form)
    return target.getvalue()


@pytest.fixture
def clinic(tmp_path):
    """A data folder with a clinic's name and logo."""
    settings.change(tmp_path, clinic="Klinik am See")
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "logo.png").write_bytes(picture())
    return tmp_path


def test_name_and_logo_stand_on_the_first_page(clinic, tmp_path):
    choice = with_clinic(clinic)
    visit = read_visit(
        write(tmp_path / "s.kap", ordinary()), clinic=choice.clinic, logo=choice.logo
    )

    first, *others = pypdf.PdfReader(io.BytesIO(report(visit))).pages

    assert "Klinik am See" in first.extract_text()
    assert [image.image.size for image in first.images] == [(60, 20)]
    assert not any(len(page.images) for page in others)


def test_a_pseudonymous_export_does_not_tell_the_clinic(clinic):
    assert with_clinic(clinic, ExportChoice(pseudonym="S-1")) == ExportChoice(pseudonym="S-1")


def test_a_clinic_without_a_logo_needs_none(tmp_path):
    assert with_clinic(tmp_path) == ExportChoice()


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(50),
        picture()[:40],
        b"\x89PNG\r\n\x1a\n" + bytes(3_000_000),
        picture(size=(5000, 10)),
        b"",
    ],
    ids=["gif", "cut", "large", "wide", "empty"],
)
def test_a_file_that_is_no_small_picture_is_refused(clinic, content):
    (clinic / "clinic" / "logo.png").write_bytes(content)

    with pytest.raises(KapmonitorError) as refused:
        with_clinic(clinic)

    assert refused.value.code == "logo_unreadable"


def test_a_jpeg_serves_too(clinic):
    (clinic / "clinic" / "logo.png").rename(clinic / "clinic" / "logo.jpg")
    (clinic / "clinic" / "logo.jpg").write_bytes(picture("JPEG"))

    assert with_clinic(clinic).logo.startswith(b"\xff\xd8\xff")


def test_roles_and_signatures_are_told(tmp_path):
    signed = entries((9000.0, SignedOff("Dr. Weiß", "prescriber", checked=True), "Dr. Weiß"))
    told = [*ordinary(roles={"N. Yıldız": "nurse"}), *signed]

    text = " ".join(pages(report(read_visit(write(tmp_path / "s.kap", told)))))

    assert "N. Yıldız (Nurse)" in text or "N. Yıldız (nurse)" in text
    assert "signed at the desk with a PIN" in text


def test_what_was_known_before_leaving_stands_beside_what_was_before(tmp_path):
    text = " ".join(pages(report(read_visit(write(tmp_path / "s.kap", ordinary())))))

    assert "Stayed 123 min after the dose (minimum 120 min)" in text
    assert "Blood pressure 124/79 mmHg, 12:10 (t+120:00) 120/77 mmHg" in text
    assert "Responds, 5 to 0 4 –" in text
    assert "Nausea mild –" in text


def test_an_end_before_the_minimum_stands_in_the_report(tmp_path):
    told = [(one.at, one.event, one.by) for one in ordinary() if one.at < DOSE_AT + 3600]
    ended = (DOSE_AT + 3600, Ended(missing_min=60, early_reason="fire alarm"), "Dr. Weiß")

    text = " ".join(pages(report(read_visit(write(tmp_path / "s.kap", entries(*told, ended))))))

    assert "Visit ended 60 min before the minimum observation: fire alarm Dr. Weiß" in text
    assert "Neither readiness nor leaving" not in text


def test_a_visit_without_a_dose_has_nothing_to_leave_from(tmp_path):
    told = entries((0.0, opened()))

    text = " ".join(pages(report(read_visit(write(tmp_path / "s.kap", told)))))

    assert "Before leaving" not in text
