"""`kapmonitor keys` without a terminal: everything comes from files, nothing is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kapmonitor.errors import KapmonitorError
from ui.cli import cli


@pytest.fixture
def keys(tmp_path: Path, monkeypatch) -> Callable[..., Result]:
    """Calls the verb with a passphrase in a file."""
    monkeypatch.delenv("KAPMONITOR_PASSPHRASE")

    def call(*words: str, passphrase: str = "my four words here", typed: str = "") -> Result:
        (tmp_path / "passphrase").write_text(passphrase + "\n", encoding="utf-8")
        before = ["--data", str(tmp_path / "data")]
        before += ["--passphrase-file", str(tmp_path / "passphrase")]
        return CliRunner().invoke(cli, [*before, "keys", *words], input=typed)

    return call


def error_of(done: Result) -> str:
    assert isinstance(done.exception, KapmonitorError), done.output
    return done.exception.code


def paper(done: Result) -> str:
    """The recovery key as it is printed: the indented lines."""
    return " ".join(line for line in done.output.splitlines() if line.startswith("    "))


def test_the_recovery_key_is_printed_once_and_checked_from_paper(keys):
    letters = paper(keys("setup"))

    assert error_of(keys("recovery")) == "recovery_shown"
    right = keys("check", "--recovery-file", "-", typed=letters.lower())
    assert (right.exit_code, right.output) == (
        0,
        "This is the recovery key of this installation.\n",
    )
    swapped = " ".join(reversed(letters.split()))
    assert error_of(keys("check", "--recovery-file", "-", typed=swapped)) == "recovery_group"


def test_a_forgotten_passphrase(keys):
    letters = paper(keys("setup"))
    assert error_of(keys("passphrase", "--keyring", passphrase="not mine")) == "wrong_passphrase"

    done = keys("recover", "--recovery-file", "-", typed=letters, passphrase="another one")

    assert done.output == "The records of this installation open again.\n"
    assert "kept by a passphrase" in keys(passphrase="another one").output


def test_another_passphrase(keys, tmp_path):
    keys("setup")
    (tmp_path / "new").write_text("the new words\r\n", encoding="utf-8")

    assert keys("passphrase", "--new-passphrase-file", str(tmp_path / "new")).exit_code == 0

    assert error_of(keys("passphrase", "--keyring")) == "wrong_passphrase"
    # The right one now, but this system has no keyring: nothing changes.
    assert error_of(keys("passphrase", "--keyring", passphrase="the new words")) == "no_key_keeper"


def test_without_a_terminal_the_recovery_key_comes_from_a_file(keys):
    keys("setup")

    assert error_of(keys("check")) == "recovery_needed"


def test_an_empty_passphrase_file_is_refused(keys):
    assert error_of(keys("setup", passphrase="")) == "passphrase_empty"


def test_a_renewed_key_has_another_paper_and_the_earlier_one_is_known(keys):
    before = paper(keys("setup"))

    done = keys("renew")

    assert done.exit_code == 0, done.output
    after = paper(done)
    assert before != after
    assert "Records of before it was renewed open too" in done.output
    assert error_of(keys("recovery")) == "recovery_shown"
    assert keys("check", "--recovery-file", "-", typed=after).exit_code == 0
    earlier = keys("check", "--recovery-file", "-", typed=before)
    assert (earlier.exit_code, "none that came after" in earlier.output) == (1, True)
