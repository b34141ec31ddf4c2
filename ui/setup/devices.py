"""The devices on the set-up page: a list that keeps itself up to date, and what is chosen.

The widget looks for nothing itself: while it is in sight it asks for the ports every second and for
one Bluetooth scan after the other.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from kapmonitor.alarm_words import site_words
from kapmonitor.device_words import label_words
from kapmonitor.words import tr
from ui.setup.choice import VIRTUAL, Offer, merged
from ui.setup.device_rows import row_words, signal_bars, signal_words
from ui.setup.passkey import PasskeyLine
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, row

PORTS_EVERY_MS = 1000
SCAN_PAUSE_MS = 500
# Without Bluetooth there is nothing to be asked for so often.
SCAN_AGAIN_MS = 10_000
QUESTION_EVERY_MS = 250
PORTS, BLUETOOTH = "ports", "bluetooth"


class DeviceBox(QWidget):
    """Asks for what there is, and for a look at what a device sends."""

    ports_requested = Signal()
    scan_requested = Signal()
    preview_requested = Signal(str)
    question_requested = Signal()
    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._remembered: tuple[Offer, ...] = ()
        self._seen: dict[str, tuple[Offer, ...]] = {}
        self._files: tuple[Offer, ...] = ()
        self._offers: tuple[Offer, ...] = ()
        self._chosen: set[str] = set()
        self._sites: dict[str, str] = {}
        self._fresh = True
        self._scanning = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Devices"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_changed)
        self.list.currentRowChanged.connect(self._show_current)
        self.site, self.said = QComboBox(), label("", "small", wrap=True)
        self.site.setAccessibleName(tr("Where it sits"))
        self.site.activated.connect(self._on_site)
        self._look = button(tr("Show its values"), "", self._on_look)
        self.virtual = QCheckBox(tr("Virtual devices too, for training"))
        self.virtual.toggled.connect(self._show)
        self.passkey = PasskeyLine()
        self._question_timer = QTimer(self, interval=QUESTION_EVERY_MS)
        self._question_timer.timeout.connect(self.question_requested)
        self._room = label("", "small")
        self._ports_timer = QTimer(self, interval=PORTS_EVERY_MS)
        self._ports_timer.timeout.connect(self.ports_requested)
        self._scan_timer = QTimer(self, singleShot=True)
        self._scan_timer.timeout.connect(self._scan)
        self._build()
        self._show()

    def _build(self) -> None:
        outer = column(self, gap=8)
        head = row(gap=8)
        head.addWidget(label(tr("Devices"), "title"))
        head.addStretch(1)
        head.addWidget(self._room)
        outer.addLayout(head)
        outer.addWidget(
            label(tr("Space chooses. Without a device, readings are entered by hand."), "small")
        )
        outer.addWidget(self.list, 1)
        outer.addWidget(self.virtual)
        outer.addWidget(self.passkey)
        line = row(gap=8)
        line.addWidget(label(tr("Where it sits"), "small"))
        line.addWidget(self.site, 1)
        line.addWidget(self._look)
        line.addWidget(button(tr("Capture file…"), "", self._on_file))
        outer.addLayout(line)
        outer.addWidget(self.said)

    # --- what there is ------------------------------------------------------------------------

    def begin(self) -> None:
        """A new visit: what was chosen last time is chosen, nothing else."""
        self._chosen.clear()
        self._sites.clear()
        self._files = ()
        self._fresh = True
        self.said.setText("")
        self.virtual.setChecked(False)
        self._show()

    def show_room(self, room: str) -> None:
        """In which room this computer stands."""
        self._room.setText(room)

    def show_remembered(self, offers: Sequence[Offer]) -> None:
        """What was used before; at first last time's devices are chosen."""
        self._remembered = tuple(offers)
        if self._fresh:
            self._fresh = False
            self._chosen |= {offer.source for offer in offers if offer.chosen}
        self._show()

    def show_seen(self, where: str, offers: Sequence[Offer]) -> None:
        """What is at the ports, or what advertises; the next look follows by itself."""
        self._seen[where] = tuple(offers)
        if where == BLUETOOTH:
            self._next_scan(SCAN_PAUSE_MS)
        self._show()

    def show_trouble(self, where: str, text: str) -> None:
        """Why there is nothing to be seen; it is tried again."""
        self._seen[where] = ()
        if where == BLUETOOTH:
            self._next_scan(SCAN_AGAIN_MS)
        show_text(self.said, text)
        self._show()

    def show_values(self, text: str) -> None:
        """What the device sends that was looked at."""
        self.said.setText(text)
        self._look.setEnabled(True)

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

    def show_question(self, address: str) -> None:
        """Which device waits for the digits on its display; empty: none does."""
        named = (o.label for o in self._offers if address and o.source.endswith(f"ble:{address}"))
        self.passkey.show_question(address, label_words(next(named, address)))

    def rest(self) -> None:
        """Look no more, so that a connection can be made; whether it asks is still looked at."""
        self._ports_timer.stop()
        self._scan_timer.stop()

    def _scan(self) -> None:
        if not self._scanning:
            self._scanning = True
            self.scan_requested.emit()

    def _next_scan(self, pause_ms: int) -> None:
        self._scanning = False
        if self.isVisible():
            self._scan_timer.start(pause_ms)

    # --- what is chosen -----------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[str, ...]:
        """The SOURCEs that are ticked, each with where it sits."""
        return tuple(self._placed(offer) for offer in self._ticked())

    @property
    def from_rooms(self) -> tuple[str, ...]:
        """The other rooms whose devices are ticked."""
        return tuple(sorted({offer.room for offer in self._ticked() if offer.room}))

    @property
    def wait_for(self) -> tuple[str, ...]:
        """Those that are ticked and need not be there when the visit begins."""
        return tuple(offer.source for offer in self._ticked() if offer.may_wait)

    def _ticked(self) -> list[Offer]:
        return [offer for offer in self._offers if offer.source in self._chosen]

    def _placed(self, offer: Offer) -> str:
        site = self._site_of(offer)
        return f"{offer.source}#{site}" if site else offer.source

    def _site_of(self, offer: Offer) -> str:
        return self._sites.get(offer.source, offer.site)

    # --- the list -----------------------------------------------------------------------------

    def _show(self) -> None:
        """Fill the list anew when it has changed; what was ticked and where one stood stays."""
        seen = [offer for offers in self._seen.values() for offer in offers]
        virtual = VIRTUAL if self.virtual.isChecked() else ()
        offers = (*merged(self._remembered, seen), *self._files, *virtual)
        # What is ticked and was not seen just now stays in the list: a strap may be taking a rest.
        there = {offer.source for offer in offers}
        gone = [o for o in self._ticked() if o.source not in there]
        offers = (*offers, *gone)
        if offers == self._offers and self.list.count():
            return
        current = self._current_source()
        self._offers = offers
        self.list.blockSignals(True)
        self.list.clear()
        for offer in offers:
            self.list.addItem(self._item(offer))
            if offer.source == current:
                self.list.setCurrentRow(self.list.count() - 1)
        if not offers:
            nothing = QListWidgetItem(tr("Nothing seen yet: plug it in, or wake it."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.blockSignals(False)
        self._show_current()
        self.chosen_changed.emit()

    def _item(self, offer: Offer) -> QListWidgetItem:
        words = row_words(offer, self._site_of(offer))
        item = QListWidgetItem(signal_bars(self, offer.signal), words)
        item.setData(Qt.ItemDataRole.UserRole, offer.source)
        spoken = words if offer.signal is None else f"{words}, {signal_words(offer.signal)}"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(offer.source)
        flags = item.flags() | Qt.ItemFlag.ItemIsUserCheckable
        item.setFlags(flags & ~Qt.ItemFlag.ItemIsEnabled if offer.taken else flags)
        ticked = offer.source in self._chosen
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        return item

    def _on_changed(self, item: QListWidgetItem) -> None:
        source = str(item.data(Qt.ItemDataRole.UserRole))
        if item.checkState() is Qt.CheckState.Checked:
            self._chosen.add(source)
        else:
            self._chosen.discard(source)
        self.chosen_changed.emit()

    def _current_source(self) -> str:
        offer = self._current()
        return offer.source if offer is not None else ""

    def _current(self) -> Offer | None:
        place = self.list.currentRow()
        return self._offers[place] if 0 <= place < len(self._offers) else None

    def _show_current(self, _place: int = 0) -> None:
        """Where the device sits on which the mark stands, and whether it can be looked at."""
        offer = self._current()
        can_sit = offer is not None and not offer.source.startswith(("virtual:", "file:"))
        self.site.setEnabled(can_sit)
        self._look.setEnabled(can_sit and offer is not None and not offer.taken)
        pairs = offer is not None and offer.pairs
        self._look.setText(tr("Connect and pair") if pairs else tr("Show its values"))
        self.site.clear()
        if offer is None:
            return
        self.site.addItem(tr("not said"), "")
        for site in offer.sites:
            self.site.addItem(site_words(site), site)
        self.site.setCurrentIndex(max(0, self.site.findData(self._site_of(offer))))

    def _on_site(self, _place: int) -> None:
        offer, item = self._current(), self.list.currentItem()
        if offer is None or item is None:
            return
        self._sites[offer.source] = str(self.site.currentData())
        item.setText(row_words(offer, self._site_of(offer)))

    def _on_look(self) -> None:
        offer = self._current()
        if offer is not None:
            self._look.setEnabled(False)
            self.said.setText(tr("Listening to {device}…", device=label_words(offer.label)))
            self.preview_requested.emit(offer.source)

    def _on_file(self) -> None:
        kinds = f"{tr('Captures')} (*.kapcap);;{tr('All files')} (*)"
        path, _ = QFileDialog.getOpenFileName(self, tr("A capture as a device"), "", kinds)
        if path:
            self.add_file(path)

    def add_file(self, path: str) -> None:
        """A capture to be played in place of a device, chosen at once."""
        offer = Offer(f"file:{path}", Path(path).name, tr("a capture, played"))
        self._files = (*(o for o in self._files if o.source != offer.source), offer)
        self._chosen.add(offer.source)
        self._show()
