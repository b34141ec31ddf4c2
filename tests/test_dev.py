"""dev.py decides rightly what a system and an environment lack, and says it in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.fake_debian import FakeDebian

NOTHING: set[str] = set()
EVERYTHING = {*dev.WINDOW_LIBRARIES, *dev.TEST_PROGRAMS}
MINIMAL_DEBIAN_12 = ["apt", "base-files", "bash", "dpkg", "libc6", "python3", "python3.11"]

needs_a_shell = pytest.mark.skipif(os.name == "nt", reason="the fake commands are shell scripts")


def nowhere(command: str) -> bool:
    """No command is found."""
    return False


class TestPackages:
    """What is missing, from what dpkg-query lists."""

    def test_a_listing_gives_installed_names_only(self):
        """A package that was removed leaves its name with another status."""
        listing = "installed\tlibgl1\t\nconfig-files\txvfb\t\nnot-installed\topenbox\t\n"

        assert dev.packages_present(listing) == {"libgl1"}

    def test_a_renamed_library_counts_by_what_it_provides(self):
        """Ubuntu 24.04 and Debian 13 call it libglib2.0-0t64 and say what it replaces."""
        listing = "installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0-6), libfoo\n"

        present = dev.packages_present(listing)

        assert "libglib2.0-0" in present
        assert "libfoo" in present

    def test_a_bare_system_lacks_all_in_a_steady_order(self):
        missing = dev.packages_missing(NOTHING, for_tests=True, found=nowhere)

        assert missing == [*dev.WINDOW_LIBRARIES, *dev.TEST_PROGRAMS]

    def test_the_window_alone_needs_no_test_programs(self):
        missing = dev.packages_missing(NOTHING, for_tests=False, found=nowhere)

        assert missing == list(dev.WINDOW_LIBRARIES)

    def test_a_full_system_lacks_nothing(self):
        assert dev.packages_missing(EVERYTHING, for_tests=True, found=nowhere) == []

    def test_a_program_from_elsewhere_needs_no_package(self):
        """An Xvfb that was built by hand serves as well as Debian's."""
        present = EVERYTHING - {"xvfb", "openbox"}

        missing = dev.packages_missing(present, for_tests=True, found=lambda c: c == "Xvfb")

        assert missing == ["openbox"]

    def test_the_line_to_run(self):
        line = dev.line_to_run(["python3.11-venv", "libgl1"], root=False)

        assert line == (
            "sudo apt-get update && "
            "sudo apt-get install -y --no-install-recommends python3.11-venv libgl1"
        )
        assert "sudo" not in dev.line_to_run(["libgl1"], root=True)


@needs_a_shell
class TestCompletingTheSystem:
    """The same with commands that answer: who may install, and what is said otherwise."""

    @pytest.fixture
    def debian(self, tmp_path, monkeypatch):
        """Make a bare Debian 12, as root or not, the only system that dev.py can see."""

        def make(*, root: bool, free_sudo: bool = False) -> FakeDebian:
            fake = FakeDebian(tmp_path, MINIMAL_DEBIAN_12, free_sudo=free_sudo)
            monkeypatch.setenv("PATH", fake.path)
            monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
            return fake

        return make

    def test_root_installs_everything_including_venv(self, debian):
        fake = debian(root=True)

        dev.complete_the_system(dev.Python(fake.python, (3, 11)), for_tests=True)

        update, install = fake.apt_calls
        assert update.startswith("apt-get update")
        assert "--no-install-recommends" in install
        assert install.endswith(
            " ".join(["python3.11-venv", *dev.WINDOW_LIBRARIES, *dev.TEST_PROGRAMS])
        )

    def test_a_second_call_installs_nothing(self, debian):
        fake = debian(root=True)
        python = dev.Python(fake.python, (3, 11))
        dev.complete_the_system(python, for_tests=True)
        before = len(fake.apt_calls)

        dev.complete_the_system(python, for_tests=True)

        assert len(fake.apt_calls) == before

    def test_sudo_without_a_password_serves_as_root(self, debian):
        fake = debian(root=False, free_sudo=True)

        dev.complete_the_system(dev.Python(fake.python, (3, 11)), for_tests=False)

        assert fake.apt_calls[-1].endswith(" ".join(dev.WINDOW_LIBRARIES))

    def test_without_rights_the_user_gets_one_line_to_run(self, debian):
        fake = debian(root=False)

        with pytest.raises(dev.Stop) as stop:
            dev.complete_the_system(dev.Python(fake.python, (3, 11)), for_tests=False)

        said = str(stop.value)
        assert "\n" not in said
        packages = " ".join(["python3.11-venv", *dev.WINDOW_LIBRARIES])
        assert said.endswith(
            f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}"
        )
        assert fake.apt_calls == []

    def test_a_failing_apt_is_told_in_one_sentence(self, debian):
        fake = debian(root=True)
        fake.break_the_network()

        with pytest.raises(dev.Stop, match="Unable to fetch some archives") as stop:
            dev.complete_the_system(dev.Python(fake.python, (3, 11)), for_tests=False)

        assert "\n" not in str(stop.value)

    def test_a_system_without_apt_is_left_alone(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))

        dev.complete_the_system(dev.Python("no such python", (3, 11)), for_tests=True)


