"""What a visit needs of this machine, each checked by a small function of its own."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from kapmonitor.regional import day
from kapmonitor.words import sentence, tr


class Finding(Struct, frozen=True):
    """One line of the doctor: ``state`` is ``ok``, ``warning`` or ``missing``."""

    check: str
    state: str
    found: str
    remedy: str = ""


CHECK_WORDS = (
    "Bluetooth",
    "Serial",
    "Settings",
    "Sound",
    "Sleep",
    "Disk",
    "Clock",
    "Keyring",
    "Display",
)


def _bluetooth(_data: Path) -> Finding:
    from devices.transports.ble import bluetooth_state

    remedies = {
        "bluetooth_missing": tr("install and start BlueZ (bluez), or use a serial device"),
        "bluetooth_off": tr("switch Bluetooth on in the system's settings"),
        "bluetooth_no_permission": tr("allow this program to use Bluetooth in the settings"),
    }
    found = {
        "bluetooth_missing": tr("no adapter or no Bluetooth service"),
        "bluetooth_off": tr("switched off"),
        "bluetooth_no_permission": tr("no permission"),
    }
    state = bluetooth_state()
    if state == "ready":
        return Finding("Bluetooth", "ok", tr("an adapter is on"))
    words = found.get(state, state.replace("_", " "))
    return Finding("Bluetooth", "warning", words, remedies.get(state, ""))


def _serial(_data: Path) -> Finding:
    from devices.detect import list_ports

    ports = [port.port for port in list_ports()]
    if not ports:
        return Finding("Serial", "warning", tr("no port"), tr("plug the device's USB cable in"))
    closed = [port for port in ports if not os.access(port, os.R_OK | os.W_OK)]
    if closed and os.name == "posix":
        group = Path(closed[0]).group()
        remedy = tr("sudo usermod -aG {group} $USER, then log in again", group=group)
        return Finding("Serial", "missing", tr("no right to use {ports}", ports=closed[0]), remedy)
    return Finding("Serial", "ok", ", ".join(ports))


def _settings(data: Path) -> Finding:
    from kapmonitor import settings

    _, problem = settings.load(data)
    if problem is None:
        return Finding("Settings", "ok", str(data / settings.FILE))
    return Finding("Settings", "warning", sentence(problem.code, problem.facts))


def _sound(data: Path) -> Finding:
    from kapmonitor import settings
    from ui.sound import make_sounder, outputs

    chosen, _ = settings.load(data)
    sounder = make_sounder(True, chosen.sound_output, chosen.volume_floor)
    try:
        state = sounder.health(time.monotonic())
    finally:
        sounder.close()
    if state == "ok":
        there = "; ".join(
            f"{name} [{output}]" + (f" ({tr('chosen')})" if output == chosen.sound_output else "")
            for output, name in outputs()
        )
        return Finding("Sound", "ok", there or tr("an output is there"))
    remedy = tr("connect a loudspeaker; until then alarms are seen only")
    return Finding("Sound", "missing", state.replace("_", " "), remedy)


def _sleep(_data: Path) -> Finding:
    from ui.machine import Machine

    machine = Machine()
    try:
        machine.settled()
        risk = machine.state().may_sleep
    finally:
        machine.close()
    if not risk:
        return Finding("Sleep", "ok", tr("the machine stays awake during a visit"))
    remedy = tr("switch automatic sleep off for the time of a visit")
    return Finding("Sleep", "warning", tr("the machine may fall asleep"), remedy)


def _disk(data: Path) -> Finding:
    folder = next(p for p in (data, *data.parents) if p.exists())
    free = shutil.disk_usage(folder).free / 1e9
    if not os.access(folder, os.W_OK):
        remedy = tr("choose another folder with --data")
        return Finding("Disk", "missing", tr("{folder} cannot be written", folder=folder), remedy)
    found = tr("{free:.1f} GB free in {folder}", free=free, folder=folder)
    if free < 0.2:
        return Finding("Disk", "missing", found, tr("free some space: a visit needs 3 MB"))
    return Finding("Disk", "ok", found)


def _clock(_data: Path) -> Finding:
    year = time.gmtime().tm_year
    now = datetime.now().astimezone()
    found = f"{day(now)} {now:%H:%M:%S %Z}"
    if year < 2026:
        return Finding("Clock", "missing", found, tr("set the system's date and time"))
    return Finding("Clock", "ok", found)


def _keyring(data: Path) -> Finding:
    from ui.passphrase import current_keys

    standing = current_keys().standing()
    if standing.by:
        found = tr("the key of the records is kept by {by}", by=tr(standing.by))
        if standing.state not in ("ready", "locked"):
            return Finding("Keyring", "missing", sentence(standing.state, {"path": data}))
        if not standing.recovery_kept:
            remedy = tr("write the recovery key down: kapmonitor keys recovery shows it once")
            return Finding("Keyring", "warning", found, remedy)
        return Finding("Keyring", "ok", found)
    if standing.state != "none":
        return Finding("Keyring", "missing", sentence(standing.state, {"path": data}))
    if current_keys().keeper():
        return Finding("Keyring", "ok", tr("it will keep the key of the records"))
    remedy = tr(
        "set KAPMONITOR_PASSPHRASE, give --passphrase-file FILE, or choose one in the window"
    )
    return Finding("Keyring", "warning", tr("none: records need a passphrase"), remedy)


def _display(_data: Path) -> Finding:
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        remedy = tr("use kapmonitor simulate, or run --headless")
        return Finding("Display", "warning", tr("none"), remedy)
    return Finding("Display", "ok", tr("there"))


def amiss_with_devices(data: Path) -> list[Finding]:
    """What keeps devices from being reached: Bluetooth, and the right to use a port.

    That no cable is plugged in is not amiss. Takes a moment: the radio is asked.
    """
    bluetooth, serial = _bluetooth(data), _serial(data)
    return [
        *([bluetooth] if bluetooth.state != "ok" else []),
        *([serial] if serial.state == "missing" else []),
    ]


CHECKS: tuple[Callable[[Path], Finding], ...] = (
    _bluetooth,
    _serial,
    _settings,
    _sound,
    _sleep,
    _disk,
    _clock,
    _keyring,
    _display,
)
