"""How long records stay: archive one, delete one whose time is over, and what has left.

It does what `kapmonitor retain` does, by the same functions. No dialog stands before the window: to
delete, the record's id is typed again beside the button.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QWidget,
)

from kapmonitor.record.retention import Why
from kapmonitor.record.trace import LogState, Trace
from kapmonitor.words import tr
from ui.live.panels.people import PinField
from ui.retaining import ACT_WORDS, LOG_WORDS, WHY_WORDS, Kept, Retained, day, until_words
from ui.services import Services
from ui.settings.rows import section_box
from ui.widgets.basic import button, label, set_tone, show_text
from ui.widgets.boxes import row
from ui.widgets.jobs import Jobs

_HOW = (
    "Nothing is deleted by itself. Archiving copies a record, checks the copy and removes it here. "
    "Deleting cannot be taken back. What has left stays in a list."
)
# The lowest height of a list [px]: three lines.
_LOW = 96
_ID = Qt.ItemDataRole.UserRole


class RecordsSection(QWidget):
    """Lists what is here and what has left; asks for one act at a time, with a name."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._kept: dict[str, Kept] = {}
        self._busy = False
        self.years = label("", "small", wrap=True)
        self.list, self.left = QListWidget(), QListWidget()
        self.name, self.pin, self.why = QLineEdit(), PinField(), QComboBox()
        self.folder, self.confirm = QLineEdit(), QLineEdit()
        self.archive = button(tr("Archive"), "main", self._on_archive)
        self.delete = button(tr("Delete for ever"), "danger", self._on_delete)
        self.said, self.log = label("", "", wrap=True), label("", "", wrap=True)
        self._name_widgets()
        self._lay_out()
        self.list.currentItemChanged.connect(lambda _now, _before: self._on_chosen())
        for field in (self.name, self.folder, self.confirm):
            field.textChanged.connect(lambda _text: self._show_tools())
        self._show_tools()

    def _name_widgets(self) -> None:
        for widget, name in (
            (self.list, tr("Records")),
            (self.left, tr("What has left")),
            (self.name, tr("Your name")),
            (self.why, tr("Reason")),
            (self.folder, tr("Folder of the archive")),
            (self.confirm, tr("The record's id again")),
        ):
            widget.setAccessibleName(name)
        for showing in (self.list, self.left, self.confirm):
            showing.setFont(_plain_letters(showing.font()))
        for listing in (self.list, self.left):
            listing.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            listing.setMinimumHeight(_LOW)
        self.name.setPlaceholderText(tr("your name"))
        self.folder.setPlaceholderText(tr("a folder on another disk"))
        for why in Why:
            self.why.addItem(tr(WHY_WORDS[why]), why.value)

    def _lay_out(self) -> None:
        box = section_box(self)
        box.addWidget(label(tr(_HOW), "small", wrap=True))
        box.addWidget(self.years)
        box.addWidget(self.list, 3)
        who, away, gone = row(gap=8), row(gap=8), row(gap=8)
        for widget, share in ((self.name, 3), (self.pin, 1), (self.why, 3)):
            who.addWidget(widget, share)
        away.addWidget(self.folder, 1)
        away.addWidget(self.archive)
        gone.addWidget(self.confirm, 1)
        gone.addWidget(self.delete)
        for line in (who, away, gone):
            box.addLayout(line)
        box.addWidget(self.said)
        box.addWidget(label(tr("What has left"), "title"))
        box.addWidget(self.left, 2)
        box.addWidget(self.log)

    def begin(self) -> None:
        """The records as they are now."""
        if not self._busy:
            show_text(self.said, "")
            self._jobs.run(self, self._world.retained, self.show_retained, self._failed)

    def show_retained(self, found: Retained) -> None:
        """Show these, with the record that was chosen before."""
        chosen = self._chosen_id()
        self._kept = {one.id: one for one in found.kept}
        words = tr(
            "A patient's record is kept for {years:g} years from its visit: keep_years in "
            "settings.json; ask what holds where you are.",
            years=found.keep_years,
        )
        show_text(self.years, words)
        self.list.clear()
        for one in found.kept:
            item = QListWidgetItem(_kept_words(one))
            item.setData(_ID, one.id)
            self.list.addItem(item)
            if one.id == chosen:
                self.list.setCurrentItem(item)
        self.left.clear()
        for trace in reversed(found.left):
            self.left.addItem(_trace_words(trace))
        show_text(self.log, "" if found.log is LogState.WHOLE else tr(LOG_WORDS[found.log]))
        set_tone(self.log, "wrong" if found.log in (LogState.CHANGED, LogState.CUT) else "dim")
        self._show_tools()

    def _chosen_id(self) -> str:
        place = self.list.currentRow()
        return "" if place < 0 else str(self.list.item(place).data(_ID))

    def _on_chosen(self) -> None:
        self.confirm.clear()
        chosen = self._chosen_id()
        words = tr("to delete it for ever, type {id} here", id=chosen) if chosen else ""
        self.confirm.setPlaceholderText(words)
        self._show_tools()

    def _show_tools(self) -> None:
        chosen = self._chosen_id()
        free = bool(chosen) and bool(self.name.text().strip()) and not self._busy
        self.archive.setEnabled(free and bool(self.folder.text().strip()))
        self.delete.setEnabled(free and self.confirm.text().strip() == chosen)

    def _on_archive(self) -> None:
        record, by, pin = self._kept[self._chosen_id()].path, self.name.text(), self.pin.text()
        folder, why = self.folder.text().strip(), str(self.why.currentData())
        self._do(
            lambda: self._world.archive_record(str(record), folder, by, why, pin),
            tr("Archived and checked: {path}", path=record.stem),
        )

    def _on_delete(self) -> None:
        record, by, pin = self._kept[self._chosen_id()].path, self.name.text(), self.pin.text()
        confirm, why = self.confirm.text(), str(self.why.currentData())
        self._do(
            lambda: self._world.delete_record(str(record), confirm, by, why, pin),
            tr("Deleted: {id}", id=record.stem),
        )

    def _do(self, act: Callable[[], Retained], words: str) -> None:
        """One act; its buttons wait until it is done, so that none is done twice."""
        self._busy = True
        self.pin.clear()
        self.confirm.clear()
        self._show_tools()
        set_tone(self.said, "dim")
        show_text(self.said, tr("Working…"))

        def done(found: Retained) -> None:
            self._busy = False
            show_text(self.said, words)
            self.show_retained(found)

        self._jobs.run(self, act, done, self._failed)

    def _failed(self, text: str) -> None:
        self._busy = False
        set_tone(self.said, "wrong")
        show_text(self.said, text)
        self._show_tools()


def _plain_letters(font: QFont) -> QFont:
    """The font draws ``3x9`` with a multiplication sign; an id is typed letter by letter."""
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def _kept_words(one: Kept) -> str:
    parts = [one.id, day(one.opened), tr(one.state), until_words(one)]
    return "   ".join([*parts, tr("training")] if one.training else parts)


def _trace_words(trace: Trace) -> str:
    why = tr(WHY_WORDS[Why(trace.why)]) if trace.why in list(Why) else trace.why
    act = tr(ACT_WORDS.get(trace.act, trace.act))
    return "   ".join([trace.session, day(trace.opened), f"{act} {day(trace.utc)}", trace.by, why])
