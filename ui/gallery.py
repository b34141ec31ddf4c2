"""Renders every screen with typical and worst data, in every theme and size, as PNG files."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.live.window import LiveWindow

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
THEMES = ("dark", "light", "dim")

# Panels that are shown open beside the typical screen, some beside the worst.
PANELS = (
    "dose", "round", "note", "enter_cuff", "phase", "end", "help", "person", "limits", "alarms",
    "take_off", "entries", "unsigned", "emergency", "readiness", "given", "skip", "scales",
    "baseline", "detail",
)  # fmt: skip
_BESIDE_THE_WORST = ("alarms", "take_off")
_BESIDE_MUCH_DUE = ("dose", "skip", "scales")
# Wrapped texts take their height in a second pass of the layout, and pull others along.
_PASSES = 6


def render_gallery(
    folder: Path,
    sizes: Sequence[tuple[int, int]] = SIZES,
    themes: Sequence[str] = THEMES,
    panels: Sequence[str] = PANELS,
) -> list[Path]:
    """Write ``SCREEN-THEME-WIDTHxHEIGHT.png`` for every screen; returns the files.

    Panels are rendered in the first size only. Works without a display.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.app import make_application

    folder.mkdir(parents=True, exist_ok=True)
    make_application()
    files = []
    for theme in themes:
        for size in sizes:
            for name, make in screens(theme, panels if size == sizes[0] else ()).items():
                path = folder / f"{name}-{theme}-{size[0]}x{size[1]}.png"
                shoot(make, size, path)
                files.append(path)
    return files


def screens(theme: str, panels: Sequence[str]) -> dict[str, Callable[[], "QWidget"]]:
    """Every screen by name, and how its window is made."""
    from ui.gallery_pages import PAGES, page_of
    from ui.live import sample, sample_due
    from ui.live.view_table import VIEWS

    screens: dict[str, Callable[[], QWidget]] = {
        name: partial(page_of, name, theme) for name in PAGES
    }
    for name in (*sample.STILLS, *sample_due.STILLS, "live-stopped"):
        screens[name] = partial(still_window, name, theme)
    for view in VIEWS[1:]:
        for still in ("live", "live-alarms"):
            screens[still.replace("live", f"view-{view.name}")] = partial(
                still_window, still, theme, view=view.name
            )
    screens["live-zoomed"] = partial(still_window, "live", theme, "zoom_in zoom_in cursor_left")
    for panel in panels:
        much = "live-due" if panel in _BESIDE_MUCH_DUE else "live"
        still = "live-alarms" if panel in _BESIDE_THE_WORST else much
        screens[f"live-panel-{panel.replace('_', '-')}"] = partial(
            still_window, still, theme, panel
        )
    return screens


def still_window(
    still: str, theme: str = "dark", panel: str = "", view: str = "live"
) -> "LiveWindow":
    """A live window on a still life, its clock standing; ``live-stopped`` has lost its engine."""
    from kapmonitor.checklist import load_checklist
    from ui.live import sample, sample_due
    from ui.live.window import LiveWindow, WindowOptions

    stills = {**sample.STILLS, **sample_due.STILLS}
    messages, _ = stills.get(still, sample.typical)()
    clock = [100.0]
    options = WindowOptions(
        checklist=load_checklist("standard"), theme=theme, clock=lambda: clock[0], ticking=False,
        view=view,
    )  # fmt: skip
    window = LiveWindow(sample.StillLink(messages), options)
    window.setProperty("panel", panel)
    if still == "live-stopped":
        window.tick()
        clock[0] += 4.0
    return window


def settle(window: "QWidget", size: tuple[int, int]) -> None:
    """Show a screen in a size and let it come to rest, with the panels that it asks for."""
    from PySide6.QtWidgets import QApplication

    from ui.gallery_pages import rest
    from ui.live.window import LiveWindow
    from ui.main_window import MainWindow

    window.resize(*size)
    window.show()
    if isinstance(window, LiveWindow):
        window.settle()
        panel = window.property("panel")
        if panel:
            for action in panel.split():
                window.actions_of_keys.do(action)
            window.settle()
    if isinstance(window, MainWindow):
        window.settle()
        rest(window)  # the pages fetch their lists on another thread
        for _ in range(_PASSES):
            QApplication.processEvents()
    QApplication.processEvents()


def shoot(make: Callable[[], "QWidget"], size: tuple[int, int], path: Path) -> None:
    """Make a window of that size, let it settle, and write its picture."""
    from PySide6.QtWidgets import QApplication

    from ui.gallery_pages import in_view
    from ui.live.window import LiveWindow
    from ui.main_window import MainWindow

    window = make()
    settle(window, size)
    picture = in_view(window) if isinstance(window, MainWindow) else window
    picture.grab().save(str(path))
    if isinstance(window, LiveWindow):
        window.dismiss()
    else:
        window.close()
    window.deleteLater()
    QApplication.processEvents()
