"""The application: how a window is opened and closed again. Nothing happens at import."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from kapmonitor import settings
from kapmonitor.errors import KapmonitorError
from kapmonitor.settings import Display
from ui.theme.fonts import can_draw_digits, load_fonts
from ui.window_state import put_back, where_it_is

if TYPE_CHECKING:
    from kapmonitor.keys.keys import Keys
    from ui.beginning import Begun
    from ui.trial_result import Progress


def make_application() -> QApplication:
    """The one QApplication; raises KapmonitorError when it cannot draw digits."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("kapmonitor")
    app.setStyle("Fusion")
    load_fonts()
    if not can_draw_digits():
        raise KapmonitorError("no_font")
    return app


def run_begun(
    begun: "Begun", export: "Callable[[str, Progress], list[Path]]", data: Path | None = None
) -> int:
    """Show a visit that has begun until its window is closed; the exit code.

    It looks and stands as the settings in ``data`` say, and where it stood is kept there.
    ``export`` is `Services.export`.
    """
    from ui.live.exporter import Exporter
    from ui.live.window import LiveWindow, options_of

    app = make_application()
    display = Display() if data is None else settings.load(data)[0].display
    window = LiveWindow(begun.link, replace(options_of(begun, display), home=False))
    exporter = Exporter(window, export)
    window.home_requested.connect(window.close)
    put_back(window, display)
    window.second.begin(display.second_screen)
    code = app.exec()
    if data is not None:
        with suppress(KapmonitorError):
            settings.change(data, display=where_it_is(window, display))
    exporter.close()
    return code


def open_home(data: Path, keys: "Keys") -> int:
    """Show the start page until the window is closed; the exit code."""
    from ui.main_window import MainWindow
    from ui.services import services

    app = make_application()
    world = services(data, keys)
    window = MainWindow(world)
    put_back(window, world.settings().display)
    code = app.exec()
    window.home.exporting.cancel()
    window.close_jobs()
    return code
