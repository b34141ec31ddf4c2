"""The export of a visit from the window: a process of its own, a folder beside the record."""

from pathlib import Path

from kapmonitor.export.choice import ORDINARY, ExportChoice
from kapmonitor.export.errand import run_errand
from kapmonitor.export.job import ExportJob
from ui.trial_result import Progress


def export_beside(
    record: str,
    progress: Progress,
    key: bytes | None,
    formats: tuple[str, ...] = ("pdf", "csv"),
    choice: ExportChoice = ORDINARY,
) -> list[Path]:
    """Export a record into a folder of its name beside it; returns the files.

    In a process of its own, so that it slows neither the window nor the alarms of a visit; ``key``
    opens the record and reaches that process by a pipe.
    """
    folder = Path(record).with_suffix("")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def heard(share: float) -> None:
        progress.share = share

    job = ExportJob(record, str(folder), formats, choice, key)
    return run_errand(job, heard, lambda: progress.cancelled)
