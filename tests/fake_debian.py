"""A Debian that exists only on the PATH: dpkg-query, apt-get and sudo as small shell scripts."""

import os
import shutil
from pathlib import Path

DPKG_QUERY = '#!/bin/sh\ncat "{folder}/listing"\n'
# The asked-for names, which come after the options, count as installed from now on.
APT_GET = r"""#!/bin/sh
echo "apt-get $*" >> "{folder}/calls"
[ "$1" = install ] || exit 0
[ -e "{folder}/broken" ] && {{ echo "E: Unable to fetch some archives." >&2; exit 100; }}
shift
for word in "$@"; do
    case "$word" in -*|*::*) ;; *) printf 'installed\t%s\t\n' "$word" >> "{folder}/listing" ;; esac
done
"""
SUDO_WITH_PASSWORD = "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n"
SUDO_WITHOUT_PASSWORD = '#!/bin/sh\nshift\nexec "$@"\n'
# A Debian python3 without python3-venv: ensurepip is there as soon as the package is.
PYTHON = '#!/bin/sh\ngrep -q "python3.11-venv" "{folder}/listing"\n'


class FakeDebian:
    """One folder of fake commands, to be used as the whole PATH."""

    def __init__(self, folder: Path, installed: list[str], *, free_sudo: bool = False) -> None:
        self.folder = folder
        listing = "".join(f"installed\t{package}\t\n" for package in installed)
        (folder / "listing").write_text(listing, encoding="utf-8")
        self._command("dpkg-query", DPKG_QUERY)
        self._command("apt-get", APT_GET)
        self._command("sudo", SUDO_WITHOUT_PASSWORD if free_sudo else SUDO_WITH_PASSWORD)
        self._command("python3.11", PYTHON)
        for real in ("cat", "env", "grep", "true"):
            (folder / real).symlink_to(shutil.which(real) or f"/usr/bin/{real}")

    def _command(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text.format(folder=self.folder), encoding="utf-8")
        path.chmod(0o755)

    @property
    def path(self) -> str:
        """The PATH in which only this Debian's commands are found."""
        return str(self.folder)

    @property
    def python(self) -> str:
        """Its python3.11, which can make virtual environments once python3.11-venv is installed."""
        return os.fspath(self.folder / "python3.11")

    @property
    def apt_calls(self) -> list[str]:
        """What apt-get was asked to do, in order."""
        calls = self.folder / "calls"
        return calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []

    def break_the_network(self) -> None:
        """Let every later installation fail."""
        (self.folder / "broken").touch()
