"""What the box about the key of the records says and shows in each state. No Qt."""

from typing import Protocol

from msgspec import Struct

from kapmonitor.keys.standing import Standing


class KeyPage(Struct, frozen=True):
    """One state: its words, which fields it has, and what its buttons are called.

    ``fields`` of ``passphrase``, ``again``, ``letters``; an empty ``other`` means no second button.
    """

    title: str
    words: str
    fields: tuple[str, ...]
    act: str
    other: str = ""


PAGES = {
    "new_ring": KeyPage(
        "Key of the records",
        "Records of patients are encrypted. This system's keyring keeps their key, so that nobody "
        "has to type anything. A recovery key for the day this computer is lost is shown next.",
        (),
        "Make the key",
    ),
    "new_given": KeyPage(
        "Key of the records",
        "Records of patients are encrypted. The passphrase that this computer gives the program at "
        "its start keeps their key: without it the records stay locked. A recovery key for the day "
        "it is lost is shown next.",
        (),
        "Make the key",
    ),
    "new_passphrase": KeyPage(
        "Key of the records",
        "Records of patients are encrypted. This system has no keyring: choose a passphrase, best "
        "four words. It is asked for at each start. A recovery key for the day it is forgotten is "
        "shown next.",
        ("passphrase", "again"),
        "Make the key",
    ),
    "locked": KeyPage(
        "The records are locked",
        "Type the passphrase to begin visits and to see earlier ones. The demonstration works "
        "without it.",
        ("passphrase",),
        "Unlock",
        "Passphrase forgotten",
    ),
    "recover": KeyPage(
        "Recovery key",
        "Type the thirteen groups from the paper, and a new passphrase. No record is changed. "
        "Without passphrase and recovery key nobody can read the records.",
        ("letters", "passphrase", "again"),
        "Use the recovery key",
        "Back",
    ),
    "recover_ring": KeyPage(
        "Recovery key",
        "The system's keyring does not hold the key of the records any more. Type the thirteen "
        "groups from the paper; the keyring keeps the key again then. Without it nobody can read "
        "the records.",
        ("letters",),
        "Use the recovery key",
    ),
    "recover_given": KeyPage(
        "Recovery key",
        "The system's keyring does not hold the key of the records any more. Type the thirteen "
        "groups from the paper; the passphrase that this computer gives the program keeps the key "
        "then. Without the recovery key nobody can read the records.",
        ("letters",),
        "Use the recovery key",
    ),
    "paper": KeyPage(
        "Write this down now",
        "The recovery key opens all records when the passphrase or this computer is lost, on any "
        "computer. It is shown only until you have kept it. Keep it locked away, not with the "
        "laptop.",
        (),
        "I have kept it",
        "Print",
    ),
    "broken": KeyPage("Key of the records", "", (), "Try again"),
}


_NEW = {"keyring": "new_ring", "passphrase": "new_given", "": "new_passphrase"}
_RECOVER = {"keyring": "recover_ring", "passphrase": "recover_given", "": "recover"}


def page_of(standing: Standing, keeper: str) -> str:
    """Which page a standing asks for; empty when nothing is to be done.

    ``keeper`` is what keeps a key without asking (`Keys.keeper`), empty for nothing.
    """
    match standing.state:
        case "none":
            return _NEW[keeper]
        case "ready":
            return "" if standing.recovery_kept else "paper"
        case "locked" | "wrong_passphrase":
            return "locked"
        case "keyring_lost":
            return _RECOVER[keeper]
    return "broken"


class KeyHolder(Protocol):
    """What `kapmonitor.keys.keys.Keys` does, as far as the start page asks for it."""

    def standing(self) -> Standing:
        """How the keys stand."""

    def keeper(self) -> str:
        """What keeps a new key without asking: ``passphrase``, ``keyring`` or empty."""

    def create(self, passphrase: str | None = None) -> None:
        """Make the key."""

    def open(self, passphrase: str | None = None) -> bytes:
        """Open the keys."""

    def recovery_key(self) -> str:
        """The recovery key, until it is kept."""

    def recovery_is_kept(self) -> None:
        """A person has kept it."""

    def recover(self, text: str, passphrase: str | None = None) -> str:
        """Use a recovery key."""


class NoKeys:
    """Where nothing is locked: the gallery and tests of other pages."""

    def standing(self) -> Standing:
        """Everything is open."""
        return Standing("ready", "keyring", "0" * 16, recovery_kept=True)

    def keeper(self) -> str:
        """Nothing has to be asked."""
        return "keyring"

    def create(self, passphrase: str | None = None) -> None:
        """There is nothing to make."""

    def open(self, passphrase: str | None = None) -> bytes:
        """No record is opened with it."""
        return bytes(32)

    def recovery_key(self) -> str:
        """None."""
        return ""

    def recovery_is_kept(self) -> None:
        """There is none."""

    def recover(self, text: str, passphrase: str | None = None) -> str:
        """There is nothing to recover."""
        return "own"
