"""A serial port with a device in it, and an inbox for what a source delivers."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.fake_port import FakePort, Inbox


@pytest.fixture
def fake_port(tmp_path: Path) -> Iterator[FakePort]:
    """A port with its device plugged in."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals to stand for a serial port")
    port = FakePort(tmp_path)
    port.plug()
    yield port
    port.unplug()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()
