"""The form of a round as a form itself: which items it has and how they are worded.

An item keeps its identifier and what may be stored for it, so that earlier visits stay comparable;
what alarms, scores and leaving are judged by cannot be left out.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from kapmonitor import clinic_files, datafiles
from kapmonitor.checklist import (
    Checklist,
    Choice,
    Item,
    ItemKind,
    load_checklist,
    parse_checklist,
)
from kapmonitor.clinic_files import FORM
from kapmonitor.errors import KapmonitorError, PlanError, Refused
from kapmonitor.plan import load_plan
from kapmonitor.plan_form import clinic_plans
from kapmonitor.toml_text import written_struct

# Judged by the alarms of what is entered and by the readiness to leave; scores add their own.
RELIED_ON = frozenset(
    {"moaas", "respiratory_rate", "breathing", "orientation", "red_flags", "gait", "nausea"}
)
# What a clinic can add in the form; other kinds need choices and ranges, and so a text editor.
ADDED_KINDS = (ItemKind.SEVERITY, ItemKind.SCALE, ItemKind.TEXT)
LONGEST = 200


class ItemForm(Struct, frozen=True):
    """An item as it stands in the form; ``choices`` are the words of its choices in their order."""

    text: str
    choices: tuple[str, ...] = ()
    kept: bool = True


class NewItem(Struct, frozen=True):
    """An item that is added: a kind of ``ADDED_KINDS``, a group of the form, the words."""

    kind: str
    group: str
    text: str


class ListedForm(Struct, frozen=True):
    """A form that can be opened. ``used_by`` are the plans whose rounds or instruments it is.

    ``sedation``: it asks for MOAA/S, as a round does and a scale of the clinic does not.
    """

    name: str
    title: str
    own: bool = False
    used_by: tuple[str, ...] = ()
    problem: KapmonitorError | None = None
    sedation: bool = False


def listed(folder: Path) -> list[ListedForm]:
    """Our forms, then the clinic's own, a wrong one with its problem."""
    used = _used(folder)
    found = []
    for name in datafiles.names("kapmonitor.checklists"):
        if not (folder / f"{name}.toml").is_file():
            form = load_checklist(name)
            plans = used.get(name, ())
            found.append(ListedForm(name, form.title, used_by=plans, sedation=_sedation(form)))
    for path in clinic_files.own_files(folder, FORM):
        plans = used.get(path.stem, ())
        try:
            form = load_checklist(str(path))
        except PlanError as error:
            found.append(ListedForm(path.stem, path.name, own=True, used_by=plans, problem=error))
        else:
            found.append(ListedForm(path.stem, form.title, True, plans, None, _sedation(form)))
    return found


def _sedation(form: Checklist) -> bool:
    return any(item.id == "moaas" for item in form.item)


def _used(folder: Path) -> dict[str, tuple[str, ...]]:
    """The plans that use each form, by the form's name."""
    used: dict[str, tuple[str, ...]] = {}
    for plan in clinic_plans(folder):
        if plan.problem is None:
            loaded, _ = load_plan(plan.name, folder)
            for form in dict.fromkeys((loaded.checklist, *loaded.instrument_names)):
                used[form] = (*used.get(form, ()), plan.name)
    return used


def needed(form: Checklist) -> frozenset[str]:
    """The items that cannot be left out."""
    scored = {item for score in form.score for item in score.items}
    return (RELIED_ON & {item.id for item in form.item}) | scored


def shown(form: Checklist) -> dict[str, ItemForm]:
    """Each item as it stands, by identifier."""
    return {
        item.id: ItemForm(item.text, tuple(choice.text for choice in item.choices))
        for item in form.item
    }


def changed(
    form: Checklist,
    name: str,
    title: str,
    items: Mapping[str, ItemForm],
    added: Sequence[NewItem] = (),
) -> Checklist:
    """A copy under a name with these items.

    Raises Refused ``plan_name``, ``form_item_needed``, ``form_no_items``, ``form_choices``,
    ``form_added``, ``form_text_empty`` or ``form_text_long``; each names the item.
    """
    clinic_files.check_name(None, FORM, name)
    kept = []
    for item in form.item:
        told = items.get(item.id)
        if told is None or told.kept:
            kept.append(item if told is None else _reworded(item, told))
        elif item.id in needed(form):
            raise Refused("form_item_needed", item=item.text)
    for one in added:
        kept.append(_new(one, form, [item.id for item in kept]))
    if not kept:
        raise Refused("form_no_items")
    version = _next_version(form) if name == form.name else "1"
    new = msgspec.structs.replace(
        form, name=name, version=version, title=_words("title", title), item=tuple(kept)
    )
    # Through its text, so that what is kept is what can be read again.
    return parse_checklist(written_struct(new), f"{name}.toml")


def save(folder: Path, new: Checklist, before: Checklist, by: str, reason: str, utc: float) -> Path:
    """Write a clinic's form and append what changed. Raises as `clinic_files.save`."""
    old, told = _told(before), _told(new)
    what = {
        key: (old.get(key, ""), told.get(key, ""))
        for key in (*told, *(key for key in old if key not in told))
        if old.get(key) != told.get(key)
    }
    text = written_struct(new)
    return clinic_files.save(folder, FORM, new.name, text, what, by, reason, utc)


def _told(form: Checklist) -> dict[str, str]:
    """A form as lines of the change log."""
    lines = {"name": form.name, "title": form.title}
    for item in form.item:
        lines[item.id] = "; ".join((item.text, *(choice.text for choice in item.choices)))
    return lines


def _reworded(item: Item, told: ItemForm) -> Item:
    words = tuple(told.choices)
    if len(words) != len(item.choices):
        raise Refused("form_choices", field=item.text, count=len(item.choices))
    choices = tuple(
        Choice(choice.value, _words(item.text, text))
        for choice, text in zip(item.choices, words, strict=True)
    )
    return msgspec.structs.replace(item, text=_words(item.text, told.text), choices=choices)


def _new(added: NewItem, form: Checklist, taken: Sequence[str]) -> Item:
    if added.group not in {group.id for group in form.group}:
        raise Refused("form_added", field=added.text)
    if added.kind not in {kind.value for kind in ADDED_KINDS}:
        raise Refused("form_added", field=added.text)
    text = _words("text", added.text)
    base = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:30] or "item"
    number, name = 2, base
    while name in taken or name in RELIED_ON:
        name, number = f"{base}_{number}", number + 1
    return Item(name, added.group, ItemKind(added.kind), text)


def _words(field: str, text: str) -> str:
    told = " ".join(text.split())
    if not told:
        raise Refused("form_text_empty", field=field)
    if len(told) > LONGEST:
        raise Refused("form_text_long", field=field, longest=LONGEST)
    return told


def _next_version(form: Checklist) -> str:
    return str(int(form.version) + 1) if form.version.isdigit() else form.version
