"""``python -m devices.virtual contec-cms50-serial``: a virtual serial device on a pseudo-terminal.

For developers: prints the port's path and serves until interrupted.
"""

import argparse
import contextlib
import sys

from devices.virtual import scenarios
from devices.virtual.bedside import known_device
from devices.virtual.patient import VirtualPatient
from devices.virtual.pty_twin import serve_on_pty
from kapmonitor.clock import SessionClock
from kapmonitor.errors import UsageError

SERIAL = ("contec-cms50-serial", "nonin-serial", "masimo-ascii", "suntech-nibp")


def main() -> int:
    """Serve one device; the exit code is 2 when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m devices.virtual", description=__doc__)
    parser.add_argument("protocol", choices=SERIAL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--route", default="in")
    parser.add_argument("--scenario", default="ordinary")
    parser.add_argument(
        "--dosed", action="store_true", help="the dose is given at once, so that things happen"
    )
    asked = parser.parse_args()
    try:
        patient = VirtualPatient(asked.seed, asked.route, scenarios.load(asked.scenario))
        if asked.dosed:
            patient.dose(0.0)
        twin = serve_on_pty(known_device(asked.protocol)(patient), SessionClock())
    except UsageError as error:
        print(error.code, error.facts, file=sys.stderr)
        return 2
    print(twin.port, flush=True)
    with twin, contextlib.suppress(KeyboardInterrupt):
        twin.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
