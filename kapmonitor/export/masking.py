"""A record as researchers may see it: pseudonyms for names, dates moved, free text left out.

What an entry keeps is a list of what is known to be harmless, so that an event of a new kind loses
its text rather than tells it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kapmonitor.checklist import ItemKind, load_checklist, parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Entry, Opened, PatientNamed, SourceAdded
from kapmonitor.export.choice import ExportChoice
from kapmonitor.reading import Notice, PlethRun, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.chain import Seal, Statement
from kapmonitor.record.reading import Record

_DAY = 86_400.0

# Fields whose text is the program's own word or the clinic's file, whoever acted.
_KEPT = frozenset(
    {
        *("type", "vital", "quality", "origin", "phase", "priority", "kind", "state", "alarm"),
        *("route", "unit", "drug", "checklist", "checklist_version", "check", "protocol", "action"),
        *("program", "plan", "plan_text", "limits_text", "checklist_text", "scenario", "site"),
        *("part", "instrument", "version", "title"),
        *("source", "broken_by", "session", "patient_code", "label", "address", "device_time"),
        *("zone", "person", "role", "instrument", "version", "title", "item", "answer"),
        *("readiness_text", "rule"),
    }
)
# Fields that name somebody; who is not of the staff has no number.
_PEOPLE = frozenset({"with_whom", "name", "person", "who", "signer", "witness"})
_IDENTIFIER = re.compile(r"[a-z0-9_]{0,40}")


class MaskedRecord(Record):
    """A record seen through an export's choice. The file itself is not touched."""

    def __init__(self, path: Path, key: bytes | None, choice: ExportChoice) -> None:
        super().__init__(path, key)
        self._choice = choice
        self._mask = _Mask(Record(path, key), choice)

    def _decode_entry(self, number: int, body: bytes) -> Entry:
        return self._mask.entry(super()._decode_entry(number, body))

    def blocks(self) -> Iterator[SampleBlock]:
        """All blocks of samples, their devices under other names."""
        for block in super().blocks():
            yield msgspec.structs.replace(
                block,
                readings=tuple(self._mask.reading(one) for one in block.readings),
                pleth=tuple(self._mask.pleth(one) for one in block.pleth),
                notices=tuple(self._mask.notice(one) for one in block.notices),
            )

    def seals(self) -> list[tuple[Seal, Statement]]:
        """None: a hash, a signature or a date of sealing would lead back to the filed record."""
        return [] if self._choice.masks else super().seals()


def open_for_export(path: Path, key: bytes | None, choice: ExportChoice) -> Record:
    """Open a record as the choice wants it seen. Raises RecordError as opening does."""
    record = Record.open(path, key)
    return MaskedRecord(path, key, choice) if choice.masks else record


