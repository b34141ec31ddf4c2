"""What the window asks of the rest of the program, as plain functions. No Qt.

What a function needs it imports itself, so that the start page waits for nothing that it lacks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor import settings, staff
from kapmonitor.afterwards import Advice, load_advice
from kapmonitor.clock import local_offset_minutes
from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keys import Keys
from kapmonitor.passkeys import PasskeyDoor
from kapmonitor.regional import day_and_time
from kapmonitor.settings import Settings
from kapmonitor.staff import Person, load_staff
from kapmonitor.words import sentence, tr
from ui import after_visit
from ui.home.key_words import KeyHolder, NoKeys
from ui.setup.choice import Offer, PastVisit, SetupChoice, SoundOutputs
from ui.trial_result import Progress, Trial

if TYPE_CHECKING:
    from types import ModuleType

    from kapmonitor.checklist import Checklist
    from kapmonitor.course import LastTime, PastVisitSummary
    from kapmonitor.emergency import EmergencyList
    from kapmonitor.plan import Plan
    from kapmonitor.plan_form import ListedPlan
    from kapmonitor.record.amend import Later
    from ui.clinic_forms import ClinicForms
    from ui.exporting import ExportWish
    from ui.live.link import EngineLink
    from ui.live.model import LiveModel
    from ui.live.people import PersonView
    from ui.retaining import Retained
    from ui.review.past import PastVisitRead
    from ui.review.report import PagePicture

    Reviewed = tuple[PastVisitRead, LiveModel]
    Earlier = tuple[list[PastVisitSummary], LastTime | None]
    from ui.setup.start import SetupStart
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


def _retaining() -> ModuleType:
    """What archives and deletes records; nobody needs it at the start."""
    import ui.retaining

    return ui.retaining


def _nothing_done(*_asked: object) -> Retained:
    nothing: Retained = _retaining().NOTHING_RETAINED
    return nothing


@dataclass(frozen=True)
class Services:
    """Each may take seconds and raise KapmonitorError; the window calls it off its own thread."""

    begin: Callable[[SetupChoice], Begun]
    resume: Callable[[str], Begun]
    ports: Callable[[], list[Offer]]
    scan: Callable[[], list[Offer]]
    past: Callable[[], list[PastVisit]]
    export: Callable[[str, Progress], list[Path]]
    trial: Callable[[str, str, Progress], Trial]
    presets: Callable[[], list[str]]
    try_sound: Callable[[], str]
    review: Callable[[str], Reviewed]
    preview: Callable[[str], Sequence[PagePicture]]
    export_as: Callable[[str, ExportWish, Progress], list[Path]]
    remembered: Callable[[], list[Offer]] = list
    preview_device: Callable[[str], str] = lambda _source: ""
    passkeys: PasskeyDoor = field(default_factory=PasskeyDoor)
    outputs: Callable[[], SoundOutputs] = SoundOutputs
    settings: Callable[[], Settings] = Settings
    settings_problem: Callable[[], str] = lambda: ""
    change_settings: Callable[..., None] = lambda **_chosen: None
    keys: KeyHolder = field(default_factory=NoKeys)
    past_training: Callable[[], list[PastVisit]] = list
    course: Callable[[str], list[PastVisitSummary]] = lambda _code: []
    earlier: Callable[[str, bool], Earlier] = lambda _code, _training: ([], None)
    lots: Callable[[], dict[str, str]] = dict
    people: Callable[[], list[Person]] = list
    change_staff: Callable[[str, str, str, str], list[Person]] = lambda *_asked: []
    plans: Callable[[], list[ListedPlan]] = list
    plan: Callable[[str], Plan] = lambda name: _plan(name, None)
    clinic_of: Callable[[], ClinicForms] = lambda: _clinic(Path("no-clinic"))
    save_plan: Callable[[Plan, Plan, str, str], list[ListedPlan]] = lambda *_asked: []
    worksheets: Callable[[], list[str]] = list
    amend: Callable[[str, Later, str, str, float | None], str] = lambda *_asked: ""
    record_of: Callable[[str], str] = lambda session: session
    retained: Callable[[], Retained] = _nothing_done
    archive_record: Callable[[str, str, str, str, str], Retained] = _nothing_done
    delete_record: Callable[[str, str, str, str, str], Retained] = _nothing_done
    setup_start: Callable[[], SetupStart] = lambda: _setup_start(None)
    advice: Callable[[], Advice] = load_advice
    keep_appointment: Callable[[str, int, int, int], str] = lambda *_asked: ""
    reminders: Callable[[], str] = lambda: ""
    staff: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ("ordinary",)

    @property
    def clinic(self) -> ClinicForms:
        """The clinic's own limits and forms of rounds."""
        return self.clinic_of()


