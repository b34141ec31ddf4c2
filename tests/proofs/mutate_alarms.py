"""Mutation testing of the alarms: each mutant is the code with one thing wrong.

A mutant is killed when a test of the alarms fails. One that survives tells of a line that no test
minds, or of a change that means nothing; the reasons of those that are known are kept below.
"""

import itertools
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.proofs._mutants import ROOT, Mutant, Site, files, mutant, sites

NAME = "mutate_alarms"
ABOUT = (
    "The program of the alarms with one thing wrong at a time (a comparison, a number, a step left "
    "out), and whether the tests of the alarms notice. The mutants are drawn by chance, the same "
    "ones each time, from all that there are but those that somebody looked at in an earlier draw "
    "to make the tests better. Of the four survivors without a reason of the draw kept here, three "
    "(signal, frozen values, deadline of the lost pulse) are killed by tests that came after it, "
    "and not in its figures."
)

LONG, SHORT = 100, 6
GOAL, SHORT_GOAL = 0.9, 0.6
SEED = 20261122
# Draws whose survivors were looked at to make the tests better: their seed, and how many mutants of
# it. Before the next draw this one goes there, and SEED becomes one that nobody has seen.
EARLIER: dict[int, int] = {20260301: 200, 7777: 200, 20261122: 100}
AT_A_TIME = 2
# A mutant that turns in circles is noticed: after so many times what the tests take without it.
PATIENCE = 4
SLOW = {"test_alarm_promises.py"}
PYTEST_INI = """[pytest]
addopts = --import-mode=importlib --strict-markers
markers = slow: takes more than ten seconds
filterwarnings = error
"""

# Survivors that were looked at, by what was changed, and why no test can or need tell them apart.
_SETTLED = "the board lets time pass before and after each reading as well"
_LATER = "set anew before it is read"
_GREW = "only whether it grew is looked at"
_INSTANT = "true or not at one instant only"
_DEADLINE = "its deadline is known from the reading before, and looked at then"
_GIVEN = "read only in rows that give it"
REASONS: dict[str, str] = {
    "technical.py: self.settle(at) -> left out": _SETTLED,
    "alarm.py: self.watch.step > 0 -> self.watch.step > 1": "the steps of limits are 2 and 10",
    "sounds.py: FUNDAMENTAL = 440.0 -> FUNDAMENTAL = 441.0": "the standard leaves the pitch open",
    "conditions.py: key[1] != sensor.name -> key[1] == sensor.name": "its next step is only looked "
    "at earlier than need be, and found not to be reached",
    "conditions.py: reading.value is not None -> reading.value is None": "the step of another "
    "source is looked at earlier than need be, and found not to be reached",
    "entered.py: 1 if self._breathing_normal else 2 -> 1 if self._breathing_normal else 3": _GREW,
    "sensor.py: run.at - self._pulse_at <= LIVE_FOR -> "
    "run.at - self._pulse_at < LIVE_FOR": _INSTANT,
    "judged.py: at < self._judged_at.get(quantity, -math.inf) -> "
    "at <= self._judged_at.get(quantity, -math.inf)": _INSTANT,
    "alarm.py: self._loud = False -> self._loud = True": _LATER,
    "alarm.py: self._unanswered.reset() -> left out": _LATER,
    "technical.py: self._site = '' -> left out": _LATER,
    "limit_watch.py: return False -> return True": "spares looking where nothing has changed",
    "limit_watch.py: -1.0 if self.part.condition.low else 1.0 -> "
    "-1.0 if self.part.condition.low else 2.0": "the parts of one row are on the same side",
    "limit_watch.py: self.settle(at) -> left out": _SETTLED,
    "technical.py: was_idle and self.idle -> was_idle or self.idle": _DEADLINE,
    "watch.py: extent: int = 0 -> extent: int = 1": _GREW,
    "limits.py: value: float = 0.0 -> value: float = 1.0": _GIVEN,
    "limits.py: high: float = 0.0 -> high: float = 1.0": _GIVEN,
    "limits.py: clear_value: float = 0.0 -> clear_value: float = 1.0": _GIVEN,
    "stream.py: default=0.0 -> default=1.0": "of one value alone; no row has a delay of less than "
    "a second, and a value counts for three",
    "technical.py: now - self.since >= LIVE_FOR -> now - self.since > LIVE_FOR": _INSTANT,
    "technical.py: self._says_none = False -> self._says_none = True": _LATER,
    "technical.py: max(live) - min(live) if len(live) > 1 else 0.0 -> "
    "max(live) - min(live) if len(live) > 1 else 1.0": "any number below what clears it does",
    "technical.py: at is None or self.since is None -> at is None and self.since is None": "they "
    "are known together or not at all",
    "condition.py: self, delay: float, clear_after: float=0.0 -> "
    "self, delay: float, clear_after: float=1.0": "all that make one give both",
    "limit_watch.py: self._show() -> left out": "its limit is shown already, and its value before "
    "it holds again",
    "condition.py: self._rate = 1.0 -> self._rate = 2.0": "read before it runs only where it is "
    "complete, whatever the rate",
}


