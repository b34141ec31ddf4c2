"""Does what the page of the devices asks for, off the window's thread."""

from functools import partial

from PySide6.QtCore import QObject

from kapmonitor.remembered import Remembered
from ui.devices.page import DevicesPage
from ui.devices.services import DeviceServices, Supported, Watch
from ui.services import Services
from ui.setup.looking import Looking
from ui.widgets.jobs import Jobs


class Keeping(QObject):
    """Answers a `DevicesPage`: `Looking` looks, this one keeps and tells what is amiss."""

    def __init__(self, page: DevicesPage, world: Services) -> None:
        super().__init__(page)
        self._page, self._world = page, world
        self._devices: DeviceServices = world.devices
        self.looking = Looking(page.shelf, world)
        self.jobs = Jobs(self)
        self._asked = False
        shelf = page.shelf
        shelf.amiss_requested.connect(self._find_amiss)
        shelf.watch_requested.connect(self._watch)
        shelf.place_requested.connect(self._place)
        shelf.forget_requested.connect(self._forget)
        shelf.restore_requested.connect(self._restore)

    def begin(self) -> None:
        """The page comes into view."""
        self.looking.begin()
        self.jobs.run(
            self._page, self._devices.supported, self._show_supported, self._page.shelf.say
        )

    def rest(self) -> None:
        """Look no more."""
        self.looking.rest()
        self._page.shelf.let_go()

    def close(self) -> None:
        """Take no more; what runs is left to end by itself."""
        self._page.shelf.let_go()
        self.looking.close()
        self.jobs.close()

    def _show_supported(self, kinds: list[Supported]) -> None:
        self._page.supported.show_kinds(kinds)
        self._page.shelf.card.show_kinds(kinds)

    def _find_amiss(self) -> None:
        shelf = self._page.shelf
        self.jobs.run(shelf, self._devices.amiss, shelf.show_amiss, shelf.say)

    def _watch(self, source: str, watch: Watch) -> None:
        self.looking.look(partial(self._devices.watch, source, watch))

    def _place(self, source: str, room: str, site: str, label: str) -> None:
        shelf = self._page.shelf
        work = partial(self._devices.place, source, room, site, label)
        self.jobs.run(shelf, work, self._placed, shelf.say)

    def _placed(self, device: Remembered) -> None:
        self._page.shelf.show_placed(device)
        self._look_anew()

    def _forget(self, source: str) -> None:
        shelf = self._page.shelf
        self.jobs.run(shelf, partial(self._devices.forget, source), self._forgotten, shelf.say)

    def _forgotten(self, device: Remembered) -> None:
        self._page.shelf.show_forgotten(device)
        self._look_anew()

    def _restore(self, device: Remembered) -> None:
        work = partial(self._devices.restore, device)
        self.jobs.run(
            self._page.shelf, work, lambda _done: self._placed(device), self._page.shelf.say
        )

    def _look_anew(self) -> None:
        """What is remembered has changed."""
        shelf = self._page.shelf
        self.jobs.run(shelf, self._world.remembered, shelf.show_remembered, shelf.say)
