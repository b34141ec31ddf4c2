"""What every test shares."""

import os

from hypothesis import settings

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
