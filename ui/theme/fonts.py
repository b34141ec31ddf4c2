"""The bundled font (Inter, SIL Open Font License), and the check that digits can be drawn."""

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QFont, QFontDatabase, QImage, QPainter

from kapmonitor.fonts import REGULAR, SEMIBOLD, font_bytes


@cache
def load_fonts() -> str:
    """Load the bundled font; returns the family to use. Needs a QGuiApplication."""
    family = ""
    for name in (REGULAR, SEMIBOLD):
        number = QFontDatabase.addApplicationFontFromData(QByteArray(font_bytes(name)))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = family or (families[0] if families else "")
    return family or QFont().defaultFamily()


def ui_font(pixels: int, bold: bool = False) -> QFont:
    """A font of that many pixels, with figures of equal width so that numbers do not jump."""
    font = QFont(load_fonts())
    font.setPixelSize(max(1, pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def numeral_font(pixels: int) -> QFont:
    """The font of the big numerals: as above, set a little tighter, as large figures should be."""
    font = ui_font(pixels, bold=True)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 95)
    return font


def inked_pixels(text: str, pixels: int = 48) -> int:
    """How many pixels a text inks. Without any font Qt draws nothing and says nothing."""
    image = QImage(4 * pixels, 2 * pixels, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(ui_font(pixels, bold=True))
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return sum(1 for byte in bytes(image.constBits()) if byte > 127)


def can_draw_digits() -> bool:
    """True when a number shows: two eights ink more than one, and one more than nothing."""
    return inked_pixels("88") > inked_pixels("8") > inked_pixels("") >= 0
