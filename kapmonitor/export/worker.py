"""The worker process: one export, then it is gone. `kapmonitor.export.errand` starts it.

A busy thread would slow the alarms of a running visit; another process does not.
"""

import os
import sys
import threading
from pathlib import Path

import psutil

from kapmonitor.errors import KapmonitorError
from kapmonitor.export.job import ExportJob, Told, decode_job, encode

# What comes last in `python -m kapmonitor` when a worker is wanted; no verb for people.
WORD = "export-worker"


def main() -> None:
    """Do the job that comes on stdin; answers on stdout. Never a traceback, which could tell."""
    _stand_back()
    job = decode_job(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_when_alone, args=(job,), daemon=True).start()
    try:
        last = _work(job)
    except KapmonitorError as error:
        facts = {name: str(fact) for name, fact in error.facts.items()}
        last = Told(error=error.code, facts=facts)
    except Exception as fault:
        last = Told(error="export_failed", facts={"reason": type(fault).__name__})
    _tell(last)


def _work(job: ExportJob) -> Told:
    # Here, so that a worker that nobody waits for any more is gone before anything heavy loads.
    from kapmonitor import words
    from kapmonitor.export import exported
    from kapmonitor.export.writing import mark_unfinished

    words.use_language(job.language, job.pressure_unit)
    mark_unfinished(job.mark)
    files: list[str] = []
    steps = exported(Path(job.record), Path(job.folder), job.formats, job.choice, job.key)
    for place, written in enumerate(steps, 1):
        files += map(str, written)
        _tell(Told(place / len(job.formats), tuple(files)))
    return Told(1.0, tuple(files), finished=True)


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(encode(told))
    sys.stdout.buffer.flush()


def _leave_when_alone(job: ExportJob) -> None:
    """Whoever asked has cancelled, or is gone: so is the worker, at once."""
    from kapmonitor.export.writing import remove_unfinished

    # Not the buffered stdin: a thread inside it would hold up the end of the process.
    while os.read(0, 1):
        pass
    remove_unfinished(Path(job.folder), job.mark)
    os._exit(1)


def _stand_back() -> None:
    """Alarms come first: run when nobody else wants the processor."""
    process = psutil.Process()
    if sys.platform == "win32":
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        process.nice(10)


if __name__ == "__main__":
    main()
