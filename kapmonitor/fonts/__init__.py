"""The one font of window and report: Inter (SIL Open Font License, ``LICENCE.txt``).

Its outlines are TrueType, the only kind that reportlab can embed, and its figures are of equal
width, so that numbers neither jump on the screen nor stand askew in a table.
"""

from importlib import resources

REGULAR = "Inter-Regular.ttf"
SEMIBOLD = "Inter-SemiBold.ttf"


def font_bytes(name: str) -> bytes:
    """The file of a font, ``REGULAR`` or ``SEMIBOLD``."""
    return (resources.files("kapmonitor.fonts") / name).read_bytes()
