"""A patient's course in the window."""

from msgspec import structs

from kapmonitor.course import summary
from kapmonitor.session import fold
from tests.kapmonitor.test_course import visit
from ui.home.course import CoursePage
from ui.setup.page import SetupPage


def test_the_table_and_the_pictures_show_each_visit(qtbot):
    page = CoursePage()
    qtbot.addWidget(page)
    asked: list[str] = []
    page.course_requested.connect(asked.append)
    qtbot.keyClicks(page.code, "P-1\r")
    page.show_course([summary(fold(visit(150))), summary(fold(visit()))])
    page.grab()

    assert asked == ["P-1"]
    assert page.table.rowCount() == 2
    assert page.table.item(1, 3).text() == "+47 (20 min)"
    assert page.pictures["peak_rise"].values == (32.0, 47.0)
    assert "Last time" in page._said.text()


def test_a_code_without_visits_says_so(qtbot):
    page = CoursePage()
    qtbot.addWidget(page)
    page.show_course([])
    page.grab()

    assert page._said.text() == "No visit of this code."


def test_felt_worse_is_told_of_the_visit_that_is_chosen(qtbot):
    page = CoursePage()
    qtbot.addWidget(page)
    told: list[str] = []
    page.felt_worse_requested.connect(told.append)
    assert not page.worse.isEnabled()

    page.show_course([summary(fold(visit(150))), summary(fold(visit()))])
    page.table.selectRow(0)
    page.worse.click()

    assert told == [page._visits[0].session]


def test_the_set_up_page_tells_what_happened_last_time(qtbot):
    page = SetupPage(("Nurse",))
    qtbot.addWidget(page)
    named: list[str] = []
    page.patient_named.connect(named.append)
    qtbot.keyClicks(page._patient, "P-1\r")
    page.show_last_time("P-1", "Last time, 56 mg")
    assert named == ["P-1"]
    assert page._last_time.text() == "Last time, 56 mg"

    page.show_last_time("P-2", "Last time, 84 mg")
    assert page._last_time.text() == "Last time, 56 mg"


def test_fifteen_visits_with_long_names_stay_in_the_window_and_the_last_is_in_view(qtbot):
    page = CoursePage()
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    long = structs.replace(
        summary(fold(visit())),
        drug="racemic ketamine hydrochloride, compounded, from the hospital's pharmacy",
        side_effects=dict.fromkeys(("nausea", "dizziness", "blurred_vision", "headache"), "mild"),
        adverse=("felt worse in the evening and could not sleep until two in the morning",),
    )
    empty = structs.replace(long, dose=None, systolic=None, peak_rise=None, dissociation=None)
    page.show_course([long, empty] * 7 + [long])

    table = page.table
    qtbot.waitUntil(lambda: table.rowHeight(0) > 2 * table.fontMetrics().height())
    assert sum(table.columnWidth(place) for place in range(table.columnCount())) <= table.width()
    last = table.item(14, 0)
    assert last is not None
    assert table.visualItemRect(last).bottom() <= table.viewport().height()
    assert page.pictures["systolic"].values[-2:] == (None, 118.0)
