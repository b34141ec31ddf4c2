"""A list of devices: a line's words, what is read aloud, how strong it is heard."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem

from kapmonitor.alarm_words import site_words
from kapmonitor.device_words import label_words
from kapmonitor.words import tr
from ui.setup.choice import Offer
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme

_SIGNAL = Qt.ItemDataRole.UserRole + 1
# Longer notes stand on a line of their own: the column is narrow on a small screen.
_BESIDE = 22


def row_words(offer: Offer, site: str) -> str:
    """A device in a line of the list."""
    notes = [tr(offer.detail) if offer.detail else ""]
    if site:
        notes.append(site_words(site))
    if offer.room:
        notes.append(tr("BELONGS TO {room}", room=offer.room))
    if offer.taken:
        notes.append(tr("in use by another visit"))
    elif offer.remembered and not offer.there:
        notes.append(tr("not seen yet"))
    told = "  ·  ".join(note for note in notes if note)
    apart = "\n" if len(told) > _BESIDE else "   "
    return label_words(offer.label) + (f"{apart}{told}" if told else "")


def signal_words(bars: int) -> str:
    """The same as the bars, to be read aloud."""
    return tr("signal {bars} of 4", bars=bars)


def signal_bars(theme: Theme, signal: int | None) -> QIcon:
    """Four bars, as many filled as the radio is strong; nothing for a cable."""
    if signal is None:
        return QIcon()
    side, wide, apart = theme.px(16), theme.px(3), theme.px(4)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    colour = QColor(theme["text"])
    for bar in range(4):
        colour.setAlphaF(1.0 if bar < signal else 0.25)
        high = apart * (1 + bar)
        painter.fillRect(QRect(apart * bar, side - high, wide, high), colour)
    painter.end()
    return QIcon(picture)


def device_item(offer: Offer, site: str) -> QListWidgetItem:
    """A device as a line of a list; it keeps its SOURCE and how strong it is heard."""
    words = row_words(offer, site)
    item = QListWidgetItem(words)
    item.setData(_SIGNAL, offer.signal)
    item.setData(Qt.ItemDataRole.UserRole, offer.source)
    spoken = words if offer.signal is None else f"{words}, {signal_words(offer.signal)}"
    item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
    item.setToolTip(offer.source)
    return item


def show_sites(box: QComboBox, offer: Offer | None, site: str) -> None:
    """Where a device can sit, and where it does; empty without a device."""
    box.clear()
    if offer is None:
        return
    box.addItem(tr("not said"), "")
    for each in offer.sites:
        box.addItem(site_words(each), each)
    box.setCurrentIndex(max(0, box.findData(site)))


class DeviceList(QListWidget):
    """Devices, in groups that may have a heading. Filled anew, the mark stays where it was."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def current_source(self) -> str:
        """The SOURCE of the device on which the mark stands, empty for none."""
        if self.currentRow() < 0:
            return ""
        return str(self.currentItem().data(Qt.ItemDataRole.UserRole) or "")

    def choose(self, source: str) -> None:
        """Put the mark on this device, if it stands in the list."""
        for place in range(self.count()):
            if self.item(place).data(Qt.ItemDataRole.UserRole) == source:
                self.setCurrentRow(place)

    def show_groups(
        self,
        groups: Sequence[tuple[str, Sequence[Offer]]],
        make: Callable[[Offer], QListWidgetItem],
    ) -> None:
        """Show headings and devices, or that there is none."""
        current, scrolled = self.current_source, self.verticalScrollBar().value()
        self.blockSignals(True)
        self.clear()
        for heading, offers in groups:
            if heading:
                self._add_words(heading)
            for offer in offers:
                item = make(offer)
                self.addItem(item)
                if offer.source == current:
                    self.setCurrentItem(item)
        if not any(offers for _, offers in groups):
            self._add_words(tr("Nothing seen yet: plug it in, or wake it."))
        self._dress()
        self.blockSignals(False)
        self.verticalScrollBar().setValue(scrolled)

    def _add_words(self, text: str) -> None:
        """A line that is no device."""
        line = QListWidgetItem(text)
        line.setFlags(Qt.ItemFlag.NoItemFlags)
        self.addItem(line)

    def show_theme(self, theme: Theme) -> None:
        """Bars and headings are not the style sheet's."""
        self._theme = theme
        self.blockSignals(True)
        self._dress()
        self.blockSignals(False)

    def _dress(self) -> None:
        side = self._theme.px(16)
        self.setIconSize(QSize(side, side))
        for place in range(self.count()):
            item = self.item(place)
            if item.data(Qt.ItemDataRole.UserRole) is None:
                item.setFont(ui_font(self._theme.px("small"), bold=True))
                item.setForeground(QColor(self._theme["dim"]))
            else:
                item.setIcon(signal_bars(self._theme, item.data(_SIGNAL)))
