"""However a stream is cut into chunks, the result is the same: broken frames and noise included."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Decoded
from tests.devices.decoders.helping import nonin_frames, nonin_packet, v5_frame, v7_frame, vectors

STREAMS = [
    (spec.name, channel)
    for spec in PROTOCOLS.values()
    if not spec.packets
    for channel in spec.channels
]

# Good frames of every channel; a stream of one channel finds the others to be noise.
FRAMES = [bytes.fromhex(v["hex"]) for name, _ in STREAMS for v in vectors(name)]
FRAMES += [v7_frame(pulse=131), v5_frame(), nonin_packet(), nonin_packet(df7=True)]
FRAMES += [*nonin_frames()[:3], *nonin_frames(df7=True)[:3], b"00:00:01 SPO2=--- HR=061\r\n"]


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames in a row, some of them cut or with a byte changed, and noise between them."""
    pieces = []
    for _ in range(draw(st.integers(1, 8))):
        piece = bytearray(draw(st.sampled_from(FRAMES) | st.binary(max_size=80)))
        if piece and draw(st.booleans()):
            piece[draw(st.integers(0, len(piece) - 1))] = draw(st.integers(0, 255))
        if draw(st.integers(0, 3)) == 0:
            piece = piece[: draw(st.integers(0, len(piece)))]
        pieces.append(bytes(piece) * draw(st.sampled_from((1, 1, 1, 3))))
    return b"".join(pieces)


def decoded(name: str, channel: str, chunks: list[bytes]) -> list[Decoded]:
    """Everything that the chunks, all at the same time, and their end gave."""
    decoder = PROTOCOLS[name].make(channel)
    out: list[Decoded] = []
    for chunk in chunks:
        out += decoder.feed(chunk, 7.0)
    return out + decoder.finish(7.0)


@pytest.mark.parametrize(("name", "channel"), STREAMS, ids=[f"{n}-{c}" for n, c in STREAMS])
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(stream=streams(), cuts=st.lists(st.integers(0, 1000), max_size=12))
def test_cuts_do_not_matter(name, channel, stream, cuts):
    whole = decoded(name, channel, [stream])
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]

    pieces = [stream[a:b] for a, b in pairwise(places)]

    assert decoded(name, channel, pieces) == whole
    assert decoded(name, channel, [bytes((byte,)) for byte in stream]) == whole
