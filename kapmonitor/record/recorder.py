"""The recorder: takes entries and blocks without waiting and writes them on its own thread."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from itertools import islice, takewhile
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from kapmonitor.errors import RecordError
from kapmonitor.events import Entry, encode_entry
from kapmonitor.record.blocks import SampleBlock, encode_block
from kapmonitor.record.chain import Kind
from kapmonitor.record.opening import DatabaseError, error_name
from kapmonitor.record.writing import ChainWriter, Signer, trouble_code

RETRY_SECONDS = 1.0
_ROWS_AT_ONCE = 2000
_FOLD_TRIES = 3
_News = TypeVar("_News")


def _ignore(_news: object) -> None:
    pass


class _Item(Struct, frozen=True):
    """A row to be written; ``event`` is an entry's number, 0 for a block."""

    kind: Kind
    body: bytes = b""
    event: int = 0
    seal_utc: float = 0.0


class Recorder:
    """Writes one record. ``put`` and ``put_block`` never wait; a thread of its own writes.

    ``on_saved(number)`` is called after every commit that held events, with the last one's number.
    ``on_trouble(code)`` is called when writing begins to fail (``disk_full``, ``read_only``,
    ``write_failed``) and ``on_trouble(None)`` when everything is written again; meanwhile all is
    kept in memory and tried again every ``retry_seconds``. Both are called on the writer's thread,
    ``on_copy`` (`copy_to`) on another.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_saved: Callable[[int], None] = _ignore,
        on_trouble: Callable[[str | None], None] = _ignore,
        on_copy: Callable[[str], None] = _ignore,
        key: bytes | None = None,
        signer: Signer | None = None,
        retry_seconds: float = RETRY_SECONDS,
        resume: bool = False,
        after_seal: bool = False,
    ) -> None:
        """Begin a new record, or with ``resume`` go on with an interrupted one.

        A sealed record is only gone on with ``after_seal``, to add amendments and a new seal.
        Raises RecordError: ``record_exists``, ``folder_unwritable``, ``record_in_use``,
        ``record_sealed``, and for ``resume`` as `open_database` does.
        """
        self.path = path
        self._on_saved = on_saved
        self._on_trouble = on_trouble
        self._on_copy = on_copy
        self._key = key
        self._saved = 0
        self._copies: list[Recorder] = []
        self._signer = signer
        self._retry_seconds = retry_seconds
        self._queue: deque[_Item] = deque()
        self._changed = threading.Condition()
        self._trouble: str | None = None
        self._sealing = False
        self._closing = False
        self._fold_failures = 0
        self._writer = ChainWriter(path, key, new=not resume)
        if self._writer.sealed and not after_seal:
            self._writer.close()
            raise RecordError("record_sealed", path=str(path))
        # Everything so far, some megabytes for a long visit: what an emergency copy begins with.
        past = self._writer.rows() if resume and not after_seal else []
        self._rows = [_Item(kind, body) for kind, body in past]
        self._thread = threading.Thread(target=self._run, name="record writer", daemon=True)
        self._thread.start()

    @classmethod
    def resume(
        cls,
        path: Path,
        *,
        on_saved: Callable[[int], None] = _ignore,
        on_trouble: Callable[[str | None], None] = _ignore,
        on_copy: Callable[[str], None] = _ignore,
        key: bytes | None = None,
        signer: Signer | None = None,
        retry_seconds: float = RETRY_SECONDS,
        after_seal: bool = False,
    ) -> "Recorder":
        """Go on with the chain of an interrupted record, or (``after_seal``) of a sealed one."""
        return cls(
            path,
            on_saved=on_saved,
            on_trouble=on_trouble,
            on_copy=on_copy,
            key=key,
            signer=signer,
            retry_seconds=retry_seconds,
            resume=True,
            after_seal=after_seal,
        )

    @property
    def pending(self) -> int:
        """How many rows are not on the disk yet."""
        with self._changed:
            return len(self._queue)

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written at the moment, None when all is well."""
        return self._trouble

    def put(self, entry: Entry) -> None:
        """Keep an event. Raises RecordError ``record_sealed`` after ``seal`` or ``close``."""
        self._add(_Item(Kind.EVENT, encode_entry(entry), entry.number))

    def put_block(self, block: SampleBlock) -> None:
        """Keep a block of samples. Raises as ``put`` does."""
        self._add(_Item(Kind.BLOCK, encode_block(block)))

    def copy_to(self, path: Path) -> None:
        """Begin an emergency copy elsewhere, which from then on gets everything that comes.

        Never waits. ``on_copy("")`` is called when everything so far is on that disk, or with the
        code of what kept it from beginning. It is the same chain, encrypted with the same key.
        """
        threading.Thread(target=self._copy, args=(path,), name="record copy", daemon=True).start()

    def _copy(self, path: Path) -> None:
        try:
            copy = Recorder(
                path,
                on_saved=self._tell_saved,
                key=self._key,
                signer=self._signer,
                retry_seconds=self._retry_seconds,
            )
        except RecordError as problem:
            self._tell(self._on_copy, problem.code)
            return
        with self._changed:
            for item in self._rows:
                copy._add(item)
            self._copies.append(copy)
        written = copy.flush()
        self._tell(self._on_copy, "" if written else copy.trouble or "write_failed")

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything is on the disk; False when it is not after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue, timeout)

    def seal(self, utc: float, timeout: float = 30.0) -> bool:
        """Write everything, add the seal, leave one plain file and close; nothing may follow.

        ``utc`` in seconds since 1970. False when it could not be written within ``timeout``
        seconds; the writer then goes on trying until ``close``. Emergency copies are sealed too:
        with one of them sealed the visit is, and ``path`` says where.
        """
        with self._changed:
            if not self._sealing:
                self._refuse_when_over()
                self._sealing = True
                self._queue.append(_Item(Kind.SEAL, seal_utc=utc))
                self._changed.notify_all()
        elsewhere = [copy.path for copy in self._copies if copy.seal(utc, timeout)]
        sealed = self.flush(0.5 if elsewhere else timeout)
        if sealed:
            self.close()
        elif elsewhere:
            self.path = elsewhere[0]
        return sealed or bool(elsewhere)

    def close(self, timeout: float = 10.0) -> None:
        """Write what can be written and stop; ``pending`` then says how many rows were not."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for copy in self._copies:
            copy.close(timeout)
        self._thread.join(timeout)

    def _add(self, item: _Item) -> None:
        with self._changed:
            self._refuse_when_over()
            self._queue.append(item)
            self._rows.append(item)
            for copy in self._copies:
                copy._add(item)
            self._changed.notify_all()

    def _refuse_when_over(self) -> None:
        if self._sealing or self._closing:
            raise RecordError("record_sealed", path=str(self.path))

    # --- On the writer's thread ----------------------------------------------------------------

    def _run(self) -> None:
        last_chance = False
        while batch := self._next_batch():
            try:
                self._write(batch)
            except Exception as problem:
                self._tell_trouble(trouble_code(problem))
                if last_chance:
                    break
                with self._changed:
                    last_chance = self._changed.wait_for(lambda: self._closing, self._retry_seconds)
                continue
            self._done(batch)
        self._writer.close()

    def _next_batch(self) -> list[_Item]:
        """Wait for something to do: some rows, or one seal; empty when it is time to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            if self._queue and self._queue[0].kind is Kind.SEAL:
                return [self._queue[0]]
            rows = takewhile(lambda item: item.kind is not Kind.SEAL, self._queue)
            return list(islice(rows, _ROWS_AT_ONCE))

    def _write(self, batch: list[_Item]) -> None:
        if batch[0].kind is not Kind.SEAL:
            self._writer.append([(item.kind, item.body) for item in batch])
            return
        if not self._writer.sealed:
            self._writer.seal(batch[0].seal_utc, self._signer)
        try:
            self._writer.fold()
        except DatabaseError as problem:
            self._fold_failures += 1
            # Sealed it is; somebody who keeps reading it only keeps it from becoming one file.
            in_use = error_name(problem) in ("SQLITE_BUSY", "SQLITE_LOCKED")
            if not in_use or self._fold_failures < _FOLD_TRIES:
                raise

    def _done(self, batch: list[_Item]) -> None:
        with self._changed:
            for _ in batch:
                self._queue.popleft()
            over = not self._queue
            self._changed.notify_all()
        saved = max(item.event for item in batch)
        if saved:
            self._tell_saved(saved)
        if self._trouble is not None and over:
            self._tell_trouble(None)

    def _tell_saved(self, number: int) -> None:
        """What is on either disk is saved; the numbers told only rise."""
        with self._changed:
            if number <= self._saved:
                return
            self._saved = number
        self._tell(self._on_saved, number)

    def _tell_trouble(self, code: str | None) -> None:
        if code != self._trouble:
            self._trouble = code
            self._tell(self._on_trouble, code)

    @staticmethod
    def _tell(listener: Callable[[_News], None], news: _News) -> None:
        try:
            listener(news)
        except Exception:
            # Whatever goes wrong there, the record must go on.
            logging.getLogger(__name__).exception("a listener of the recorder failed")
