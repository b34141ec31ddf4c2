"""What was asked on the set-up page goes into the record, once there is one."""

from kapmonitor.commands import AnswerReadiness, NamePatient
from kapmonitor.words import tr
from ui.beginning import Begun
from ui.live.window import LiveWindow
from ui.setup.choice import SetupChoice


def file_answers(live: LiveWindow, begun: Begun, choice: SetupChoice) -> None:
    """What was asked on the set-up page goes into the record, by whoever acts first.

    Intentions go where a therapist's reflections are kept, apart from the record.
    """
    if choice.patient_name:
        live.desk.ask_unlocked(NamePatient(name=choice.patient_name))
    for item, (answer, note) in choice.readiness.items():
        live.desk.ask_unlocked(AnswerReadiness(item=item, answer=answer, note=note))
    if choice.intentions and begun.keep_reflection is not None:
        words = tr("Intentions: {text}", text=choice.intentions)
        begun.keep_reflection(words, choice.person)
