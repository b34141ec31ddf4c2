"""A capture as past readings, so that limits can be tried on what a bedside really sent. No Qt.

The bytes go through the same decoder as live ones; what a capture knows of links is told too.
"""

from pathlib import Path

from devices.address import SourceAddress
from devices.transports.file import file_player
from kapmonitor.events import LinkChanged
from kapmonitor.pastdata.model import Moment, PastData
from kapmonitor.plausibility import Plausibility
from kapmonitor.preference import Preference
from kapmonitor.reading import Link, LinkState, Reading

MARK = b'{"kapcap"'


def is_capture(path: Path) -> bool:
    """Whether a file begins as a capture does; False for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK
    except OSError:
        return False


def read_capture_as_past(path: Path) -> PastData:
    """Read a capture whole. Times count from its first line.

    Raises UsageError as `devices.transports.file.file_player`.
    """
    player = file_player(SourceAddress("", "file", str(path)))
    plausibility, preference = Plausibility(), Preference()
    preference.add(player.info)
    moments, rows = [Moment(0.0, player.info)], 0
    last = 0.0
    while (at := player.next_at()) is not None:
        last = at
        items = player.step(at)
        judged = iter(plausibility.judge([item for item in items if isinstance(item, Reading)]))
        for item in items:
            if isinstance(item, Reading):
                reading, rows = next(judged), rows + 1
                moments.append(Moment(at, reading, preference.in_use(reading)))
            elif not isinstance(item, Link):
                moments.append(Moment(at, item))
            elif item.state is not LinkState.CLOSED:
                changed = LinkChanged(item.source, item.state, item.reason, item.expected)
                moments.append(Moment(at, changed))
    return PastData("capture", moments, last, rows=rows)
