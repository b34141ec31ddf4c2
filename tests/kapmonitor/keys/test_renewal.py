"""A recovery key that somebody may have seen is worth nothing for what is recorded afterwards."""

import json
import shutil
from functools import partial

import pytest

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys import key_file
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.keys.wrapping import Stretching
from kapmonitor.record.reading import Record
from kapmonitor.record.retention import Why, delete
from kapmonitor.record.trace import LogState, read_log
from kapmonitor.record.verify import verify
from tests.kapmonitor.keys.rings import NO_RING, MemoryRing
from tests.kapmonitor.record.stories import UTC_AT_ZERO, VISIT, write_visit


class Clinic:
    """A data folder with a record of before, and the papers that were printed."""

    def __init__(self, data, ring, passphrase):
        self.data, self.ring, self.passphrase = data, ring, passphrase
        keys = self.keys()
        keys.create()
        self.paper = self.kept(keys)
        self.old = self.record("old")
        self.bytes = self.old.read_bytes()

    def keys(self):
        """As the next start of the program has them."""
        return Keys(self.data, self.passphrase, ring=self.ring)

    def kept(self, keys):
        letters = keys.recovery_key()
        keys.recovery_is_kept()
        return letters

    def record(self, name):
        keys, path = self.keys(), self.data / "records" / f"{name}.kap"
        path.parent.mkdir(exist_ok=True)
        return write_visit(path, key=keys.for_new(), signer=keys.signer())

    def renewed(self):
        keys = self.keys()
        keys.renew()
        return self.kept(keys)


@pytest.fixture(autouse=True)
def quick_stretching(monkeypatch):
    """Each start stretches a passphrase; here it need not take its time."""
    weak = partial(Stretching, bytes(16), 1, 64, 1)
    monkeypatch.setattr("kapmonitor.keys.keys.fresh_stretching", weak)


@pytest.fixture(params=["keyring", "passphrase"])
def clinic(request, tmp_path):
    by_ring = request.param == "keyring"
    ring = MemoryRing() if by_ring else NO_RING
    return Clinic(tmp_path / "data", ring, None if by_ring else "four bedside words")


def thief(tmp_path, letters, *records):
    """Another laptop, with a paper and copies of records; returns what opens there."""
    keys = Keys(tmp_path / "thief", "whatever they like", ring=NO_RING)
    keys.recover(letters)
    opened = []
    for record in records:
        try:
            opened.append(Record.open(record, keys.for_record(record)).entries() == list(VISIT))
        except KapmonitorError as refused:
            assert refused.code == "key_unknown"
            opened.append(False)
    return opened


def test_the_paper_of_before_opens_nothing_that_came_after(clinic, tmp_path):
    paper = clinic.renewed()
    new = clinic.record("new")

    assert paper != clinic.paper
    assert thief(tmp_path, clinic.paper, clinic.old, new) == [True, False]
    assert not clinic.keys().is_recovery_key(clinic.paper)
    assert clinic.keys().is_earlier_recovery_key(clinic.paper)


def test_the_new_paper_and_a_copy_are_a_whole_backup(clinic, tmp_path):
    new = (clinic.renewed(), clinic.record("new"))

    assert thief(tmp_path, new[0], new[1]) == [True]


def test_the_installation_opens_both_and_no_record_was_rewritten(clinic):
    clinic.renewed()
    new, keys = clinic.record("new"), clinic.keys()

    assert clinic.old.read_bytes() == clinic.bytes
    assert keys.for_record(clinic.old) != keys.for_record(new)
    for record in (clinic.old, new):
        verdict = verify(record, keys.for_record(record))
        assert verdict.whole
        assert Record.open(record, keys.for_record(record)).entries() == list(VISIT)
    assert keys.standing().others == ()
    assert len(keys.standing().earlier) == 1


def test_who_signs_stays_the_same(clinic):
    before = clinic.keys().signer().public_key

    clinic.renewed()

    assert clinic.keys().signer().public_key == before
    assert clinic.keys().own_public() == before


def test_renewed_three_times_all_records_open(clinic, tmp_path):
    records = [clinic.old]
    papers = [clinic.paper]
    for name in ("a", "b", "c"):
        papers.append(clinic.renewed())
        records.append(clinic.record(name))

    keys = clinic.keys()
    assert len({keys.for_record(record) for record in records}) == 4
    for place, letters in enumerate(papers):
        opens = thief(tmp_path / str(place), letters, *records)
        assert opens == [place == other for other in range(4)]


def test_the_new_paper_with_the_key_file_opens_everything_again(clinic, tmp_path):
    """The keyring was emptied, or the passphrase forgotten."""
    paper = clinic.renewed()
    new = clinic.record("new")
    keys = Keys(clinic.data, "another passphrase", ring=NO_RING)

    assert keys.recover(paper) == "own"

    for record in (clinic.old, new):
        assert Record.open(record, keys.for_record(record)).entries() == list(VISIT)