def services(data: Path, given: Keys | None = None) -> Services:
    """The real ones, for a data folder."""
    from ui.passphrase import given_passphrase
    from ui.wiring import DEFAULT_STAFF

    keys, passkeys = given or Keys(data, given_passphrase()), PasskeyDoor()
    return Services(
        begin=lambda choice: _begin(choice, data, keys, passkeys),
        passkeys=passkeys,
        resume=lambda record: _resume(record, data, keys),
        ports=_ports,
        scan=lambda: _offers().scan_offers(data),
        remembered=lambda: _offers().remembered_offers(data),
        preview_device=lambda source: _offers().preview(data, source, passkeys.ask),
        past=lambda: _past(data, keys),
        export=lambda record, progress: _export(record, progress, keys, data),
        past_training=lambda: _past(data, keys, training=True),
        trial=lambda record, limits, progress: _trial(record, limits, data, progress, keys),
        presets=lambda: _presets(data),
        try_sound=lambda: try_sound(data),
        review=lambda record: _review(record, keys),
        preview=lambda record: _preview(record, keys, data),
        export_as=lambda record, wish, progress: _exporting().export_as_wished(
            record, wish, progress, keys, data
        ),
        worksheets=lambda: _worksheets(data / "clinic"),
        outputs=lambda: _outputs(data),
        settings=lambda: settings.load(data)[0],
        settings_problem=lambda: _settings_problem(data),
        change_settings=lambda **chosen: settings.change(data, **chosen),
        keys=keys,
        course=lambda code: _course(data, code, keys),
        earlier=lambda code, training: _earlier(data, code, keys, training),
        lots=lambda: _lots(data, keys),
        people=lambda: list(load_staff(data)),
        amend=lambda record, event, by, pin, happened: _amend(
            data, record, event, by, pin, keys, happened
        ),
        record_of=lambda session: _record_of(data, session),
        retained=lambda: _retaining().look(data, keys, training=True),
        archive_record=lambda *asked: _retaining().archived(data, keys, *asked),
        delete_record=lambda *asked: _retaining().deleted(data, keys, *asked),
        change_staff=lambda action, name, role, pin: _change_staff(data, action, name, role, pin),
        clinic_of=lambda: _clinic(data / "clinic"),
        plans=lambda: _plans(data / "clinic"),
        plan=lambda name: _plan(name, data / "clinic"),
        save_plan=lambda new, old, by, why: _save_plan(data / "clinic", new, old, by, why),
        setup_start=lambda: _setup_start(data),
        advice=lambda: load_advice(data / "clinic"),
        keep_appointment=lambda session, *when: after_visit.keep(data, session, *when),
        reminders=lambda: after_visit.reminders(data),
        staff=_names(data) or DEFAULT_STAFF,
        scenarios=_scenarios(),
    )


def _begin(choice: SetupChoice, data: Path, keys: Keys, passkeys: PasskeyDoor) -> Begun:
    from kapmonitor.course_words import last_time
    from kapmonitor.emergency import load_emergency
    from ui.visit import VisitChoice, begin, is_training
    from ui.wiring import DEFAULT_STAFF, PlannedDose

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
    before = _course(data, code, keys, training) if code and choice.guarded else []
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