class _Mask:
    """What stands for what in one record."""

    def __init__(self, record: Record, choice: ExportChoice) -> None:
        entries = record.entries()
        opened = record.opened
        self._choice = choice
        self._sources = _numbered("device", (_sources(entries)))
        self._form_words = _choices(opened.checklist_text)
        for form in opened.instrument_texts.values():
            self._form_words |= _choices(form)
        names = (*opened.staff, *(name for entry in entries for name in _named(entry)))
        self._people = _numbered("staff", names)
        self._replaced = {**self._people, opened.patient_code: choice.pseudonym}
        self._called = _called(entries)

    def entry(self, entry: Entry) -> Entry:
        """An entry as it is told."""
        data: dict[str, Any] = msgspec.to_builtins(entry.event)
        if not self._choice.free_text:
            data = self._without_text(data, entry)
        if self._choice.pseudonym:
            data = self._without_names(data)
            entry = msgspec.structs.replace(entry, by=self._people.get(entry.by, ""))
        event = msgspec.convert(data, type(entry.event), strict=False)
        utc = entry.utc + self._choice.shift_days * _DAY
        return msgspec.structs.replace(entry, event=event, utc=utc)

    def reading(self, reading: Reading) -> Reading:
        """A reading as it is told; a device's own clock would tell the date."""
        source = self._source(reading.source)
        return msgspec.structs.replace(reading, source=source, device_time="")

    def pleth(self, run: PlethRun) -> PlethRun:
        """A run of pleth as it is told."""
        return msgspec.structs.replace(run, source=self._source(run.source))

    def notice(self, notice: Notice) -> Notice:
        """A notice as it is told."""
        return msgspec.structs.replace(notice, source=self._source(notice.source))

    def _source(self, source: str) -> str:
        return self._sources.get(source, source) if self._choice.pseudonym else source

    def _without_text(self, data: dict[str, Any], entry: Entry) -> dict[str, Any]:
        """What a person wrote is left out; a reason that the program gave stays."""
        kept: dict[str, Any] = {}
        for name, value in data.items():
            harmless = name in _KEPT or (not entry.by and _is_identifier(value))
            kept[name] = value if harmless or not isinstance(value, str) else ""
        if "answers" in kept:
            answers: dict[str, Any] = kept["answers"]
            kept["answers"] = {
                item: answer
                for item, answer in answers.items()
                if not isinstance(answer, str) or self._is_choice(item, answer)
            }
        return kept

    def _is_choice(self, item: str, answer: str) -> bool:
        return all(part in self._form_words.get(item, ()) for part in answer.split(","))

    def _without_names(self, data: dict[str, Any]) -> dict[str, Any]:
        kind = data.get("type")
        told = {name: self._renamed(name, value) for name, value in data.items()}
        for name in ("source", "broken_by"):
            if isinstance(data.get(name), str):
                told[name] = self._sources.get(data[name], data[name])
        if kind == Opened.__struct_config__.tag:
            code = self._choice.pseudonym
            told |= {"patient_code": code, "session": _visit(data["session"]), "zone": ""}
        if kind == PatientNamed.__struct_config__.tag:
            told |= {"name": "", "reason": ""}
        if kind == SourceAdded.__struct_config__.tag:
            told |= {"address": "", "label": data["protocol"]}
        return told

    def _renamed(self, name: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._renamed(name, one) for one in value]
        if isinstance(value, dict):
            # Roles are kept under people's names.
            return {
                self._people.get(key, key): self._renamed(key, one) for key, one in value.items()
            }
        if not isinstance(value, str) or not value or name == "type":
            return value
        if value in self._people:
            return self._people[value]
        if name in _PEOPLE:
            return "(named)"
        if name == "device_time":
            return ""
        if self._called is not None and name not in _KEPT:
            value = self._called.sub(self._choice.pseudonym, value)
        return replaced(value, self._replaced)


def _called(entries: Iterable[Entry]) -> re.Pattern[str] | None:
    """The patient's names and their parts as words, as somebody may have written them in a note."""
    names = {e.event.name for e in entries if isinstance(e.event, PatientNamed) and e.event.name}
    parts = {part for name in names for part in re.split(r"[\s,;-]+", name) if len(part) > 1}
    words = sorted(names | parts, key=len, reverse=True)
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def replaced(text: str, names: Mapping[str, str]) -> str:
    """A text in which known names are replaced, the longer ones first."""
    for name in sorted(names, key=len, reverse=True):
        # Two letters would be found inside every other word.
        if len(name) > 2:
            text = text.replace(name, names[name])
    return text


def _numbered(word: str, names: Iterable[str]) -> dict[str, str]:
    found = dict.fromkeys(name for name in names if name)
    return {name: f"{word} {number}" for number, name in enumerate(found, 1)}


def _named(entry: Entry) -> tuple[str, ...]:
    return (entry.by, getattr(entry.event, "person", ""))


def _sources(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield getattr(entry.event, "source", "")


def _choices(form: str) -> dict[str, tuple[str, ...]]:
    """The words that an item of the record's own form may be answered with."""
    try:
        # A record from before forms were kept was filled in by the program's own.
        items = (parse_checklist(form, "") if form else load_checklist("standard")).item
    except KapmonitorError:
        return {}
    return {
        item.id: (*item.values, "none", "resting")
        for item in items
        if item.kind is not ItemKind.TEXT
    }


def _is_identifier(value: object) -> bool:
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def _visit(session: str) -> str:
    """Another name for a visit; its own is random, so that nobody can guess back to it."""
    return hashlib.sha256(f"kapmonitor visit {session}".encode()).hexdigest()[:12]
