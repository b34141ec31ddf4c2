"""What looks for devices while it is in sight: the set-up's list, and the page of the devices.

It looks for nothing itself: it asks for the ports every second and for one Bluetooth scan after the
other, and shows what it is told.
"""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.device_words import label_words
from kapmonitor.words import tr
from ui.setup.choice import Offer
from ui.setup.device_rows import DeviceList
from ui.setup.passkey import PasskeyLine
from ui.widgets.basic import label, show_text

PORTS_EVERY_MS = 1000
SCAN_PAUSE_MS = 500
# Without Bluetooth there is nothing to be asked for so often.
SCAN_AGAIN_MS = 10_000
QUESTION_EVERY_MS = 250
PORTS, BLUETOOTH = "ports", "bluetooth"


class SeekingBox(QWidget):
    """Asks for what there is, and for a look at what a device sends; `Looking` answers.

    The part that inherits fills ``list`` in ``_show``, from what is remembered and what is seen.
    """

    ports_requested = Signal()
    scan_requested = Signal()
    preview_requested = Signal(str)
    question_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._remembered: tuple[Offer, ...] = ()
        self._seen: dict[str, tuple[Offer, ...]] = {}
        self._offers: tuple[Offer, ...] = ()
        self._scanning = False
        self._looked_at = ""
        self.list = DeviceList()
        self.said = label("", "small", wrap=True)
        self.passkey = PasskeyLine()
        self._room = label("", "small")
        self._question_timer = QTimer(self, interval=QUESTION_EVERY_MS)
        self._question_timer.timeout.connect(self.question_requested)
        self._ports_timer = QTimer(self, interval=PORTS_EVERY_MS)
        self._ports_timer.timeout.connect(self.ports_requested)
        self._scan_timer = QTimer(self, singleShot=True)
        self._scan_timer.timeout.connect(self._scan)

    def _show(self) -> None:
        """Fill the list anew."""
        raise NotImplementedError

    def show_room(self, room: str) -> None:
        """In which room this computer stands."""
        self._room.setText(room)

    def show_remembered(self, offers: Sequence[Offer]) -> None:
        """What was used before."""
        self._remembered = tuple(offers)
        self._show()

    def show_seen(self, where: str, offers: Sequence[Offer]) -> None:
        """What is at the ports, or what advertises; the next look follows by itself."""
        if where == BLUETOOTH:
            self._next_scan(SCAN_PAUSE_MS)
        if where == PORTS and self._looked_at:
            return  # the one that is looked at would be in use: by this very look
        self._seen[where] = tuple(offers)
        self._show()

    def show_trouble(self, where: str, text: str) -> None:
        """Why there is nothing to be seen; it is tried again."""
        self._seen[where] = ()
        if where == BLUETOOTH:
            self._next_scan(SCAN_AGAIN_MS)
        show_text(self.said, text)
        self._show()

    def look(self, offer: Offer) -> None:
        """Ask what a device sends; the answer is shown by ``show_values``."""
        self.begin_look(offer)
        self.preview_requested.emit(offer.source)

    def begin_look(self, offer: Offer) -> None:
        """A device is being looked at, until ``show_values``."""
        self._looked_at = offer.source
        self.said.setText(tr("Listening to {device}…", device=label_words(offer.label)))

    def show_values(self, text: str) -> None:
        """What the device sends that was looked at."""
        self._looked_at = ""
        self.said.setText(text)

    def show_question(self, address: str) -> None:
        """Which device waits for the digits on its display; empty: none does."""
        named = (o.label for o in self._offers if address and o.source.endswith(f"ble:{address}"))
        self.passkey.show_question(address, label_words(next(named, address)))

    def showEvent(self, event: QShowEvent) -> None:
        """In sight: look for devices."""
        super().showEvent(event)
        self._ports_timer.start()
        self._scan_timer.start(0)
        self._question_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: look no more."""
        super().hideEvent(event)
        self.rest()
        self._question_timer.stop()

    def rest(self) -> None:
        """Look no more, so that a connection can be made; whether it asks is still looked at."""
        self._ports_timer.stop()
        self._scan_timer.stop()

    @property
    def seeking(self) -> bool:
        """Whether it looks for devices now."""
        return self._ports_timer.isActive()

    def _scan(self) -> None:
        if not self._scanning:
            self._scanning = True
            self.scan_requested.emit()

    def _next_scan(self, pause_ms: int) -> None:
        self._scanning = False
        if self.isVisible():
            self._scan_timer.start(pause_ms)

    def _seen_now(self) -> list[Offer]:
        return [offer for offers in self._seen.values() for offer in offers]

    def _current(self) -> Offer | None:
        """The device on which the mark stands."""
        source = self.list.current_source
        return next((offer for offer in self._offers if offer.source == source), None)