def _resume(record: str, data: Path, keys: Keys) -> Begun:
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
    visits = _course(data, opened.patient_code, keys, training)
    return last_time([visit for visit in visits if visit.session != opened.session])


def _offers() -> ModuleType:
    """What knows of devices; it brings their libraries, which wait until they are needed."""
    import ui.offers

    return ui.offers


def _setup_start(data: Path | None) -> SetupStart:
    from ui.setup.start import SetupStart, setup_start

    return SetupStart() if data is None else setup_start(data, load_staff(data))


def _ports() -> list[Offer]:
    found: list[Offer] = _offers().port_offers()
    return found


def _past(data: Path, keys: Keys, training: bool = False) -> list[PastVisit]:
    from kapmonitor.record.folder import list_sessions

    now = time.time()
    return [
        PastVisit(
            path=str(visit.path),
            when=_when(visit.opened, visit.zone_minutes),
            state=tr(visit.state if visit.state in STATES else "cannot be read"),
            detail=_detail(visit.minutes, visit.simulated),
            resumable=visit.state == "interrupted",
            today=_day(visit.opened, visit.zone_minutes) == _day(now, local_offset_minutes(now)),
            patient=visit.patient,
        )
        for visit in list_sessions(data, keys.for_record, training)
    ]


# How a record may stand; what else the list tells is the code of why it cannot be read.
STATES = ("sealed", "interrupted", "open")


def _local(utc: float, zone_minutes: int) -> datetime:
    return datetime.fromtimestamp(utc, UTC) + timedelta(minutes=zone_minutes)


def _when(opened: float | None, zone_minutes: int) -> str:
    return "?" if opened is None else day_and_time(_local(opened, zone_minutes))


def _day(utc: float | None, zone_minutes: int) -> date | None:
    """The day on the clock of that place."""
    return None if utc is None else _local(utc, zone_minutes).date()


def _detail(minutes: float | None, simulated: bool) -> str:
    words = "" if minutes is None else tr("{minutes} min", minutes=round(minutes))
    return f"{words}   {tr('simulated')}" if simulated else words


def _export(record: str, progress: Progress, keys: Keys, data: Path) -> list[Path]:
    """What is filed at the end of a visit."""
    exporting = _exporting()
    files: list[Path] = exporting.export_as_wished(
        record, exporting.ExportWish(), progress, keys, data
    )
    return files


def _exporting() -> ModuleType:
    """What exports records; nobody needs it at the start."""
    import ui.exporting

    return ui.exporting


def _worksheets(folder: Path) -> list[str]:
    from kapmonitor.export.worksheet_form import own_forms

    return own_forms(folder)


def _review(record: str, keys: Keys) -> Reviewed:
    """A finished visit, and the whole of it folded."""
    from kapmonitor.record.reading import Record
    from ui.review.past import read_visit

    past = read_visit(Record.open(record, keys.for_record(Path(record))))
    return past, past.folded()


def _preview(record: str, keys: Keys, data: Path) -> Sequence[PagePicture]:
    """The pages of a record's report."""
    from kapmonitor.export.clinic import with_clinic
    from kapmonitor.record.reading import Record
    from ui.review.report import preview

    return preview(Record.open(record, keys.for_record(Path(record))), with_clinic(data))


def _record_of(data: Path, session: str) -> str:
    """Where the record of a session lies. Raises RecordError."""
    from kapmonitor.record.folder import find_record

    return str(find_record(data, session))


def _amend(
    data: Path, record: str, event: Later, by: str, pin: str, keys: Keys, happened: float | None
) -> str:
    """Add a correction or a note to a sealed record; returns the new seal's short code."""
    from kapmonitor.record.reading import Record
    from ui import later

    path = Path(record)
    later.add(data, path, event, by, keys, lambda: pin, happened)
    return Record.open(path, keys.for_record(path)).statements()[-1].short_code


