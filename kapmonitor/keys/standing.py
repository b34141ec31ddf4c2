"""How the keys of an installation stand, as people are told."""

from msgspec import Struct


class Standing(Struct, frozen=True):
    """How the keys stand, without a secret.

    ``others`` are keys of other installations, ``earlier`` are this one's own from before.
    ``state`` is ``none`` (not made yet), ``ready``, ``locked`` (a passphrase is needed) or the code
    of what keeps them from being opened. ``by`` is ``keyring``, ``passphrase`` or empty.
    """

    state: str
    by: str = ""
    id: str = ""
    recovery_kept: bool = False
    others: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