def test_the_paper_of_before_does_not_open_the_stolen_key_file(clinic):
    clinic.renewed()
    keys = Keys(clinic.data, "guessed", ring=NO_RING)

    with pytest.raises(KapmonitorError) as refused:
        keys.recover(clinic.paper)

    assert refused.value.code in ("keyring_lost", "wrong_passphrase")


def test_another_installations_key_is_kept(clinic, tmp_path):
    other = Keys(tmp_path / "other", "their four words", ring=NO_RING)
    other.create()
    theirs = write_visit(tmp_path / "theirs.kap", key=other.for_new())
    keys = clinic.keys()
    assert keys.recover(other.recovery_key(), clinic.passphrase) == "added"

    clinic.renewed()

    keys = clinic.keys()
    assert Record.open(theirs, keys.for_record(theirs)).entries() == list(VISIT)
    assert len(keys.standing().others) == 1


def test_a_patients_pseudonym_outlasts_it(clinic, tmp_path):
    before = clinic.keys().for_pseudonyms(clinic.old)

    clinic.renewed()
    clinic.renewed()

    new, keys = clinic.record("new"), clinic.keys()
    assert keys.for_pseudonyms(clinic.old) == keys.for_pseudonyms(new) == before
    training = write_visit(tmp_path / "t.kap", key=PUBLISHED_KEY)
    assert keys.for_pseudonyms(training) == PUBLISHED_KEY


def test_a_program_that_runs_meanwhile_goes_on(clinic):
    """The window is open while the key is renewed on the command line."""
    running = clinic.keys()
    running.open()
    clinic.renewed()

    new = write_visit(clinic.data / "records" / "meanwhile.kap", key=running.for_new(),
                      signer=running.signer())  # fmt: skip

    assert clinic.keys().for_record(new) == clinic.keys().open() == running.open()
    assert Record.open(clinic.old, running.for_record(clinic.old)).entries() == list(VISIT)


def test_the_end_of_the_retention_log_is_still_known(clinic):
    keys = clinic.keys()
    gone = clinic.record("gone")
    delete(clinic.data, gone, "Ana", Why.NO_PATIENT, UTC_AT_ZERO, keys.open(), 0.0, keeper=keys)

    clinic.renewed()

    assert read_log(clinic.data, clinic.keys())[1] is LogState.WHOLE
    (clinic.data / "retention.jsonl").unlink()
    assert read_log(clinic.data, clinic.keys())[1] is LogState.CUT


def test_a_passphrase_changed_later_keeps_all(clinic):
    clinic.renewed()
    clinic.keys().change_holder("quite another one")

    keys = Keys(clinic.data, "quite another one", ring=NO_RING)
    assert Record.open(clinic.old, keys.for_record(clinic.old)).entries() == list(VISIT)
    keys.renew()  # and once more, by the program that has just opened it
    assert Record.open(clinic.old, keys.for_record(clinic.old)).entries() == list(VISIT)


def test_a_disk_that_refuses_leaves_everything_as_it_was(clinic, monkeypatch):
    keys = clinic.keys()
    keys.open()
    before = (clinic.data / key_file.FILE).read_bytes()

    def refuse(*_asked, **_more):
        raise KapmonitorError("folder_unwritable", path="data", reason="full")

    monkeypatch.setattr("kapmonitor.keys.keys.write_key_file", refuse)
    with pytest.raises(KapmonitorError):
        keys.renew()

    assert (clinic.data / key_file.FILE).read_bytes() == before
    assert keys.for_new() == clinic.keys().for_new()
    assert Record.open(clinic.old, keys.for_record(clinic.old)).entries() == list(VISIT)


def test_a_key_file_of_before_renewals_serves(clinic):
    """As an earlier version wrote it, without the fields that came later."""
    path = clinic.data / key_file.FILE
    kept = json.loads(path.read_bytes())
    for name in ("trace", "earlier"):
        del kept[name]
    path.write_text(json.dumps(kept), encoding="utf-8")

    paper = clinic.renewed()

    assert clinic.keys().is_recovery_key(paper)
    assert Record.open(clinic.old, clinic.keys().for_record(clinic.old)).entries() == list(VISIT)


def test_a_restored_key_file_of_before_opens_what_it_did(clinic, tmp_path):
    """Somebody puts a backup of keys.json back: records of after need the new paper then."""
    backup = tmp_path / "keys.json"
    shutil.copyfile(clinic.data / key_file.FILE, backup)
    paper = clinic.renewed()
    new = clinic.record("new")
    shutil.copyfile(backup, clinic.data / key_file.FILE)

    keys = clinic.keys()
    assert Record.open(clinic.old, keys.for_record(clinic.old)).entries() == list(VISIT)
    with pytest.raises(KapmonitorError) as refused:
        keys.for_record(new)
    assert refused.value.code == "key_unknown"
    assert keys.recover(paper, clinic.passphrase) == "added"
    assert Record.open(new, keys.for_record(new)).entries() == list(VISIT)
