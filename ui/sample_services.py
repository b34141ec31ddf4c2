"""Services of an invented clinic, for the gallery and for tests. No Qt."""

from pathlib import Path

from kapmonitor.checklist import load_checklist
from kapmonitor.course import PastVisitSummary, summaries
from kapmonitor.keys.standing import Standing
from kapmonitor.plan_form import clinic_plans
from kapmonitor.record.trace import LogState, Trace
from kapmonitor.staff import Person, Role
from kapmonitor.words import tr
from ui.beginning import Begun
from ui.devices.services import DeviceServices, device_services
from ui.home.key_words import NoKeys
from ui.live.model import LiveModel
from ui.live.sample import STAFF, BeatingLink, typical
from ui.retaining import Kept, Retained
from ui.review.past import PastVisitRead
from ui.review.report import PagePicture
from ui.review.sample import past_visit
from ui.services import Services
from ui.setup.choice import Offer, PastVisit, SetupChoice, SoundOutputs
from ui.trial_result import Count, Trial, TrialRow

_REMEMBERED = (
    Offer(
        "ble-blood-pressure@ble:C0:00:00:00:00:11",
        "A&D_UA-651BLE_9F2D11",
        "pressure, pulse",
        "left_arm",
        remembered=True,
        chosen=True,
        there=False,
        may_wait=True,
    ),
    Offer(
        "ble-blood-pressure@ble:C0:00:00:00:00:21",
        "A&D_UA-651BLE_77AB03",
        "pressure, pulse",
        room="Room 3",
        remembered=True,
        there=False,
        may_wait=True,
    ),
)

SAMPLE_CODE = "P-7KX4QM"
SAMPLE_OXIMETER = "ble-pulse-oximeter-plx@ble:C0:00:00:00:00:12"
_PEOPLE = (
    Person(STAFF[0], Role.NURSE, pin="kept"),
    Person(STAFF[1], Role.PRESCRIBER, pin="kept"),
    Person("Maximiliane Hohenstein-Oberdörffer, RN", Role.NURSE),
    Person("K. Former", Role.OBSERVER, retired=True),
)


class LockedKeys(NoKeys):
    """A passphrase has to be typed first."""

    def standing(self) -> Standing:
        """Locked."""
        return Standing("locked", "passphrase", "0" * 16, recovery_kept=True)


class NewKeys(NoKeys):
    """The first day, on a system without a keyring."""

    def standing(self) -> Standing:
        """Not made yet."""
        return Standing("none")

    def keeper(self) -> str:
        """A passphrase has to be chosen."""
        return ""


def sample_services() -> Services:
    """Five earlier visits, two ports, three Bluetooth devices; a visit is a still life."""
    return Services(
        begin=_begin,
        resume=lambda _record: _begin(SetupChoice()),
        remembered=lambda: list(_REMEMBERED),
        ports=lambda: [
            Offer("serial:/dev/ttyUSB0", "/dev/ttyUSB0  CP2102 USB to UART", "SpO₂, pulse"),
            Offer("serial:/dev/ttyS0", "/dev/ttyS0  ttyS0"),
        ],
        scan=lambda: [
            Offer("ble:C0:00:00:00:00:10", "Polar H10 1A2B3C", "heart rate", signal=4),
            Offer("ble:C0:00:00:00:00:11", "A&D_UA-651BLE_9F2D11", "pressure, pulse", signal=3),
            Offer(SAMPLE_OXIMETER, "Nonin3230_502784455", "SpO₂, pulse", signal=2),
        ],
        preview_device=lambda _source: "SpO₂ 97 %   PR 72 /min",
        past=lambda: [
            _visit("a.kap", "2026-11-20 14:02", "sealed", 131, SAMPLE_CODE, today=True),
            _visit("b.kap", "2026-11-20 09:31", "interrupted", 47, "P-2QXN8V", today=True),
            _visit("c.kap", "2026-11-18 10:15", "sealed", 128, "P-HOHENSTEIN-2026-03", True),
            _visit("d.kap", "2026-11-11 13:40", "sealed", 140, SAMPLE_CODE),
            PastVisit("e.kap", "?", tr("cannot be read"), ""),
        ],
        past_training=lambda: [
            _visit("t.kap", "2026-11-20 08:05", "sealed", 31, "DEMO", True, today=True),
            _visit("u.kap", "2026-11-12 16:20", "interrupted", 12, "DEMO", True),
        ],
        course=lambda _code: _course(),
        people=lambda: list(_PEOPLE),
        export=lambda _record, _progress: [],
        trial=lambda _record, limits, _progress: _trial(limits),
        presets=lambda: ["default", "athletes", "over-65"],
        try_sound=lambda: "ok",
        review=lambda _record: sample_review(),
        preview=lambda _record: sample_pages(),
        export_as=lambda _record, _wish, _progress: [],
        worksheets=lambda: ["discharge-sheet"],
        outputs=lambda: SoundOutputs((("desk", "USB loudspeaker at the desk"),), "desk"),
        plans=lambda: clinic_plans(Path("no-clinic-here")),
        retained=_retained,
        devices=DeviceServices(supported=device_services(Path("no-clinic-here")).supported),
        staff=STAFF,
        scenarios=("ordinary", "hypertension", "desaturation"),
    )


