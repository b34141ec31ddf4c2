"""What the computer under a visit does: keeps awake, and how full its battery is. Free of Qt."""

import threading
import warnings
from pathlib import Path

from kapmonitor.ports import MachineState

_PATIENCE = 3.0


class Machine:
    """Asks the system not to sleep for as long as a visit runs, and watches the battery.

    The asking happens on a thread of its own: a desktop that does not answer must not hold a visit.
    """

    def __init__(self, after: float = 0.0, ask: bool = True) -> None:
        """Begin to ask; ``after`` so many seconds, so that the first frame does not wait for it.

        Without ``ask`` nothing is asked of the system, and the risk is told.
        """
        self._after, self._ask = after, ask
        self._awake: bool | None = None
        self._told = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_awake, name="keep awake", daemon=True)
        self._thread.start()

    def state(self) -> MachineState:
        """How things stand now; a request that is not answered yet counts as granted."""
        import psutil

        battery = psutil.sensors_battery()
        return MachineState(
            may_sleep=self._awake is False and can_sleep(),
            battery_percent=None if battery is None else round(battery.percent),
            charging=battery is None or bool(battery.power_plugged),
        )

    def settled(self) -> bool:
        """Wait until the system has answered; False when it did not."""
        return self._told.wait(_PATIENCE)

    def close(self) -> None:
        """Let the machine sleep again."""
        self._closing.set()
        self._thread.join(_PATIENCE)

    def _keep_awake(self) -> None:
        if self._closing.wait(self._after):
            return
        if not self._ask:
            self._awake = False
            self._told.set()
            return
        try:
            with warnings.catch_warnings():
                # A request that is not granted is an alarm of ours, not a warning on stderr.
                warnings.simplefilter("ignore")
                from wakepy import keep

                with keep.presenting(on_fail="pass") as mode:
                    self._awake = mode.active
                    self._told.set()
                    self._closing.wait()
        except Exception:
            # Whatever the desktop's own service does wrong, the visit only needs to know the risk.
            self._awake = False
            self._told.set()


class NoMachine:
    """Nothing to watch: for simulated visits and tests."""

    def state(self) -> MachineState:
        """Awake and powered."""
        return MachineState()

    def close(self) -> None:
        """Nothing to let go."""


def can_sleep(states: Path = Path("/sys/power/state")) -> bool:
    """False only where the system says that it knows no sleep (a Linux machine without states)."""
    try:
        return bool(states.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return not states.parent.is_dir()
