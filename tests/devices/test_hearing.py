"""What a source hears, apart from any transport: numbering, doubt, and a decoder that fails."""

from devices.decoders.base import Decoder
from devices.decoders.contec_serial import V7Decoder
from devices.hearing import Hearing
from devices.transports import Chunk
from kapmonitor.reading import Decoded, Notice, PlethRun
from tests.devices.fake_port import counting


class Brittle(V7Decoder):
    """Fails on one byte, which no decoder should."""

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        if data == b"!":
            raise ZeroDivisionError
        return super().feed(data, at)


def hearing(make: type[Decoder] = V7Decoder) -> Hearing:
    return Hearing("contec-cms50-serial", lambda channel: make(), continuous=True)


def kinds(items: list[Decoded]) -> list[str]:
    return [item.kind for item in items if isinstance(item, Notice)]


def test_a_decoder_that_fails_costs_these_bytes_and_not_the_device():
    ear = hearing(Brittle)
    ear.hear(Chunk(0.0, counting(0, 3)))

    broken = ear.hear(Chunk(1.0, b"!"))
    after = ear.hear(Chunk(2.0, counting(3, 3)))

    assert [item.detail["reason"] for item in broken if isinstance(item, Notice)] == [
        "decoder_failed"
    ]
    assert [item.values for item in after if isinstance(item, PlethRun)] == [(3, 4, 5)]


def test_five_seconds_of_nonsense_are_doubted_once():
    ear = hearing()
    told = []
    for second in range(20):
        told += kinds(ear.hear(Chunk(float(second), b"\xff" * 70)))

    assert told.count("wrong_protocol") == 1
    assert told[: told.index("wrong_protocol")].count("refused") >= 5


def test_a_device_that_was_understood_once_is_not_doubted_for_its_noise():
    ear = hearing()
    ear.hear(Chunk(0.0, counting(0, 2)))

    told = [kinds(ear.hear(Chunk(float(second), b"\xff" * 70))) for second in range(20)]

    assert "wrong_protocol" not in [kind for kinds in told for kind in kinds]


def test_a_gap_in_the_bytes_begins_anew_and_packets_count_on():
    ear = hearing()
    first = ear.hear(Chunk(0.0, counting(0, 2) + counting(2, 1)[:5]))

    gap = ear.hear(Notice("backlog_dropped", 1.0))
    after = ear.hear(Chunk(2.0, counting(2, 1)[5:] + counting(3, 2)))

    assert kinds(gap) == ["refused", "backlog_dropped"]
    assert [item.values for item in after if isinstance(item, PlethRun)] == [(3, 4)]
    highest = max(item.packet for item in first)
    assert min(item.packet for item in after if isinstance(item, PlethRun)) > highest
