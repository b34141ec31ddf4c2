"""What every test shares."""

import os

# Qt draws into memory unless a platform was asked for: a machine without a screen aborts otherwise.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
