"""Whether there is a screen, known before Qt is asked: it aborts where there is none."""

import os
import sys

from kapmonitor.errors import KapmonitorError


def require_display() -> None:
    """Raise KapmonitorError ``no_display`` on a Linux machine without a screen."""
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if sys.platform == "linux" and not shown and not chosen:
        raise KapmonitorError("no_display")
