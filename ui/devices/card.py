"""One device on the page of the devices: what is known of it, its values, where it belongs."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from kapmonitor.device_words import label_words, limits_words
from kapmonitor.regional import day
from kapmonitor.words import tr
from ui.devices.services import Supported
from ui.setup.choice import Offer
from ui.setup.device_rows import show_sites, signal_words
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, grid, row

EVERYWHERE = ""


class DeviceCard(QWidget):
    """Asks for a look at the device, for it to be remembered with room and site, or forgotten."""

    look_requested = Signal()
    place_requested = Signal(str, str, str)
    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offer: Offer | None = None
        self._room = ""
        self._kinds: tuple[Supported, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._name = label("", "title", wrap=True)
        self._facts = {name: label("", wrap=True) for name in ("is", "address", "last", "note")}
        self.kind, self.room, self.site = QComboBox(), QComboBox(), QComboBox()
        self._kind_words = label(tr("What it is"), "small")
        for box, words in (
            (self.kind, tr("What it is")),
            (self.room, tr("Where it belongs")),
            (self.site, tr("Where it sits")),
        ):
            box.setAccessibleName(words)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(14)
        self.kind.activated.connect(self._show_can)
        self.room.activated.connect(self._on_told)
        self.site.activated.connect(self._on_told)
        self.look = button(tr("Show its values"), "main", self.look_requested.emit)
        self.keep = button(tr("Remember it"), "", self._place)
        self.forget = button(tr("Forget it"), "", self.forget_requested.emit)
        self.values = label("", "clock", wrap=True)
        outer = column(self, gap=8)
        outer.addWidget(self._name)
        for fact in self._facts.values():
            outer.addWidget(fact)
        outer.addLayout(self._told())
        acts = row(gap=8)
        for made in (self.look, self.keep, self.forget):
            acts.addWidget(made)
        acts.addStretch(1)
        outer.addLayout(acts)
        outer.addWidget(self.values)
        outer.addStretch(1)
        self.show_device(None)

    def _told(self) -> QGridLayout:
        table = grid(gap=8)
        rows: Sequence[tuple[QLabel, QComboBox]] = (
            (self._kind_words, self.kind),
            (label(tr("Where it belongs"), "small"), self.room),
            (label(tr("Where it sits"), "small"), self.site),
        )
        for line, (words, box) in enumerate(rows):
            table.addWidget(words, line, 0)
            table.addWidget(box, line, 1)
        table.setColumnStretch(1, 1)
        return table

    def show_room(self, room: str) -> None:
        """In which room this computer stands; empty where nobody has said so."""
        self._room = room
        self._shown = ()
        self.show_device(self._offer)

    def show_kinds(self, kinds: Sequence[Supported]) -> None:
        """What is supported: one of these is what a nameless port may be."""
        self._kinds = tuple(kinds)
        self._shown = ()
        self.show_device(self._offer)

    def show_device(self, offer: Offer | None) -> None:
        """Show this device; None: none is chosen. What a person is choosing in a box stays."""
        before, self._offer = self._offer, offer
        same = before is not None and offer is not None and before.source == offer.source
        self.setEnabled(offer is not None)
        if not same:
            self.values.setText("")
        if offer is None:
            show_text(self._name, tr("Choose a device in the list."))
            for hidden in (*self._facts.values(), self.keep, self.forget):
                hidden.hide()
            return
        show_text(self._name, label_words(offer.label))
        for name, words in self._words_of(offer).items():
            show_text(self._facts[name], words)
            self._facts[name].setVisible(bool(words))
        told = (offer.source, offer.remembered, offer.belongs, offer.site)
        if told != self._shown:
            self._shown = told
            self._fill(offer)
        self._show_can()

    def _words_of(self, offer: Offer) -> dict[str, str]:
        parts = [tr(offer.detail) if offer.detail else ""]
        if offer.signal is not None:
            parts.append(signal_words(offer.signal))
        if offer.taken:
            parts.append(tr("in use by another visit"))
        elif not offer.there:
            parts.append(tr("not seen now"))
        return {
            "is": "  ·  ".join(part for part in parts if part),
            "address": _breakable(offer.source),
            "last": _history(offer),
            "note": limits_words(kind.limits) if (kind := self._kind_of(offer)) else "",
        }

    def _kind_of(self, offer: Offer) -> Supported | None:
        protocol = _protocol(offer)
        return next((kind for kind in self._kinds if kind.protocol == protocol), None)

    def _fill(self, offer: Offer) -> None:
        show_sites(self.site, offer, offer.site)
        self.room.clear()
        rooms = [offer.belongs, self._room] if offer.belongs else [self._room]
        for room in dict.fromkeys(room for room in rooms if room):
            words = tr("{room}: this room", room=room) if room == self._room else room
            self.room.addItem(words, room)
        self.room.addItem(tr("Every room of the clinic"), EVERYWHERE)
        kept = offer.belongs if offer.remembered else self._room
        self.room.setCurrentIndex(max(0, self.room.findData(kept)))
        self.kind.clear()
        self.kind.addItem(tr("not said"), "")
        transport = offer.source.partition(":")[0].rpartition("@")[2]
        known = {kind.protocol: kind for kind in self._kinds if kind.transport == transport}
        for name in dict.fromkeys([*offer.likely, *known]):
            if name in known:
                self.kind.addItem(label_words(known[name].label), name)
        if len(offer.likely) == 1:
            self.kind.setCurrentIndex(max(0, self.kind.findData(offer.likely[0])))

    def _show_can(self, _place: int = 0) -> None:
        """What can be done with it now."""
        offer = self._offer
        if offer is None:
            return
        words = tr("Connect and pair") if offer.pairs else tr("Show its values")
        self.look.setText(tr("Let go of it") if self.looking else words)
        self.look.setAccessibleName(self.look.text())
        self.look.setEnabled(self.looking or not offer.taken)
        unknown = not _protocol(offer)
        self._kind_words.setVisible(unknown)
        self.kind.setVisible(unknown)
        self.keep.setVisible(not offer.remembered)
        self.keep.setEnabled(not unknown or bool(self.kind.currentData()))
        self.forget.setVisible(offer.remembered)

    @property
    def looking(self) -> bool:
        """Whether a device is being looked at."""
        return bool(self.property("looking"))

    def show_looking(self, looking: bool) -> None:
        """While it is looked at, the button lets go of it."""
        self.setProperty("looking", looking)
        self._show_can()

    def show_values(self, text: str) -> None:
        """What the device sends."""
        show_text(self.values, text)

    def _on_told(self, _place: int) -> None:
        """Of a remembered device room and site are kept at once."""
        if self._offer is not None and self._offer.remembered:
            self._place()

    @property
    def source(self) -> str:
        """The SOURCE of the device, with the protocol that a person said it speaks."""
        if self._offer is None:
            return ""
        protocol = "" if _protocol(self._offer) else str(self.kind.currentData() or "")
        return f"{protocol}@{self._offer.source}" if protocol else self._offer.source

    def _place(self) -> None:
        if self.source:
            room, site = str(self.room.currentData()), str(self.site.currentData())
            self.place_requested.emit(self.source, room, site)


def _protocol(offer: Offer) -> str:
    return offer.source.partition(":")[0].rpartition("@")[0]


def _breakable(source: str) -> str:
    """An address on its own line after its protocol: a line breaks at no other place."""
    return source.replace("@", " @ ", 1)


def _history(offer: Offer) -> str:
    parts = []
    if offer.serial:
        parts.append(tr("serial number {number}", number=offer.serial))
    if offer.last_used:
        when = datetime.fromtimestamp(offer.last_used).astimezone()
        parts.append(tr("last used {day}", day=day(when)))
    return "  ·  ".join(parts)
