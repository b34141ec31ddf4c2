"""Start page, set-up page and main window: from a click to a visit, and what goes wrong."""

import dataclasses
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from kapmonitor.commands import AddNote
from kapmonitor.errors import DeviceError, KapmonitorError
from tests.patience import PATIENCE
from ui.live.exporter import Exporter
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.setup.choice import SetupChoice, SoundOutputs
from ui.setup.page import SetupPage
from ui.setup.seeking import BLUETOOTH, PORTS

CUFF = "ble-blood-pressure@ble:C0:00:00:00:00:11"


@pytest.fixture
def open_main(qtbot):
    opened = []

    def make(**changes) -> MainWindow:
        window = MainWindow(dataclasses.replace(sample_services(), **changes))
        qtbot.addWidget(window, before_close_func=_let_go)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.close_jobs()
        window.home.exporting.cancel()
        window.errands.cancel_trial()
        window.errands.trials.close()


def _let_go(window: MainWindow) -> None:
    if window.live is not None:
        window.live.dismiss()
        window.live = None


def test_the_first_run_leads_to_a_demonstration_in_one_click(open_main, qtbot):
    begun = []
    world = sample_services()

    def begin(choice):
        begun.append(choice)
        return world.begin(choice)

    window = open_main(begin=begin)
    window.home._on_demo()
    qtbot.waitUntil(lambda: window.live is not None)

    assert begun[0].devices == ("virtual:contec-cms50-serial", "virtual:ble-blood-pressure")
    assert begun[0].patient_code == "DEMO"
    assert window._pages.currentWidget() is window.live


def test_the_first_frame_has_the_theme(open_main):
    """Before anything is drawn: without its style sheet the focus of a button is not seen."""
    window = open_main()

    assert window.home.styleSheet()


def test_the_choice_says_what_stands_on_the_page(qtbot):
    page = SetupPage(("A. Lindqvist, RN", "Dr. M. Okafor"))
    qtbot.addWidget(page)
    page._patient.setText(" P-77 ")
    page._route.setCurrentIndex(page._route.findData("im"))
    page._person.setCurrentIndex(1)
    page.devices.virtual.setChecked(True)
    page.devices.list.item(0).setCheckState(Qt.CheckState.Checked)
    page._address.setText("nonin-serial@serial:COM3")

    assert page.choice() == SetupChoice(
        route="im",
        patient_code="P-77",
        devices=("virtual:contec-cms50-serial", "nonin-serial@serial:COM3"),
        staff=("A. Lindqvist, RN", "Dr. M. Okafor"),
        person="Dr. M. Okafor",
    )


def test_a_scan_adds_devices_and_keeps_what_was_chosen(open_main, qtbot):
    window = open_main()
    window.show_setup()
    box = window.setup.devices
    qtbot.waitUntil(lambda: box.list.count() == 6, timeout=30_000)

    assert window.setup.choice().devices == (f"{CUFF}#left_arm",)  # what was used last time

    (port,) = box.list.findItems("/dev/ttyUSB0", Qt.MatchFlag.MatchStartsWith)
    port.setCheckState(Qt.CheckState.Checked)
    box.show_seen(BLUETOOTH, ())
    box.show_seen(PORTS, ())

    assert set(window.setup.choice().devices) == {f"{CUFF}#left_arm", "serial:/dev/ttyUSB0"}


def test_a_device_that_is_not_there_is_said_on_the_page(open_main, qtbot):
    def begin(choice):
        raise DeviceError("port_missing", port="/dev/ttyUSB0")

    window = open_main(begin=begin)
    window.show_setup()
    window.setup._on_start()
    qtbot.waitUntil(lambda: bool(window.setup._problem.text()))

    assert "/dev/ttyUSB0" in window.setup._problem.text()
    assert window.setup._start.isEnabled()
    assert window.live is None