def run(long: bool) -> dict[str, str | int | float]:
    """Try 100 (short: 6) mutants in copies of the program."""
    everything = draw(SEED)
    fresh = unseen(everything)
    chosen = [mutant(site) for site in (fresh[:LONG] if long else everything[:SHORT])]
    survivors = survivors_of(chosen)
    alike = [one for one in survivors if one.name in REASONS]
    killed = len(chosen) - len(survivors)
    others = killed / (len(chosen) - len(alike))
    told = "; ".join(f"{m.name} (line {m.line})" for m in survivors if m not in alike)
    assert others >= (GOAL if long else SHORT_GOAL), f"only {others:.0%} killed; survived: {told}"
    return {
        "mutants there are": len(everything),
        "looked at in earlier draws": len(everything) - len(fresh),
        "tried": len(chosen),
        "killed": killed,
        "share killed, all counted": round(killed / len(chosen), 3),
        "alike to a user, for the reason below": len(alike),
        "share killed of the others": round(others, 3),
        **{
            f"survivor {number}": f"`{m.name}`: {REASONS.get(m.name, 'no test minds')}"
            for number, m in enumerate(survivors, 1)
        },
    }


def draw(seed: int) -> list[Site]:
    """Every place where something can be made wrong, in the order that this seed gives."""
    return sorted(site for file in files() for site in sites(file, seed))


def unseen(everything: list[Site]) -> list[Site]:
    """Those that nobody looked at in an earlier draw."""
    seen = {site[1:] for seed, count in EARLIER.items() for site in draw(seed)[:count]}
    return [site for site in everything if site[1:] not in seen]


def survivors_of(chosen: list[Mutant]) -> list[Mutant]:
    """Those whose change no test of the alarms notices."""
    copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(AT_A_TIME) as pool:
        first, began = Path(name) / "0", time.monotonic()
        make_copy(first)
        patience = PATIENCE * (time.monotonic() - began)
        copies.put(first)
        for number in range(1, AT_A_TIME):  # with what was compiled and found to pass
            copies.put(Path(shutil.copytree(first, Path(name) / str(number))))

        def survives(one: Mutant) -> bool:
            copy = copies.get()
            path = copy / "alarms" / one.file
            before, stat = path.read_bytes(), path.stat()
            path.write_text(one.text, encoding="utf-8")
            killed = is_killed(copy, patience, one.file)
            path.write_bytes(before)
            # What was compiled of it is told apart by its time and size.
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            copies.put(copy)
            return not killed

        survived = list(pool.map(survives, chosen))
    return list(itertools.compress(chosen, survived))


def make_copy(folder: Path) -> None:
    """The program and the tests of the alarms, compiled, in a folder of their own."""
    for part in ("alarms", "kapmonitor", "tests/alarms"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for file in ("tests/__init__.py", "tests/conftest.py", "docs/alarms.md"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, folder / file)
    # Without the rest of the program's settings no plug-in is needed, and none takes time to load.
    (folder / "pytest.ini").write_text(PYTEST_INI, encoding="utf-8")
    assert not is_killed(folder, None, compiles=True), (
        "the tests of the alarms fail without a mutant"
    )


def is_killed(copy: Path, patience: float | None, file: str = "", compiles: bool = False) -> bool:
    """Whether a test fails in this copy, whose ``file`` is a mutant, or is not done in time."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "HYPOTHESIS_PROFILE": "fixed",
        # Compiled files are told apart by second and size, which two mutants may share.
        "PYTHONDONTWRITEBYTECODE": "" if compiles else "1",
    }
    tests = [f"tests/alarms/{name}" for name in in_order(copy, file)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    assert done.returncode in (0, 1, 2), done.stdout.decode(errors="replace")
    return done.returncode != 0


def in_order(copy: Path, file: str) -> list[str]:
    """The files of tests: those that name the module first, those that take long last."""
    module = f"alarms.{file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"

    def place(test: Path) -> tuple[bool, bool, str]:
        text = test.read_text(encoding="utf-8")
        return test.name in SLOW, module not in text, test.name

    return [test.name for test in sorted((copy / "tests/alarms").glob("test_*.py"), key=place)]
