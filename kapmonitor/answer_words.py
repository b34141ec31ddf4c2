"""Items, answers and sums of a checklist in words, from the form itself."""

from functools import cache

from kapmonitor.checklist import SEVERITIES, Checklist, Item, ItemKind, load_checklist
from kapmonitor.events import Answer
from kapmonitor.regional import number
from kapmonitor.words import tr

# The sums of the program's own checklist, as they stand within a sentence.
SCORE_WORDS = {"dissociation": "dissociation"}


@cache
def own_checklist() -> Checklist:
    """The program's own form, for what is told without the record's."""
    return load_checklist("standard")


def find_item(name: str, checklist: Checklist | None = None) -> Item | None:
    """An item of a form by its id, else the program's own item of that id; None for a strange one.

    Without a form it is looked up in the program's own.
    """
    for form in (checklist, own_checklist()):
        for item in form.item if form is not None else ():
            if item.id == name:
                return item
    return None


def item_words(name: str, checklist: Checklist | None = None) -> str:
    """The words of an item; an unknown one is shown as it is called."""
    item = find_item(name, checklist)
    return name.replace("_", " ") if item is None else tr(item.text)


def answer_words(item: Item | None, answer: Answer) -> str:
    """An answer as the form words it; empty when there is none."""
    if answer is None or answer == "":
        return ""
    if isinstance(answer, bool):
        return tr("yes") if answer else tr("no")
    if isinstance(answer, int | float):
        return number(answer)
    if item is None or item.kind is ItemKind.TEXT:
        return answer.replace("_", " ") if item is None else answer
    words = {choice.value: tr(choice.text) for choice in item.choices}
    words |= {value: tr(value) for value in SEVERITIES if value not in words}
    return ", ".join(words.get(part, part.replace("_", " ")) for part in answer.split(","))


def score_words(name: str) -> str:
    """The name of a sum within a sentence; a clinic's own one as it is called."""
    return tr(SCORE_WORDS[name]) if name in SCORE_WORDS else name.replace("_", " ")