def _retained() -> Retained:
    day, last = 86_400.0, 1_795_000_000.0
    kept = (("w4vq7m2kx9tc", 4100, True), ("hc3p8z6fa2rn", 900, False), ("k3x9v2p7q4ab", 2, False))
    records = tuple(
        Kept(
            name,
            Path(f"{name}.kap"),
            "sealed",
            last - age * day,
            last + (3652 - age) * day,
            over,
        )
        for name, age, over in kept
    )
    gone = Trace("archived", "t9xm4c7wq2pe", STAFF[0], "moved", last, last - 3700 * day, "")
    return Retained(10.0, records, (gone,), LogState.WHOLE)


def _visit(
    path: str, when: str, state: str, minutes: int, code: str, simulated: bool = False,
    today: bool = False,
) -> PastVisit:  # fmt: skip
    detail = tr("{minutes} min", minutes=minutes)
    detail = f"{detail}   {tr('simulated')}" if simulated else detail
    return PastVisit(path, when, tr(state), detail, state == "interrupted", today, code)


def _course() -> list[PastVisitSummary]:
    """Two visits of one patient, the worse one first."""
    return summaries(past_visit(still).folded().session for still in ("live-alarms", "live"))


def _trial(limits: str) -> Trial:
    return Trial(
        own="default",
        other=limits,
        minutes=131.0,
        parts={
            "values": (
                TrialRow("high", Count(1, 0.5, 4.0), Count(1, 0.5, 4.0)),
                TrialRow("medium", Count(3, 1.4, 31.0), Count(1, 0.5, 12.0)),
                TrialRow("low", Count(4, 1.8, 55.0), Count(7, 3.2, 74.0)),
            ),
            "gaps": (
                TrialRow("high", Count(0, 0.0, 0.0), Count(0, 0.0, 0.0)),
                TrialRow("medium", Count(0, 0.0, 0.0), Count(0, 0.0, 0.0)),
                TrialRow("low", Count(2, 0.9, 3.0), Count(2, 0.9, 3.0)),
            ),
        },
        alarms=(("BP_RISE", 2, 0), ("PR_LOW", 1, 0), ("SBP_HIGH", 2, 5), ("SBP_VHIGH", 1, 1)),
        unjudged=("PR_RISE",),
    )


def _begin(_choice: SetupChoice) -> Begun:
    messages, _ = typical()
    return Begun(BeatingLink(messages), load_checklist("standard"), lambda: None)


def sample_review() -> tuple[PastVisitRead, LiveModel]:
    """The typical still life, as a finished visit."""
    past = past_visit()
    return past, past.folded()


def sample_pages() -> list[PagePicture]:
    """The report of the same visit."""
    from ui.review.report import preview
    from ui.review.sample import SampleRecord

    return list(preview(SampleRecord()))