def _save_plan(folder: Path, new: Plan, old: Plan, by: str, why: str) -> list[ListedPlan]:
    from kapmonitor.plan_form import save_plan

    save_plan(folder, new, old, by, why, time.time())
    return _plans(folder)


def _clinic(folder: Path) -> ClinicForms:
    from ui.clinic_forms import clinic_forms

    return clinic_forms(folder)


def _plans(folder: Path) -> list[ListedPlan]:
    from kapmonitor.plan_form import clinic_plans

    return clinic_plans(folder)


def _plan(name: str, folder: Path | None = None) -> Plan:
    from kapmonitor.plan import load_plan

    return load_plan(name, folder)[0]


def _course(data: Path, code: str, keys: Keys, training: bool = False) -> list[PastVisitSummary]:
    from kapmonitor.course import course, summaries

    return summaries(course(data, code, keys.for_record, training))


def _earlier(data: Path, code: str, keys: Keys, training: bool) -> Earlier:
    """The earlier visits of a code, and what the set-up page offers from the last of them.

    ``training`` looks among trainings alone, else only among patients' visits.
    """
    from kapmonitor.course import course, last_facts, summaries

    sessions = course(data, code, keys.for_record, training)
    return summaries(sessions), last_facts(sessions)


def _lots(data: Path, keys: Keys) -> dict[str, str]:
    from kapmonitor.course import last_lots

    return last_lots(data, keys.for_record)


def _change_staff(data: Path, action: str, name: str, role: str, pin: str) -> list[Person]:
    """``add``, ``role``, ``pin``, ``retire`` or ``back``; returns everybody as they are now."""
    match action:
        case "add":
            staff.add_person(data, name, role, pin)
        case "role":
            staff.change_role(data, name, role)
        case "pin":
            staff.change_pin(data, name, pin)
        case _:
            staff.retire(data, name, retired=action == "retire")
    return list(load_staff(data))


def _names(data: Path) -> tuple[str, ...]:
    """The names of the staff file; a damaged one is said when a visit begins."""
    with suppress(KapmonitorError):
        return tuple(person.name for person in staff.working(load_staff(data)))
    return ()


def _trial(record: str, limits: str, data: Path, progress: Progress, keys: Keys) -> Trial:
    from ui.trial import try_limits

    return try_limits(record, limits, data / "clinic", progress, keys.for_record)


def _presets(data: Path) -> list[str]:
    from ui.trial import preset_names

    return preset_names(data / "clinic")


def _settings_problem(data: Path) -> str:
    """What is wrong with the settings file in a sentence, empty when nothing is."""
    _, problem = settings.load(data)
    return "" if problem is None else sentence(problem.code, problem.facts)


def _outputs(data: Path) -> SoundOutputs:
    from ui.sound import outputs

    chosen, _ = settings.load(data)
    return SoundOutputs(tuple(outputs()), chosen.sound_output, chosen.volume_floor)


def try_sound(data: Path) -> str:
    """Play one burst of a medium alarm; ``ok``, or why it could not be heard."""
    from alarms.sounds import burst
    from kapmonitor.events import Priority
    from ui.sound import SAMPLE_RATE, make_sounder

    length = len(burst(Priority.MEDIUM, False, SAMPLE_RATE)) / SAMPLE_RATE
    chosen, _ = settings.load(data)
    sounder = make_sounder(True, chosen.sound_output, chosen.volume_floor)
    try:
        sounder.play(Priority.MEDIUM, False)
        # The next burst comes seconds later.
        threading.Event().wait(length + 0.3)
        sounder.play(None, False)
        return sounder.health(0.0)
    finally:
        sounder.close()


def _scenarios() -> tuple[str, ...]:
    from devices.virtual.scenarios import names

    return tuple(names())
