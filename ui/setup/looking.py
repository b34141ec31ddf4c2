"""Looks for devices while a list of devices is in sight, as it asks.

Ports and Bluetooth have a thread each, so that a scan of seconds does not hold up a cable that is
just being plugged in.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from kapmonitor.errors import Refused
from kapmonitor.words import sentence
from ui.services import Services
from ui.setup.choice import Offer
from ui.setup.seeking import BLUETOOTH, PORTS, SeekingBox
from ui.widgets.jobs import Jobs


class Looking(QObject):
    """Answers a `SeekingBox` from the `Services`."""

    def __init__(self, box: SeekingBox, world: Services) -> None:
        super().__init__(box)
        self._box, self._world = box, world
        self._at_ports, self._over_radio = Jobs(self), Jobs(self)
        self._busy = False
        box.ports_requested.connect(self._find_ports)
        box.scan_requested.connect(self._scan)
        box.preview_requested.connect(self._preview)
        box.question_requested.connect(self._look_for_question)
        box.passkey.given.connect(self._give_passkey)

    def begin(self) -> None:
        """The list comes into sight: what is remembered, and in which room this is."""
        box, failed = self._box, partial(self._box.show_trouble, "")
        self._at_ports.run(box, lambda: self._world.settings().room, box.show_room, failed)
        self._at_ports.run(box, self._world.remembered, box.show_remembered, failed)
        self._find_ports()

    def rest(self) -> None:
        """Look no more."""
        self._box.rest()

    def close(self) -> None:
        """Take no more; what runs is left to end by itself."""
        self._at_ports.close()
        self._over_radio.close()

    def _find_ports(self) -> None:
        if not self._busy:
            self._busy = True
            self._at_ports.run(self._box, self._world.ports, self._show_ports, self._no_ports)

    def _no_ports(self, text: str) -> None:
        self._busy = False
        self._box.show_trouble(PORTS, text)

    def _show_ports(self, offers: list[Offer]) -> None:
        self._busy = False
        self._box.show_seen(PORTS, offers)

    def _scan(self) -> None:
        box = self._box
        self._over_radio.run(
            box,
            self._world.scan,
            partial(box.show_seen, BLUETOOTH),
            partial(box.show_trouble, BLUETOOTH),
        )

    def _look_for_question(self) -> None:
        self._box.show_question(self._world.passkeys.wanted)

    def _give_passkey(self, passkey: int | None) -> None:
        try:
            self._world.passkeys.give(passkey)
        except Refused as error:
            self._box.show_trouble("", sentence(error.code, error.facts))

    def _preview(self, source: str) -> None:
        self.look(partial(self._world.preview_device, source))

    def look(self, work: Callable[[], str]) -> None:
        """Connect to a device: no scan runs meanwhile."""
        values = self._box.show_values
        self._over_radio.run(self._box, work, values, values)
