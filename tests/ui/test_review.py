"""A finished visit in review: the fold of the live screen, replay, tables, comparison, preview."""

import dataclasses
import io
import threading
from pathlib import Path

import pypdf
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from kapmonitor import events as e
from kapmonitor.errors import RecordError
from kapmonitor.events import Entry
from kapmonitor.export.pdf import report
from kapmonitor.export.visit import read_visit as read_for_report
from kapmonitor.messages import Observed
from kapmonitor.reading import Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.staff import Person, Role
from kapmonitor.vitals import Vital
from kapmonitor.words import sentence
from tests.patience import PATIENCE
from ui.exporting import ExportWish
from ui.later import moment
from ui.live import sample
from ui.live.model import LiveModel
from ui.live.tile_views import DASHES, tile_views
from ui.main_window import MainWindow
from ui.review.compare import comparison, overlay
from ui.review.past import read_visit
from ui.review.player import Player
from ui.review.report import preview
from ui.review.sample import past_visit
from ui.review.screen import ReviewScreen
from ui.review.tables import alarm_table, event_table, round_table
from ui.sample_services import sample_services
from ui.widgets.jobs import Jobs

STORED = Path(__file__).parents[1] / "recordings" / "record-v1.kap"


def test_the_whole_visit_is_folded_as_it_was_live():
    live = LiveModel()
    live.take(sample.typical()[0], 0.0)

    folded = past_visit().folded()
    by_number = sorted(folded.session.entries, key=lambda entry: entry.number)
    assert by_number == live.session.entries
    assert folded.session.t0 == sample.T0
    for key in ("pulse", "spo2"):
        assert folded.trends.get(key).length == live.trends.get(key).length > 2000


def test_a_replay_shows_what_was_known_at_that_time():
    """Twenty-one minutes after the dose the pressure of minute 20 stood on the tile."""
    player = Player(past_visit())
    player.seek(sample.T0 + 21 * 60)
    tiles = {view.key: view for view in tile_views(player.model, player.real)}

    assert (tiles["systolic"].value, tiles["systolic"].age) == ("134", "1 min ago")
    assert player.model.session.entries[-1].at <= player.position
    player.seek(sample.T0 - 12 * 60)
    early = {view.key: view for view in tile_views(player.model, player.real)}
    assert early["systolic"].value == DASHES


def test_alarms_in_force_come_and_go_with_the_playhead():
    player = Player(past_visit())
    player.seek(sample.T0 + 38 * 60 + 10)
    assert [view.change.alarm for view in player.model.board.alarms] == ["SBP_HIGH"]
    assert player.model.board.alarms[0].acknowledged_by == ""
    player.seek(sample.T0 + 39 * 60)
    assert player.model.board.alarms[0].acknowledged_by == "Dr. M. Okafor"
    player.seek(sample.T0 + 41 * 60 + 1)
    assert player.model.board.alarms == ()


@pytest.mark.parametrize("speed", [1, 100])
def test_a_replay_runs_at_its_speed_and_stops_at_the_end(speed):
    player = Player(past_visit())
    player.seek(600.0)
    player.speed = speed
    player.play(True)
    for _ in range(30):
        player.advance(0.1)
    assert player.position == pytest.approx(600.0 + 3.0 * speed)
    player.seek(player.past.end - 1.0)
    player.advance(10.0)
    assert player.position == player.past.end
    assert not player.playing


def test_a_stale_value_is_not_live_in_a_replay():
    """The sensor went off 25 s before the end: at the end the tile has dashes."""
    past = past_visit("live-missing")
    player = Player(past)
    player.seek(past.end)
    pulse = tile_views(player.model, player.real)[0]

    assert pulse.value == DASHES


def test_the_alarm_table_has_response_times():
    table = alarm_table(past_visit().folded().session)

    (row,) = table.rows
    assert row.cells == ("t+38:00", "* Systolic pressure raised", "161", "160", "", "3:00", "0:40",
                         "Dr. M. Okafor")  # fmt: skip


def test_the_alarm_table_has_what_the_limit_waited_for():
    """A pressure is judged by each reading, a saturation after its seconds."""
    session = past_visit("live-alarms").folded().session
    table = alarm_table(session)

    assert table.heads[3:5] == ("Limit", "Delay")
    delays = {row.cells[1].strip("* "): row.cells[4] for row in table.rows}
    changes = {alarm.alarm: alarm.delay for alarm in session.alarms}
    assert set(delays.values()) == {f"after {d:g} s" if d else "" for d in changes.values()}


def test_the_rounds_stand_beside_each_other():
    table = round_table(past_visit().folded().session)

    assert table.heads == ("Question", "t-04:00", "t+11:00", "t+40:00")
    scores = next(row for row in table.rows if row.cells[0] == "dissociation")
    assert scores.cells[1:] == ("", "4", "13")


