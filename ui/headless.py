"""A visit without a window: lines on stdout, commands on stdin."""

import io
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import msgspec

from kapmonitor import words
from kapmonitor.commands import decode_command
from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.events import AlarmChange, Entry
from kapmonitor.lines import notice_line, reading_line
from kapmonitor.messages import Answered, Finished, Message, Observed, PasskeyWanted, Saved
from kapmonitor.reading import Notice
from kapmonitor.runner import Runner
from ui.output import Printer, answer_line, event_line

_PATIENCE = 0.2


def run_headless(runner: Runner, as_json: bool, minutes: float | None, read_commands: bool) -> None:
    """Print what happens until the session ends: by ``end``, after ``minutes``, or by Ctrl-C.

    Each event is printed once it is committed; alarms at once. Raises RecordError ``not_sealed``
    when the record could not be written to its end.
    """
    lines = Lines(Printer(as_json))
    deadline = None if minutes is None else 60.0 * minutes
    if read_commands:
        threading.Thread(target=_read_commands, args=(runner, lines), daemon=True).start()
    with _interrupts(runner):
        while not lines.finished:
            runner.wait(_PATIENCE)
            lost = not runner.alive
            for message in runner.take():
                _show(lines, message, runner)
            if lost and not lines.finished:
                raise KapmonitorError("engine_lost")
            if deadline is not None and runner.clock.now() >= deadline:
                deadline = None
                runner.interrupt()
    if not lines.sealed:
        raise RecordError("not_sealed")


def _show(lines: "Lines", message: Message, runner: Runner) -> None:
    """Print it; when whoever read our lines has gone (`| head`), end the visit and seal it."""
    try:
        lines.show(message)
    except BrokenPipeError:
        sys.stdout = io.StringIO()
        runner.interrupt()
        if isinstance(message, Finished):
            lines.finished, lines.sealed = True, message.sealed


class Lines:
    """Turns messages into lines; an event waits until it is on the disk."""

    def __init__(self, printer: Printer) -> None:
        self.finished = False
        self.sealed = False
        self._printer = printer
        self._unsaved: list[Entry] = []
        self._answers: list[Answered] = []
        self._saved = 0
        self._refused_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def show(self, message: Message) -> None:
        """Print what this message tells, and what it sets free."""
        with self._lock:
            match message:
                case Observed(reading=reading, averaged=averaged):
                    mark = {"averaged": True} if averaged else {}
                    self._printer.line({**reading_line(reading), **mark})
                case Notice() as notice:
                    self._show_notice(notice)
                case Entry(event=AlarmChange()) as entry:
                    self._printer.line(event_line(entry))
                case Entry() as entry:
                    self._unsaved.append(entry)
                case Answered() as answer:
                    self._answer(answer)
                case Saved(up_to=number):
                    self._saved = max(self._saved, number)
                case PasskeyWanted(address=address, wanted=wanted):
                    self._show_passkey(address, wanted)
                case Finished(path=path, sealed=sealed):
                    self._release(everything=sealed)
                    self._refuse_unsaved()
                    text = words.tr("Record: {path}", path=path)
                    self._printer.line({"finished": path, "sealed": sealed}, text)
                    self.finished, self.sealed = True, sealed
            self._release(everything=False)

    def _answer(self, answer: Answered) -> None:
        """One answer to a command: a cuff refuses a moment after its start was written down."""
        if answer.refused:
            self._answers = [kept for kept in self._answers if kept.id != answer.id]
        self._answers.append(answer)

    def _show_passkey(self, address: str, wanted: bool) -> None:
        """A device shows digits; a command brings them (`GivePasskey`)."""
        text = words.tr("{device} shows a passkey: answer with the command passkey", device=address)
        told = text if wanted else words.tr("{device} waits no longer", device=address)
        self._printer.line({"passkey_wanted": address, "wanted": wanted}, told)

    def _show_notice(self, notice: Notice) -> None:
        """A device that sends rubbish may send it a hundred times a second: one line is enough."""
        if notice.kind == "refused":
            if notice.at < self._refused_at.get(notice.source, -1.0) + 1.0:
                return
            self._refused_at[notice.source] = notice.at
        self._printer.line(notice_line(notice))

    def refuse(self, identifier: object, why: str) -> None:
        """Answer a line that is no command."""
        with self._lock:
            self._printer.line({"id": identifier, "refused": why})

    def _refuse_unsaved(self) -> None:
        """What was never committed is not told as saved."""
        for answer in self._answers:
            refused = Answered(answer.id, refused="not_saved")
            self._printer.line(answer_line(refused))
        self._answers, self._unsaved = [], []

    def _release(self, everything: bool) -> None:
        while self._unsaved and (everything or self._unsaved[0].number <= self._saved):
            self._printer.line(event_line(self._unsaved.pop(0)))
        kept = []
        for answer in self._answers:
            if everything or answer.refused or answer.entry <= self._saved:
                self._printer.line(answer_line(answer))
            else:
                kept.append(answer)
        self._answers = kept


def _read_commands(runner: Runner, lines: Lines) -> None:
    # A line in another encoding must not end the reading of all lines after it. Not by way of
    # ``stdin.buffer``: a thread that waits there when the program ends makes Python abort.
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    for text in sys.stdin:
        line = text.encode(errors="surrogateescape")
        if not line.strip():
            continue
        try:
            runner.ask(decode_command(line))
        except msgspec.DecodeError as error:
            lines.refuse(_identifier(line), _why(line, error))


def _loosely(line: bytes) -> object:
    """What a refused line holds, for its answer; None when it is no JSON at all.

    Python's own reader lets ``NaN`` and ``1e400`` through: who sent them still gets the ``id``
    back. Half a surrogate pair cannot be printed and counts as no JSON.
    """
    try:
        found = json.loads(line.decode(errors="replace"), parse_constant=str)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found


def _identifier(line: bytes) -> object:
    found = _loosely(line)
    identifier = found.get("id") if isinstance(found, dict) else None
    return identifier if isinstance(identifier, int | str) else None


def _why(line: bytes, error: msgspec.DecodeError) -> str:
    found = _loosely(line)
    if found is None or isinstance(error.__cause__, UnicodeError):
        return words.tr("not a JSON object: {reason}", reason=str(error))
    if not isinstance(found, dict):
        return words.tr("not a JSON object: {reason}", reason=type(found).__name__)
    if "command" not in found:
        return words.tr("no command named")
    if "Invalid value" in str(error) and "command" in str(error):
        return words.tr("unknown command: {name}", name=found["command"])
    return str(error)


@contextmanager
def _interrupts(runner: Runner) -> Iterator[None]:
    """Ctrl-C and a polite kill end the session and seal it."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        runner.interrupt()

    names = [signal.SIGINT, signal.SIGTERM]
    before = {name: signal.signal(name, interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
