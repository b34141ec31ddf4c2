"""The system's keyring through the library that reaches it; its backends here live in memory."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keyring import SERVICE, SystemRing
from kapmonitor.keys.keys import Keys


class InMemory(KeyringBackend):
    """A keyring that calls itself as safe as the systems' own do."""

    priority = 5.0

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")


class Makeshift(InMemory):
    """Keeps its secrets where anybody can read them."""

    priority = 0.5


class Locked(InMemory):
    """Nobody typed its password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("the collection is locked")


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_keyring_keeps_the_key_and_the_file_alone_is_worth_nothing(tmp_path):
    backend = InMemory()
    keyring.set_keyring(backend)
    key = Keys(tmp_path, ring=SystemRing()).for_new()

    assert [service for service, _ in backend.kept] == [SERVICE]
    assert Keys(tmp_path).for_new() == key
    backend.kept.clear()
    with pytest.raises(KapmonitorError) as error:
        Keys(tmp_path).for_new()
    assert error.value.code == "keyring_lost"


def test_a_keyring_in_the_clear_does_not_count():
    keyring.set_keyring(Makeshift())

    assert not SystemRing().there()


def test_no_keyring_at_all_does_not_count():
    """What this suite runs with, and what a bare Linux has."""
    assert not SystemRing().there()


def test_a_locked_keyring_is_said_and_makes_nothing(tmp_path):
    keyring.set_keyring(Locked())

    with pytest.raises(KapmonitorError) as error:
        Keys(tmp_path / "data").for_new()

    assert error.value.code == "keyring_failed"
    assert "locked" in str(error.value.facts["reason"])
    assert not (tmp_path / "data").exists()


def test_what_it_forgets_is_gone():
    keyring.set_keyring(InMemory())
    ring = SystemRing()
    assert ring.put("one", b"secret")
    ring.forget("one")
    ring.forget("one")

    assert ring.get("one") is None
