"""What the home and set-up pages offer and what a person chose there. No Qt."""

from collections.abc import Sequence

from msgspec import Struct, structs

from kapmonitor.remembered import SITES, place_of
from kapmonitor.settings import VOLUME_FLOOR

# Enough for "by name" where a clinic has not said who works there.
DEFAULT_STAFF = ("Nurse", "Supervising clinician", "Therapist")


class Offer(Struct, frozen=True):
    """A device that can be chosen: a SOURCE as on the command line, and words about it.

    ``site`` is where it sat last time, ``sites`` where it can; ``signal`` is 1 to 4 bars, None
    where there is no radio. ``room`` is told of a device of another room only. ``remembered``: it
    was used here before, and ``chosen`` last time. ``there``: it can be reached now.
    ``may_wait``: it need not be there when the visit begins. ``taken``: another visit has it.
    ``pairs``: it shows nothing when it is looked at, but is paired. ``likely`` are protocols that a
    port with that USB chip probably speaks. Of a remembered one ``belongs`` is its room, this one
    too (empty: every room), ``serial`` its serial number, ``last_used`` in UTC seconds. ``name`` is
    what it calls itself, without what tells it from its twin.
    """

    source: str
    label: str
    detail: str = ""
    site: str = ""
    sites: tuple[str, ...] = SITES
    signal: int | None = None
    room: str = ""
    remembered: bool = False
    chosen: bool = False
    there: bool = True
    may_wait: bool = False
    taken: bool = False
    pairs: bool = False
    likely: tuple[str, ...] = ()
    belongs: str = ""
    serial: str = ""
    last_used: float = 0.0
    name: str = ""


def merged(remembered: Sequence[Offer], seen: Sequence[Offer]) -> list[Offer]:
    """Each device once: this room's own first, then what is there, other rooms' own last.

    Of a remembered device that is there its memory tells what it is, and the radio how strong.
    """
    by_place = {place_of(offer.source).casefold(): offer for offer in seen}
    own = []
    for known in remembered:
        now = by_place.pop(place_of(known.source).casefold(), None)
        own.append(known if now is None else structs.replace(known, there=True, signal=now.signal))
    here = [offer for offer in own if not offer.room]
    return [*here, *by_place.values(), *(offer for offer in own if offer.room)]


class SetupChoice(Struct, frozen=True):
    """A visit as it was set up. ``devices`` are SOURCEs; ``person`` acts first.

    ``heard`` is the answer to the test of the sound (`HEARD`, `NOT_HEARD`), empty when none was
    made. ``experimental`` allows devices that nobody has tried yet, ``cuff_start`` starting cuffs
    that nobody has started yet. ``guarded``: PINs are asked
    for, the visit locks and is signed; a demonstration does not. ``from_rooms`` are other rooms
    whose devices were chosen; ``wait_for`` are devices that need not be there at the start.
    ``drug`` and ``dose`` where they are others than the plan's; ``roles`` by name; ``readiness`` by
    item: answer and note. ``patient_name`` only where the clinic keeps names.
    """

    route: str = "in"
    patient_code: str = ""
    devices: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    person: str = ""
    scenario: str = "ordinary"
    speed: float = 1.0
    heard: str = ""
    experimental: bool = False
    cuff_start: bool = False
    guarded: bool = True
    from_rooms: tuple[str, ...] = ()
    wait_for: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    age_band: str = ""
    weight_kg: float | None = None
    drug: str = ""
    dose: float | None = None
    lot: str = ""
    readiness: dict[str, tuple[str, str]] = {}
    intentions: str = ""
    patient_name: str = ""


class SoundOutputs(Struct, frozen=True):
    """Outputs for alarms as (id, name), and which is chosen; empty is the system's own choice.

    ``floor`` is the share of full volume below which the sound counts as failed.
    """

    there: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    floor: float = VOLUME_FLOOR


HEARD, NOT_HEARD = "heard", "not heard"


class PastVisit(Struct, frozen=True):
    """A line of the list of visits; ``resumable`` when it was interrupted and never ended.

    ``today``: it began on this day; ``patient`` is the patient's code.
    """

    path: str
    when: str
    state: str
    detail: str
    resumable: bool = False
    today: bool = False
    patient: str = ""


VIRTUAL = (
    Offer("virtual:contec-cms50-serial", "Virtual oximeter", "demonstration"),
    Offer("virtual:ble-blood-pressure", "Virtual blood-pressure cuff", "demonstration"),
    Offer("virtual:ble-heart-rate", "Virtual heart-rate strap", "demonstration"),
    Offer("virtual:jamr-bpm188", "Virtual cuff BPM-188, commanded", "demonstration"),
    Offer("virtual:suntech-nibp", "Virtual cuff SunTech, commanded", "demonstration"),
    Offer("virtual:nonin-serial", "Virtual Nonin Xpod", "demonstration"),
    Offer("virtual:nonin-ble", "Virtual Nonin 3230", "demonstration"),
    Offer("virtual:masimo-ascii", "Virtual Masimo Rad-8", "demonstration"),
    Offer("virtual:pc60fw-creative", "Virtual PC-60FW", "demonstration"),
    Offer("virtual:contec-eb", "Virtual CMS50D-BT", "demonstration"),
    Offer("virtual:viatom-o2ring", "Virtual O2Ring", "demonstration"),
    Offer("virtual:berry-bci", "Virtual BerryMed BM1000", "demonstration"),
    Offer("virtual:ble-pulse-oximeter-plx", "Virtual Bluetooth oximeter", "demonstration"),
)

DEMO = SetupChoice(
    patient_code="DEMO",
    devices=("virtual:contec-cms50-serial", "virtual:ble-blood-pressure"),
)
