"""The report as pictures of its pages, made from the very bytes that an export writes.

See docs/decisions/0010-report-preview.md. Nothing touches the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kapmonitor.export.choice import ORDINARY, ExportChoice
from kapmonitor.export.pdf import report
from kapmonitor.export.visit import read_visit
from kapmonitor.record.reading import Record

# Pictures are drawn at this many dots per inch: sharp at twice the size of a page on a laptop.
DPI = 110


@dataclass(frozen=True)
class PagePicture:
    """One page: RGB bytes, three a pixel, line by line without gaps."""

    width: int
    height: int
    rgb: bytes


def preview(
    record: Record, choice: ExportChoice = ORDINARY, dpi: float = DPI
) -> Sequence[PagePicture]:
    """The pages of a record's report. Raises RecordError for a damaged record."""
    visit = read_visit(record, choice.identity, choice.clinic, choice.logo)
    return pictures(report(visit, choice.page), dpi)


def pictures(pdf: bytes, dpi: float = DPI) -> list[PagePicture]:
    """The pages of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        made = []
        for page in document:
            bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
            made.append(_picture(bitmap.to_numpy()[:, :, :3]))
            bitmap.close()
            page.close()
        return made
    finally:
        document.close()


def _picture(pixels: "object") -> PagePicture:
    import numpy as np

    array = np.ascontiguousarray(pixels)
    height, width = array.shape[:2]
    return PagePicture(width, height, array.tobytes())
