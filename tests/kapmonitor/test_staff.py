"""The staff file: names, roles and PINs of a clinic."""

import os

import pytest

from kapmonitor import staff
from kapmonitor.errors import KapmonitorError, UsageError


def test_without_a_file_there_is_nobody(tmp_path):
    assert staff.load_staff(tmp_path) == ()


def test_somebody_is_added_with_a_pin_that_only_its_hash_keeps(tmp_path):
    staff.add_person(tmp_path, "  A.  Lindqvist ", "nurse", "4711")

    (person,) = staff.load_staff(tmp_path)
    assert (person.name, person.role) == ("A. Lindqvist", staff.Role.NURSE)
    assert person.pin.startswith("$argon2id$")
    assert b"4711" not in (tmp_path / "staff.json").read_bytes()
    assert staff.fits(person, "4711")
    assert not staff.fits(person, "4712")
    assert not staff.fits(person, "")


def test_without_a_pin_no_pin_fits(tmp_path):
    staff.add_person(tmp_path, "S. Guest", "observer")

    (person,) = staff.load_staff(tmp_path)
    assert not staff.fits(person, "")
    assert not staff.fits(person, "0000")


def test_role_and_pin_change_and_a_retired_person_stays_in_the_file(tmp_path):
    staff.add_person(tmp_path, "A. Lindqvist", "nurse", "4711")
    staff.add_person(tmp_path, "J. Brandt", "therapist")

    staff.change_role(tmp_path, "A. Lindqvist", "prescriber")
    staff.change_pin(tmp_path, "A. Lindqvist", "0815")
    staff.retire(tmp_path, "J. Brandt")

    people = staff.load_staff(tmp_path)
    assert people[0].role is staff.Role.PRESCRIBER
    assert staff.fits(people[0], "0815")
    assert not staff.fits(people[0], "4711")
    assert [person.name for person in people] == ["A. Lindqvist", "J. Brandt"]
    assert [person.name for person in staff.working(people)] == ["A. Lindqvist"]
    staff.retire(tmp_path, "J. Brandt", retired=False)
    assert len(staff.working(staff.load_staff(tmp_path))) == 2


@pytest.mark.parametrize(
    ("name", "role", "pin", "code"),
    [
        ("", "nurse", "", "staff_name"),
        ("A; B", "nurse", "", "staff_name"),
        ("a. lindqvist", "nurse", "", "staff_known"),
        ("New", "chef", "", "staff_role"),
        ("New", "nurse", "12", "pin_malformed"),
        ("New", "nurse", "12a4", "pin_malformed"),
        ("New", "nurse", "١٢٣٤", "pin_malformed"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(tmp_path, name, role, pin, code):
    staff.add_person(tmp_path, "A. Lindqvist", "nurse")
    before = (tmp_path / "staff.json").read_bytes()

    with pytest.raises(UsageError) as refused:
        staff.add_person(tmp_path, name, role, pin)

    assert refused.value.code == code
    assert (tmp_path / "staff.json").read_bytes() == before


def test_nobody_unknown_is_changed(tmp_path):
    with pytest.raises(UsageError, match="staff_unknown"):
        staff.retire(tmp_path, "Nobody")


@pytest.mark.parametrize("content", [b"{", b'{"people": [{"name": 1}]}', b"[]", b"\xff"])
def test_a_damaged_file_is_said_and_never_taken_for_no_pins(tmp_path, content):
    (tmp_path / "staff.json").write_bytes(content)

    with pytest.raises(KapmonitorError, match="staff_damaged"):
        staff.load_staff(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are of POSIX")
def test_the_file_is_its_owners_alone(tmp_path):
    staff.add_person(tmp_path, "A. Lindqvist", "nurse", "4711")

    assert (tmp_path / "staff.json").stat().st_mode & 0o077 == 0
