"""The devices in reach and those remembered: a list, and the chosen one beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QListWidgetItem, QWidget

from kapmonitor.device_words import label_words
from kapmonitor.remembered import Remembered
from kapmonitor.words import tr
from ui.devices.card import DeviceCard
from ui.devices.groups import grouped
from ui.devices.services import Amiss, Watch
from ui.setup.choice import Offer
from ui.setup.device_rows import device_item
from ui.setup.seeking import BLUETOOTH, SeekingBox
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, panel_box, row

WATCH_EVERY_MS = 250


class DeviceShelf(SeekingBox):
    """Asks for what a `SeekingBox` asks for, and for what is remembered to be changed."""

    place_requested = Signal(str, str, str, str)
    forget_requested = Signal(str)
    restore_requested = Signal(object)
    amiss_requested = Signal()
    watch_requested = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._gone: Remembered | None = None
        self._wanted = ""
        self._watch: Watch | None = None
        self._watch_timer = QTimer(self, interval=WATCH_EVERY_MS)
        self._watch_timer.timeout.connect(self._show_watched)
        self.list.setAccessibleName(tr("Devices"))
        self.list.currentRowChanged.connect(self._show_current)
        self.card = DeviceCard()
        self.card.look_requested.connect(self._on_look)
        self.card.place_requested.connect(self._on_place)
        self.card.forget_requested.connect(self._on_forget)
        self.amiss = label("", "wrong", wrap=True)
        self.amiss.hide()
        self.undo = button(tr("Undo"), "", self._on_undo)
        self.undo.hide()
        outer = column(self, gap=10)
        outer.addWidget(self.amiss)
        sides = row(gap=16)
        sides.addWidget(self._left(), 1)
        sides.addWidget(self._right(), 1)
        outer.addLayout(sides, 1)

    def _left(self) -> QWidget:
        box, side = panel_box()
        head = row(gap=8)
        head.addWidget(label(tr("In reach and remembered"), "title"))
        head.addStretch(1)
        head.addWidget(self._room)
        side.addLayout(head)
        words = tr("Ports and Bluetooth are looked at all the time while this page is open.")
        side.addWidget(label(words, "small", wrap=True))
        side.addWidget(self.list, 1)
        return box

    def _right(self) -> QWidget:
        box, side = panel_box()
        side.addWidget(self.passkey)
        side.addWidget(self.card, 1)
        foot = row(gap=8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.undo)
        side.addLayout(foot)
        return box

    def begin(self) -> None:
        """The page comes into view."""
        self._gone = None
        self.undo.hide()
        self.say("")
        self.card.show_values("")
        self.list.setFocus()
        self.amiss_requested.emit()

    def say(self, text: str) -> None:
        """What was done, or what went wrong."""
        show_text(self.said, text)

    # --- what there is ------------------------------------------------------------------------

    def show_room(self, room: str) -> None:
        """In which room this computer stands."""
        super().show_room(room)
        self.card.show_room(room)

    def show_amiss(self, findings: Sequence[Amiss]) -> None:
        """What keeps devices from being reached, and what to do about it."""
        lines = [f"{tr(each.check)}: {each.found}. → {each.remedy}" for each in findings]
        show_text(self.amiss, "\n".join(lines))
        self.amiss.setVisible(bool(lines))

    def show_seen(self, where: str, offers: Sequence[Offer]) -> None:
        """What is there now; when the radio is back, nothing is amiss with it any more."""
        super().show_seen(where, offers)
        if where == BLUETOOTH and self.amiss.text():
            self.amiss_requested.emit()

    def show_trouble(self, where: str, text: str) -> None:
        """Why there is nothing to be seen: of the radio that stands at the top, with its remedy."""
        if where == BLUETOOTH:
            super().show_trouble(where, self.said.text())
            self.amiss_requested.emit()
        else:
            super().show_trouble(where, text)

    def _show(self) -> None:
        chosen = self._current()
        groups = grouped(self._remembered, self._seen_now(), chosen)
        offers = tuple(offer for _, there in groups for offer in there)
        if offers != self._offers or not self.list.count():
            self._offers = offers
            self.list.show_groups(groups, self._item)
            if self._wanted in {offer.source for offer in offers}:
                self.list.choose(self._wanted)
                self._wanted = ""
            if not self.list.current_source and offers:
                self.list.choose(offers[0].source)
        self._show_current()

    def _item(self, offer: Offer) -> QListWidgetItem:
        return device_item(offer, offer.site)

    def _show_current(self, _place: int = 0) -> None:
        self.card.show_device(self._current())

    # --- what is done with one ----------------------------------------------------------------

    def _on_look(self) -> None:
        """Look at the device; the same button lets go of it."""
        offer = self._current()
        if self._watch is not None:
            self.let_go()
        elif offer is not None:
            self._watch = Watch()
            self._watch_timer.start()
            self.card.show_looking(True)
            self.card.show_values("")
            self.begin_look(offer)
            self.watch_requested.emit(self.card.source, self._watch)

    def let_go(self) -> None:
        """Of the device that is being looked at."""
        if self._watch is not None:
            self._watch.over.set()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: nobody watches."""
        super().hideEvent(event)
        self.let_go()

    def _show_watched(self) -> None:
        """Its values now, while it is the chosen one; another choice lets go of it."""
        if self._watch is None:
            self._watch_timer.stop()
        elif self.list.current_source != self._looked_at:
            self.let_go()
        elif self._watch.text:
            self.say("")
            self.card.show_values(self._watch.text)

    def show_values(self, text: str) -> None:
        """What the device sends that was looked at."""
        looked = next((o for o in self._offers if o.source == self._looked_at), None)
        super().show_values("")
        self._watch = None
        self._watch_timer.stop()
        self.card.show_looking(False)
        if looked is not None and looked.source != self.list.current_source and text:
            self.say(f"{label_words(looked.label)}: {text}")
        else:
            self.card.show_values(text)

    def _on_place(self, source: str, room: str, site: str) -> None:
        offer = self._current()
        if offer is not None:
            self.place_requested.emit(source, room, site, offer.name)

    def show_placed(self, device: Remembered) -> None:
        """It is remembered, so; the mark goes to it."""
        self.undo.hide()
        self.say(tr("Remembered: {device}", device=label_words(device.label or device.source)))
        self._wanted = device.source

    def _on_forget(self) -> None:
        offer = self._current()
        if offer is not None:
            self.forget_requested.emit(offer.source)

    def show_forgotten(self, device: Remembered) -> None:
        """It is remembered no longer; that can be taken back while the page is open."""
        self._gone = device
        self.say(tr("Forgotten: {source}", source=label_words(device.label or device.source)))
        self.undo.show()
        if self.isVisible():
            self.undo.setFocus()  # the button that was pressed is gone

    def _on_undo(self) -> None:
        if self._gone is not None:
            self.undo.hide()
            self.restore_requested.emit(self._gone)
            self.list.setFocus()
