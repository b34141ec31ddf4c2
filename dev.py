#!/usr/bin/env python3
"""Everything a developer of kapmonitor does, in one file that needs only Python itself.

    python3 dev.py setup                make .venv with everything that the other verbs need
    python3 dev.py demo [ARGS]          the program with a virtual patient
    python3 dev.py test [ARGS]          the tests (ARGS go to pytest)
    python3 dev.py check [--no-test]    style, types, import contracts and the tests
    python3 dev.py bench [ARGS]         the measurements (--short, --json)
    python3 dev.py prove [NAME]         a long experiment; without NAME, what there is
    python3 dev.py run -- COMMAND       any command inside .venv
    python3 dev.py lock [--upgrade]     write requirements.lock anew from pyproject.toml

Every verb first makes .venv when it is not there or no longer fits; when it fits, that costs
nothing worth noticing. On Debian and Ubuntu the system's own packages are looked after too.

The imports at the top are those of Debian's smallest Python (python3-minimal): what comes later
(shutil, tempfile, json) is imported where it is used, after the system has been completed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "ready"
LOCK_FILE = ROOT / "requirements.lock"
WINDOWS = os.name == "nt"
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
DPKG_STATUS = Path("/var/lib/dpkg/status")

OLDEST, NEWEST = (3, 11), (3, 13)

# What Qt loads from the system, for a window and without one.
WINDOW_LIBRARIES = (
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libfontconfig1",
    "libdbus-1-3",
    "libxkbcommon0",
    "fonts-dejavu-core",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
# What the tests start: a private message bus, a screen with a window manager, a sound server.
# Package -> the command it is wanted for, which may as well come from somewhere else.
TEST_PROGRAMS = {
    "dbus": "dbus-daemon",
    "xvfb": "Xvfb",
    "xauth": "xauth",
    "openbox": "openbox",
    "pulseaudio": "pulseaudio",
    "pulseaudio-utils": "pactl",
}
APT_INSTALL = (
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    "-o",
    "DPkg::Lock::Timeout=300",
)

NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|NewConnectionError|ConnectionError|ProxyError"
    r"|Max retries exceeded|timed out|Network is unreachable|getaddrinfo|SSLError"
    r"|Could not find a version|No matching distribution",
)


class Stop(Exception):
    """What went wrong and what to do, in one sentence; ends the program with 1."""


def say(sentence: str) -> None:
    """Tell what is being done; on stderr, so that a verb's own output stays clean."""
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)


# --- The system's packages (Debian, Ubuntu and their like) -----------------------------------


def packages_present(listing: str) -> set[str]:
    """Return what is installed or provided; a line of dpkg-query is status, name, provides."""
    present = set()
    for line in listing.splitlines():
        status, name, provides = line.split("\t")
        if status == "installed":
            present.add(name)
            # "libglib2.0-0 (= 2.84), libfoo" -> both names, without their versions
            present.update(part.split()[0] for part in provides.split(",") if part.strip())
    return present


def packages_missing(
    present: set[str], *, for_tests: bool, found: Callable[[str], bool]
) -> list[str]:
    """Which packages are still wanted, in the order in which they are listed above."""
    missing = [package for package in WINDOW_LIBRARIES if package not in present]
    if for_tests:
        missing += [
            package
            for package, command in TEST_PROGRAMS.items()
            if package not in present and not found(command)
        ]
    return missing


def line_to_run(missing: Iterable[str], *, root: bool) -> str:
    """Return the one shell line that installs these packages."""
    sudo = "" if root else "sudo "
    install = "apt-get install -y --no-install-recommends"
    return f"{sudo}apt-get update && {sudo}{install} {' '.join(missing)}"


def on_path(command: str) -> bool:
    """Whether a command can be called."""
    places = os.environ.get("PATH", "").split(os.pathsep)
    return any(os.access(Path(place) / command, os.X_OK) for place in places if place)


