"""Other limits on a past visit: a real record through two presets, with progress and cancel."""

import pytest

from alarms import presets
from kapmonitor.errors import KapmonitorError, PlanError
from kapmonitor.pastdata import read_past
from ui import replay as replaying
from ui.home.trial import TrialBox, more_words
from ui.replay_words import count_words, part_line
from ui.simulation import simulate
from ui.trial import preset_names, try_limits
from ui.trial_result import Count, Progress, Trial, TrialRow
from ui.wiring import load_setting

CALM = """
name = "calm"

[[limit]]
id = "SBP_HIGH"
on = false
"""


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> str:
    """Half an hour after a dose with true hypertension."""
    out = tmp_path_factory.mktemp("visit")
    return str(simulate(load_setting("iv"), out, "hypertension", minutes=50).record)


@pytest.fixture
def clinic(tmp_path):
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "calm.toml").write_text(CALM, encoding="utf-8")
    (folder / "our_plan.toml").write_text('name = "our_plan"\nroute = "in"\n', encoding="utf-8")
    (folder / "broken.toml").write_text("[[[", encoding="utf-8")
    return folder


def total(trial: Trial, side: str) -> int:
    return sum(getattr(row, side).alarms for rows in trial.parts.values() for row in rows)


def test_the_same_limits_raise_the_same_alarms(record, clinic):
    progress = Progress()
    trial = try_limits(record, "default", clinic, progress)

    assert all(row.own == row.other for rows in trial.parts.values() for row in rows)
    assert total(trial, "own") > 0
    assert progress.share == 1.0
    assert trial.minutes > 50


def test_limits_that_leave_one_alarm_out_raise_all_the_others(record, clinic):
    trial = try_limits(record, "calm", clinic, Progress())
    changed = [(alarm, other) for alarm, own, other in trial.alarms if own != other]

    assert changed == [("SBP_HIGH", 0)]
    assert (trial.own, trial.other) == ("default", "calm")
    high, medium, low = trial.parts["values"]
    assert (high.own, medium.own) == (high.other, medium.other)
    assert low.other.alarms < low.own.alarms


def test_limits_changed_during_the_visit_belong_to_its_own_limits_only(record, clinic, monkeypatch):
    runs = []
    real = replaying.replay

    def noted(past, preset, baseline=None, session_limits=True):
        runs.append((preset.name, session_limits))
        return real(past, preset, baseline, session_limits)

    monkeypatch.setattr(replaying, "replay", noted)
    try_limits(record, "calm", clinic, Progress())

    assert runs == [("default", True), ("calm", False)]


def test_what_gaps_raise_is_told_apart_and_in_the_words_of_replay(clinic, tmp_path):
    """A chart's rows lie minutes apart: the same words in the window and on the command line."""
    chart = tmp_path / "chart.csv"
    told = "".join(f"{hour:02}:00,HR,73\n{hour:02}:00,NISysABP,185\n" for hour in range(4))
    chart.write_text(f"Time,Parameter,Value\n{told}", encoding="utf-8")
    trial = try_limits(str(chart), "default", clinic, Progress())
    past = read_past(chart)
    summed = replaying.summary(replaying.replay(past, replaying.own_preset(past, presets.load())))

    raised = {part: sum(row.own.alarms for row in rows) for part, rows in trial.parts.items()}
    assert raised["gaps"] > 0 and raised["values"] > 0
    for part, rows in trial.parts.items():
        line = part_line(part, {row.priority: row.own for row in rows})
        assert "  " + line in replaying.as_words(summed)


def test_counts_an_hour_fit_the_length(record, clinic):
    trial = try_limits(record, "default", clinic, Progress())

    for row in trial.parts["values"]:
        assert row.own.per_hour == pytest.approx(row.own.alarms * 60 / trial.minutes, abs=0.01)


def test_a_cancelled_trial_ends_with_the_word(record, clinic):
    with pytest.raises(KapmonitorError) as stopped:
        try_limits(record, "default", clinic, Progress(cancelled=True))

    assert stopped.value.code == "cancelled"


def test_progress_grows_through_both_runs(record, clinic):
    seen: list[float] = []

    class Told(Progress):
        def __setattr__(self, name, value):
            if name == "share":
                seen.append(value)
            super().__setattr__(name, value)

    try_limits(record, "default", clinic, Told())

    assert seen == sorted(seen)
    assert any(0.1 < share < 0.45 for share in seen)
    assert any(0.55 < share < 0.95 for share in seen)


def test_a_wrong_preset_is_named(record, clinic):
    with pytest.raises(PlanError):
        try_limits(record, "broken", clinic, Progress())


def test_plans_and_broken_files_are_not_offered_as_presets(clinic, tmp_path):
    assert preset_names(clinic) == ["default", "calm"]
    assert preset_names(tmp_path / "nowhere") == ["default"]


# The box ------------------------------------------------------------------------------------------

FEW = Count(2, 0.9, 12.0)
NONE = Count(0, 0.0, 0.0)


def trial(**more) -> Trial:
    rows = tuple(TrialRow(p, FEW, NONE) for p in ("high", "medium", "low"))
    given = {"alarms": (("SBP_HIGH", 2, 5), ("PR_LOW", 1, 1)), **more}
    none = tuple(TrialRow(row.priority, NONE, NONE) for row in rows)
    return Trial("default", "calm", 131.0, {"values": rows, "gaps": none}, **given)


def test_the_box_shows_both_sides_and_what_makes_the_difference(qtbot):
    box = TrialBox()
    qtbot.addWidget(box)
    box.show()
    box.show_trial(trial())

    shown = [[cell.text() for cell in cells] for cells in box._cells]
    assert shown[0] == ["", "Limits of the visit (default)", "With calm"]
    assert shown[1] == ["from values", "", ""]
    assert shown[2] == ["*** high", "2 (0.9 an hour, 12.0 min in force)", "none"]
    assert [cells[0] for cells in shown[5:7]] == ["from gaps", "*** high"]
    assert more_words(trial()) == "Systolic pressure raised: 2 → 5"
    assert "Not judged" in more_words(trial(unjudged=("PR_RISE",)))
    assert count_words(NONE) == "none"


def test_while_it_runs_there_is_progress_and_cancel(qtbot):
    box = TrialBox()
    qtbot.addWidget(box)
    box.show()
    progress = Progress(share=0.4)
    box.show_running(progress)
    box._look()
    assert box._bar.isVisible() and box._bar.value() == 40
    assert box._cancel.isVisible() and not box._run.isEnabled()

    box.show_said("Cancelled")
    assert not box._bar.isVisible() and box._run.isEnabled()


def test_presets_come_back_and_what_was_typed_stays(qtbot):
    box = TrialBox()
    qtbot.addWidget(box)
    box.limits.setEditText("/our/file.toml")
    box.show_presets(["default", "calm"])

    assert box.limits.currentText() == "/our/file.toml"
    assert box.limits.count() == 2
