"""The window at 100 to 200 % of the screen: each scale in a process of its own, as Qt asks."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, sys
from PySide6.QtWidgets import QApplication
from tests.ui.walk import clipped, overlapping
from kapmonitor.words import use_language
from ui import gallery
from ui.gallery_pages import in_view, page_of, rest
from ui.app import make_application
make_application()
use_language("de")
wrong = {}
for name, view in (("live", "live"), ("live-alarms", "live"), ("live-alarms", "big"),
                   ("live-alarms", "therapist")):
    window = gallery.still_window(name, "dark", view=view)
    window.resize(*json.loads(sys.argv[1]))
    window.show()
    window.settle()
    wrong[f"{name} {view}"] = clipped(window) + overlapping(window)
    ratio = window.devicePixelRatioF()
    window.dismiss()
for page in ("home-trial", "settings-staff", "review", "review-correct"):
    window = page_of(page)
    window.resize(*json.loads(sys.argv[1]))
    window.show()
    rest(window)
    window.settle()
    for _ in range(6):
        QApplication.processEvents()
    wrong[page] = clipped(in_view(window)) + overlapping(in_view(window))
    wrong[page] += [] if window.width() == json.loads(sys.argv[1])[0] else ["too wide"]
    window.close()
    window.close_jobs()
print(json.dumps({"ratio": ratio, "wrong": wrong}))
"""
# Screens in pixels and their scale: what is left for the window is pixels over scale.
SCREENS = (
    (1366, 768, 1.5), (1366, 768, 2.0), (1920, 1080, 1.25), (1920, 1080, 2.0), (3840, 2160, 1.5),
    (3840, 2160, 2.0),
)  # fmt: skip


@pytest.mark.parametrize(("width", "height", "scale"), SCREENS)
def test_nothing_is_clipped_at_any_scale(width, height, scale):
    size = [round(width / scale), round(height / scale)]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(size)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"},
    )
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["ratio"] == scale
    assert told["wrong"] == {name: [] for name in told["wrong"]}
