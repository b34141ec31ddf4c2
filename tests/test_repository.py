"""The repository keeps what it promises: packages, lock file, README, no traces of one machine."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev
from kapmonitor import __version__

ROOT = Path(__file__).resolve().parent.parent
TOP = ("alarms", "devices", "kapmonitor", "ui")

# What `import` finds with nothing but Debian's python3-minimal. dev.py starts there.
SMALLEST_PYTHON = {
    "__future__",
    "collections",
    "contextlib",
    "hashlib",
    "importlib",
    "os",
    "pathlib",
    "re",
    "subprocess",
    "sys",
    "time",
    "typing",
}


def project() -> dict:
    """The contents of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked_texts() -> list[tuple[str, str]]:
    """Every tracked text file with its name; skips the test outside a git checkout."""
    try:
        listed = subprocess.run(
            ("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    texts = []
    for name in filter(None, listed.split("\0")):
        try:
            texts.append((name, (ROOT / name).read_text(encoding="utf-8")))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    assert texts
    return texts


def lines_that_match(pattern: str) -> list[str]:
    """Return `file:line: text` for every tracked line in which the pattern is found."""
    return [
        f"{name}:{number}: {line.strip()[:90]}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_wheel_holds_every_package_and_nothing_else():
    on_disk = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for top in TOP
        for file in (ROOT / top).rglob("__init__.py")
    }

    assert sorted(project()["tool"]["setuptools"]["packages"]) == sorted(on_disk)


def test_every_folder_with_code_is_a_package():
    folders = {file.parent for top in TOP for file in (ROOT / top).rglob("*.py")}

    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_program_and_the_package_have_one_version():
    assert __version__ == project()["project"]["version"]


def test_the_lock_file_names_no_address_and_no_machine():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "://" not in lock
    assert not re.search(r"^\s*-{1,2}[a-z]", lock.replace("    --hash=", ""), re.MULTILINE)
    assert " @ " not in lock


def test_every_pin_has_a_hash():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE))

    assert len(entries) > 50
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_every_direct_dependency_is_in_the_lock_file():
    def name(requirement: str) -> str:
        plain = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert plain
        return re.sub(r"[._-]+", "-", plain.group()).lower()

    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    about = project()["project"]
    wanted = {*about["dependencies"], *about["optional-dependencies"]["dev"]}

    assert {name(requirement) for requirement in wanted} - pinned == set()


def test_pyside_is_pinned_below_the_version_that_loses_references():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.search(r"^pyside6-essentials==(\d+)\.(\d+)\.(\d+)", lock, re.MULTILINE)

    assert pinned
    version = tuple(map(int, pinned.groups()))
    assert (6, 8) <= version < (6, 12)
    assert version != (6, 10, 1)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True live for ever there")
@pytest.mark.parametrize("kind", ["void method", "signal", "override"])
def test_pyside_keeps_the_references_it_was_given(kind):
    """A call that returns nothing must not lose a reference to None (nor emit one to True).

    PySide6 6.12.0 does on CPython 3.11, which ends a long visit with an abort after some
    thousand calls; see docs/decisions/0002. From CPython 3.12 on it does no harm.
    """
    from PySide6.QtCore import QEvent, QObject, Signal

    class Bell(QObject):
        rung = Signal()

        def event(self, event):
            return super().event(event)

    bell = Bell()
    call = {
        "void method": lambda: bell.setObjectName("bell"),
        "signal": bell.rung.emit,
        "override": lambda: bell.event(QEvent(QEvent.Type.User)),
    }[kind]
    call()
    before = [sys.getrefcount(single) for single in (None, True, False)]

    for _ in range(200):
        call()

    after = [sys.getrefcount(single) for single in (None, True, False)]
    lost = [start - end for start, end in zip(before, after, strict=True)]
    assert max(lost) < 100


def test_the_readme_shows_only_commands_that_exist():
    pages = ["README.md", "CONTRIBUTING.md"]
    named = {
        verb
        for page in pages
        for verb in re.findall(
            r"python3? dev\.py ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")
        )
    }

    assert {"demo", "test"} <= named
    assert named <= set(dev.VERBS)


def test_no_tracked_file_names_a_folder_of_one_machine():
    assert lines_that_match(r"(?<![\w.])/(home|root|Users|work)/\w") == []


def test_no_tracked_file_names_a_package_index():
    assert lines_that_match(r"pypi\.[o]rg|files\.python[h]osted|index-[u]rl|find-[l]inks") == []


class TestDevNeedsOnlyPython:
    """dev.py runs before anything is installed."""

    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))

    @staticmethod
    def imported(nodes) -> set[str]:
        """Top-level names of the modules that these statements import."""
        names: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
        return names

    def test_it_imports_the_standard_library_only(self):
        known = sys.stdlib_module_names | {"msvcrt", "fcntl"}

        assert self.imported(ast.walk(self.tree)) <= known

    def test_it_starts_on_the_smallest_python(self):
        assert self.imported(self.tree.body) <= SMALLEST_PYTHON


def modules_without_qt() -> list[str]:
    """The modules of the import contract that keeps Qt out of the command line, one by one."""
    contract = next(
        contract
        for contract in project()["tool"]["importlinter"]["contracts"]
        if "ui.cli" in contract.get("source_modules", ())
    )
    modules = ["kapmonitor.__main__"]
    for name in contract["source_modules"]:
        place = ROOT / Path(*name.split("."))
        inside = sorted(file.stem for file in place.glob("[!_]*.py"))
        modules += [name, *(f"{name}.{module}" for module in inside)]
    return modules


@pytest.mark.parametrize("module", modules_without_qt())
def test_the_command_line_starts_where_qt_cannot_load(module):
    """A machine without graphics libraries still runs the verbs that need no window.

    The import contract sees a chain of imports; this sees what really happens on import.
    """
    program = (
        "import sys\n"
        "for name in ('PySide6', 'shiboken6', 'pyqtgraph'): sys.modules[name] = None\n"
        f"import {module}\n"
    )

    done = subprocess.run(
        (sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
