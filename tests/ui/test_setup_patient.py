"""The set-up page by keyboard: what is typed reaches the visit, nothing stays for the next."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import settings
from kapmonitor.settings import LastVisit
from kapmonitor.staff import Person, Role
from ui.setup.choice import SetupChoice
from ui.setup.page import SetupPage
from ui.setup.start import plan_offers, remember, setup_start

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot):
    made = SetupPage()
    qtbot.addWidget(made)
    made.show_start(setup_start_of((Person("Ana", Role.NURSE), Person("Dr. Ben", Role.PRESCRIBER))))
    made.show()
    made.begin()
    return made


def setup_start_of(people):
    from pathlib import Path

    return setup_start(Path("no-data-here"), people)


def test_the_people_stand_beside_their_roles(page):
    assert page.visit.people == {"Dr. Ben": "prescriber", "Ana": "nurse"}
    assert page.choice().roles == {"Dr. Ben": "prescriber", "Ana": "nurse"}


def test_the_dose_is_shown_for_each_kilogram(page):
    page.visit.plan.setCurrentIndex(page.visit.plan.findData("iv"))
    page.visit.weight.type("70,5")
    page.visit.weight.edited.emit()
    usual = page.visit.dose.number

    assert page.visit.per_kg.text() == f"{round(usual / 70.5, 2):g} mg/kg"
    assert page.choice().weight_kg == 70.5
    assert page.choice().dose is None  # the plan's own


@pytest.mark.parametrize("typed", ["7", "3000", "heavy"])
def test_a_weight_that_cannot_be_is_refused_at_its_field(page, qtbot, typed):
    started: list[SetupChoice] = []
    page.start_requested.connect(started.append)
    page.visit.weight.type(typed)
    qtbot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Return, CONTROL)

    assert started == []
    assert page.visit.weight.wrong == "20 to 300"


def test_what_was_typed_and_asked_is_the_choice(page, qtbot):
    started: list[SetupChoice] = []
    page.start_requested.connect(started.append)
    for field, text in ((page.visit.patient, "P-9"), (page.visit.lot, "L77")):
        field.setFocus()
        qtbot.keyClicks(field, text)
    page.visit.age.setCurrentIndex(page.visit.age.findData("65+"))
    page.visit.dose.type("84")
    page.readiness.focus_open()
    for key in (Qt.Key.Key_1, Qt.Key.Key_3):
        qtbot.keyClick(QApplication.focusWidget(), key)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)

    (choice,) = started
    assert (choice.patient_code, choice.age_band, choice.dose, choice.lot) == (
        "P-9", "65+", 84.0, "L77"
    )  # fmt: skip
    assert choice.readiness == {"consent": ("yes", ""), "fasting": ("not_asked", "")}


def test_nothing_of_one_patient_stays_for_the_next(page):
    page.visit.patient.setText("P-9")
    page.visit.lot.setText("L77")
    page.visit.weight.type("70")
    page.readiness.show_given({})
    page.readiness._rows[0].choices.show_values(["yes"])
    page.begin()

    choice = page.choice()
    assert (choice.patient_code, choice.lot, choice.weight_kg) == ("", "", None)
    assert choice.readiness == {}


def test_plan_and_people_are_remembered_and_nothing_of_the_patient(tmp_path):
    roles = {"Ana": "nurse"}
    remember(
        tmp_path,
        SetupChoice("im", "P-9", staff=("Ana",), person="Ana", roles=roles, lot="L77"),
    )

    assert settings.load(tmp_path)[0].last_visit == LastVisit("im", ("Ana",), roles, "Ana")
    text = (tmp_path / settings.FILE).read_text()
    assert "P-9" not in text
    assert "L77" not in text


def test_the_clinics_own_plans_can_be_chosen(tmp_path):
    from importlib import resources

    folder = tmp_path / "clinic"
    folder.mkdir()
    text = (resources.files("kapmonitor.plans") / "intranasal.toml").read_text(encoding="utf-8")
    (folder / "evening.toml").write_text(text.replace('"Esketamine nasal spray"', '"Evening"'))

    offers = {offer.value: offer.title for offer in plan_offers(folder)}
    assert list(offers)[:5] == ["in", "iv", "im", "sl", "sc"]
    assert offers["evening"] == "Intranasal: Evening"
