"""Which key opens a record, who signs it, and how the installation's key is kept and changed."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.keys import recovery
from kapmonitor.keys.key_file import (
    ByKeyring,
    ByPassphrase,
    KeyFile,
    read_key_file,
    write_key_file,
)
from kapmonitor.keys.keyring import Ring, SystemRing
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.keys.renewal import KEY, OTHER, SIGNING, TRACE, renewed
from kapmonitor.keys.standing import Standing
from kapmonitor.keys.training import TRAINING_FILE, training_key
from kapmonitor.keys.wrapping import KEY_BYTES, fresh_stretching, unwrap, wrap
from kapmonitor.record.opening import key_id, key_id_of
from kapmonitor.record.signing import OLD_FILE, InstallationKey, read_old
from kapmonitor.record.trace import FILE as LOG_FILE
from kapmonitor.record.trace import TraceEnd


def _nothing(_keys: "Keys") -> None:
    pass


def _nobody(_purpose: str) -> str | None:
    return None


class Keys:
    """The keys of one data folder; opened when one is needed, and then kept until the end.

    ``passphrase`` was given in advance; ``prompt(purpose)`` asks a person for one (``open`` or
    ``new``) or answers None where nobody can be asked. Neither is used where the keyring serves,
    but a passphrase given in advance is also what a new key is kept by. ``on_made`` is told of a
    new key, so that its recovery key can be shown. Threads may share this.
    """

    def __init__(
        self,
        data: Path,
        passphrase: str | None = None,
        prompt: Callable[[str], str | None] = _nobody,
        ring: Ring | None = None,
        on_made: Callable[["Keys"], None] = _nothing,
    ) -> None:
        self._data = data
        self._given = passphrase
        self._prompt = prompt
        self._ring: Ring = SystemRing() if ring is None else ring
        self._on_made = on_made
        self._key: bytes | None = None
        # What opened the holder's box: a secret of the keyring, or a stretched passphrase.
        self._keeper: bytes | None = None
        self._wrong = self._tried = ""
        self._asked = False
        self._lock = threading.RLock()

    # --- What the rest of the program asks -----------------------------------------------------

    def for_record(self, path: Path) -> bytes | None:
        """The key of a record; None for one that is not encrypted (an older version's).

        Raises RecordError ``no_such_session``, ``not_a_record``, ``key_unknown``, and as ``open``.
        """
        wanted = key_id_of(path)
        if wanted is None:
            return None
        if wanted == key_id(PUBLISHED_KEY):
            return PUBLISHED_KEY
        kept = read_key_file(self._data)
        name = wanted.hex()
        if kept is not None and (name == kept.id or name in kept.others):
            key = self.open()
            other = None if name == kept.id else unwrap(key, kept.others[name], OTHER + name)
            if name == kept.id or other is not None:
                return key if other is None else other
        raise RecordError("key_unknown", path=str(path), id=name)

    def for_new(self, simulated: bool = False) -> bytes:
        """The key for a new record: the published one for a simulation, else the installation's.

        Makes the installation's key when there is none yet. Raises as ``open`` and ``create``.
        """
        return PUBLISHED_KEY if simulated else self.open(make=True)

    def signer(self, simulated: bool = False) -> InstallationKey:
        """Who signs: a simulation by a key that guards nothing. Raises as ``for_new``."""
        if simulated:
            return training_key(self._data)
        key = self.open(make=True)
        kept = self._kept()
        return InstallationKey.from_secret(self._unboxed(key, kept.signing, SIGNING))

    def own_public(self) -> bytes | None:
        """The public signing key of this installation, None when there is none yet.

        From the box when the keys are open, so that nobody can put another one beside it.
        """
        kept = read_key_file(self._data)
        if kept is None:
            old = read_old(self._data)
            return None if old is None else old.public_key
        return kept.public if self._key is None else self.signer().public_key

    def training_public(self) -> bytes | None:
        """The public key that signs this installation's simulations, None when none was made."""
        there = (self._data / TRAINING_FILE).is_file()
        return training_key(self._data).public_key if there else None

    def standing(self) -> Standing:
        """How the keys stand; opens them where the keyring does so by itself."""
        try:
            kept = read_key_file(self._data)
        except KapmonitorError as problem:
            return Standing(problem.code)
        if kept is None:
            return Standing("none")
        by = "keyring" if isinstance(kept.holder, ByKeyring) else "passphrase"
        state = "ready"
        try:
            if self._key is None:
                self._opened(kept, asking=False)
        except KapmonitorError as problem:
            state = "locked" if problem.code == "keys_locked" else problem.code
        others = tuple(name for name in kept.others if name not in kept.earlier)
        return Standing(state, by, kept.id, kept.recovery_kept, others, kept.earlier)

    def keeper(self) -> str:
        """What keeps a new key without asking: ``passphrase`` given before, ``keyring``, or empty.

        In the order in which they are taken.
        """
        if self._given:
            return "passphrase"
        return "keyring" if self._ring.there() else ""

    # --- The end of the retention log (`kapmonitor.record.trace.Keeper`) --------------------------

    def trace_end(self) -> TraceEnd | None:
        """What was noted; None when nothing was or the keys are locked. Nobody is asked.

        Raises KapmonitorError ``keys_damaged`` for a note that this key did not make.
        """
        key, kept = self._key_unasked(), read_key_file(self._data)
        if key is None or kept is None or not kept.trace:
            return None
        return msgspec.json.decode(self._unboxed(key, kept.trace, TRACE), type=TraceEnd)

    def keep_trace_end(self, end: TraceEnd) -> None:
        """Note it, if the keys are open. Raises KapmonitorError ``folder_unwritable``."""
        with self._lock:
            key = self._key_unasked()
            if key is not None:
                box = wrap(key, msgspec.json.encode(end), TRACE)
                write_key_file(self._data, msgspec.structs.replace(self._kept(), trace=box))

    # --- Making, opening, changing -------------------------------------------------------------

    def open(self, passphrase: str | None = None, make: bool = False) -> bytes:
        """The installation's key, 32 bytes.

        Raises KapmonitorError: ``no_keys`` (unless ``make``), ``keys_locked`` (nobody gave a
        passphrase), ``wrong_passphrase``, ``keyring_failed``, ``keyring_lost``, ``keys_damaged``.
        """
        with self._lock:
            kept = read_key_file(self._data)
            if self._key is not None and (kept is None or kept.id == key_id(self._key).hex()):
                return self._key
            if kept is not None:
                # Not open yet, or another process has renewed the key meanwhile.
                return self._opened(kept, passphrase)
            if not make:
                raise KapmonitorError("no_keys")
            self.create(passphrase)
            assert self._key is not None
            return self._key

    def create(self, passphrase: str | None = None) -> None:
        """Make the installation's key, kept by a passphrase that was given, else by the keyring.

        Where there is neither, a person is asked. Raises KapmonitorError ``keys_exist``,
        ``no_key_keeper`` (nothing was made then), ``passphrase_empty``, ``folder_unwritable``.
        """
        with self._lock:
            self._make(os.urandom(KEY_BYTES), self._given if passphrase is None else passphrase)
            self._on_made(self)

    def change_holder(self, passphrase: str | None = None, keyring: bool = False) -> None:
        """Keep the same key by another passphrase, or by the keyring. No record is rewritten.

        Raises KapmonitorError as ``open``, ``no_key_keeper``, ``passphrase_empty`` (also when a
        person was asked for one and gave none).
        """
        with self._lock:
            key = self.open()
            if passphrase is None and not keyring:
                passphrase = self._prompt("new") or ""
            self._keep_by(key, self._kept(), passphrase, keyring)

    def renew(self) -> None:
        """Make another installation key for what comes; with it goes another recovery key.

        Keyring or passphrase keep it as they kept the one before. No record is rewritten: those
        that are there need the key before, which this installation keeps and the earlier recovery
        key still writes. Raises KapmonitorError as ``open``, ``folder_unwritable``.
        """
        with self._lock:
            old, kept, new = self.open(), self._kept(), os.urandom(KEY_BYTES)
            if self._keeper is None or unwrap(self._keeper, kept.holder.box, KEY) != old:
                # Opened before the holder changed: let whoever keeps the key open it once more.
                self._opened(kept)
            assert self._keeper is not None
            write_key_file(self._data, renewed(kept, old, new, self._keeper))
            self._key = new

    def for_pseudonyms(self, path: Path) -> bytes:
        """The key that pseudonyms in exports of this record are made with. Raises as ``for_new``.

        Of this installation's keys the first, so that a patient's pseudonym outlasts a renewal; a
        record of another installation, and a simulation, has its own.
        """
        key, own = self.for_record(path), self.open(make=True)
        kept = self._kept()
        if key is not None and key_id(key).hex() not in (kept.id, *kept.earlier):
            return key
        if not kept.earlier:
            return own
        first = kept.earlier[0]
        return self._unboxed(own, kept.others[first], OTHER + first)

    def recovery_key(self) -> str:
        """The recovery key, to be shown once. Raises ``recovery_shown`` after that, as ``open``."""
        with self._lock:
            key = self.open()
            if self._kept().recovery_kept:
                raise KapmonitorError("recovery_shown")
            return recovery.written(key)

    def recovery_is_kept(self) -> None:
        """A person has kept the recovery key: it is not shown again."""
        with self._lock:
            write_key_file(self._data, msgspec.structs.replace(self._kept(), recovery_kept=True))

    def is_recovery_key(self, text: str) -> bool:
        """Whether these letters are this installation's. Raises as `recovery.read`, ``no_keys``."""
        return key_id(recovery.read(text)).hex() == self._kept().id

    def is_earlier_recovery_key(self, text: str) -> bool:
        """Whether these letters were this installation's before it was renewed. Raises the same."""
        return key_id(recovery.read(text)).hex() in self._kept().earlier

    def recover(self, text: str, passphrase: str | None = None) -> str:
        """Use a recovery key; ``passphrase`` (else the keyring) keeps the key from now on.

        Returns ``own`` when it is this installation's, ``restored`` when it became so because there
        was none, ``added`` when it is another installation's and was put beside. Raises as
        `recovery.read`, ``create`` and (for another's) ``open``.
        """
        key = recovery.read(text)
        passphrase = self._given if passphrase is None else passphrase
        with self._lock:
            kept = read_key_file(self._data)
            if kept is None:
                self._make(key, passphrase, recovery_kept=True)
                return "restored"
            name = key_id(key).hex()
            if name == kept.id:
                self._keep_by(key, kept, passphrase)
                self._key = key
                return "own"
            box = wrap(self.open(), key, OTHER + name)
            others = {**kept.others, name: box}
            write_key_file(self._data, msgspec.structs.replace(kept, others=others))
            return "added"

    # --- Inside --------------------------------------------------------------------------------

    def _make(self, key: bytes, passphrase: str | None, recovery_kept: bool = False) -> None:
        if read_key_file(self._data) is not None:
            raise KapmonitorError("keys_exist")
        name = key_id(key).hex()
        signing = read_old(self._data) or InstallationKey.generate()
        kept = KeyFile(
            id=name,
            holder=self._holder(key, name, passphrase),
            signing=wrap(key, signing.secret, SIGNING),
            public=signing.public_key,
            recovery_kept=recovery_kept,
            trace=_first_trace_end(self._data, key),
        )
        if not write_key_file(self._data, kept, new=True):
            raise KapmonitorError("keys_exist")
        self._key = key
        # Now that it lies in the box.
        (self._data / OLD_FILE).unlink(missing_ok=True)

    def _keep_by(
        self, key: bytes, kept: KeyFile, passphrase: str | None, keyring: bool = False
    ) -> None:
        before = kept.holder
        holder = self._holder(key, kept.id, passphrase, keyring)
        write_key_file(self._data, msgspec.structs.replace(kept, holder=holder))
        if isinstance(before, ByKeyring):
            self._ring.forget(before.name)

    def _holder(
        self, key: bytes, name: str, passphrase: str | None, keyring: bool = False
    ) -> ByKeyring | ByPassphrase:
        """Who keeps the key: this passphrase, else the keyring, else one that is asked for now."""
        if passphrase == "":
            raise KapmonitorError("passphrase_empty")
        if passphrase is None and self._ring.there():
            secret, place = os.urandom(KEY_BYTES), f"{name}-{os.urandom(4).hex()}"
            if self._ring.put(place, secret):
                return ByKeyring(place, wrap(secret, key, KEY))
        chosen = passphrase
        if chosen is None and not keyring:
            chosen = self._prompt("new")
        if not chosen:
            raise KapmonitorError("no_key_keeper")
        stretching = fresh_stretching()
        return ByPassphrase(wrap(stretching.key_from(chosen), key, KEY), stretching)

    def _opened(self, kept: KeyFile, passphrase: str | None = None, asking: bool = True) -> bytes:
        keeper, key = self._keeper, None
        if keeper is not None:
            key = unwrap(keeper, kept.holder.box, KEY)
        if key is None:
            keeper = self._asked_keeper(kept, passphrase, asking)
            key = unwrap(keeper, kept.holder.box, KEY)
        if key is None:
            if isinstance(kept.holder, ByKeyring):
                raise KapmonitorError("keyring_lost")
            self._wrong = self._tried
            raise KapmonitorError("wrong_passphrase")
        if key_id(key).hex() != kept.id:
            raise KapmonitorError("keys_damaged", path=str(self._data))
        self._key, self._keeper = key, keeper
        return key

    def _asked_keeper(self, kept: KeyFile, passphrase: str | None, asking: bool) -> bytes:
        """What should open the holder's box, from the keyring or from a passphrase."""
        if isinstance(kept.holder, ByKeyring):
            secret = self._ring.get(kept.holder.name) if self._ring.there() else None
            if secret is None:
                raise KapmonitorError("keyring_lost")
            return secret
        chosen = passphrase or self._given or (self._asked_once() if asking else None)
        if not chosen:
            raise KapmonitorError("keys_locked")
        if chosen == self._wrong:
            # A list of a hundred records tries it once.
            raise KapmonitorError("wrong_passphrase")
        self._tried = chosen
        return kept.holder.stretching.key_from(chosen)

    def _key_unasked(self) -> bytes | None:
        """The installation's key where it opens without a person, else None."""
        with self._lock, suppress(KapmonitorError):
            kept = read_key_file(self._data)
            if kept is not None:
                same = self._key is not None and kept.id == key_id(self._key).hex()
                return self._key if same else self._opened(kept, asking=False)
        return None

    def _asked_once(self) -> str | None:
        if not self._asked:
            self._asked = True
            return self._prompt("open")
        return None

    def _kept(self) -> KeyFile:
        kept = read_key_file(self._data)
        if kept is None:
            raise KapmonitorError("no_keys")
        return kept

    def _unboxed(self, key: bytes, box: bytes, purpose: str) -> bytes:
        found = unwrap(key, box, purpose)
        if found is None:
            raise KapmonitorError("keys_damaged", path=str(self._data))
        return found


def _first_trace_end(data: Path, key: bytes) -> bytes:
    """Nothing has left yet; of a log that is there already nobody knows where it ended."""
    known = not (data / LOG_FILE).exists()
    return wrap(key, msgspec.json.encode(TraceEnd(0)), TRACE) if known else b""
