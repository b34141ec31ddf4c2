"""What signs simulations: a key of the installation that guards no patient."""

from pathlib import Path

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.key_file import write_whole
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.keys.wrapping import unwrap, wrap
from kapmonitor.record.signing import InstallationKey

TRAINING_FILE = "training.key"
_TRAINING = "training key"


def training_key(data: Path) -> InstallationKey:
    """The key of this data folder, made when there is none. The published key is wrapping enough.

    Raises KapmonitorError ``folder_unwritable``, ``keys_damaged``.
    """
    path = data / TRAINING_FILE
    if not path.is_file():
        made = InstallationKey.generate()
        write_whole(path, wrap(PUBLISHED_KEY, made.secret, _TRAINING), new=True)
    try:
        secret = unwrap(PUBLISHED_KEY, path.read_bytes(), _TRAINING)
    except OSError as problem:
        reason = problem.strerror or ""
        raise KapmonitorError("folder_unwritable", path=str(data), reason=reason) from None
    if secret is None:
        raise KapmonitorError("keys_damaged", path=str(path))
    return InstallationKey.from_secret(secret)