def test_a_fault_of_ours_is_a_sentence_too(open_main, qtbot):
    def past():
        raise ValueError("disk on fire")

    window = open_main(past=past)
    qtbot.waitUntil(lambda: bool(window.home._said.text()))

    assert window.home._said.text() == "That did not work: disk on fire"


def test_the_acting_person_of_the_set_up_page_acts_in_the_visit(open_main, qtbot):
    window = open_main()
    window.start(SetupChoice(staff=("One", "Two"), person="Two"))
    qtbot.waitUntil(lambda: window.live is not None)

    assert window.live.person == "Two"


def test_an_export_tells_its_files_and_offers_the_report(open_main, qtbot, tmp_path):
    def export(record, _progress):
        report = tmp_path / "report.pdf"
        report.write_bytes(b"%PDF-")
        return [report, tmp_path / "events.csv"]

    window = open_main(export=export)
    window.start(SetupChoice())
    qtbot.waitUntil(lambda: window.live is not None)
    exporter: Exporter = window._exporter
    exporter.run("x.kap")
    panel = window.live.panels.finished
    qtbot.waitUntil(lambda: "report.pdf" in panel._progress.text())

    assert panel._show.isEnabled()


def test_an_export_that_lasts_can_be_cancelled(open_main, qtbot):
    """The same button; the patient's files are not made, and the page says so."""
    started = threading.Event()

    def export(_record, progress):
        progress.share = 0.5
        started.set()
        while not progress.cancelled:
            threading.Event().wait(0.01)
        raise KapmonitorError("export_cancelled")

    window = open_main(export=export)
    home = window.home
    qtbot.waitUntil(lambda: home._past.count == 5)
    home._on_export()
    assert started.wait(PATIENCE)
    qtbot.waitUntil(lambda: home._said.text() == "Exporting: 50 % done")
    assert home._export.text() == "Cancel the export"

    home._on_export()

    qtbot.waitUntil(lambda: "cancelled" in home._said.text())
    assert home._export.text() == "Export PDF and CSV"


def test_only_an_interrupted_visit_can_be_resumed(open_main, qtbot):
    window = open_main()
    home = window.home
    qtbot.waitUntil(lambda: home._past.count == 5)
    home._past.choose(1)
    assert not home._resume.isEnabled()

    home._past.choose(0)
    qtbot.mouseClick(home._resume, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: window.live is not None)
    assert window._pages.currentWidget() is window.live


def test_closing_during_a_visit_keeps_the_window(open_main, qtbot):
    window = open_main()
    window.start(SetupChoice())
    qtbot.waitUntil(lambda: window.live is not None)
    qtbot.waitUntil(lambda: window.live.model.session.opened is not None)

    assert not window.close()
    assert window.live.panel is window.live.panels.end


def test_closing_while_a_visit_begins_leaves_no_visit_behind(open_main, qtbot):
    """Its devices are being opened: the window stays for it and asks as in any visit."""
    go_on = threading.Event()
    begin = sample_services().begin

    def slowly(choice):
        assert go_on.wait(PATIENCE)
        return begin(choice)

    window = open_main(begin=slowly)
    window.start(SetupChoice())
    assert not window.close()
    go_on.set()

    qtbot.waitUntil(lambda: window.live is not None)
    assert window.isVisible()


def test_closing_is_possible_again_when_no_visit_could_begin(open_main, qtbot):
    def refuse(_choice):
        raise KapmonitorError("export_cancelled")

    window = open_main(begin=refuse)
    window.start(SetupChoice())
    qtbot.waitUntil(lambda: "cancelled" in window.home._said.text())

    assert window.close()


def test_the_pages_fit_and_name_their_fields(open_main):
    window = open_main()
    window.resize(1366, 768)
    for show in (window.show_home, window.show_setup):
        show()
        for field in window._pages.currentWidget().findChildren(QLineEdit):
            assert field.accessibleName()


