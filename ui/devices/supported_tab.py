"""What is supported: the kinds of devices of the catalogue, and what is known of the chosen one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kapmonitor.device_words import commands_words, label_words, limits_words, measures_words
from kapmonitor.words import tr
from ui.devices.services import Supported
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, panel_box, row
from ui.widgets.columns import ColumnList


class SupportedTab(QWidget):
    """The same as `kapmonitor devices --supported`; asks for the switch of the untried ones."""

    untried_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kinds: tuple[Supported, ...] = ()
        self.list = ColumnList(4, tr("What is supported"))
        heads = (tr("Device"), tr("Measures"), tr("Commands"), tr("Confidence"))
        self.list.setHeaderLabels(heads)
        self.list.setHeaderHidden(False)
        self.list.changed.connect(self._show_chosen)
        self._name, self._about = label("", "title", wrap=True), label("", wrap=True)
        self._experimental = label("", wrap=True)
        outer = column(self, gap=10)
        words = tr(
            "Confidence: A, documents and several programs agree and real bytes were checked; "
            "B, two sources agree; C, one source. None was tried on real hardware by this project."
        )
        outer.addWidget(label(words, "small", wrap=True))
        outer.addWidget(self.list, 1)
        box, side = panel_box()
        for part in (self._name, self._about, self._experimental):
            side.addWidget(part)
        outer.addWidget(box)
        foot = row(gap=8)
        foot.addStretch(1)
        foot.addWidget(button(tr("Switch for untried devices"), "", self.untried_requested.emit))
        outer.addLayout(foot)

    def begin(self) -> None:
        """It comes into view."""
        self.list.setFocus()

    def show_kinds(self, kinds: Sequence[Supported]) -> None:
        """Show these, as the catalogue orders them; the experimental ones last."""
        if self._kinds == tuple(kinds):
            return
        self._kinds = tuple(kinds)
        self.list.clear()
        for untried in (False, True):
            there = [kind for kind in kinds if kind.experimental == untried]
            if there:
                self.list.add_heading(
                    tr("Experimental: nobody has tried them yet, switched off at first")
                    if untried
                    else tr("Supported")
                )
            for kind in there:
                self.list.add_line(_cells(kind), kind)
        self.list.choose(0)

    def _show_chosen(self) -> None:
        kind = self.list.chosen
        if not isinstance(kind, Supported):
            return
        show_text(self._name, f"{label_words(kind.label)}  ·  {kind.protocol}")
        names = "; ".join([*kind.devices, *kind.experimental_devices])
        known = tr("Known by name: {names}.", names=names) if names else ""
        show_text(self._about, " ".join(x for x in (known, limits_words(kind.limits)) if x) or "–")
        unproven = tr("Unproven: {what}.", what=tr(kind.unproven)) if kind.unproven else ""
        show_text(self._experimental, unproven)
        self._experimental.setVisible(bool(unproven))


def _cells(kind: Supported) -> tuple[str, str, str, str]:
    name, measures = label_words(kind.label), measures_words(kind.measures)
    return name, measures, commands_words(kind.commands), kind.confidence
