"""What every test shares."""

import os
from collections.abc import Callable

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE

# Qt draws into memory unless a platform was asked for: a machine without a screen aborts otherwise.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test touches the keyring of the machine it runs on; records of patients open with this.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ["KAPMONITOR_PASSPHRASE"] = "the passphrase of the tests"

# The same examples at every run, so that a failure is a change's and not chance's. Whoever hunts
# for new ones says HYPOTHESIS_PROFILE=search.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("search", max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


class PatientBot(QtBot):
    """The hands of a test on a window, which wait long before they give up."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 0) -> None:  # noqa: N802
        """Work on events until the callback says yes; fails when it never does."""
        super().waitUntil(callback, timeout=max(timeout, round(1000 * PATIENCE)))


@pytest.fixture
def qtbot(qapp, request) -> QtBot:
    """As pytest-qt's own, with more patience."""
    return PatientBot(request)
