"""The test of the alarm sound before a visit: one burst, and the question whether it was heard."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from kapmonitor.settings import VOLUME_FLOOR
from kapmonitor.words import tr
from ui.live.alarm_views import SOUND_WORDS
from ui.setup.choice import HEARD, NOT_HEARD, SoundOutputs
from ui.widgets.basic import KeyButton, label, set_tone, show_text
from ui.widgets.boxes import column, row


class SoundTest(QWidget):
    """Asks for a burst, then a person; "played" is no evidence of heard."""

    test_requested = Signal()
    output_chosen = Signal(str)
    floor_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.heard = ""
        self._play = KeyButton(tr("Test the sound"), "", self._on_play)
        self._said = label("", "small", wrap=True)
        self.yes = KeyButton(tr("Yes"), "", partial(self._on_answer, HEARD))
        self.no = KeyButton(tr("No"), "", partial(self._on_answer, NOT_HEARD))
        self.yes.setAccessibleName(tr("Yes, I heard it"))
        self.no.setAccessibleName(tr("No, I did not hear it"))
        box = column(self, gap=4)
        self._output = QComboBox()
        self._output.setAccessibleName(tr("Output for alarms"))
        self._output.activated.connect(self._on_output)
        head = row(gap=12)
        head.addWidget(label(tr("Alarm sound"), "title"))
        head.addWidget(self._output, 1)
        box.addLayout(head)
        # What is typed outside the range is put right at the field.
        self._floor = QSpinBox()
        self._floor.setRange(round(100 * VOLUME_FLOOR), 100)
        self._floor.setSingleStep(5)
        self._floor.setSuffix(" %")
        self._floor.setKeyboardTracking(False)
        self._floor.setAccessibleName(tr("Least volume for alarms"))
        if (edit := self._floor.lineEdit()) is not None:
            edit.setAccessibleName(tr("Least volume for alarms"))
        self._floor.setToolTip(tr("Below this share of full volume the sound counts as failed."))
        self._floor.valueChanged.connect(self._on_floor)
        least = row(gap=12)
        least.addWidget(
            label(tr("Least volume for alarms, {low} to 100 %", low=self._floor.minimum()))
        )
        least.addWidget(self._floor)
        least.addStretch(1)
        box.addLayout(least)
        self.show_outputs(SoundOutputs())
        tools = row(gap=8)
        self._question = label(tr("Did you hear it?"))
        for made in (self._play, self._question, self.yes, self.no):
            tools.addWidget(made)
        tools.addStretch(1)
        box.addLayout(tools)
        box.addWidget(self._said)
        self.begin()

    def begin(self) -> None:
        """No test yet."""
        self.heard = ""
        self._say(tr("Plays one medium alarm. The answer goes into the record."))
        self._ask(False)

    def show_played(self, state: str) -> None:
        """The burst is over: ask; where the output itself complains, say so first."""
        self._play.setEnabled(True)
        trouble = "" if state == "ok" else tr(SOUND_WORDS.get(state, state.replace("_", " ")))
        self._say(trouble, wrong=bool(trouble))
        self._ask(True)
        # On neither answer: a key pressed by habit must not say that it was heard.
        self._play.setFocus()

    def show_outputs(self, outputs: SoundOutputs) -> None:
        """Offer these outputs; a chosen one that is not there is still shown, and says so."""
        offers = [("", tr("The system's own output")), *outputs.there]
        if outputs.chosen not in dict(offers):
            offers.append((outputs.chosen, tr("not there: {name}", name=outputs.chosen)))
        self._output.clear()
        for output, name in offers:
            self._output.addItem(name, output)
        self._output.setCurrentIndex(self._output.findData(outputs.chosen))
        blocked = QSignalBlocker(self._floor)
        self._floor.setValue(round(100 * outputs.floor))
        blocked.unblock()

    def show_failed(self, text: str) -> None:
        """The burst could not be played at all."""
        self._play.setEnabled(True)
        self._say(text, wrong=True)

    def _on_output(self, _index: int) -> None:
        # What was heard was another output.
        self.begin()
        self.output_chosen.emit(str(self._output.currentData()))

    def _on_floor(self, percent: int) -> None:
        # What was loud enough before may not be now.
        self.begin()
        self.floor_chosen.emit(percent / 100)

    def _on_play(self) -> None:
        self.heard = ""
        self._play.setEnabled(False)
        self._ask(False)
        self._say(tr("Playing…"))
        self.test_requested.emit()

    def _on_answer(self, heard: str) -> None:
        self.heard = heard
        self._ask(False)
        self._play.setFocus()
        if heard == HEARD:
            self._say(tr("The sound was heard."))
        else:
            words = tr("Alarms would not be heard: check output and volume, then test again.")
            self._say(words, wrong=True)

    def _ask(self, asked: bool) -> None:
        self._question.setVisible(asked)
        self.yes.setVisible(asked)
        self.no.setVisible(asked)

    def _say(self, text: str, wrong: bool = False) -> None:
        show_text(self._said, text)
        set_tone(self._said, "down" if wrong else "")
