"""The devices on the set-up page: a list that keeps itself up to date, and what is chosen."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QListWidgetItem

from kapmonitor.words import tr
from ui.setup.choice import VIRTUAL, Offer, merged
from ui.setup.device_rows import device_item, row_words, show_sites
from ui.setup.seeking import SeekingBox
from ui.widgets.basic import button, label
from ui.widgets.boxes import column, row


class DeviceBox(SeekingBox):
    """What can be used in a visit, and what of it is ticked."""

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._files: tuple[Offer, ...] = ()
        self._chosen: set[str] = set()
        self._sites: dict[str, str] = {}
        self._fresh = True
        self.list.setAccessibleName(tr("Devices"))
        self.list.itemChanged.connect(self._on_changed)
        self.list.currentRowChanged.connect(self._show_current)
        self.site = QComboBox()
        self.site.setAccessibleName(tr("Where it sits"))
        self.site.activated.connect(self._on_site)
        self._look = button(tr("Show its values"), "", self._on_look)
        self.virtual = QCheckBox(tr("Virtual devices too, for training"))
        self.virtual.toggled.connect(self._show)
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
            label(
                tr("Space chooses. Without a device, readings are entered by hand."), "small", True
            )
        )
        outer.addWidget(self.list, 1)
        outer.addWidget(self.virtual)
        outer.addWidget(self.passkey)
        line = row(gap=8)
        line.addWidget(label(tr("Where it sits"), "small"))
        line.addWidget(self.site, 1)
        outer.addLayout(line)
        more = row(gap=8)
        more.addWidget(self._look, 1)
        more.addWidget(button(tr("Capture file…"), "", self._on_file), 1)
        outer.addLayout(more)
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

    def show_remembered(self, offers: Sequence[Offer]) -> None:
        """What was used before; at first last time's devices are chosen."""
        if self._fresh:
            self._fresh = False
            self._chosen |= {offer.source for offer in offers if offer.chosen}
        super().show_remembered(offers)

    def show_values(self, text: str) -> None:
        """What the device sends that was looked at."""
        super().show_values(text)
        self._look.setEnabled(True)

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
        virtual = VIRTUAL if self.virtual.isChecked() else ()
        offers = (*merged(self._remembered, self._seen_now()), *self._files, *virtual)
        # What is ticked and was not seen just now stays in the list: a strap may be taking a rest.
        there = {offer.source for offer in offers}
        gone = [o for o in self._ticked() if o.source not in there]
        offers = (*offers, *gone)
        if offers == self._offers and self.list.count():
            return
        self._offers = offers
        self.list.show_groups([("", offers)], self._item)
        self._show_current()
        self.chosen_changed.emit()

    def _item(self, offer: Offer) -> QListWidgetItem:
        item = device_item(offer, self._site_of(offer))
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

    def _show_current(self, _place: int = 0) -> None:
        """Where the device sits on which the mark stands, and whether it can be looked at."""
        offer = self._current()
        can_sit = offer is not None and not offer.source.startswith(("virtual:", "file:"))
        self.site.setEnabled(can_sit)
        self._look.setEnabled(can_sit and offer is not None and not offer.taken)
        pairs = offer is not None and offer.pairs
        self._look.setText(tr("Connect and pair") if pairs else tr("Show its values"))
        show_sites(self.site, offer, "" if offer is None else self._site_of(offer))

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
            self.look(offer)

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
