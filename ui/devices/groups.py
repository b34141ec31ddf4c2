"""Which device stands under which heading on the page of the devices. No Qt."""

from collections.abc import Sequence

from msgspec.structs import replace

from kapmonitor.remembered import place_of
from kapmonitor.words import tr
from ui.setup.choice import Offer, merged

Groups = list[tuple[str, list[Offer]]]


def grouped(remembered: Sequence[Offer], seen: Sequence[Offer], chosen: Offer | None) -> Groups:
    """This room's own devices, those in reach that nobody remembers, then the other rooms'.

    ``chosen``, the device that is being looked at, stays although it is out of reach now: a cuff is
    silent again after a minute.
    """
    offers = merged(remembered, seen)
    places = {place_of(offer.source).casefold() for offer in offers}
    if chosen is not None and place_of(chosen.source).casefold() not in places:
        offers.append(replace(chosen, remembered=False, room="", there=False, signal=None))
    own = [offer for offer in offers if offer.remembered and not offer.room]
    unknown = [offer for offer in offers if not offer.remembered]
    groups = [(tr("Remembered here"), own), (tr("In reach, not remembered"), unknown)]
    for room in sorted({offer.room for offer in offers if offer.room}, key=str.casefold):
        words = tr("Remembered in {room}", room=room)
        groups.append((words, [offer for offer in offers if offer.room == room]))
    return [(heading, there) for heading, there in groups if there]
