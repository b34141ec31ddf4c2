"""From a Debian 12 that has nothing but python3 to a running program, with dev.py alone."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dev
from tests.fake_debian import FakeDebian
from tests.proofs import ROOT, Figures

NAME = "bare_system"
ABOUT = "A Debian 12 with nothing but python3 becomes a working checkout by `dev.py` alone."

SUITE = "bookworm"
CHECKOUT = Path("kapmonitor")
FILES_OF_A_VISIT = {"session.kap", "report.pdf", "readings.csv", "events.csv", "truth.csv"} | {
    "session.fhir.json"
}


def run(long: bool) -> Figures:
    """Long: build such a system (root, debootstrap) and work in it. Short: fake its commands."""
    with tempfile.TemporaryDirectory(prefix="bare-") as folder:
        return _real_system(Path(folder)) if long else _fake_system(Path(folder))


def _fake_system(folder: Path) -> Figures:
    """A bare system whose apt-get fails: one sentence with the line to run, and no .venv."""
    bin_folder, checkout = folder / "bin", folder / "checkout"
    bin_folder.mkdir()
    checkout.mkdir()
    for name in ("dev.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, checkout / name)
    fake = FakeDebian(bin_folder, ["python3", "python3.11"])
    fake.break_the_network()

    done = subprocess.run(
        (sys.executable, "dev.py", "setup"),
        cwd=checkout,
        env={"PATH": fake.path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.endswith(" ".join([*dev.WINDOW_LIBRARIES, *dev.TEST_PROGRAMS])), last
    assert "apt-get install -y --no-install-recommends" in last, last
    assert not (checkout / ".venv").exists(), "a .venv was begun without what it needs"
    return {"missing packages": len(dev.WINDOW_LIBRARIES) + len(dev.TEST_PROGRAMS)}


class BareSystem:
    """A Debian in a folder, entered by chroot in a mount namespace that ends with the command."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "system"
        self._mounts: set[str] = set()
        self._environment = {
            "HOME": "/root",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
        }

    def build(self) -> None:
        """Install the smallest Debian that has python3, and give it this checkout."""
        _do("debootstrap", "--variant=minbase", "--include=python3", SUITE, str(self.root))
        archive = self.root / "checkout.tar"
        _do("git", "-C", str(ROOT), "archive", "-o", str(archive), "HEAD")
        (self.root / CHECKOUT).mkdir()
        _do("tar", "-xf", str(archive), "-C", str(self.root / CHECKOUT))
        archive.unlink()

    def borrow_network_settings(self) -> None:
        """Use the host's name server, certificates and pip settings, and what those point to."""
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        pip = (sys.executable, "-m", "pip", "config", "list")
        listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
        settings = re.findall(r"^(?:global|install|user)\.([\w-]+)='(.*)'$", listed, re.MULTILINE)
        lines = [f"{key} = {self._borrow(value)}\n" for key, value in settings]
        (self.root / "etc/pip.conf").write_text("[global]\n" + "".join(lines), encoding="utf-8")
        wanted = re.compile(r"PIP_|.*_PROXY$|SSL_CERT_FILE$|REQUESTS_CA_BUNDLE$", re.IGNORECASE)
        for key, value in os.environ.items():
            if wanted.match(key):
                self._environment[key] = self._borrow(value)

    def _borrow(self, setting: str) -> str:
        """Bring the files and folders that a setting names into the system; return it adapted."""
        words = setting.replace("\\n", " ").split()
        for number, word in enumerate(words):
            here = Path(word.removeprefix("file://"))
            if not here.is_absolute() or not here.exists():
                continue
            if here.is_file():
                # Under a name of its own: installing ca-certificates rewrites the usual one.
                shutil.copy(here, self.root / f"borrowed-{here.name}")
                words[number] = f"/borrowed-{here.name}"
                continue
            # The pages of an index lie in "simple" and point to files beside that folder.
            here = here.parent if here.name == "simple" else here
            there = self.root / str(here).lstrip("/")
            there.mkdir(parents=True, exist_ok=True)
            self._mounts.add(f"mount --bind {here} {there}")
        return " ".join(words)

    def call(self, command: str) -> tuple[str, float]:
        """Run a shell line in the checkout; return what it said and how long it took [s]."""
        mounts = "\n".join([f"mount -t proc proc {self.root}/proc", *sorted(self._mounts)])
        script = f'set -e\n{mounts}\nexec chroot "$0" sh -c "cd /{CHECKOUT} && {command}"\n'
        started = time.monotonic()
        done = subprocess.run(
            ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, self.root),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}"
        return done.stdout, time.monotonic() - started


def _real_system(folder: Path) -> Figures:
    assert os.geteuid() == 0, "the long form needs root"
    assert shutil.which("debootstrap"), "the long form needs debootstrap"
    system = BareSystem(folder)
    system.build()
    system.borrow_network_settings()
    before, _ = system.call("dpkg-query -W")
    assert "venv" not in before, "the system is not bare"

    _, first = system.call("python3 dev.py setup")
    _, second = system.call("python3 dev.py setup")
    after, _ = system.call("dpkg-query -W")
    system.call("rm .venv/ready && python3 dev.py setup")
    said, demo = system.call("python3 dev.py demo --minutes 30")
    files = {file.name for file in (system.root / CHECKOUT / "demo-output").rglob("*")}

    assert second < 2.0, f"a second set-up took {second:.1f} s"
    assert files >= FILES_OF_A_VISIT, f"missing: {FILES_OF_A_VISIT - files}; {said[-500:]}"
    return {
        "packages before": len(before.splitlines()),
        "packages after": len(after.splitlines()),
        "first set-up [s]": round(first),
        "second set-up [s]": round(second, 2),
        "demo without a screen [s]": round(demo, 1),
        "files of the visit": len(files),
    }


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-2000:]}"
