"""Each test is a coroutine and gets a ``bed``, once for every way to be without a radio."""

import asyncio
import contextlib
import inspect
from pathlib import Path

import pytest

from tests.devices.ble.bed import Bed, has_dbus
from tests.patience import PATIENCE

TEST_SECONDS, GUEST_SECONDS = 4 * PATIENCE, 150.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_bluez: only BlueZ behaves like this")
    config.addinivalue_line("markers", "both_ways: over bumble too where there is a D-Bus")
    config.addinivalue_line("markers", "no_guest: steers the stand-in itself")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bed" not in metafunc.fixturenames:
        return
    only = {mark.name for mark in metafunc.definition.iter_markers()}
    kinds = []
    if has_dbus():
        kinds.append(pytest.param("bluez"))
    elif "needs_bluez" in only:
        away = pytest.mark.skip(reason="BlueZ is Linux's, and its stand-in needs dbus-daemon")
        kinds.append(pytest.param("bluez", marks=away))
    if "needs_bluez" not in only and ("both_ways" in only or not has_dbus()):
        kinds.append(pytest.param("bumble"))
    if "no_guest" not in only:
        kinds.append(pytest.param("guest", marks=pytest.mark.ble_guest))
    metafunc.parametrize("bed", kinds, indirect=True)


@pytest.fixture
def bed(request: pytest.FixtureRequest, tmp_path: Path) -> Bed:
    """A bedside, not yet entered: that happens in the test's own loop."""
    return Bed(request.param, tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine, inside of its bed."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def story() -> None:
        bed = arguments.get("bed")
        guest = isinstance(bed, Bed) and bed.kind == "guest"
        async with asyncio.timeout(GUEST_SECONDS if guest else TEST_SECONDS):
            async with bed if isinstance(bed, Bed) else contextlib.nullcontext():
                await pyfuncitem.obj(**arguments)

    asyncio.run(story())
    return True