class TestEnvironment:
    """When .venv is kept, brought up to date or made anew."""

    WANTED = {"python": "3.11", "place": "here", "inputs": "abc"}

    def test_what_fits_is_kept(self):
        assert dev.what_to_do({**self.WANTED, "system": "1"}, self.WANTED) == "nothing"

    def test_changed_pins_are_installed_in_place(self):
        assert dev.what_to_do({**self.WANTED, "inputs": "old"}, self.WANTED) == "update"

    @pytest.mark.parametrize("key", ["python", "place"])
    def test_another_python_or_a_moved_folder_starts_anew(self, key):
        assert dev.what_to_do({**self.WANTED, key: "other"}, self.WANTED) == "anew"

    def test_a_setup_that_was_cut_short_starts_anew(self):
        """The stamp is written last, so without one nothing in the folder is trusted."""
        assert dev.what_to_do({}, self.WANTED) == "anew"

    def test_a_damaged_stamp_starts_anew(self):
        assert dev.what_to_do(dev.parse_stamp("pyth"), self.WANTED) == "anew"

    def test_every_input_changes_the_fingerprint(self):
        prints = {
            dev.fingerprint(b"lock", b"project", (3, 11), "here"),
            dev.fingerprint(b"lock2", b"project", (3, 11), "here"),
            dev.fingerprint(b"lock", b"project2", (3, 11), "here"),
            dev.fingerprint(b"lock", b"project", (3, 12), "here"),
            dev.fingerprint(b"lock", b"project", (3, 11), "there"),
            dev.fingerprint(b"lockproject", b"", (3, 11), "here"),
        }

        assert len(prints) == 6

    def test_a_second_call_starts_no_process(self, monkeypatch, tmp_path):
        """What fits is seen from two small files: that is why a second call costs nothing."""
        stamp = tmp_path / "ready"
        monkeypatch.setattr(dev, "STAMP", stamp)
        monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
        state = dev._system_state()
        wanted = dev._wanted(dev.choose_python())
        dev._write_stamp(wanted | {"system": state, "system-tests": state})

        def forbidden(*args: object, **kwargs: object) -> None:
            raise AssertionError(f"a process was started: {args}")

        monkeypatch.setattr(subprocess, "run", forbidden)

        dev.make_ready(for_tests=True)

    @pytest.mark.parametrize(
        ("version", "fits"),
        [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)],
    )
    def test_which_pythons_fit(self, version, fits):
        assert dev.fits(version) is fits

    def test_the_range_is_the_one_in_pyproject(self):
        project = (dev.ROOT / "pyproject.toml").read_text(encoding="utf-8")

        (low, high), next_minor = (dev.OLDEST, dev.NEWEST), dev.NEWEST[1] + 1
        assert f'requires-python = ">={low[0]}.{low[1]},<{high[0]}.{next_minor}"' in project


