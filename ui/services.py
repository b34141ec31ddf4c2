"""What the window asks of the rest of the program, as plain functions. No Qt.

What a function needs it imports itself, so that the start page waits for nothing that it lacks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor import settings, staff
from kapmonitor.afterwards import Advice, load_advice
from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keys import Keys
from kapmonitor.passkeys import PasskeyDoor
from kapmonitor.settings import Settings
from kapmonitor.staff import Person, load_staff
from kapmonitor.words import sentence
from ui import after_visit, beginning, past_visits
from ui.beginning import Begun
from ui.devices.services import DeviceServices, device_services
from ui.home.key_words import KeyHolder, NoKeys
from ui.setup.choice import DEFAULT_STAFF, Offer, PastVisit, SetupChoice, SoundOutputs
from ui.trial_result import Progress, Trial

if TYPE_CHECKING:
    from types import ModuleType

    from kapmonitor.course import LastTime, PastVisitSummary
    from kapmonitor.plan import Plan
    from kapmonitor.plan_form import ListedPlan
    from kapmonitor.record.amend import Later
    from ui.clinic_forms import ClinicForms
    from ui.exporting import ExportWish
    from ui.live.model import LiveModel
    from ui.retaining import Retained
    from ui.review.past import PastVisitRead
    from ui.review.report import PagePicture

    Reviewed = tuple[PastVisitRead, LiveModel]
    Earlier = tuple[list[PastVisitSummary], LastTime | None]
    from ui.setup.start import SetupStart


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
    devices: DeviceServices = field(default_factory=DeviceServices)
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

    keys, passkeys = given or Keys(data, given_passphrase()), PasskeyDoor()
    return Services(
        begin=lambda choice: beginning.begin_visit(choice, data, keys, passkeys),
        passkeys=passkeys,
        resume=lambda record: beginning.resume_visit(record, data, keys),
        ports=_ports,
        scan=lambda: _offers().scan_offers(data),
        remembered=lambda: _offers().remembered_offers(data),
        preview_device=lambda source: _offers().preview(data, source, passkeys.ask),
        devices=device_services(data, passkeys.ask),
        past=lambda: past_visits.past(data, keys),
        export=lambda record, progress: past_visits.export(record, progress, keys, data),
        past_training=lambda: past_visits.past(data, keys, training=True),
        trial=lambda record, limits, progress: past_visits.trial(
            record, limits, data, progress, keys
        ),
        presets=lambda: past_visits.presets(data),
        try_sound=lambda: try_sound(data),
        review=lambda record: past_visits.review(record, keys),
        preview=lambda record: past_visits.preview(record, keys, data),
        export_as=lambda record, wish, progress: past_visits.exporting().export_as_wished(
            record, wish, progress, keys, data
        ),
        worksheets=lambda: _worksheets(data / "clinic"),
        outputs=lambda: _outputs(data),
        settings=lambda: settings.load(data)[0],
        settings_problem=lambda: _settings_problem(data),
        change_settings=lambda **chosen: settings.change(data, **chosen),
        keys=keys,
        course=lambda code: past_visits.course(data, code, keys),
        earlier=lambda code, training: past_visits.earlier(data, code, keys, training),
        lots=lambda: past_visits.lots(data, keys),
        people=lambda: list(load_staff(data)),
        amend=lambda record, event, by, pin, happened: past_visits.amend(
            data, record, event, by, pin, keys, happened
        ),
        record_of=lambda session: past_visits.record_of(data, session),
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


def _worksheets(folder: Path) -> list[str]:
    from kapmonitor.export.worksheet_form import own_forms

    return own_forms(folder)


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
