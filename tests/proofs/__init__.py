"""Long experiments, each a module with `NAME`, `ABOUT` and `run(long)`.

`python3 dev.py prove NAME` runs the long form and keeps its figures in `docs/proofs/NAME.md`;
the ordinary tests run every short form (`tests/test_proofs.py`), with a fixed seed and a result
that can fail. A proof fails by raising AssertionError; what it returns are the figures.
"""

import importlib
import os
import pkgutil
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast

from kapmonitor import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ROOT / "docs" / "proofs"

Figures = Mapping[str, str | int | float]


class Proof(Protocol):
    """What a module in this folder has to have."""

    NAME: str
    ABOUT: str

    def run(self, long: bool) -> Figures:
        """Do the experiment; return its figures, or raise AssertionError with what went wrong."""


def proofs() -> dict[str, Proof]:
    """Every proof in this folder, by name; modules that begin with an underscore are helpers."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            proof = cast(Proof, importlib.import_module(f"{__name__}.{module.name}"))
            found[proof.NAME] = proof
    return dict(sorted(found.items()))


def page(proof: Proof, figures: Figures, *, took: float, at: datetime) -> str:
    """Return the page that keeps this result."""
    rows = {
        "date": f"{at:%Y-%m-%d %H:%M} UTC",
        "version": _version(),
        "machine": f"Python {platform.python_version()}, {platform.system()}"
        f" {platform.machine()}, {os.cpu_count()} cores",
        "took": f"{took:.0f} s",
        **{name: _written(value) for name, value in figures.items()},
    }
    table = "".join(f"| {name} | {value} |\n" for name, value in rows.items())
    return (
        f"# {proof.NAME}\n\n{proof.ABOUT}\n\n| | |\n|---|---|\n{table}\n"
        f"Run again with `python3 dev.py prove {proof.NAME}`.\n"
    )


def keep(proof: Proof, figures: Figures, *, took: float) -> Path:
    """Write the page of this result in place of the last one."""
    PAGES.mkdir(parents=True, exist_ok=True)
    file = PAGES / f"{proof.NAME}.md"
    file.write_text(page(proof, figures, took=took, at=datetime.now(UTC)), encoding="utf-8")
    return file


def last_result(name: str) -> str:
    """Return the date of the result that is kept, or "never"."""
    try:
        lines = (PAGES / f"{name}.md").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return "never"
    dates = [line.split("|")[2].strip() for line in lines if line.startswith("| date |")]
    return dates[0] if dates else "never"


def _written(value: str | int | float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _version() -> str:
    try:
        commit = subprocess.run(
            ("git", "describe", "--always", "--dirty"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    except OSError:  # a machine without git
        commit = ""
    return f"{__version__} ({commit})" if commit else __version__