def test_the_gallery_names_its_files_by_screen_theme_and_size(tmp_path, qtbot, monkeypatch):
    """A few of its screens: that each of them can be drawn is tried where all are read."""
    from ui import gallery

    every = gallery.screens
    some = ("home", "setup", "live", "live-alarms", "live-panel-note")
    monkeypatch.setattr(
        gallery,
        "screens",
        lambda theme, panels: {name: every(theme, panels)[name] for name in some},
    )

    files = gallery.render_gallery(
        tmp_path, sizes=((1366, 768),), themes=("light",), panels=("note",)
    )

    names = {path.name for path in files}
    assert names == {
        "home-light-1366x768.png",
        "setup-light-1366x768.png",
        "live-light-1366x768.png",
        "live-alarms-light-1366x768.png",
        "live-panel-note-light-1366x768.png",
    }
    assert all(path.stat().st_size > 10_000 for path in files)


# The sound, before a visit ------------------------------------------------------------------------


def test_the_answer_to_the_sound_test_goes_into_the_record(open_main, qtbot):
    window = open_main()
    window.show_setup()
    sound = window.setup.sound
    assert not sound.yes.isVisible()
    sound._play.click()
    qtbot.waitUntil(sound.yes.isVisible)
    sound.yes.click()
    assert window.setup.choice().heard == "heard"
    window.setup._on_start()
    qtbot.waitUntil(lambda: window.live is not None)

    (note,) = [c for c in window.live.link.asked if isinstance(c, AddNote)]
    assert (note.kind, note.text, note.by) == ("sound_test", "heard", "A. Lindqvist, RN")


def test_a_sound_that_was_not_heard_is_said_and_recorded(open_main, qtbot):
    window = open_main(try_sound=lambda: "muted")
    window.show_setup()
    sound = window.setup.sound
    sound._play.click()
    qtbot.waitUntil(sound.no.isVisible)
    assert sound._said.text() == "NO SOUND: muted"
    sound.no.click()

    assert window.setup.choice().heard == "not heard"
    assert "check output and volume" in sound._said.text()


def test_without_a_test_nothing_is_claimed(open_main, qtbot):
    window = open_main()
    window.start(SetupChoice())
    qtbot.waitUntil(lambda: window.live is not None)

    assert window.live.link.asked == []


def test_each_set_up_asks_anew(open_main, qtbot):
    window = open_main()
    window.show_setup()
    window.setup.sound._on_answer("heard")
    window.show_setup()

    assert window.setup.choice().heard == ""


def test_a_habitual_enter_does_not_say_that_it_was_heard(open_main, qtbot):
    window = open_main()
    window.show_setup()
    window.setup.sound.show_played("ok")

    assert QApplication.focusWidget() not in (window.setup.sound.yes, window.setup.sound.no)


def test_the_output_for_alarms_is_chosen_before_a_visit(open_main, qtbot):
    """What was heard at another output counts no more."""
    kept: list[dict[str, object]] = []
    window = open_main(change_settings=lambda **chosen: kept.append(chosen))
    window.show_setup()
    box = window.setup.sound._output
    qtbot.waitUntil(lambda: box.currentText() == "USB loudspeaker at the desk")
    assert box.itemText(0) == "The system's own output"
    window.setup.sound._on_answer("heard")

    box.setCurrentIndex(0)
    box.activated.emit(0)

    qtbot.waitUntil(lambda: {"sound_output": ""} in kept)
    assert window.setup.choice().heard == ""


def test_a_chosen_output_that_is_not_there_is_shown_as_such(open_main, qtbot):
    window = open_main(outputs=lambda: SoundOutputs((("room", "Room"),), "desk"))
    window.show_setup()

    box = window.setup.sound._output
    qtbot.waitUntil(lambda: box.count() == 3)
    assert (box.currentText(), box.currentData()) == ("not there: desk", "desk")


