"""Other limits on a past visit: its readings through its own limits and through others. No Qt."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import overload

from alarms import presets
from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.published import anybodys_key
from kapmonitor.pastdata import Moment, PastData, read_past
from kapmonitor.record.folder import KeyFor
from ui import replay as replaying
from ui.replay_words import PARTS
from ui.trial_result import Progress, Trial, TrialRow

# A look at "cancelled?" and a step of the progress bar after so many moments.
STEP = 500


def preset_names(folder: Path) -> list[str]:
    """The presets that can be tried by name: ours, and the clinic's own in ``folder``."""
    found = [presets.DEFAULT]
    for path in sorted(folder.glob("*.toml")):
        if path.stem != presets.DEFAULT and _is_preset(path):
            found.append(path.stem)
    return found


def _is_preset(path: Path) -> bool:
    """Plans and checklists lie in the same folder."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool({"limit", "technical", "entered", "averaging"} & set(tables))


def try_limits(
    record: str, limits: str, folder: Path, progress: Progress, key_for: KeyFor = anybodys_key
) -> Trial:
    """Replay a record with its own limits and with others, by name or file.

    Takes seconds. Raises KapmonitorError: ``cancelled``, or what is wrong with record or preset.
    """
    other = presets.load(limits, folder)
    past = read_past(Path(record), None, key_for)
    own = replaying.own_preset(past, presets.load(folder=folder))
    first = replaying.replay(_watched(past, progress, 0.0), own)
    second = replaying.replay(_watched(past, progress, 0.5), other, session_limits=False)
    progress.share = 1.0
    return compared(first, second)


def compared(own: replaying.Replayed, other: replaying.Replayed) -> Trial:
    """Two replays of one file beside each other."""
    sums = replaying.summary(own), replaying.summary(other)
    counted = [Counter(history.alarm for history in one.histories) for one in (own, other)]
    names = sorted(set(counted[0]) | set(counted[1]))
    parts = {}
    for part in PARTS:
        first, second = (replaying.counts_of(summed, part) for summed in sums)
        parts[part] = tuple(TrialRow(name, first[name], second[name]) for name in first)
    return Trial(
        own=own.preset,
        other=other.preset,
        minutes=own.end / 60,
        parts=parts,
        alarms=tuple((name, counted[0][name], counted[1][name]) for name in names),
        unjudged=other.unavailable,
    )


class _Watched(Sequence[Moment]):
    """The moments of a file, which tell how far they have been read and can be stopped."""

    def __init__(self, moments: Sequence[Moment], progress: Progress, start: float) -> None:
        self._moments, self._progress, self._start = moments, progress, start

    def __len__(self) -> int:
        return len(self._moments)

    @overload
    def __getitem__(self, index: int) -> Moment: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Moment]: ...
    def __getitem__(self, index: int | slice) -> Moment | Sequence[Moment]:
        return self._moments[index]

    def __iter__(self) -> Iterator[Moment]:
        for number, moment in enumerate(self._moments):
            if number % STEP == 0:
                if self._progress.cancelled:
                    raise KapmonitorError("cancelled")
                self._progress.share = self._start + number / len(self._moments) / 2
            yield moment


def _watched(past: PastData, progress: Progress, start: float) -> PastData:
    return replace(past, moments=_Watched(past.moments, progress, start))