def test_an_amendment_stands_beside_what_it_amends():
    model = past_visit().folded()
    cuff = model.session.cuffs[-1]
    amended = e.Amended(cuff.number, "142/88", "typing error")
    model.take([Entry(900, 9000.0, 0.0, 0, amended, "Dr. M. Okafor")], 0.0)

    rows = event_table(model.session).rows
    amendments = [row.cells[3] for row in rows if row.cells[3]]
    assert amendments == ["142/88 (typing error), Dr. M. Okafor"]


def test_two_visits_are_compared_from_their_doses():
    one, other = past_visit().folded(), past_visit("live-alarms").folded()

    rows = {row.cells[0]: row.cells[1:] for row in comparison(one, other, ("a", "b")).rows}
    assert rows["Highest systolic pressure"] == ("161 mmHg at 38 min", "192 mmHg at 62 min")
    assert rows["Alarms"] == ("0 high, 0 medium, 1 low", "2 high, 3 medium, 2 low")
    assert overlay(one, "a").systolic[0][0] == pytest.approx(-10.0)


def compared(model: LiveModel) -> dict[str, str]:
    return {row.cells[0]: row.cells[1] for row in comparison(model, model, ("a", "b")).rows}


def test_a_doubtful_reading_is_no_extreme_of_a_comparison():
    """What was marked on the tile is marked here as well, and makes no lowest SpO2."""
    model = past_visit().folded()
    plain = compared(model)
    assert plain["Lowest SpO₂"] == "96 %"
    end = model.session.entries[-1].at
    for vital, value in ((Vital.SPO2, 71.0), (Vital.HEART_RATE, 190.0)):
        doubted = Reading(vital, value, end, Quality.QUESTIONABLE, "motion", source="oximeter")
        model.take([Observed(doubted)], 0.0)

    rows = compared(model)
    assert rows["Lowest SpO₂"] == f"{plain['Lowest SpO₂']}; doubtful: 71 %"
    assert rows["Highest pulse"] == f"{plain['Highest pulse']}; doubtful: 190 /min"


def test_a_stored_record_is_read_whole_and_previewed_as_it_is_exported():
    record = Record.open(STORED)
    past = read_visit(record)
    assert past.sealed
    assert past.folded().session.entries == list(past.entries)

    pages = preview(record, dpi=40)
    filed = pypdf.PdfReader(io.BytesIO(report(read_for_report(record))))
    assert len(pages) == len(filed.pages)
    assert len(pages[0].rgb) == 3 * pages[0].width * pages[0].height
    assert min(pages[0].rgb) < 90


@pytest.fixture
def review(qtbot):
    opened = []

    def make(**changes) -> ReviewScreen:
        jobs = Jobs()
        screen = ReviewScreen(dataclasses.replace(sample_services(), **changes), jobs)
        qtbot.addWidget(screen)
        screen.resize(1366, 768)
        screen.show()
        opened.append(jobs)
        return screen

    yield make
    for jobs in opened:
        jobs.close()


def test_space_plays_and_pauses_and_the_numbers_follow(review, qtbot):
    screen = review()
    screen.open_record("sample.kap")
    qtbot.waitUntil(lambda: screen.past is not None)
    player = screen.visit.player
    assert player is not None
    screen.visit.setFocus()
    qtbot.keyClick(screen.visit, Qt.Key.Key_Space)

    assert player.playing
    before = player.position
    screen.visit.advance(1.0)
    assert player.position == pytest.approx(before + 20.0, abs=5.0)
    qtbot.keyClick(screen.visit, Qt.Key.Key_Space)
    assert not player.playing


def test_the_report_is_shown_before_it_is_exported_in_the_chosen_formats(review, qtbot):
    asked = []

    def export(record, wish, progress):
        asked.append((record, wish))
        return []

    screen = review(export_as=export)
    screen.open_record("sample.kap", "report")
    qtbot.waitUntil(lambda: screen.report.page_count >= 2)
    sheets = [made for made in screen.report.area.findChildren(QLabel) if made.isVisible()]
    assert all(made.height() >= made.pixmap().height() for made in sheets)
    screen.report.formats.show_values(["pdf", "csv"])
    screen.report.export.click()

    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [("sample.kap", ExportWish(("pdf", "csv")))]


def test_the_page_may_go_while_its_export_runs(qtbot):
    """The files are still written; nobody is left to be told about them."""
    told: list[str] = []
    begun, gone = threading.Event(), threading.Event()

    def export(record, formats, progress):
        begun.set()
        gone.wait(PATIENCE)
        return []

    jobs = Jobs()
    screen = ReviewScreen(dataclasses.replace(sample_services(), export_as=export), jobs)
    screen.open_record("sample.kap", "report")
    qtbot.waitUntil(lambda: screen.report.page_count >= 2)
    screen.report.export.click()
    qtbot.waitUntil(begun.is_set)
    shiboken6.delete(screen)
    gone.set()
    jobs.run(jobs, lambda: "the next job", told.append, told.append)

    qtbot.waitUntil(lambda: told == ["the next job"])
    jobs.close()