def complete_the_system(python: Python, *, for_tests: bool) -> None:
    """Install what Debian or Ubuntu lacks, or stop with the line that the user has to run."""
    if not (on_path("apt-get") and on_path("dpkg-query")):
        return
    missing = _missing_now(python, for_tests=for_tests)
    if not missing:
        return
    root = os.geteuid() == 0
    by_hand = line_to_run(missing, root=root)
    if not root and not _sudo_without_password():
        raise Stop(f"Some system packages are missing; please run this and try again: {by_hand}")
    say(f"installing {len(missing)} system packages ({', '.join(missing)}); a minute or two.")
    prefix = () if root else ("sudo", "-n")
    quiet = (*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
    # A foreign repository that does not answer fails the update, yet not what we need from it.
    subprocess.run((*quiet, "apt-get", "update", "-q"), capture_output=True, check=False, cwd="/")
    done = subprocess.run(
        (*quiet, *APT_INSTALL, "-q", *missing),
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        cwd="/",
    )
    importlib.invalidate_caches()
    if done.returncode or _missing_now(python, for_tests=for_tests):
        said = [line for line in done.stderr.splitlines() if line.startswith("E:")] or [""]
        raise Stop(
            "apt-get could not install the missing system packages"
            f"{' (' + said[0][3:].rstrip('.') + ')' if said[0] else ''};"
            f" check the network, then run this and try again: {by_hand}"
        )


def _missing_now(python: Python, *, for_tests: bool) -> list[str]:
    listing = subprocess.run(
        ("dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}\t${Provides}\n"),
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    missing = packages_missing(packages_present(listing), for_tests=for_tests, found=on_path)
    return missing if python.can_make_venvs() else [python.debian_venv_package, *missing]


def _sudo_without_password() -> bool:
    if not on_path("sudo"):
        return False
    return subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False).returncode == 0


# --- Which Python ----------------------------------------------------------------------------


class Python(NamedTuple):
    """A Python that .venv can be made from."""

    command: str
    version: tuple[int, int]

    @property
    def debian_venv_package(self) -> str:
        """The package that holds ensurepip for this version."""
        return f"python{self.version[0]}.{self.version[1]}-venv"

    def can_make_venvs(self) -> bool:
        """Whether venv and ensurepip are there; Debian ships them in a package of their own."""
        test = (self.command, "-c", "import ensurepip, venv")
        return subprocess.run(test, capture_output=True, check=False).returncode == 0


def fits(version: tuple[int, int]) -> bool:
    """Whether kapmonitor runs on this Python."""
    return OLDEST <= version <= NEWEST


def choose_python() -> Python:
    """Take the Python that runs this file, or else the newest suitable one on the PATH."""
    here = (sys.version_info[0], sys.version_info[1])
    if fits(here):
        # Called by a venv's python, the one below it is wanted: that venv may be our own.
        command = getattr(sys, "_base_executable", None) or sys.executable
        return Python(command, here)
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        command = f"python3.{minor}"
        try:
            runs = subprocess.run((command, "-c", ""), capture_output=True, check=False)
        except OSError:
            continue
        if runs.returncode == 0:
            return Python(command, (3, minor))
    raise Stop(
        f"kapmonitor needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and this is {here[0]}.{here[1]}:"
        f" please install one of them, then call it by its name (python3.{NEWEST[1]} dev.py ...)."
    )


# --- .venv -----------------------------------------------------------------------------------


def fingerprint(lock: bytes, project: bytes, version: tuple[int, int], place: str) -> str:
    """Return what .venv was made from; `place` because an installed environment cannot be moved."""
    parts = (lock, project, repr(version).encode(), place.encode())
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def parse_stamp(text: str) -> dict[str, str]:
    """Read the `key value` lines that .venv/ready keeps; anything else is left out."""
    return dict(line.split(" ", 1) for line in text.splitlines() if " " in line)


def what_to_do(stamp: dict[str, str], wanted: dict[str, str]) -> str:
    """Compare .venv with what is wanted: "nothing", "update" it in place, or make it "anew".

    No stamp means that no set-up has ever been finished or that the last one was cut short. What
    is there then cannot be trusted: pip takes a half-written package for an installed one.
    """
    if any(stamp.get(key) != wanted[key] for key in ("python", "place")):
        return "anew"
    return "nothing" if stamp.get("inputs") == wanted["inputs"] else "update"


def make_ready(*, for_tests: bool = False, system: bool = True) -> None:
    """Bring .venv (and the system's packages, unless told otherwise) to what is wanted."""
    python = choose_python()
    wanted = _wanted(python)
    stamp = _read_stamp()
    todo = what_to_do(stamp, wanted)
    system_state = _system_state()
    seen = stamp.get("system-tests" if for_tests else "system", "")
    look = (system and seen != system_state) or not VENV_PYTHON.exists()
    if todo == "nothing" and not look:
        return
    with _one_at_a_time():
        # Somebody else may have done it while we waited.
        stamp = _read_stamp()
        todo = what_to_do(stamp, wanted) if VENV_PYTHON.exists() else "anew"
        if system or todo == "anew":
            complete_the_system(python, for_tests=for_tests)
        if todo != "nothing":
            _install(python, anew=todo == "anew")
        # Merged as Python 3.8 can, too: an old one starts this file and finds a newer one.
        now = {**wanted}
        now.update((key, stamp[key]) for key in ("system", "system-tests") if key in stamp)
        if system:
            now["system"] = _system_state()
            if for_tests:
                now["system-tests"] = now["system"]
        _write_stamp(now)


def _wanted(python: Python) -> dict[str, str]:
    project = (ROOT / "pyproject.toml").read_bytes()
    return {
        "python": f"{python.version[0]}.{python.version[1]}",
        "place": str(ROOT),
        "inputs": fingerprint(LOCK_FILE.read_bytes(), project, python.version, str(ROOT)),
    }


def _system_state() -> str:
    """Return something that changes whenever a package is installed or removed."""
    try:
        return str(DPKG_STATUS.stat().st_mtime_ns)
    except OSError:
        return "none"


def _read_stamp() -> dict[str, str]:
    try:
        return parse_stamp(STAMP.read_text(encoding="utf-8"))
    except OSError:
        return {}


def _write_stamp(stamp: dict[str, str]) -> None:
    lines = "".join(f"{key} {value}\n" for key, value in stamp.items())
    half = STAMP.with_suffix(".new")
    half.write_text(lines, encoding="utf-8")
    half.replace(STAMP)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second dev.py wait for the first; the system drops the lock if that one dies."""
    with (ROOT / ".venv.lock").open("w") as handle:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # it gives up after ten seconds
                    continue
        else:
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("another dev.py is at work on .venv; waiting for it.")
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _install(python: Python, *, anew: bool) -> None:
    import shutil

    if anew:
        if VENV.exists():
            say("the old .venv is unfinished or does not fit; making it anew.")
            STAMP.unlink(missing_ok=True)
            shutil.rmtree(VENV)
        if not python.can_make_venvs():
            raise Stop(
                f"This Python ({python.command}) cannot make virtual environments: it has no"
                " ensurepip; please install its venv package, or a Python from python.org."
            )
        say("making .venv and installing the pinned packages; one to three minutes.")
        made = subprocess.run(
            (python.command, "-m", "venv", str(VENV)), capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise Stop(f"Making .venv failed: {_last_line(made.stdout + made.stderr)}")
    else:
        say("the pinned packages have changed; bringing .venv up to date.")
        STAMP.unlink()
    _pip("--require-hashes", "-r", str(LOCK_FILE))
    # --no-index: everything this needs has just been installed.
    _pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))


def _pip(*arguments: str) -> None:
    command = (
        str(VENV_PYTHON),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    )
    done = subprocess.run(
        (*command, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    log = VENV / "setup.log"
    log.write_text(done.stdout, encoding="utf-8")
    raise Stop(why_pip_failed(done.stdout, str(log)))


def why_pip_failed(output: str, log: str) -> str:
    """Say in one sentence why pip gave up."""
    if "No space left on device" in output:
        return "The disk is full: .venv needs about 700 MB; make room and run the same again."
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that requirements.lock names, so nothing was"
            f" installed; try again, and if it stays so, read {log}."
        )
    if NO_NETWORK.search(output):
        return (
            "The packages could not be fetched: check the network (or the proxy and the package"
            f" index that pip is set to) and run the same again; pip's own words are in {log}."
        )
    return f"pip failed ({_last_line(output)}); its own words are in {log}."


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["it said nothing"])[-1].strip()


# --- Running things inside .venv -------------------------------------------------------------


def inside() -> dict[str, str]:
    """Return the environment variables of an activated .venv."""
    folder = str(VENV_PYTHON.parent)
    path = folder + os.pathsep + os.environ.get("PATH", "")
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": path}
    environment.pop("PYTHONHOME", None)
    return environment


def inside_without_screen() -> dict[str, str]:
    """As `inside`, with Qt drawing into memory unless a platform was asked for."""
    return {"QT_QPA_PLATFORM": "offscreen", **inside()}


def hand_over(command: Iterable[str], environment: dict[str, str]) -> NoReturn:
    """Become this command, so that signals and the exit code are its own."""
    words = list(command)
    if WINDOWS:
        try:
            sys.exit(subprocess.call(words, env=environment))
        except OSError:
            raise Stop(f"{words[0]} is not there.") from None
    sys.stdout.flush()
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        raise Stop(f"{words[0]} cannot be run: {error.strerror}.") from None


# --- The verbs -------------------------------------------------------------------------------


def setup(arguments: list[str]) -> int:
    """Make .venv with everything that the other verbs need."""
    _no_more(arguments)
    started = time.monotonic()
    make_ready(for_tests=True)
    took = time.monotonic() - started
    say(f".venv is ready ({took:.0f} s)." if took > 1 else ".venv is ready.")
    return 0


def demo(arguments: list[str]) -> int:
    """Show the program with a virtual patient; without a screen, simulate one into a folder."""
    make_ready()
    if has_screen(sys.platform, os.environ):
        hand_over((str(VENV_PYTHON), "-m", "kapmonitor", "demo", *arguments), inside())
    folder = ROOT / "demo-output" / time.strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    say("there is no screen here, so a whole visit is simulated instead; about half a minute.")
    command = (VENV_PYTHON, "-m", "kapmonitor", "simulate", "--json", "--out", folder)
    done = subprocess.run(
        [*map(str, command), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=inside(),
        check=False,
    )
    if done.returncode:
        if not any(folder.iterdir()):
            folder.rmdir()
        return done.returncode
    print(summary_of(done.stdout))
    print(f"The record and its exports are in {folder}:")
    for file in sorted(folder.iterdir()):
        print(f"  {file.name}")
    return 0


def has_screen(platform: str, environment: os._Environ[str] | dict[str, str]) -> bool:
    """Whether a window can be opened: yes, except on a Linux that names no display."""
    named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    # Qt can also draw to a bare screen or to VNC (linuxfb, eglfs, vnc) when told so.
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    drawn = chosen not in ("", "offscreen", "minimal")
    return not platform.startswith("linux") or bool(named) or drawn


def summary_of(lines: str) -> str:
    """Count a simulation's JSON lines: the alarms by priority, and the events."""
    import json

    alarms: dict[str, int] = {}
    events = 0
    for line in lines.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if "alarm" in told:
            priority = str(told.get("priority"))
            alarms[priority] = alarms.get(priority, 0) + 1
        elif "event" in told:
            events += 1
    order = [p for p in ("high", "medium", "low") if p in alarms]
    raised = ", ".join(f"{alarms[p]} {p}" for p in order) or "none"
    return f"A simulated visit: {events} events; alarms: {raised}."


def test(arguments: list[str]) -> int:
    """Run the tests."""
    make_ready(for_tests=True)
    hand_over((str(VENV_PYTHON), "-m", "pytest", *arguments), inside_without_screen())


def check(arguments: list[str]) -> int:
    """Run every check to its end, one line each, and fail when one of them failed."""
    with_tests = "--no-test" not in arguments
    _no_more([word for word in arguments if word != "--no-test"])
    make_ready(for_tests=with_tests, system=with_tests)
    python = str(VENV_PYTHON)
    checks = {
        "ruff check": (python, "-m", "ruff", "check", "."),
        "ruff format": (python, "-m", "ruff", "format", "--check", "."),
        "mypy": (python, "-m", "mypy"),
        "lint-imports": (str(VENV_PYTHON.parent / "lint-imports"),),
    }
    if with_tests:
        checks["pytest"] = (python, "-m", "pytest", "-q")
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _passes(name: str, command: tuple[str, ...]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=inside_without_screen(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    took = time.monotonic() - started
    print(f"{'FAILED' if done.returncode else 'ok':6} {name:12} {took:6.1f} s", flush=True)
    if done.returncode:
        print(done.stdout.rstrip())
    return done.returncode == 0


def bench(arguments: list[str]) -> int:
    """Run the measurements."""
    make_ready(for_tests=True)
    os.chdir(ROOT)
    hand_over((str(VENV_PYTHON), "-m", "benchmarks", *arguments), inside_without_screen())


def prove(arguments: list[str]) -> int:
    """Run one long experiment and keep its figures, or list what there is."""
    make_ready(for_tests=True)
    os.chdir(ROOT)
    hand_over((str(VENV_PYTHON), "-m", "tests.proofs", *arguments), inside_without_screen())


def run(arguments: list[str]) -> int:
    """Run any command inside .venv."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        raise Usage("run what? For example: python3 dev.py run -- kapmonitor doctor")
    make_ready()
    if command[0] == "python":
        command = [str(VENV_PYTHON), *command[1:]]
    else:
        script = VENV_PYTHON.parent / (command[0] + (".exe" if WINDOWS else ""))
        command = [str(script) if script.exists() else command[0], *command[1:]]
    hand_over(command, inside())


def lock(arguments: list[str]) -> int:
    """Write requirements.lock anew: every version and hash, for all systems, without addresses."""
    import tempfile

    _no_more([word for word in arguments if word != "--upgrade"])
    make_ready(system=False)
    say("resolving the dependencies for Linux, macOS and Windows; some ten seconds.")
    with tempfile.TemporaryDirectory() as scratch:
        # A tool of its own, so that nobody who only runs the program has to fetch it.
        tools = Path(scratch)
        pip = (str(VENV_PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check")
        if subprocess.call((*pip, "--target", str(tools), "uv")):
            raise Stop("uv, which resolves the dependencies, could not be fetched.")
        uv = tools / "bin" / ("uv.exe" if WINDOWS else "uv")
        options = (
            "--universal --generate-hashes --extra dev --quiet"
            f" --python-version {OLDEST[0]}.{OLDEST[1]}"
        )
        command = (str(uv), "pip", "compile", *options.split(), *arguments)
        name = ("--custom-compile-command", "python3 dev.py lock")
        if subprocess.call((*command, *name, "-o", LOCK_FILE.name, "pyproject.toml"), cwd=ROOT):
            raise Stop("requirements.lock could not be written; what uv said stands above.")
    if "://" in LOCK_FILE.read_text(encoding="utf-8"):
        raise Stop("requirements.lock names an address, which it must not: do not commit it.")
    say("requirements.lock is written; the next dev.py call installs from it.")
    return 0


class Usage(Exception):
    """A wrong call; ends the program with 2."""


def _no_more(arguments: list[str]) -> None:
    if arguments:
        raise Usage(f"{arguments[0]} is not understood here; `python3 dev.py` lists the verbs.")


VERBS: dict[str, Callable[[list[str]], int]] = {
    verb.__name__: verb for verb in (setup, demo, test, check, bench, prove, run, lock)
}


def main(arguments: list[str]) -> int:
    """Run one verb; 0 when it went well, 1 when it failed, 2 for a wrong call."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__.rsplit("\n\nThe imports", 1)[0])
        return 0 if arguments else 2
    verb, *rest = arguments
    try:
        if verb not in VERBS:
            raise Usage(f"{verb} is not a verb; there are {', '.join(VERBS)}.")
        return VERBS[verb](rest)
    except Usage as wrong:
        print(f"dev.py: {wrong}", file=sys.stderr)
        return 2
    except Stop as stop:
        print(f"dev.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
