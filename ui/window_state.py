"""Where a window stood and how it looked: put back at the start, kept at the end."""

import os

import msgspec
from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.settings import Display
from ui.theme.theme import SMALLEST


def put_back(window: QWidget, display: Display) -> None:
    """Show a window where it stood, if that place is still on a screen; else maximized."""
    keep_on_top(window, display.on_top)
    place = QRect(*display.place) if len(display.place) == 4 else QRect()
    screens = QApplication.screens()
    seen = any(screen.availableGeometry().intersects(place) for screen in screens)
    if place.isValid() and seen:
        window.setGeometry(place)
    else:
        room = window.screen().availableGeometry()
        window.resize(min(room.width(), 1600), min(room.height(), 900))
    if display.maximized or not seen:
        window.showMaximized()
    else:
        window.show()
    # A window that ends the program on a timer is how start-up is measured and tried.
    seconds = os.environ.get("KAPMONITOR_CLOSE_AFTER")
    if seconds:
        QTimer.singleShot(round(1000 * float(seconds)), lambda: QApplication.exit(0))


def where_it_is(window: QWidget, display: Display) -> Display:
    """The settings with the place of a window as it is now."""
    place = window.normalGeometry()
    return msgspec.structs.replace(
        display,
        place=(place.x(), place.y(), place.width(), place.height()),
        maximized=window.isMaximized() or window.isFullScreen(),
    )


def smallest(window: QWidget) -> QSize:
    """The smallest size of a window on its screen: fewer points where each has more pixels."""
    ratio = max(1.0, window.devicePixelRatioF())
    return QSize(round(SMALLEST[0] / ratio), round(SMALLEST[1] / ratio))


def keep_on_top(window: QWidget, on_top: bool) -> None:
    """Above other windows, or not; a window that is shown stays shown."""
    flag = Qt.WindowType.WindowStaysOnTopHint
    if bool(window.windowFlags() & flag) == on_top:
        return
    shown = window.isVisible()
    window.setWindowFlag(flag, on_top)
    if shown:
        window.show()