def test_a_record_that_cannot_be_read_says_so(review, qtbot):
    def broken(record):
        raise RecordError("record_damaged", path=record, row=7)

    screen = review(review=broken)
    screen.open_record("sample.kap")
    words = sentence("record_damaged", {"path": "sample.kap", "row": 7})
    qtbot.waitUntil(lambda: screen._said.text() == words)


def test_home_leads_to_the_review_and_escape_back(qtbot):
    window = MainWindow(sample_services())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.home._review.isEnabled)
    window.home._review.click()
    review = window.review
    assert review is not None
    qtbot.waitUntil(lambda: review.past is not None)
    qtbot.keyClick(review, Qt.Key.Key_Escape)

    assert window._pages.currentWidget() is window.home
    window.jobs.close()
    window.errands.trials.close()


def test_a_sealed_visit_is_corrected_and_its_new_code_is_told(review, qtbot):
    """The entry is chosen, what is right and why is written, and a name with a PIN stands by it."""
    asked = []

    def amend(*given):
        asked.append(given)
        return "1234-5678-9ABC"

    okafor = Person("Dr. M. Okafor", Role.PRESCRIBER, pin="hash")
    screen = review(amend=amend, people=lambda: [okafor])
    screen.open_record("sample.kap", "correct")
    tab = screen.correct
    qtbot.waitUntil(lambda: screen.past is not None and tab.by.count() == 1)
    cuff = screen.past.folded().session.cuffs[-1]
    tab.entries.entry_chosen.emit(cuff.number)
    tab.file.click()
    assert not asked
    tab.form.text.setPlainText("142/88")
    tab.form.reason.setText("typing error")
    assert tab.pin.isVisible()
    tab.pin.setText("4711")
    tab.file.click()

    qtbot.waitUntil(lambda: bool(asked))
    event = e.Amended(cuff.number, "142/88", "typing error")
    assert asked == [("sample.kap", event, "Dr. M. Okafor", "4711", None)]
    qtbot.waitUntil(lambda: "1234-5678-9ABC" in tab._said.text())
    assert tab.pin.text() == ""


def test_who_felt_worse_is_told_with_when_it_was(review, qtbot):
    asked = []

    def amend(*given):
        asked.append(given)
        return "1234"

    screen = review(amend=amend)
    screen.open_record("sample.kap", "correct")
    tab = screen.correct
    qtbot.waitUntil(lambda: screen.past is not None and tab.by.count() > 0)
    tab.show_kind("worse")
    tab.note.setPlainText("dizzy in the evening")
    tab.felt.setText("yesterday")
    tab.file.click()
    assert not asked
    assert "2026-03-09" in tab._said.text()

    tab.felt.setText("2026-03-09 18:30")
    tab.file.click()
    qtbot.waitUntil(lambda: bool(asked))
    _, event, _, _, felt = asked[0]
    assert event == e.Note("dizzy in the evening", "felt_worse")
    assert felt == moment("2026-03-09 18:30")


def test_a_visit_that_is_not_sealed_is_not_corrected_here(review, qtbot):
    unsealed = dataclasses.replace(past_visit(), sealed=False)
    screen = review(review=lambda _record: (unsealed, unsealed.folded()))
    screen.open_record("sample.kap", "correct")
    qtbot.waitUntil(lambda: screen.past is not None)

    assert not screen.correct.file.isEnabled()
    assert "not sealed" in screen.correct._how.text()


def test_an_export_for_research_is_asked_for_as_it_was_chosen(review, qtbot):
    asked = []

    def export(record, wish, progress):
        asked.append(wish)
        return []

    screen = review(export_as=export, worksheets=lambda: ["ours", "other"])
    screen.open_record("sample.kap", "report")
    choice = screen.report.choice
    qtbot.waitUntil(lambda: choice.form.count() == 3)
    screen.report.formats.show_values(["edf"])
    assert not choice._said.isVisible()

    choice.told.setFocus()
    qtbot.keyClick(choice.told, Qt.Key.Key_1)
    qtbot.keyClick(choice.told, Qt.Key.Key_2)
    choice.days.setValue(-364)
    qtbot.keyClick(choice.paper, Qt.Key.Key_2)
    assert "not anonymous" in choice._said.text()
    assert choice._said.isVisible()
    qtbot.keyClick(screen.report.formats, Qt.Key.Key_4)
    assert choice.form.isEnabled()
    choice.form.setCurrentIndex(1)
    screen.report.export.click()

    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [ExportWish(("worksheet", "edf"), "letter", True, -364, False, "ours")]


def test_the_next_record_begins_with_the_ordinary_choice(review, qtbot):
    """Or a patient's report would be filed under a pseudonym by mistake."""
    screen = review()
    screen.open_record("sample.kap", "report")
    choice = screen.report.choice
    choice.told.show_values(["pseudonymous"])
    choice.days.setValue(7)

    screen.open_record("other.kap", "report")

    assert choice.wish(("pdf",)) == ExportWish(("pdf",))
    assert not choice._said.isVisible()
