"""Screens against stored pictures, small and with a tolerance: a change of looks is seen.

`python -m tests.ui.test_pictures` stores them anew; look at each before it is committed.
"""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ui import gallery

STORED = Path(__file__).parent / "pictures"
SIZE = (1366, 768)
SHRUNK_TO = 455
# Another version of Qt draws edges a little differently: so far off the mean may be.
MEAN_OFF = 2.0
SHOWN = (
    ("dark", "live"),
    ("dark", "live-alarms"),
    ("light", "live-missing"),
    ("dim", "view-dim"),
    ("dim", "view-therapist"),
    ("dark", "review"),
)


def taken(theme: str, name: str, folder: Path) -> QImage:
    """A screen, a third as large: letters become a texture, places and colours stay."""
    path = folder / f"{name}-{theme}.png"
    make = gallery.screens(theme, ())[name]
    gallery.shoot(make, SIZE, path)
    full = QImage(str(path))
    smooth = Qt.TransformationMode.SmoothTransformation
    return full.scaledToWidth(SHRUNK_TO, smooth).convertToFormat(QImage.Format.Format_RGB888)


def difference(one: QImage, other: QImage) -> float:
    """The mean difference of two pictures over all channels, 0 to 255."""
    import numpy as np

    def pixels(image: QImage) -> "np.ndarray":
        rows = np.frombuffer(image.constBits(), np.uint8)
        rows = rows.reshape(image.height(), image.bytesPerLine())
        return rows[:, : 3 * image.width()].astype(np.int16)

    return float(np.abs(pixels(one) - pixels(other)).mean())


@pytest.mark.parametrize(("theme", "name"), SHOWN)
def test_a_screen_looks_as_it_was_stored(qapp, tmp_path, theme, name):
    from ui.app import make_application

    make_application()
    now = taken(theme, name, tmp_path)
    stored = QImage(str(STORED / f"{name}-{theme}.png")).convertToFormat(
        QImage.Format.Format_RGB888
    )

    assert now.size() == stored.size()
    assert difference(now, stored) <= MEAN_OFF


def test_a_difference_that_matters_is_seen(qapp, tmp_path):
    """A live screen without its numbers is another picture."""
    from ui.app import make_application

    make_application()
    full = taken("dark", "live", tmp_path)
    bare = taken("dark", "live-missing", tmp_path)
    assert difference(full, bare) > MEAN_OFF


def test_the_stored_pictures_stay_small():
    assert sum(path.stat().st_size for path in STORED.glob("*.png")) < 1_000_000


if __name__ == "__main__":
    import tempfile

    from ui.app import make_application

    make_application()
    STORED.mkdir(exist_ok=True)
    for chosen_theme, chosen in SHOWN:
        with tempfile.TemporaryDirectory() as made:
            taken(chosen_theme, chosen, Path(made)).save(
                str(STORED / f"{chosen}-{chosen_theme}.png")
            )
