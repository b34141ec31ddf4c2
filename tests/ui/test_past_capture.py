"""A capture that a clinic sent is replayed through the alarms, with the bytes of its bedside."""

from pathlib import Path

from devices.capture import CaptureWriter
from kapmonitor.reading import LinkState
from kapmonitor.vitals import Vital
from tests.end_to_end.program import kapmonitor, lines_of
from ui.past_capture import is_capture, read_capture_as_past


def captured(folder: Path, rate: int) -> Path:
    """Two minutes of a strap."""
    path = folder / "bedside.kapcap"
    writer = CaptureWriter(path)
    writer.begin("ble-heart-rate", "ble", 1_790_000_000.0)
    writer.link(100.0, LinkState.UP)
    for second in range(120):
        writer.chunk(100.0 + second, bytes([0x00, rate]), "2A37")
    writer.close()
    return path


def test_a_capture_gives_its_readings_from_its_first_line_on(tmp_path: Path):
    past = read_capture_as_past(captured(tmp_path, 72))

    values = [
        (m.at, m.message.value)
        for m in past.moments
        if getattr(m.message, "vital", None) is Vital.HEART_RATE
    ]
    assert values[0] == (0.0, 72)
    assert past.end == 119.0
    assert past.layout == "capture"


def test_only_a_capture_is_one(tmp_path: Path):
    assert is_capture(captured(tmp_path, 72))
    assert not is_capture(tmp_path / "nothing")
    (tmp_path / "table.csv").write_text("time,spo2\n0,97\n")
    assert not is_capture(tmp_path / "table.csv")


def test_the_verb_finds_the_fast_heart_in_a_capture(tmp_path: Path):
    lines = lines_of(kapmonitor(tmp_path, "replay", str(captured(tmp_path, 150)), "--json"))

    assert any(line.get("alarm", "").startswith("PR_") for line in lines)