class TestFailures:
    """pip's pages become one sentence that says what to do."""

    @pytest.mark.parametrize(
        ("output", "sentence"),
        [
            ("Temporary failure in name resolution", "check the network"),
            ("ERROR: No matching distribution found for numpy==2.4.6", "check the network"),
            ("OSError: [Errno 28] No space left on device", "The disk is full"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that requirements.lock"),
            ("something new\nERROR: unheard of\n", "ERROR: unheard of"),
            ("", "it said nothing"),
        ],
    )
    def test_why_pip_failed(self, output, sentence):
        said = dev.why_pip_failed(output, "setup.log")

        assert sentence in said
        assert "\n" not in said


class TestVerbs:
    """What a caller sees on the outside."""

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run dev.py as a person would."""
        command = (sys.executable, str(dev.ROOT / "dev.py"), *words)
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_help_names_every_verb(self):
        done = self.call("--help")

        assert done.returncode == 0
        assert all(f"dev.py {verb}" in done.stdout for verb in dev.VERBS)

    @pytest.mark.parametrize(
        "words", [["tset"], ["setup", "now"], ["check", "--no-tests"], ["run"]]
    )
    def test_a_wrong_call_exits_2_with_one_line(self, words):
        done = self.call(*words)

        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""

    def test_no_verb_shows_the_help_and_exits_2(self):
        assert self.call().returncode == 2

    @pytest.mark.parametrize(
        ("platform", "environment", "screen"),
        [
            ("linux", {}, False),
            ("linux", {"DISPLAY": ":0"}, True),
            ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
            ("linux", {"DISPLAY": ""}, False),
            ("linux", {"QT_QPA_PLATFORM": "offscreen"}, False),
            ("linux", {"QT_QPA_PLATFORM": "vnc:size=1366x768"}, True),
            ("darwin", {}, True),
            ("win32", {}, True),
        ],
    )
    def test_when_a_window_can_be_opened(self, platform, environment, screen):
        assert dev.has_screen(platform, environment) is screen

    def test_a_simulation_is_summed_up_in_one_line(self):
        lines = [
            {"at": 0.0, "event": "opened"},
            {"at": 60.0, "event": "dose"},
            {"alarm": "SPO2_LOW", "priority": "medium"},
            {"alarm": "SPO2_LOW", "priority": "high"},
            {"alarm": "SBP_RISE", "priority": "medium"},
            {"summary": {}},
        ]
        text = "\n".join(map(json.dumps, lines)) + "\nnot JSON\n"

        assert dev.summary_of(text) == "A simulated visit: 2 events; alarms: 1 high, 2 medium."


@needs_a_shell
class TestDemoWithoutScreen:
    """A server or a container has no screen: the visit is simulated into a folder instead."""

    @pytest.fixture
    def checkout(self, tmp_path, monkeypatch):
        """A checkout without a screen whose program writes two files and tells two events."""
        program = tmp_path / "python"
        program.write_text(
            "#!/bin/sh\n"
            'echo "$*" > called\n'
            'for folder in "$@"; do [ -d "$folder" ] && break; done\n'
            '[ -e broken ] && { echo "No scenario is called x." >&2; exit 2; }\n'
            'touch "$folder/report.pdf" "$folder/session.kap"\n'
            """echo '{"at": 0, "event": "opened"}'; echo '{"at": 9, "event": "dose"}'\n""",
            encoding="utf-8",
        )
        program.chmod(0o755)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        monkeypatch.setattr(dev, "VENV_PYTHON", program)
        monkeypatch.setattr(dev, "make_ready", lambda **_: None)
        monkeypatch.setattr(dev, "has_screen", lambda *_: False)
        return tmp_path

    def test_it_says_what_happened_and_where_the_files_are(self, checkout, capsys):
        assert dev.demo(["--route", "im"]) == 0

        told = capsys.readouterr()
        (folder,) = (checkout / "demo-output").iterdir()
        assert "no screen" in told.err
        assert told.out.splitlines() == [
            "A simulated visit: 2 events; alarms: none.",
            f"The record and its exports are in {folder}:",
            "  report.pdf",
            "  session.kap",
        ]
        called = (checkout / "called").read_text(encoding="utf-8")
        assert called.startswith("-m kapmonitor simulate --json --out")
        assert called.endswith("--route im\n")

    def test_a_failing_simulation_fails_the_demo(self, checkout):
        (checkout / "broken").touch()

        assert dev.demo(["--scenario", "x"]) == 2
        assert list((checkout / "demo-output").iterdir()) == []
