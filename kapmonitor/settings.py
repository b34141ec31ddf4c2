"""What this installation has chosen for itself: a small file in the data folder.

Nothing clinical stands here; plans, limits and checklists are files of their own. What a newer
program has written and this one does not know is kept.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from kapmonitor.errors import KapmonitorError
from kapmonitor.whole_files import write_whole

FILE = "settings.json"
# Share of full volume below which an alarm cannot be relied on. A clinic may ask for more.
VOLUME_FLOOR = 0.3


class Display(Struct, frozen=True):
    """How the window looks and where it stood: ``theme`` and ``view`` by name.

    ``place`` is its x, y, width and height on the desktop, empty before the first time.
    ``second_screen`` is the view that opens on a second screen with a visit, empty for none.
    """

    theme: str = "dark"
    view: str = "live"
    on_top: bool = False
    second_screen: str = ""
    place: tuple[int, ...] = ()
    maximized: bool = True


class LastVisit(Struct, frozen=True):
    """What is the same from visit to visit: plan, people and their roles, who acts first."""

    plan: str = ""
    staff: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    person: str = ""


class Settings(Struct, frozen=True):
    """``sound_output`` is an output's id (`ui.sound.outputs`), empty for the system's own choice.

    ``volume_floor`` is the share of full volume below which the sound counts as failed.
    ``language`` is empty for the system's own; ``pressure_unit`` is the one shown, never stored.
    ``experimental`` lets devices be used whose protocol nobody has tried on a real one.
    ``reflections`` lets a therapist write notes of their own, kept apart from the record.
    ``cuff_start`` lets cuffs be started by commands that nobody has tried on a real one.
    ``lock_minutes`` without input lock a visit where somebody has a PIN, 0 for never.
    ``keep_years`` is how long a patient's record is kept before it may be deleted.
    ``last_visit`` is remembered for the set-up page; nothing of a patient stands in it.
    ``clinic`` is the clinic's name, as its reports show it. ``room`` is where this computer stands:
    devices of another room are never taken by themselves.
    ``patient_names``: the patient's name is asked for and kept in the encrypted record.
    ``keep_awake`` asks the system not to sleep while a visit runs.
    """

    sound_output: str = ""
    volume_floor: Annotated[float, Meta(ge=VOLUME_FLOOR, le=1.0)] = VOLUME_FLOOR
    language: Literal["", "en", "de", "es"] = ""
    pressure_unit: Literal["mmHg", "kPa"] = "mmHg"
    experimental: bool = False
    cuff_start: bool = False
    display: Display = Display()
    reflections: bool = False
    lock_minutes: Annotated[float, Meta(ge=0, le=240)] = 10.0
    clinic: str = ""
    keep_years: Annotated[float, Meta(ge=0, le=100)] = 10.0
    last_visit: LastVisit = LastVisit()
    room: str = ""
    patient_names: bool = False
    keep_awake: bool = True


def load(data: Path) -> tuple[Settings, KapmonitorError | None]:
    """The settings of a data folder, or the program's own and what is wrong with the file."""
    try:
        return msgspec.convert(_read(data / FILE), Settings), None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Settings(), KapmonitorError("settings_damaged", file=str(data / FILE), reason=reason)


def save(data: Path, settings: Settings) -> None:
    """Write the settings whole or not at all; a damaged file is put aside, not lost.

    Raises KapmonitorError ``folder_unwritable``.
    """
    path = data / FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        try:
            kept = _read(path)
        except ValueError:
            kept = {}
            path.replace(path.with_suffix(".damaged"))
        text = msgspec.json.encode({**kept, **msgspec.to_builtins(settings)})
        write_whole(path, msgspec.json.format(text, indent=2) + b"\n")
    except OSError as error:
        reason = error.strerror or ""
        raise KapmonitorError("folder_unwritable", path=str(data), reason=reason) from None


def change(data: Path, **chosen: object) -> None:
    """Change some settings and keep the others. Raises as `save`."""
    kept, _ = load(data)
    changed = msgspec.structs.replace(kept, **chosen)
    if changed != kept:
        save(data, changed)


def _read(path: Path) -> dict[str, Any]:
    """The file as it is, empty where there is none; raises ValueError when it is no settings."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    found: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
    return found
