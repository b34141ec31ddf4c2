"""Training never stands beside patients' visits, and says what it is on everything it leaves."""

import csv
import dataclasses
import json
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from kapmonitor import events as e
from kapmonitor.course import last_lots
from kapmonitor.errors import Refused
from kapmonitor.export import export
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.record.folder import make_folder, record_path
from kapmonitor.record.recorder import Recorder
from tests.end_to_end.program import PASSPHRASE
from tests.kapmonitor.record.stories import OPENED, VISIT, entry
from ui import after_visit
from ui.beginning import _before
from ui.cli import cli
from ui.main_window import MainWindow
from ui.services import services
from ui.setup.choice import Offer

CODE = OPENED.patient_code


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The same code in a patient's visit and in a training: the numbers tell which is which."""
    real = Keys(tmp_path, PASSPHRASE).for_new()
    patients = replace(OPENED, session="patient", simulated=False, weight_kg=70.0)
    _write(tmp_path, patients, "LOT-REAL", 56.0, real)
    trained = replace(OPENED, session="training", simulated=True, weight_kg=99.0)
    _write(tmp_path, trained, "LOT-TRAINING", 84.0, PUBLISHED_KEY)
    return tmp_path


def _write(data: Path, opened: e.Opened, lot: str, amount: float, key: bytes) -> None:
    path = record_path(data, opened.session, training=opened.simulated)
    make_folder(path.parent)
    recorder = Recorder(path, key=key)
    for told in (
        entry(1, 0.0, opened),
        *VISIT[1:3],
        entry(4, 20.0, e.Dose("in", amount, "mg", "esketamine", lot=lot), by="Ana"),
        entry(5, 60.0, e.Ended()),
    ):
        recorder.put(told)
    assert recorder.flush()
    recorder.close()


def verb(data: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["--data", str(data), *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("words", [("sessions",), ("course", CODE)])
def test_a_verb_lists_patients_or_trainings_and_never_both(data: Path, words: tuple[str, ...]):
    listed = [json.loads(line) for line in verb(data, *words, "--json").splitlines()]
    others = [json.loads(line) for line in verb(data, *words, "--training", "--json").splitlines()]

    names = "id" if words[0] == "sessions" else "session"
    assert [line[names] for line in listed] == ["patient"]
    assert [line[names] for line in others] == ["training"]
    if words[0] == "sessions":
        assert "TRAINING" in verb(data, *words, "--training")


def test_the_lot_of_a_training_is_none_of_the_clinics(data: Path):
    assert last_lots(data, Keys(data, PASSPHRASE).for_record) == {"esketamine": "LOT-REAL"}


def test_a_visit_that_is_gone_on_with_tells_of_the_one_before_of_its_own_kind(data: Path):
    keys = Keys(data, PASSPHRASE)
    later = replace(OPENED, session="later", simulated=False)
    _write(data, later, "LOT-REAL", 28.0, keys.for_new())

    assert "56 mg" in _before(record_path(data, "later"), data, keys)
    assert _before(record_path(data, "training", training=True), data, keys) == ""


def test_a_training_has_no_appointment_among_the_reminders(data: Path):
    with pytest.raises(Refused) as refused:
        after_visit.keep(data, "training", 1, 10, 0)

    assert refused.value.code == "appointment_in_training"
    assert after_visit.reminders(data) == ""


def test_every_export_of_a_training_says_so_and_none_of_a_patients(data: Path):
    for name, key, training in (
        ("training", PUBLISHED_KEY, True),
        ("patient", Keys(data, PASSPHRASE).for_new(), False),
    ):
        record, to = record_path(data, name, training), data / f"out-{name}"
        for path in export(record, to, ("pdf", "csv", "fhir", "worksheet"), key=key):
            assert _marked(path) == training, path


def _marked(path: Path) -> bool:
    """Whether each page, each row, each resource says that it is a demonstration."""
    if path.suffix == ".pdf":
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
        marked = ["DEMONSTRATION" in text for text in pages]
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            marked = [row["simulated"] == "yes" for row in csv.DictReader(file)]
        marked = marked or ["simulated" in path.read_text() and "training" in str(path)]
    else:
        resources = [one["resource"] for one in json.loads(path.read_text())["entry"]]
        marked = ["HTEST" in json.dumps(one.get("meta", {})) for one in resources]
    assert len(set(marked)) == 1, path
    return marked[0]


@pytest.fixture
def window(qtbot, data: Path):
    made = MainWindow(dataclasses.replace(services(data), scan=list, ports=list))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.jobs.close()
    made.errands.trials.close()


def test_the_start_page_lists_patients_or_trainings_under_a_heading_that_says_so(window, qtbot):
    home = window.home
    qtbot.waitUntil(lambda: home._past.record.endswith("patient.kap"))
    assert len(home._past._visits) == 1

    home._training.setChecked(True)
    qtbot.waitUntil(lambda: home._past.record.endswith("training.kap"))
    assert len(home._past._visits) == 1
    assert home._past_title.text() == "TRAINING, no patients"


def test_a_training_is_compared_with_trainings_and_says_what_it_is(window, qtbot, data: Path):
    window.show_review(str(record_path(data, "training", training=True)))
    review = window.review
    qtbot.waitUntil(lambda: review.past is not None and review.compare.others.count() > 0)
    assert not review._simulated.isHidden()
    assert review.compare.others.count() == 1, "no other training, and no patient's visit"

    window.show_review(str(record_path(data, "patient")))
    qtbot.waitUntil(lambda: review.past is not None and review._simulated.isHidden())


def test_the_course_page_knows_patients_only(window, qtbot):
    window.show_course()
    window.course.code.setText(CODE)
    window.course._on_asked()
    qtbot.waitUntil(lambda: window.course.table.rowCount() == 1)

    assert window.course.table.item(0, 1).text() == "56 mg esketamine"


def test_a_set_up_with_virtual_devices_alone_is_marked_and_offers_no_patients_values(window, qtbot):
    window.show_setup()
    setup = window.setup
    qtbot.waitUntil(lambda: setup.visit.lot.text() == "LOT-REAL")
    setup.visit.patient.setText(CODE)
    setup.visit.patient.editingFinished.emit()
    qtbot.waitUntil(lambda: setup.visit.weight.text() == "70")
    assert setup._training.isHidden()
    assert "56 mg" in setup._last_time.text()

    setup.devices.show_remembered(
        [Offer("virtual:contec-cms50-serial", "Virtual oximeter", chosen=True)]
    )
    setup.devices._chosen.add("virtual:contec-cms50-serial")
    setup.devices.chosen_changed.emit()
    assert not setup._training.isHidden()
    qtbot.waitUntil(lambda: setup.visit.weight.text() == "99")
    assert setup.visit.lot.text() == ""
    assert "84 mg" in setup._last_time.text()
