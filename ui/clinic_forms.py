"""What the settings ask of a clinic's own limits and forms of rounds, as plain functions. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from alarms import preset_form, presets
from alarms.preset_form import ListedPreset
from alarms.presets import Preset
from kapmonitor import checklist_form
from kapmonitor.checklist import Checklist, load_checklist
from kapmonitor.checklist_form import ListedForm


@dataclass(frozen=True)
class ClinicForms:
    """A clinic's folder. Each may take a moment and raise KapmonitorError."""

    presets: Callable[[], list[ListedPreset]]
    preset: Callable[[str], Preset]
    save_preset: Callable[[Preset, Preset, str, str], list[ListedPreset]]
    forms: Callable[[], list[ListedForm]]
    form: Callable[[str], Checklist]
    save_form: Callable[[Checklist, Checklist, str, str], list[ListedForm]]


def clinic_forms(folder: Path) -> ClinicForms:
    """The real ones, for the folder ``clinic`` of the data folder."""
    return ClinicForms(
        presets=partial(preset_form.listed, folder),
        preset=lambda name: presets.load(name, folder),
        save_preset=partial(_save_preset, folder),
        forms=partial(checklist_form.listed, folder),
        form=lambda name: load_checklist(name, folder),
        save_form=partial(_save_form, folder),
    )


def _save_preset(
    folder: Path, new: Preset, before: Preset, by: str, why: str
) -> list[ListedPreset]:
    preset_form.save(folder, new, before, by, why, time.time())
    return preset_form.listed(folder)


def _save_form(
    folder: Path, new: Checklist, before: Checklist, by: str, why: str
) -> list[ListedForm]:
    checklist_form.save(folder, new, before, by, why, time.time())
    return checklist_form.listed(folder)
