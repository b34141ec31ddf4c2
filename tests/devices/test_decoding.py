"""The verb ``decode``: recognising what a file holds, and the lines that come of it."""

import json

import pytest

from devices.decoding import decode_stream, is_printed, read_input
from kapmonitor.errors import UsageError
from tests.devices.decoders.helping import nonin_packet, v7_frame, vectors

CUFF = "ble-blood-pressure"
CONTEC = "contec-cms50-serial"
GOOD_CYCLE = "167c0056006100e807060f11111b33000000"


def lines(protocol: str, data: bytes, channel: str | None = None, chunk: int | None = None) -> list:
    """Decode a file's bytes to the end."""
    return list(decode_stream(protocol, read_input(data), channel, chunk))


def of(found: list, vital: str) -> list:
    """The values of one vital."""
    return [line["value"] for line in found if line.get("vital") == vital]


def test_reading_has_every_key_that_scripts_rely_on():
    found = lines(CUFF, bytes.fromhex(GOOD_CYCLE))

    assert found[0] == {
        "at": 0.0,
        "vital": "systolic",
        "value": 124.0,
        "unit": "mm[Hg]",
        "quality": "good",
        "reason": None,
        "stored": False,
        "device_time": "2024-06-15T17:17:27",
        "packet": 1,
    }
    assert found[-1]["notice"] == "status"
    assert found[-1]["body_movement"] is False
    assert json.loads(json.dumps(found)) == found


def test_refused_packet_is_a_line_with_the_reason():
    assert lines(CUFF, b"16780050005c00") == [
        {"at": 0.0, "notice": "refused", "packet": 1, "reason": "short", "hex": "16780050005c00"}
    ]


def test_hex_text_is_one_packet_a_line_and_packets_are_counted():
    text = f"# two cycles\n{GOOD_CYCLE}\n\n  00 80 00 50 00 60 00   # by hand\r\n"

    found = lines(CUFF, text.encode())

    assert of(found, "systolic") == [124.0, 128.0]
    assert [line["packet"] for line in found if line.get("vital") == "diastolic"] == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        *("0048", "00 48", "00:48", "00-48", "00, 48", "0x00 0x48", "0x00,0x48", "0x0048"),
        *("0x0 0x48", "\\x00\\x48", "\ufeff00 48", "00 48 # 72 /min °", "# strap\r\n00 48\r\n"),
    ],
)
def test_hex_is_understood_as_people_write_it(text):
    assert of(lines("ble-heart-rate", text.encode()), "heart_rate") == [72]


def test_hex_from_a_windows_shell_is_understood():
    assert of(lines("ble-heart-rate", "00 48\r\n".encode("utf-16")), "heart_rate") == [72]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("0048\n00 4g\n0049", 2, "00 4g"),
        ("004\n", 1, "004"),
        ("hello", 1, "hello"),
        # Joined they would be two bytes that nobody sent.
        ("0 0 4 8", 1, "0 0 4 8"),
        ("0000010 01 e0", 1, "0000010 01 e0"),
    ],
)
def test_wrong_line_of_hex_is_named(text, line, wrong):
    with pytest.raises(UsageError) as error:
        read_input(text.encode())

    assert error.value.code == "input_bad_hex"
    assert error.value.facts == {"line": line, "text": wrong}


@pytest.mark.parametrize("data", [b"", b"\n \n", b"# nothing\n"])
def test_nothing_to_decode_is_an_error(data):
    with pytest.raises(UsageError) as error:
        read_input(data)

    assert error.value.code == "input_empty"


def test_raw_stream_is_one_piece_and_cutting_it_changes_nothing():
    stream = b"".join(v7_frame(pleth=p) for p in range(100))
    assert read_input(stream) == [(0.0, None, stream)]

    whole = lines(CONTEC, stream)

    assert of(whole, "pleth") == list(range(100))
    for size in (1, 2, 7, 64, 5000):
        assert lines(CONTEC, stream, "v7", size) == whole


def test_hex_lines_of_a_stream_are_chunks_of_it():
    digits = nonin_packet().hex()
    text = "\n".join(digits[i : i + 34] for i in range(0, len(digits), 34))

    found = lines("nonin-serial", text.encode(), "df2-packet")

    assert (of(found, "spo2"), of(found, "pulse_rate")) == ([97], [72])


def test_notifications_are_never_cut():
    assert lines(CUFF, bytes.fromhex(GOOD_CYCLE), None, 1) == lines(CUFF, bytes.fromhex(GOOD_CYCLE))


def test_printer_lines_are_bytes_and_not_hex():
    text = b"00:03:27 SPO2=097 HR=072\r\n00:03:28 SPO2=--- HR=---\r\n"

    assert of(lines("nonin-serial", text, "ascii"), "spo2") == [97, None]


def test_lines_of_a_monitor_are_bytes_and_not_hex():
    live = b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% EXC=000800\r\n"
    trend = b"09/21/08 09:56:14, 096, 074, 02.28, C00\r\n"

    assert of(lines("masimo-ascii", live), "spo2") == [98]
    stored = lines("masimo-ascii", trend, "trend")
    assert (of(stored, "spo2"), stored[0]["stored"]) == ([96], True)


def test_a_line_of_a_monitor_that_was_cut_short_is_its_bytes_too():
    """Nothing in it shows that it is a monitor's, but that the channel carries text."""
    cut = b"02/22/16 22:47:5"
    assert is_printed("masimo-ascii", None)
    assert is_printed("nonin-serial", "ascii")
    assert not is_printed("nonin-serial", None)

    found = decode_stream("masimo-ascii", read_input(cut, printed=True))

    assert [line["notice"] for line in found] == ["refused"]
    assert read_input(b"00 48", printed=True) == read_input(b"00 48")


