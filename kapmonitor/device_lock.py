"""The lock that keeps two visits on this machine from using one device.

A serial port is opened for one program alone, but a Bluetooth device can be shared by two without
either knowing. The lock lies in the user's cache, not in the data folder, so that it also
holds between visits with different ones; like a record's, it ends with its holder.
"""

import hashlib
from pathlib import Path

import platformdirs

from kapmonitor.errors import DeviceError, RecordError
from kapmonitor.record.lock import RecordLock, is_locked


def _mark(place: str) -> Path:
    """The file of a device; its name tells nothing of the device."""
    digest = hashlib.sha256(place.casefold().encode()).hexdigest()[:24]
    return platformdirs.user_cache_path("kapmonitor", False) / "devices" / digest


class DeviceLock:
    """Held from the moment it is made until ``release``; ``place`` is a SOURCE without protocol.

    Raises DeviceError ``device_in_use`` when another visit has the device, in this process or
    another.
    """

    def __init__(self, place: str) -> None:
        mark = _mark(place)
        try:
            mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: RecordLock | None = RecordLock(mark)
        except RecordError as error:
            if error.code == "record_in_use":
                raise DeviceError("device_in_use", device=place) from None
            self._lock = None  # a machine that keeps no locks must not keep a visit from beginning
        except OSError:
            self._lock = None

    def release(self) -> None:
        """Let others have the device; may be called twice."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


def in_use(place: str) -> bool:
    """Whether a visit on this machine has the device."""
    return is_locked(_mark(place))
