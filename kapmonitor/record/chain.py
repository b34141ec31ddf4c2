"""How rows are chained: each hash covers its row and, by the hash before it, all earlier ones."""

import hashlib
import struct
from enum import StrEnum

import msgspec
from msgspec import Struct

GENESIS = bytes(32)
"""What stands for the hash before the first row."""

_ROW_TAG = b"kapmonitor record row 1\0"
_SEAL_TAG = b"kapmonitor record seal 1\0"


class Kind(StrEnum):
    """What a row holds."""

    EVENT = "event"
    BLOCK = "block"
    SEAL = "seal"


def row_hash(previous: bytes, number: int, kind: str, body: bytes) -> bytes:
    """SHA-256 over a tag, the hash before, and number, kind and body, each with its length.

    The lengths keep two different rows from looking the same when written one part after another;
    the tag keeps a hash made for another purpose from being taken for one of ours.
    """
    name = kind.encode()
    digest = hashlib.sha256(_ROW_TAG + previous)
    digest.update(struct.pack(">QI", number, len(name)) + name)
    digest.update(struct.pack(">Q", len(body)) + body)
    return digest.digest()


class Statement(Struct, frozen=True):
    """What a seal states: how long the record is and where its chain ends.

    ``rows`` and ``events`` count what lies before the seal, ``last`` is the hash of the row before
    it (hexadecimal), ``utc`` is when it was sealed, in seconds since 1970. ``public_key`` is the
    Ed25519 key of the signing installation, hexadecimal; empty when not signed.
    """

    utc: float
    rows: int
    events: int
    last: str
    program: str
    public_key: str = ""
    version: int = 1

    @property
    def short_code(self) -> str:
        """Twelve digits by which paper and file are compared by eye: ``7328-C8BD-933A``."""
        digits = self.last[:12].upper()
        return "-".join(digits[place : place + 4] for place in range(0, len(digits), 4))


class Seal(Struct, frozen=True):
    """The body of a seal row: a statement as JSON text, and the signature over those very bytes.

    The text is kept inside the text, so that a signature never depends on how JSON is written.
    """

    statement: str
    signature: str = ""


_encode = msgspec.json.Encoder().encode
_seal_decoder = msgspec.json.Decoder(Seal)
_statement_decoder = msgspec.json.Decoder(Statement)


def encode_statement(statement: Statement) -> str:
    """The text of a statement, as it is signed and stored."""
    return _encode(statement).decode()


def encode_seal(seal: Seal) -> bytes:
    """The body of a seal row."""
    return _encode(seal)


def decode_seal(body: bytes) -> tuple[Seal, Statement]:
    """Read a seal row's body; raises ``msgspec.DecodeError``."""
    seal = _seal_decoder.decode(body)
    return seal, _statement_decoder.decode(seal.statement)


def signed_bytes(statement: str) -> bytes:
    """What a signature covers."""
    return _SEAL_TAG + statement.encode()
