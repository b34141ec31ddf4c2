"""Every public packet through the verb ``decode``: as a file of bytes, as hex, in any pieces."""

import pytest

from devices.decoders import PROTOCOLS
from devices.decoding import Piece, decode_stream, is_printed, read_input
from tests.devices.decoders.helping import vectors

VECTORS = [(name, vector) for name in PROTOCOLS for vector in vectors(name)]


def _in_twos(digits: str, between: str) -> str:
    return between.join(digits[place : place + 2] for place in range(0, len(digits), 2))


def _hex_forms(digits: str) -> list[bytes]:
    """The same packet as people write it down."""
    prefixed = "0x" + _in_twos(digits, " 0x")
    return [
        digits.upper().encode(),
        _in_twos(digits, ":").encode() + b"\r\n",
        b"\xef\xbb\xbf# from a log\r\n" + prefixed.encode() + b"  # the packet\r\n",
        (_in_twos(digits, ", ") + "\r\n").encode("utf-16"),
    ]


@pytest.mark.parametrize(
    ("name", "vector"), [pytest.param(*row, id=f"{row[0]}-{row[1]['id']}") for row in VECTORS]
)
def test_the_form_of_the_file_does_not_matter(name: str, vector: dict):
    channel = vector["channel"]

    def decoded(pieces: list[Piece], chunk: int | None = None) -> list[dict]:
        return list(decode_stream(name, pieces, channel, chunk))

    usual = decoded(read_input(vector["hex"].encode()))
    as_bytes = read_input(bytes.fromhex(vector["hex"]), printed=is_printed(name, channel))

    assert usual, "nothing is left without a word"
    for form in _hex_forms(vector["hex"]):
        assert decoded(read_input(form)) == usual
    assert decoded(as_bytes) == usual
    for chunk in (1, 2, 7, 1000):
        assert decoded(as_bytes, chunk) == usual


@pytest.mark.parametrize(
    ("name", "channel"), [(n, c) for n, spec in PROTOCOLS.items() for c in spec.channels]
)
def test_the_packets_of_others_are_refused_and_never_raise(name: str, channel: str):
    """The wrong channel is chosen easily: refusals come of it, and the lines can be printed."""
    others = "\n".join(vector["hex"] for _, vector in VECTORS)

    for line in decode_stream(name, read_input(others.encode()), channel):
        assert line.get("vital") or line.get("notice")
