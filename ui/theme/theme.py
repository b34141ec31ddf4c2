"""The theme: colours and sizes from ``tokens.toml``, and the style sheet made of them. No Qt."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

THEMES = ("dark", "light", "dim")
DESIGNED_FOR = (1366, 768)
# What stays itself when monitoring has stopped: the alarm line has to be seen.
_KEEPS_COLOUR = ("ground", "panel", "raised", "line", "high", "on_", "accent", "text", "dim")


@dataclass(frozen=True)
class Theme:
    """Colours by token (``#RRGGBB``) and sizes in pixels, already multiplied by ``scale``."""

    name: str
    colours: dict[str, str]
    base_sizes: dict[str, float]
    scale: float = 1.0

    def __getitem__(self, token: str) -> str:
        return self.colours[token]

    def px(self, size: str | float) -> int:
        """A size token, or pixels at the designed size, in pixels of this window."""
        pixels = self.base_sizes[size] if isinstance(size, str) else size
        return max(1, round(pixels * self.scale))

    def scaled(self, scale: float) -> "Theme":
        """The same theme for a window of another size."""
        return replace(self, scale=scale)

    def greyed(self) -> "Theme":
        """The same theme with every colour of a vital taken out: monitoring has stopped."""
        colours = {
            token: colour if token.startswith(_KEEPS_COLOUR) else self.colours["stale"]
            for token, colour in self.colours.items()
        }
        return replace(self, name=self.name, colours=colours)


@dataclass(frozen=True)
class Flash:
    """How a symbol flashes: times a second, and the part of each (0..1) that it is lit."""

    hertz: float
    lit: float


@cache
def _tokens() -> dict[str, dict[str, Any]]:
    text = (resources.files("ui.theme") / "tokens.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def flashes() -> dict[str, Flash]:
    """The flash of each priority that has one; a priority without one is steady."""
    return {name: Flash(**row) for name, row in _tokens()["flash"].items()}


def load_theme(name: str = "dark", scale: float = 1.0) -> Theme:
    """A theme by name; an unknown name gives the dark one."""
    tokens = _tokens()
    colours = tokens[name if name in THEMES else "dark"]
    sizes = {key: float(str(value)) for key, value in tokens["sizes"].items()}
    return Theme(name, {key: str(value) for key, value in colours.items()}, sizes, scale)


# The smallest window, in pixels of the screen.
SMALLEST = (1024, 640)


def scale_for(width: int, height: int, ratio: float = 1.0) -> float:
    """How much larger than designed everything is drawn in a window of this size, in steps of 0.05.

    ``ratio`` is how many pixels of the screen one of the window's is: 2.0 on a desktop at 200 %.
    On the screen it is never smaller than designed: below that size the window scrolls or clips
    rather than becoming unreadable. A desktop's scale changes nothing else, as the window fills
    what there is anyhow.
    """
    factor = min(width / DESIGNED_FOR[0], height / DESIGNED_FOR[1])
    return min(4.0, max(1.0 / max(1.0, ratio), int(factor * 20 + 1e-6) / 20))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def style_sheet(theme: Theme, family: str) -> str:
    """The Qt style sheet of the whole window."""
    template = (resources.files("ui.theme") / "window.qss").read_text(encoding="utf-8")
    for token, colour in theme.colours.items():
        template = template.replace(f"@{token};", f"{colour};")
    for token in theme.base_sizes:
        template = template.replace(f"@{token}px", f"{theme.px(token)}px")
    for pixels in range(40, 0, -1):
        template = template.replace(f"@{pixels}px", f"{theme.px(pixels)}px")
    # A tick beside the colour: a filled box alone does not say that it is on.
    tick = resources.files("ui.theme") / f"tick-{'light' if theme.name == 'light' else 'dark'}.svg"
    template = template.replace("@tick", str(tick).replace("\\", "/"))
    return template.replace("@family", family)
