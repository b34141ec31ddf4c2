"""What the pages of the main window ask for: done off the window's thread, told when it is done."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import tr
from ui.setup.choice import SetupChoice
from ui.trial_result import Progress
from ui.widgets.jobs import Jobs
from ui.window_state import where_it_is

if TYPE_CHECKING:
    from ui.devices.keeping import Keeping
    from ui.devices.page import DevicesPage
    from ui.live.window import LiveWindow
    from ui.main_window import MainWindow
    from ui.past_visits import Earlier
    from ui.setup.looking import Looking
    from ui.setup.page import SetupPage


class Errands:
    """Runs between the pages and the `Services` of a main window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window, self._world, self._jobs = window, window.world, window.jobs
        # Trials and exports may last; scans do not wait for them.
        self.trials = Jobs(window)
        self._trial = Progress()
        self._looking: Looking | None = None
        self._keeping: Keeping | None = None

    # Home ---------------------------------------------------------------------------------

    def look_at_home(self) -> None:
        """What the start page shows: trouble with the settings, the visits, limits to try."""
        home, world = self._window.home, self._world
        self._jobs.run(home, world.settings_problem, home.show_problem, home.show_said)
        self._jobs.run(home, world.reminders, home.show_reminders, home.show_said)
        self.show_past()
        self._jobs.run(home, world.presets, home.trial.show_presets, home.trial.show_said)

    def show_past(self) -> None:
        """Patients' visits, or training: never both in one list."""
        home = self._window.home
        past = self._world.past_training if home.shows_training else self._world.past
        self._jobs.run(home, past, home.show_past, home.show_said)

    def export(self, record: str) -> None:
        """Export an earlier visit."""
        home = self._window.home

        def done(files: list[Path]) -> None:
            folder = str(files[0].parent) if files else ""
            failed(tr("Exported to {folder}", folder=folder))

        def failed(text: str) -> None:
            home.exporting.end()
            home.show_said(text)

        progress = Progress()
        home.exporting.begin(progress)
        self.trials.run(home, lambda: self._world.export(record, progress), done, failed)

    def try_limits(self, record: str, limits: str) -> None:
        """Other limits on an earlier visit."""
        self._trial = Progress()
        progress, box = self._trial, self._window.home.trial
        box.show_running(progress)
        self.trials.run(
            box, lambda: self._world.trial(record, limits, progress), box.show_trial, box.show_said
        )

    def cancel_trial(self) -> None:
        """Call the trial back."""
        self._trial.cancelled = True

    def find_course(self, code: str) -> None:
        """The earlier visits of a patient code, for the page of the course."""
        page = self._window.course
        self._jobs.run(page, lambda: self._world.course(code), page.show_course, page.show_said)

    # Set-up -------------------------------------------------------------------------------

    def serve_setup(self, page: "SetupPage") -> None:
        """Answer what the set-up page asks for."""
        from ui.setup.looking import Looking

        self._looking = Looking(page.devices, self._world)
        page.patient_named.connect(self._find_last_time)
        page.sound_requested.connect(self._try_sound)
        page.sound.output_chosen.connect(self._choose_output)
        page.sound.floor_chosen.connect(self._choose_floor)
        page.experimental_switched.connect(self._switch_experimental)
        page.cuff_start_switched.connect(self._switch_cuff_start)

    def look_at_setup(self, page: "SetupPage") -> None:
        """What the set-up page shows: ports, outputs for alarms, the switches."""
        world, run = self._world, self._jobs.run
        if self._looking is not None:
            self._looking.begin()
        run(page, world.outputs, page.sound.show_outputs, page.sound.show_failed)
        problem = page.show_problem
        run(page, lambda: world.settings().experimental, page.show_experimental, problem)
        run(page, lambda: world.settings().cuff_start, page.show_cuff_start, problem)
        run(page, world.setup_start, page.show_start, problem)
        run(page, world.lots, page.visit.show_lots, problem)

    def _find_last_time(self, code: str) -> None:
        from kapmonitor.course_words import last_time

        setup = self._window.setup
        training = setup.training

        def show(earlier: "Earlier") -> None:
            visits, facts = earlier
            if setup.training == training:  # else it was asked anew
                setup.show_last_time(code, last_time(visits), facts)

        look = self._world.earlier
        self._jobs.run(setup, lambda: look(code, training), show, setup.show_problem)

    def rest(self, for_good: bool = False) -> None:
        """Look for no more devices, until one of their pages is shown again or for good."""
        for looking in (self._looking, self._keeping):
            if looking is not None:
                looking.close() if for_good else looking.rest()

    def _try_sound(self) -> None:
        setup = self._window.setup
        self._jobs.run(setup, self._world.try_sound, setup.show_played, setup.sound.show_failed)

    def _choose_output(self, output: str) -> None:
        self.keep(self._window.setup.sound.show_failed, sound_output=output)

    def _choose_floor(self, floor: float) -> None:
        self.keep(self._window.setup.sound.show_failed, volume_floor=floor)

    def _switch_cuff_start(self, on: bool) -> None:
        self.keep(self._window.setup.show_problem, cuff_start=on)

    def _switch_experimental(self, on: bool) -> None:
        self.keep(self._window.setup.show_problem, experimental=on)

    def tell_sound_test(self, live: "LiveWindow", choice: SetupChoice) -> None:
        """Whether the test of the sound was heard goes into the record of the visit."""
        from kapmonitor.commands import AddNote

        if choice.heard:
            live.desk.ask_unlocked(AddNote(text=tr(choice.heard), kind="sound_test"))

    # Devices ------------------------------------------------------------------------------

    def serve_devices(self, page: "DevicesPage") -> None:
        """Answer what the page of the devices asks for."""
        from ui.devices.keeping import Keeping

        self._keeping = Keeping(page, self._world)

    def look_at_devices(self) -> None:
        """What the page of the devices shows."""
        if self._keeping is not None:
            self._keeping.begin()

    @property
    def busy_with_devices(self) -> bool:
        """Whether anything for the page of the devices is under way."""
        return self._keeping is not None and self._keeping.jobs.busy

    # Both ---------------------------------------------------------------------------------

    def keep(self, failed: Callable[[str], None], **chosen: object) -> None:
        """Keep settings; what goes wrong is said by ``failed``."""
        world, window = self._world, self._window
        self._jobs.run(window, lambda: world.change_settings(**chosen), lambda _done: None, failed)

    def close(self) -> None:
        """Call back what runs, and keep where the window stood.

        That it could not be kept is no reason to stay open.
        """
        self.cancel_trial()
        self.trials.close()
        window = self._window
        with suppress(KapmonitorError):
            self._world.change_settings(display=where_it_is(window, window.display))
