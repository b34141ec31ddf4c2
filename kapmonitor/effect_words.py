"""An effect over time in words, the same in the report and in the review."""

from kapmonitor.checklist import Checklist, Item, ItemKind
from kapmonitor.effects import Effect
from kapmonitor.words import tr


def effect_line(effect: Effect, checklist: Checklist) -> str:
    """``Nausea from 20 min, most at 40 min (severe), gone at 90 min``."""
    item = next((one for one in checklist.item if one.id == effect.item), None)
    facts = {
        "item": effect.item if item is None else tr(item.text),
        "onset": effect.onset_min,
        "peak_min": effect.peak_min,
        "peak": answer_words(item, effect.peak),
        "gone": effect.resolved_min,
    }
    if effect.resolved_min is None:
        return tr(
            "{item} from {onset} min, most at {peak_min} min ({peak}), not gone at the last round",
            **facts,
        )
    return tr(
        "{item} from {onset} min, most at {peak_min} min ({peak}), gone at {gone} min", **facts
    )


def effect_cell(effect: Effect) -> str:
    """``20 – 40 – 90``: began, was worst, was gone; dots where it is not gone."""
    gone = "…" if effect.resolved_min is None else str(effect.resolved_min)
    return f"{effect.onset_min} – {effect.peak_min} – {gone}"


def answer_words(item: Item | None, answer: str) -> str:
    """An answer in the words of the form; a level by its number."""
    if item is None or item.kind in (ItemKind.LEVEL, ItemKind.SCALE):
        return answer
    words = {choice.value: tr(choice.text) for choice in item.choices}
    return ", ".join(words.get(part, tr(part)) for part in answer.split(","))
