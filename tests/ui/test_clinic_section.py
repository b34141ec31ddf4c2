"""The clinic's name in the settings is kept when the field is left."""

import dataclasses

from kapmonitor.settings import Settings
from ui.sample_services import sample_services
from ui.settings.clinic import ClinicSection
from ui.widgets.jobs import Jobs


def test_the_name_is_shown_and_a_changed_one_is_kept(qtbot):
    kept = []
    world = dataclasses.replace(
        sample_services(),
        settings=lambda: Settings(clinic="Old name"),
        change_settings=lambda **chosen: kept.append(chosen),
    )
    jobs = Jobs()
    section = ClinicSection(world, jobs)
    qtbot.addWidget(section)
    section.begin()
    assert section.name.text() == "Old name"

    section.name.editingFinished.emit()
    section.name.setText("  Klinik am See ")
    section.name.editingFinished.emit()

    qtbot.waitUntil(lambda: section.said.text() == "Kept.")
    assert kept == [{"clinic": "Klinik am See"}]
    jobs.close()
