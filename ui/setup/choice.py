"""What the home and set-up pages offer and what a person chose there. No Qt."""

from msgspec import Struct

from kapmonitor.settings import VOLUME_FLOOR


class Offer(Struct, frozen=True):
    """A device that can be chosen: a SOURCE as on the command line, and words about it."""

    source: str
    label: str
    detail: str = ""


class SetupChoice(Struct, frozen=True):
    """A visit as it was set up. ``devices`` are SOURCEs; ``person`` acts first.

    ``heard`` is the answer to the test of the sound (`HEARD`, `NOT_HEARD`), empty when none was
    made. ``experimental`` allows devices that nobody has tried yet, ``cuff_start`` starting cuffs
    that nobody has started yet. ``guarded``: PINs are asked
    for, the visit locks and is signed; a demonstration does not.
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


class SoundOutputs(Struct, frozen=True):
    """Outputs for alarms as (id, name), and which is chosen; empty is the system's own choice.

    ``floor`` is the share of full volume below which the sound counts as failed.
    """

    there: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    floor: float = VOLUME_FLOOR


HEARD, NOT_HEARD = "heard", "not heard"


class PastVisit(Struct, frozen=True):
    """A line of the list of visits; ``resumable`` when it was interrupted and never ended."""

    path: str
    when: str
    state: str
    detail: str
    resumable: bool = False


VIRTUAL = (
    Offer("virtual:contec-cms50-serial", "Virtual oximeter", "demonstration"),
    Offer("virtual:ble-blood-pressure", "Virtual blood-pressure cuff", "demonstration"),
    Offer("virtual:ble-heart-rate", "Virtual heart-rate strap", "demonstration"),
)

DEMO = SetupChoice(
    patient_code="DEMO",
    devices=("virtual:contec-cms50-serial", "virtual:ble-blood-pressure"),
)
