"""How a visit begins or goes on, for the window: what was chosen becomes a visit. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor import settings
from kapmonitor.clock import local_offset_minutes
from kapmonitor.keys.keys import Keys
from ui import past_visits
from ui.setup.choice import DEFAULT_STAFF, SetupChoice

if TYPE_CHECKING:
    from kapmonitor.checklist import Checklist
    from kapmonitor.emergency import EmergencyList
    from kapmonitor.passkeys import PasskeyDoor
    from ui.live.link import EngineLink
    from ui.live.people import PersonView
    from ui.visit import Visit


@dataclass(frozen=True)
class Begun:
    """A visit that has begun: its engine's link, its checklist, and how to let go of it.

    ``people`` are those of the staff file; ``guarded``: they give their PINs and sign at the end.
    ``last_time`` is a line about this patient's last visit.
    """

    link: EngineLink
    checklist: Checklist
    close: Callable[[], None]
    people: tuple[PersonView, ...] = ()
    guarded: bool = False
    emergency: EmergencyList | None = None
    last_time: str = ""
    keep_reflection: Callable[[str, str], None] | None = None


def begin_visit(choice: SetupChoice, data: Path, keys: Keys, passkeys: PasskeyDoor) -> Begun:
    """Begin the visit that was chosen; raises KapmonitorError where something is not there."""
    from kapmonitor.course_words import last_time
    from kapmonitor.emergency import load_emergency
    from ui.visit import VisitChoice, begin, is_training
    from ui.wiring import PlannedDose

    emergency = load_emergency(data / "clinic")  # a broken file is said before anything begins
    visit = begin(
        VisitChoice(
            plan=choice.route,
            devices=choice.devices,
            patient_code=choice.patient_code,
            staff=choice.staff or DEFAULT_STAFF,
            scenario=choice.scenario,
            rate=choice.speed,
            experimental=choice.experimental,
            cuff_start=choice.cuff_start,
            guarded=choice.guarded,
            from_rooms=choice.from_rooms,
            wait_for=choice.wait_for,
            roles=choice.roles,
            age_band=choice.age_band,
            weight_kg=choice.weight_kg,
            planned=PlannedDose(choice.drug, choice.dose, choice.lot),
            passkeys=passkeys,
        ),
        data,
        keys,
    )
    if choice.guarded:
        from ui.setup.start import remember

        remember(data, choice)
    code = choice.patient_code
    training = is_training(choice.devices)
    before = past_visits.course(data, code, keys, training) if code and choice.guarded else []
    # The visit that has just begun is among them, without a dose.
    return replace(begun_of(visit, emergency, data), last_time=last_time(before))


def begun_of(visit: Visit, emergency: EmergencyList, data: Path) -> Begun:
    """What a window needs to know of a visit."""
    from ui.live.people import PersonView

    wanted = settings.load(data)[0].reflections
    people = tuple(PersonView(p.name, p.role.value, bool(p.pin)) for p in visit.desk.people)
    checklist, guarded = visit.setting.checklist, visit.desk.guarded
    begun = Begun(visit.runner, checklist, visit.close, people, guarded, emergency)
    return replace(begun, keep_reflection=_keeper(visit)) if wanted else begun


def _keeper(visit: Visit) -> Callable[[str, str], None]:
    def keep(text: str, by: str) -> None:
        from kapmonitor.reflections import add_reflection

        utc = time.time()
        add_reflection(visit.path, text, by, utc, local_offset_minutes(utc), visit.key)

    return keep


def resume_visit(record: str, data: Path, keys: Keys) -> Begun:
    """Go on with an interrupted visit; raises KapmonitorError as `begin_visit` does."""
    from kapmonitor.emergency import load_emergency
    from ui.visit import VisitChoice, resume

    emergency = load_emergency(data / "clinic")
    visit = resume(VisitChoice(guarded=True), data, record, keys)
    return replace(begun_of(visit, emergency, data), last_time=_before(Path(record), data, keys))


def _before(record: Path, data: Path, keys: Keys) -> str:
    """The line about the visit before an interrupted one, of the same kind as that one."""
    from kapmonitor.course_words import last_time
    from kapmonitor.record.folder import TRAINING
    from kapmonitor.record.reading import Record

    opened = Record.open(record, keys.for_record(record)).opened
    training = record.parent.name == TRAINING
    visits = past_visits.course(data, opened.patient_code, keys, training)
    return last_time([visit for visit in visits if visit.session != opened.session])
