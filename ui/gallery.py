"""Renders every screen with typical and worst data, in every theme and size, as PNG files."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
THEMES = ("dark", "light", "dim")

# Panels that are shown open, on the typical screen.
PANELS = ("dose", "round", "note", "enter_cuff", "phase", "end", "help", "person", "alarms")


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
    from PySide6.QtWidgets import QApplication

    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    files = []
    for theme in themes:
        for size in sizes:
            wanted = panels if size == sizes[0] else ()
            for name, make in _screens(theme, wanted).items():
                path = folder / f"{name}-{theme}-{size[0]}x{size[1]}.png"
                _shoot(make, size, path)
                files.append(path)
    del app
    return files


def _screens(theme: str, panels: Sequence[str]) -> dict[str, Callable[[], object]]:
    from ui.live.sample import STILLS

    screens: dict[str, Callable[[], object]] = {}
    for name in STILLS:
        screens[name] = lambda name=name: still_window(name, theme)  # type: ignore[misc]
    for panel in panels:
        still = "live-alarms" if panel == "alarms" else "live"
        name = f"live-{panel.replace('_', '-')}"
        screens[name] = lambda still=still, panel=panel: still_window(  # type: ignore[misc]
            still, theme, panel
        )
    return screens


def still_window(still: str, theme: str = "dark", panel: str = "") -> object:
    """A live window on a still life, its clock standing."""
    from kapmonitor.checklist import load_checklist
    from ui.live.sample import STILLS, StillLink
    from ui.live.window import LiveWindow, WindowOptions

    messages, _ = STILLS[still]()
    options = WindowOptions(
        checklist=load_checklist("standard"), theme=theme, clock=lambda: 100.0, ticking=False
    )
    window = LiveWindow(StillLink(messages), options)
    if panel:
        window.setProperty("panel", panel)
    return window


def _shoot(make: Callable[[], object], size: tuple[int, int], path: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from ui.live.window import LiveWindow

    window = make()
    assert isinstance(window, LiveWindow)
    window.resize(*size)
    window.show()
    window.settle()
    panel = window.property("panel")
    if panel:
        window.actions_of_keys.do(panel)
        window.settle()
    QApplication.processEvents()
    window.grab().save(str(path))
    window.dismiss()
    window.deleteLater()
    QApplication.processEvents()
