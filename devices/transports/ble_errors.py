"""What can be wrong with Bluetooth, as the codes that the words and the doctor know.

``bluetooth_missing`` (no adapter, no service, no system bus), ``bluetooth_off``,
``bluetooth_no_permission``, ``device_not_found``, ``needs_pairing``, ``connect_failed``.
"""

READY = "ready"

_OFF_NAMES = ("org.bluez.Error.NotReady",)
_DENIED_NAMES = ("org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.AuthFailed")
# No service answers under the name org.bluez, or the bus could not start one.
_MISSING_NAMES = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.Disconnected",
    "org.freedesktop.systemd1",
    "org.freedesktop.DBus.Error.Spawn",
)
_UNPAIRED_NAMES = (
    "org.bluez.Error.AuthenticationFailed",
    "org.bluez.Error.AuthenticationCanceled",
    "org.bluez.Error.AuthenticationRejected",
    "org.bluez.Error.AuthenticationTimeout",
    "org.bluez.Error.NotPermitted",
    "org.bluez.Error.NotAuthorized",
)
# ATT errors 0x05, 0x08, 0x0C and 0x0F (Bluetooth Core Specification, volume 3, part F, 3.4.1.1):
# authentication, authorization, key size, encryption.
_UNPAIRED_ATT = (0x05, 0x08, 0x0C, 0x0F)


def trouble_code(error: BaseException) -> str:
    """The code of an error of bleak or of the system; ``connect_failed`` when in doubt."""
    from bleak.exc import (
        BleakBluetoothNotAvailableError,
        BleakDBusError,
        BleakDeviceNotFoundError,
        BleakGATTProtocolError,
    )

    if isinstance(error, BleakBluetoothNotAvailableError):
        return _unavailable_code(error)
    if isinstance(error, BleakDeviceNotFoundError):
        return "device_not_found"
    if isinstance(error, BleakGATTProtocolError):
        return "needs_pairing" if int(error.code) in _UNPAIRED_ATT else "connect_failed"
    if isinstance(error, BleakDBusError):
        return _bus_code(error.dbus_error)
    if isinstance(error, PermissionError):
        return "bluetooth_no_permission"
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return "bluetooth_missing"  # no system bus: nobody listens at its socket
    if type(error).__module__.startswith("dbus_fast"):
        return "bluetooth_missing"  # an address of a bus that cannot be understood, a bus that went
    return "connect_failed"


def _unavailable_code(error: BaseException) -> str:
    from bleak.exc import BleakBluetoothNotAvailableReason as Reason

    reason = getattr(error, "reason", None)
    if reason is Reason.POWERED_OFF:
        return "bluetooth_off"
    if reason in (Reason.DENIED_BY_USER, Reason.DENIED_BY_SYSTEM, Reason.DENIED_BY_UNKNOWN):
        return "bluetooth_no_permission"
    return "bluetooth_missing"


def _bus_code(name: str) -> str:
    for names, code in (
        (_OFF_NAMES, "bluetooth_off"),
        (_DENIED_NAMES, "bluetooth_no_permission"),
        (_MISSING_NAMES, "bluetooth_missing"),
        (_UNPAIRED_NAMES, "needs_pairing"),
    ):
        if name.startswith(names):
            return code
    return "connect_failed"
