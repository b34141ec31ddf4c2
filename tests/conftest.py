"""What every test shares."""

import os

from hypothesis import HealthCheck, settings

# Qt draws into memory unless a platform was asked for: a machine without a screen aborts otherwise.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test touches the keyring of the machine it runs on; records of patients open with this.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ["KAPMONITOR_PASSPHRASE"] = "the passphrase of the tests"

# The same examples at every run, so that a failure is a change's and not chance's. Whoever hunts
# for new ones says HYPOTHESIS_PROFILE=search.
# How long an example takes is the machine's matter, and no reason to fail on a busy one.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
