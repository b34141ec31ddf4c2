"""What a clinic's reports show of it: its name from the settings, its logo from its own files."""

from pathlib import Path

import msgspec

from kapmonitor import settings
from kapmonitor.errors import KapmonitorError
from kapmonitor.export.choice import ORDINARY, ExportChoice

LOGOS = ("logo.png", "logo.jpg", "logo.jpeg")
MOST_BYTES = 2_000_000
# More would only make every report slow and large.
MOST_PIXELS = 4_000

_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def with_clinic(data: Path, choice: ExportChoice = ORDINARY) -> ExportChoice:
    """The choice with the clinic's name and logo; as it is where it shall not tell whose it is.

    Raises KapmonitorError ``logo_unreadable`` for a logo that is no picture or too large.
    """
    if choice.pseudonym:
        return choice
    chosen, _ = settings.load(data)
    return msgspec.structs.replace(choice, clinic=chosen.clinic, logo=logo(data / "clinic"))


def logo(folder: Path) -> bytes:
    """The logo in a clinic's folder, empty where there is none. Raises as `with_clinic`."""
    for name in LOGOS:
        path = folder / name
        if path.is_file():
            return _checked(path)
    return b""


def _checked(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as problem:
        reason = problem.strerror or ""
        raise KapmonitorError("logo_unreadable", file=str(path), reason=reason) from problem
    if size > MOST_BYTES:
        raise KapmonitorError("logo_unreadable", file=str(path), reason=f"{size} bytes")
    if not content.startswith(_STARTS):
        raise KapmonitorError("logo_unreadable", file=str(path), reason="neither PNG nor JPEG")
    try:
        width, height = _size(content)
    except Exception as problem:  # whatever a decoder of pictures may raise
        reason = type(problem).__name__
        raise KapmonitorError("logo_unreadable", file=str(path), reason=reason) from problem
    if max(width, height) > MOST_PIXELS:
        reason = f"{width} × {height}"
        raise KapmonitorError("logo_unreadable", file=str(path), reason=reason)
    return content


def _size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the whole picture decoded."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        if max(picture.size) <= MOST_PIXELS:
            picture.load()
        return picture.size
