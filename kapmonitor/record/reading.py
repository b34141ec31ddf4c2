"""Reading a record: its entries, its samples, and what a list of sessions shows of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from kapmonitor.errors import RecordError
from kapmonitor.events import Entry, Opened
from kapmonitor.reading import PlethRun, Reading
from kapmonitor.record.blocks import SampleBlock, decode_block
from kapmonitor.record.chain import Kind, Seal, Statement, decode_seal
from kapmonitor.record.opening import Connection, DatabaseError, Mode, open_database
from kapmonitor.record.steps import read_entry


class Record:
    """One record, to be read. Nothing in it is checked here; that is `kapmonitor.record.verify`.

    A record may be read while it is written, and after its writer was killed: neither the file nor
    its write-ahead log is changed. The database is open only while something is read. Every method
    raises RecordError as `open_database` does, and ``record_damaged`` (``row`` says where).
    """

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.path = path
        self.key = key

    @classmethod
    def open(cls, path: Path | str, key: bytes | None = None) -> "Record":
        """Open a record; raises RecordError when it is none or cannot be read."""
        record = cls(Path(path), key)
        record._rows("number = 0")
        return record

    @property
    def opened(self) -> Opened:
        """The first event: who, which plan, simulated or not."""
        event = self.first_entry().event
        if not isinstance(event, Opened):
            raise RecordError("record_damaged", path=str(self.path), row=1)
        return event

    @property
    def simulated(self) -> bool:
        """Whether a virtual patient was recorded."""
        return self.opened.simulated

    @property
    def sealed(self) -> bool:
        """Whether the last row is a seal. Says nothing about what was changed since."""
        rows = self._rows("1 ORDER BY number DESC LIMIT 1")
        return bool(rows) and rows[0][1] == Kind.SEAL

    def first_entry(self) -> Entry:
        """The entry of the Opened event."""
        return self._entry("kind = 'event' ORDER BY number LIMIT 1")

    def last_entry(self) -> Entry:
        """The last entry."""
        return self._entry("kind = 'event' ORDER BY number DESC LIMIT 1")

    def entries(self) -> list[Entry]:
        """All entries, in the order in which they were recorded."""
        rows = self._rows("kind = 'event' ORDER BY number")
        return [self._decode_entry(number, body) for number, _, body in rows]

    def blocks(self) -> Iterator[SampleBlock]:
        """All blocks of samples, in the order in which they were recorded."""
        for number, _, body in self._rows("kind = 'block' ORDER BY number"):
            try:
                yield decode_block(body)
            except (msgspec.DecodeError, ValueError, TypeError) as problem:
                raise RecordError("record_damaged", path=str(self.path), row=number) from problem

    def readings(self) -> Iterator[Reading]:
        """All readings of all blocks. A cuff's result is an event (``Cuff``), see ``entries``."""
        for block in self.blocks():
            yield from block.readings

    def pleth(self) -> Iterator[PlethRun]:
        """All pleth runs of all blocks."""
        for block in self.blocks():
            yield from block.pleth

    def statements(self) -> list[Statement]:
        """What the seals state, the first one first."""
        return [statement for _, statement in self.seals()]

    def seals(self) -> list[tuple[Seal, Statement]]:
        """The seals with what they state, the first one first."""
        found = []
        for number, _, body in self._rows("kind = 'seal' ORDER BY number"):
            try:
                found.append(decode_seal(body))
            except (msgspec.DecodeError, TypeError) as problem:
                raise RecordError("record_damaged", path=str(self.path), row=number) from problem
        return found

    def _entry(self, condition: str) -> Entry:
        rows = self._rows(condition)
        if not rows:
            raise RecordError("record_empty", path=str(self.path))
        number, _, body = rows[0]
        return self._decode_entry(number, body)

    def _decode_entry(self, number: int, body: bytes) -> Entry:
        try:
            return read_entry(body)
        except (msgspec.DecodeError, TypeError) as problem:
            raise RecordError("record_damaged", path=str(self.path), row=number) from problem
        except RecordError as problem:
            raise RecordError(problem.code, path=str(self.path), **problem.facts) from problem

    def _rows(self, condition: str) -> list[tuple[int, str, bytes]]:
        with closing(self._connect()) as connection:
            try:
                return connection.execute(
                    f"SELECT number, kind, body FROM chain WHERE {condition}"
                ).fetchall()
            except (DatabaseError, UnicodeError) as problem:
                raise RecordError("record_damaged", path=str(self.path), row=0) from problem

    def _connect(self) -> Connection:
        return open_database(self.path, self.key, Mode.READ)
