"""The front door: `python -m kapmonitor` is the command line, or the worker that exports."""

import sys

if __name__ == "__main__":
    from kapmonitor.export.worker import WORD
    from kapmonitor.export.worker import main as work

    if sys.argv[1:] == [WORD]:
        work()
    else:
        from ui.cli import main

        main()
