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
    "to make the tests better."
)

LONG, SHORT = 100, 6
GOAL, SHORT_GOAL = 0.9, 0.6
SEED = 840
# Draws whose survivors were looked at to make the tests better: their seed, and how many mutants of
# it. Before the next draw this one goes there, and SEED becomes one that nobody has seen.
EARLIER: dict[int, int] = {20260301: 200, 7777: 200, 20261122: 100, 31: 51, 32: 50}
AT_A_TIME = 2
# A mutant that turns in circles is noticed: after so many times what the tests take without it.
PATIENCE = 4
SLOW = {"test_alarm_promises.py"}
# What the tests of the alarms need beside their own folder.
FILES = ("tests/__init__.py", "tests/conftest.py", "docs/alarms.md")
PYTEST_INI = """[pytest]
addopts = --import-mode=importlib --strict-markers
markers = slow: takes more than ten seconds
filterwarnings = error
"""

# Survivors that were looked at, by what was changed, and why no test can or need tell them apart.
_INSTANT = "true or not at one instant only"
_SPARES = "spares looking where nothing has changed"
REASONS: dict[str, str] = {
    "limit_watch.py: return False -> return True": _SPARES,
    "technical.py: now - self.since >= LIVE_FOR -> now - self.since > LIVE_FOR": _INSTANT,
    "pulse_lost.py: now - sensor.stale.since >= LIVE_FOR -> "
    "now - sensor.stale.since > LIVE_FOR": _INSTANT,
    "frozen.py: return False -> return True": _SPARES,
    "sensor.py: return False -> return True": _SPARES,
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
    for file in FILES:
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
