"""Between the start page's box about the key and the keys themselves."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence, tr
from ui.home.key_box import KeyBox
from ui.home.key_words import KeyHolder, page_of
from ui.passphrase import checked
from ui.widgets.jobs import Jobs

# What is said on the page in place of a sentence that names the command line.
_ON_THE_PAGE = {"wrong_passphrase": "wrong_passphrase_typed", "keys_locked": "passphrase_missing"}


class KeyDesk(QObject):
    """Looks how the keys stand and shows the page for it; every answer is another look."""

    shown = Signal(bool)
    """Whether something is asked for (False: everything is open)."""
    unlocked = Signal()
    """Records open that did not before."""
    may_begin = Signal(bool)
    """Whether a visit can have a key."""

    def __init__(self, box: KeyBox, jobs: Jobs, keys: KeyHolder) -> None:
        super().__init__(box)
        self._box, self._jobs, self._keys = box, jobs, keys
        self._letters, self._page = "", ""
        box.acted.connect(self._act)
        box.other_requested.connect(self._other)

    def look(self) -> None:
        """See how the keys stand, off the window's thread: a keyring may take a while."""
        self._jobs.run(self, self._found, self._show, self._box.show_problem)

    def _found(self) -> tuple[str, str, str]:
        standing = self._keys.standing()
        page = page_of(standing, self._keys.keeper())
        letters = self._keys.recovery_key() if page == "paper" else ""
        problem = sentence(standing.state, {"path": "keys.json"}) if page == "broken" else ""
        return page, letters, problem

    def _show(self, found: tuple[str, str, str]) -> None:
        page, self._letters, problem = found
        if self._page and page in ("", "paper") and self._page != "paper":
            self.unlocked.emit()
        self._page = page
        self.may_begin.emit(page in ("", "paper"))
        self.shown.emit(bool(page))
        if page:
            self._box.show_page(page, self._letters)
            self._box.show_problem(problem)
        else:
            self._box.forget()

    def _act(self, page: str) -> None:
        typed = self._box.typed("passphrase")
        try:
            work = self._work(page, typed)
        except KapmonitorError as problem:
            self._box.show_problem(sentence(problem.code, problem.facts))
            return
        self._box.show_problem("")
        self._box.show_busy(True)
        self._jobs.run(self, work, lambda _done: self.look(), self._box.show_problem)

    def _work(self, page: str, typed: str) -> Callable[[], object]:
        keys, letters = self._keys, self._box.typed("letters")
        match page:
            case "new_ring" | "new_given":
                return keys.create
            case "new_passphrase":
                chosen = self._chosen(typed)
                return lambda: keys.create(chosen)
            case "locked":
                return lambda: self._opened(typed)
            case "recover":
                chosen = self._chosen(typed)
                return lambda: keys.recover(letters, chosen)
            case "recover_ring" | "recover_given":
                return lambda: keys.recover(letters)
            case "paper":
                return keys.recovery_is_kept
        return lambda: None

    def _opened(self, typed: str) -> None:
        """Open by what was typed; the command line's advice would lead nowhere from this page."""
        try:
            self._keys.open(typed or None)
        except KapmonitorError as problem:
            code = _ON_THE_PAGE.get(problem.code)
            if code is None:
                raise
            raise KapmonitorError(code) from None

    def _chosen(self, typed: str) -> str:
        checked(typed)
        if typed != self._box.typed("again"):
            raise KapmonitorError("passphrases_differ")
        return typed

    def _other(self, page: str) -> None:
        if page == "locked":
            self._box.show_page("recover")
        elif page == "paper":
            self._print()
        else:
            self.look()

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self._box).exec():
            words = tr("Recovery key of the records of kapmonitor. Keep it locked away.")
            page = QTextDocument()
            page.setPlainText(f"{words}\n\n" + self._letters.replace("-", "   "))
            page.print_(printer)
