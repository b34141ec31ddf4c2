"""A whole simulated visit: wall time, peak memory, and the sizes of what it leaves."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median


def run(short: bool) -> list[dict[str, object]]:
    """Two hours from the dose, three times (short: ten minutes, once), each in a fresh process."""
    minutes, times = (10, 1) if short else (120, 3)
    walls: list[float] = []
    sizes: dict[str, int] = {}
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out"
            begun = time.perf_counter()
            subprocess.run(_command(out, folder, minutes), check=True, stdout=subprocess.DEVNULL)
            walls.append(time.perf_counter() - begun)
            sizes = {path.name: path.stat().st_size for path in sorted(out.iterdir())}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    label = f"simulate, {minutes} min from the dose"
    megabytes = peak / (1024 if sys.platform != "darwin" else 1024 * 1024)
    figures: list[dict[str, object]] = [
        {"name": f"{label}: wall time, median of {times}", "value": median(walls), "unit": "s"},
        {"name": f"{label}: peak memory", "value": megabytes, "unit": "MiB"},
    ]
    figures += [
        {"name": f"{label}: size of {name}", "value": size / 1000, "unit": "kB"}
        for name, size in sizes.items()
    ]
    return figures


def _command(out: Path, data: str, minutes: int) -> list[str]:
    words = ["--data", data, "simulate", "--out", str(out), "--minutes", str(minutes)]
    return [sys.executable, "-m", "kapmonitor", *words]