def test_the_least_volume_is_chosen_where_the_output_is_and_stays_in_its_range(open_main, qtbot):
    kept = []
    window = open_main(
        change_settings=lambda **chosen: kept.append(chosen),
        outputs=lambda: SoundOutputs((), "", 0.5),
    )
    window.show_setup()
    field = window.setup.sound._floor
    qtbot.waitUntil(lambda: field.value() == 50)
    assert kept == []  # what is shown is not chosen
    window.setup.sound._on_answer("heard")

    field.setValue(70)
    qtbot.waitUntil(lambda: {"volume_floor": 0.7} in kept)
    assert window.setup.choice().heard == ""
    field.setValue(10)
    qtbot.waitUntil(lambda: {"volume_floor": 0.3} in kept)
    assert field.text() == "30 %"


def test_damaged_settings_are_told_on_the_start_page_until_they_are_whole(open_main, qtbot):
    problem = ["settings.json is damaged (x): choose yours again."]
    window = open_main(settings_problem=lambda: problem[0])
    label = window.home._problem
    qtbot.waitUntil(lambda: "settings.json is damaged" in label.text())
    assert label.isVisibleTo(window.home)

    problem[0] = ""
    window.show_home()
    qtbot.waitUntil(lambda: not label.isVisibleTo(window.home))


@pytest.mark.parametrize("name", ["home", "setup"])
def test_f1_shows_the_keys_on_the_pages_before_a_visit(open_main, qtbot, name):
    window = open_main()
    if name == "setup":
        window.show_setup()
    page = getattr(window, name)
    window.activateWindow()
    QApplication.processEvents()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    assert page.help.isVisible()
    qtbot.waitUntil(page.help.isActiveWindow)
    qtbot.keyClick(page.help, Qt.Key.Key_F1)
    assert not page.help.isVisible()

    page.help.show_keys()
    window.home._on_demo()
    qtbot.waitUntil(lambda: window.live is not None)
    assert not page.help.isVisible()


# Other limits -------------------------------------------------------------------------------------


def test_other_limits_run_on_the_chosen_visit(open_main, qtbot):
    asked = []
    world = sample_services()

    def trial(record, limits, progress):
        asked.append((record, limits))
        return world.trial(record, limits, progress)

    window = open_main(trial=trial)
    qtbot.waitUntil(window.home._try.isEnabled)
    qtbot.waitUntil(lambda: window.home.trial.limits.count() == 3)
    window.home._past.choose(0)
    window.home._try.click()
    window.home.trial.limits.setEditText("over-65")
    window.home.trial._run.click()
    qtbot.waitUntil(window.home.trial._grid.isVisible)

    assert QApplication.focusWidget() is window.home.trial._run
    assert asked == [("b.kap", "over-65")]


def test_a_trial_can_be_cancelled_and_says_so(open_main, qtbot):
    def trial(record, limits, progress):
        while not progress.cancelled:
            threading.Event().wait(0.005)
        raise KapmonitorError("cancelled")

    window = open_main(trial=trial)
    qtbot.waitUntil(window.home._try.isEnabled)
    window.home._try.click()
    window.home.trial.limits.setEditText("default")
    window.home.trial._run.click()
    assert window.home.trial._cancel.isVisible()
    window.home.trial._cancel.click()
    qtbot.waitUntil(lambda: bool(window.home.trial._said.text()))

    assert window.home.trial._said.text() == "Cancelled."
    assert window.home.trial._run.isEnabled()


def test_what_is_wrong_with_a_preset_is_said_in_the_box(open_main, qtbot):
    def trial(record, limits, progress):
        raise KapmonitorError("data_file_missing", file=limits)

    window = open_main(trial=trial)
    window.errands.try_limits("a.kap", "none.toml")
    qtbot.waitUntil(lambda: bool(window.home.trial._said.text()))

    assert "none.toml" in window.home.trial._said.text()


def test_a_trial_without_a_preset_is_not_begun(open_main):
    window = open_main(presets=list)
    window.home.trial._on_run()

    assert "Choose a preset" in window.home.trial._said.text()
