"""A device in a line of the set-up page: its words, what is read aloud, how strong it is heard."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from kapmonitor.alarm_words import site_words
from kapmonitor.device_words import label_words
from kapmonitor.words import tr
from ui.setup.choice import Offer

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


def signal_bars(widget: QWidget, signal: int | None) -> QIcon:
    """Four bars, as many filled as the radio is strong; nothing for a cable."""
    if signal is None:
        return QIcon()
    side = 16
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    colour = widget.palette().text().color()
    for bar in range(4):
        colour.setAlphaF(1.0 if bar < signal else 0.25)
        high = 4 + 4 * bar
        painter.fillRect(QRect(4 * bar, side - high, 3, high), colour)
    painter.end()
    return QIcon(picture)