def test_pleth_is_one_line_a_sample():
    found = [line for line in lines(CONTEC, v7_frame(pleth=51)) if line.get("vital") == "pleth"]

    assert found == [
        {
            "at": 0.0,
            "vital": "pleth",
            "value": 51,
            "unit": "1",
            "quality": "good",
            "reason": None,
            "stored": False,
            "device_time": None,
            "packet": 1,
        }
    ]


def test_names_are_taken_in_any_case_and_as_full_uuids():
    full = "00002a36-0000-1000-8000-00805f9b34fb"

    for channel in ("2a36", "2A36", full):
        assert of(lines(CUFF, b"00 9600 ff07 ff07", channel), "cuff_pressure") == [150.0]


def test_a_stream_is_also_named_as_one_and_a_vendors_uuid_in_full():
    stream = v7_frame(pleth=7) * 2
    frame = bytes.fromhex("aa550f0801603e005000c008")

    assert lines(CONTEC, stream, "v7-stream") == lines(CONTEC, stream)
    assert lines("pc60fw-creative", frame, "frame-stream") == lines("pc60fw-creative", frame)


def test_unknown_protocol_and_channel_are_refused_at_once():
    with pytest.raises(UsageError) as protocol:
        decode_stream("nonin", [])
    with pytest.raises(UsageError) as channel:
        decode_stream("nonin-serial", [], "df9")
    with pytest.raises(UsageError) as chunk:
        decode_stream("nonin-serial", [], "df2", 0)

    assert protocol.value.code == "unknown_protocol"
    assert "nonin-serial" in str(protocol.value.facts["known"])
    assert channel.value.code == "unknown_channel"
    assert "df13" in str(channel.value.facts["known"])
    assert chunk.value.code == "bad_chunk"


def capture(*rows: dict) -> bytes:
    """A capture file with these lines after its header."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in ({"kapcap": 1}, *rows))


class TestCapture:
    """Captures name the time and the channel of every chunk."""

    TWO = capture(
        {"at": 2.5, "channel": "2A36", "hex": "009600ff07ff07"},
        {"at": 3.5, "channel": "2A35", "hex": GOOD_CYCLE},
    )

    def test_each_channel_is_decoded_as_itself(self):
        found = lines(CUFF, self.TWO)

        assert [(line["at"], line.get("vital")) for line in found][:2] == [
            (2.5, "cuff_pressure"),
            (3.5, "systolic"),
        ]

    def test_channel_picks_its_packets(self):
        found = lines(CUFF, self.TWO, "2A35")

        assert {line["at"] for line in found} == {3.5}

    def test_frame_cut_between_two_chunks_is_whole(self):
        frame = v7_frame().hex()

        found = lines(
            CONTEC,
            capture(
                {"at": 1, "channel": "", "hex": frame[:8]},
                {"at": 1.1, "channel": "", "hex": frame[8:]},
            ),
        )

        assert [(line["at"], line["value"]) for line in found if line.get("vital") == "spo2"] == [
            (1.1, 97)
        ]

    def test_frame_cut_by_a_lost_link_is_not_joined_to_what_comes_after(self):
        first, second = v7_frame(pleth=10).hex(), v7_frame(pleth=20).hex()

        found = lines(
            CONTEC,
            capture(
                {"at": 1, "hex": first[:8]},
                {"at": 5, "link": "down"},
                {"at": 9, "link": "up"},
                {"at": 9, "hex": first[8:] + second},
            ),
        )

        assert of(found, "pleth") == [20]

    def test_cut_last_line_is_left_out(self):
        assert lines(CUFF, self.TWO + b'{"at": 4.5, "channel": "2A3') == lines(CUFF, self.TWO)

    @pytest.mark.parametrize("wrong", ["nonsense", '{"at": 2, "hex": "0"}', '{"hex": "00"}'])
    def test_wrong_line_in_the_middle_is_named(self, wrong):
        first, *rest = self.TWO.splitlines(keepends=True)

        with pytest.raises(UsageError) as error:
            read_input(first + wrong.encode() + b"\n" + b"".join(rest))

        assert error.value.code == "capture_broken"
        assert error.value.facts["line"] == 2

    def test_capture_of_a_later_program_is_not_guessed_at(self):
        with pytest.raises(UsageError) as error:
            read_input(self.TWO.replace(b'"kapcap": 1', b'"kapcap": 2'))

        assert error.value.code == "capture_too_new"

    @pytest.mark.parametrize("rows", [[], [{"at": 1, "link": "up"}, {"at": 2, "link": "down"}]])
    def test_capture_without_data_says_that_the_device_was_silent(self, rows):
        with pytest.raises(UsageError) as error:
            read_input(capture(*rows))

        assert error.value.code == "capture_silent"


@pytest.mark.parametrize("protocol", ["ble-heart-rate", CUFF, CONTEC, "nonin-serial"])
def test_public_vectors_as_a_hex_file_number_their_packets(protocol):
    channel = vectors(protocol)[0]["channel"]
    packets = [v["hex"] for v in vectors(protocol) if v["channel"] == channel]

    found = lines(protocol, "\n".join(packets).encode(), channel)

    assert max(line.get("packet", 0) for line in found) == len(packets)
