"""Who can open a record, and what happens when a passphrase, a keyring or a laptop is lost."""

import base64
import shutil

import pytest
from cryptography.hazmat.primitives import serialization

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.key_file import FILE
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.keys.training import TRAINING_FILE
from kapmonitor.keys.wrapping import Stretching
from kapmonitor.record.opening import key_id, key_id_of
from kapmonitor.record.reading import Record
from kapmonitor.record.signing import InstallationKey
from kapmonitor.record.verify import verify
from tests.kapmonitor.keys.rings import NO_RING, MemoryRing
from tests.kapmonitor.record.stories import VISIT, write_visit


def by_passphrase(data, passphrase="correct horse", prompt=lambda _: None) -> Keys:
    """Keys as a later start of the program has them, where there is no keyring."""
    return Keys(data, passphrase, prompt, NO_RING)


def code_of(act) -> str:
    with pytest.raises(KapmonitorError) as error:
        act()
    return error.value.code


@pytest.fixture
def laptop(tmp_path):
    """A data folder whose keys are kept by a passphrase, with one record."""
    keys = by_passphrase(tmp_path / "laptop")
    write_visit(tmp_path / "s.kap", key=keys.for_new(), signer=keys.signer())
    return tmp_path / "laptop"


def test_a_passphrase_alone_makes_and_opens_records(tmp_path, laptop):
    key = by_passphrase(laptop).for_record(tmp_path / "s.kap")

    assert key is not None
    assert Record.open(tmp_path / "s.kap", key).entries() == list(VISIT)


def test_a_keyring_needs_no_passphrase(tmp_path):
    ring = MemoryRing()
    key = Keys(tmp_path, ring=ring).for_new()

    assert Keys(tmp_path, ring=ring).for_new() == key
    assert all(key not in secret for secret in ring.kept.values())


def test_neither_keyring_nor_passphrase_makes_nothing(tmp_path):
    assert code_of(lambda: Keys(tmp_path / "d", ring=NO_RING).for_new()) == "no_key_keeper"
    assert not (tmp_path / "d").exists()


def test_a_simulation_asks_for_nothing(tmp_path):
    keys = Keys(tmp_path, ring=NO_RING)
    write_visit(tmp_path / "s.kap", key=keys.for_new(simulated=True))

    assert Keys(tmp_path, ring=NO_RING).for_record(tmp_path / "s.kap") == PUBLISHED_KEY
    assert keys.signer(simulated=True).public_key == keys.training_public()
    assert keys.own_public() is None


def test_a_wrong_passphrase_is_said_and_stretched_once(laptop, tmp_path, monkeypatch):
    tried = []

    def stretched(self, passphrase: str) -> bytes:
        tried.append(passphrase)
        return bytes(32)

    monkeypatch.setattr(Stretching, "key_from", stretched)
    keys = by_passphrase(laptop, "wrong")
    for _ in range(3):
        assert code_of(lambda: keys.for_record(tmp_path / "s.kap")) == "wrong_passphrase"

    assert tried == ["wrong"]


def test_without_a_passphrase_the_records_are_locked(laptop, tmp_path):
    keys = by_passphrase(laptop, None)

    assert code_of(lambda: keys.for_record(tmp_path / "s.kap")) == "keys_locked"
    assert keys.standing().state == "locked"
    assert keys.open("correct horse") == by_passphrase(laptop).open()
    assert keys.standing().state == "ready"


def test_a_person_is_asked_once(laptop, tmp_path):
    asked = []

    def prompt(purpose: str) -> str:
        asked.append(purpose)
        return "correct horse"

    keys = by_passphrase(laptop, None, prompt)

    assert keys.for_record(tmp_path / "s.kap") == keys.for_new()
    assert asked == ["open"]


def test_a_new_passphrase_rewrites_no_record(laptop, tmp_path):
    before = (tmp_path / "s.kap").read_bytes()
    by_passphrase(laptop).change_holder("battery staple")

    assert (tmp_path / "s.kap").read_bytes() == before
    assert code_of(lambda: by_passphrase(laptop).open()) == "wrong_passphrase"
    key = by_passphrase(laptop, "battery staple").for_record(tmp_path / "s.kap")
    assert Record.open(tmp_path / "s.kap", key).sealed


def test_a_keyring_can_take_over_and_give_back(laptop):
    ring = MemoryRing()
    key = Keys(laptop, "correct horse", ring=ring).open()
    Keys(laptop, "correct horse", ring=ring).change_holder(keyring=True)

    assert Keys(laptop, ring=ring).open() == key
    assert Keys(laptop, ring=ring).standing().by == "keyring"
    Keys(laptop, ring=ring).change_holder("back again")
    assert by_passphrase(laptop, "back again").open() == key
    assert ring.kept == {}


def test_the_recovery_key_is_shown_once(laptop):
    keys = by_passphrase(laptop)
    paper = keys.recovery_key()
    keys.recovery_is_kept()

    assert keys.is_recovery_key(paper.lower())
    assert code_of(by_passphrase(laptop).recovery_key) == "recovery_shown"
    assert by_passphrase(laptop).standing().recovery_kept


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_key(laptop, tmp_path):
    paper = by_passphrase(laptop).recovery_key()

    assert by_passphrase(laptop, "a new one").recover(paper) == "own"
    key = by_passphrase(laptop, "a new one").for_record(tmp_path / "s.kap")
    assert Record.open(tmp_path / "s.kap", key).entries() == list(VISIT)


def test_a_lost_keyring_is_said_and_recovered_from(tmp_path):
    ring = MemoryRing()
    keys = Keys(tmp_path, ring=ring)
    key, paper = keys.for_new(), keys.recovery_key()
    ring.kept.clear()

    assert code_of(lambda: Keys(tmp_path, ring=ring).open()) == "keyring_lost"
    assert Keys(tmp_path, ring=ring).recover(paper) == "own"
    assert Keys(tmp_path, ring=ring).open() == key


def test_a_copy_of_a_record_and_the_paper_are_a_whole_backup(laptop, tmp_path):
    """The laptop burnt down; a new one has neither its folder nor its keyring."""
    paper = by_passphrase(laptop).recovery_key()
    shutil.rmtree(laptop)

    fresh = by_passphrase(tmp_path / "new", "new laptop")
    assert code_of(lambda: fresh.for_record(tmp_path / "s.kap")) == "key_unknown"
    assert fresh.recover(paper) == "restored"
    assert verify(tmp_path / "s.kap", fresh.for_record(tmp_path / "s.kap")).whole
    assert fresh.standing().recovery_kept


def test_another_laptops_record_opens_beside_our_own(laptop, tmp_path):
    paper = by_passphrase(laptop).recovery_key()
    ours = by_passphrase(tmp_path / "ours", "our own")
    own = ours.for_new()

    assert ours.recover(paper) == "added"

    later = by_passphrase(tmp_path / "ours", "our own")
    key = later.for_record(tmp_path / "s.kap")
    assert Record.open(tmp_path / "s.kap", key).sealed
    assert later.for_new() == own
    verdict = verify(tmp_path / "s.kap", key, own=later.own_public())
    assert (verdict.whole, verdict.signer) == (True, "unknown")


def test_a_record_names_its_key_and_nothing_of_it(laptop, tmp_path):
    key = by_passphrase(laptop).open()
    head = (tmp_path / "s.kap").read_bytes()[:16]

    assert key_id_of(tmp_path / "s.kap") == key_id(key) == head[:8]
    write_visit(tmp_path / "other.kap", key=key)
    assert (tmp_path / "other.kap").read_bytes()[8:16] != head[8:]


def test_an_older_records_signature_stays_ours(tmp_path):
    """Until now the signing key lay in the clear; it moves into the box and the file goes."""
    old = InstallationKey.generate()
    pem = old._private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "signing.key").write_bytes(pem)
    keys = by_passphrase(tmp_path)
    assert keys.own_public() == old.public_key

    keys.create()

    assert not (tmp_path / "signing.key").exists()
    assert by_passphrase(tmp_path).signer().public_key == old.public_key


def test_no_secret_lies_in_the_data_folder(laptop):
    keys = by_passphrase(laptop)
    secrets = [keys.open(), keys.signer().secret]
    keys.signer(simulated=True)

    assert {path.name for path in laptop.iterdir()} == {FILE, TRAINING_FILE}
    for path in laptop.iterdir():
        content = path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        for secret in secrets:
            for form in (secret, secret.hex().encode()):
                assert form not in content
            assert base64.b64encode(secret) not in content
    # The control: in the clear they would be found.
    (laptop / "clear").write_bytes(b"x" + secrets[0].hex().encode())
    assert secrets[0].hex().encode() in (laptop / "clear").read_bytes()


def test_nobody_puts_another_signer_beside_the_box(laptop):
    """The public key in the file is only believed while the box is shut."""
    keys = by_passphrase(laptop)
    true = keys.signer().public_key
    other = InstallationKey.generate().public_key
    text = (laptop / FILE).read_text()
    (laptop / FILE).write_text(
        text.replace(base64.b64encode(true).decode(), base64.b64encode(other).decode())
    )

    assert keys.own_public() == true


@pytest.mark.parametrize("content", ["", "{}", '{"id": 3}', "half a k"])
def test_damaged_keys_are_never_replaced(tmp_path, content):
    (tmp_path / FILE).write_text(content)

    assert code_of(by_passphrase(tmp_path).for_new) == "keys_damaged"
    assert (tmp_path / FILE).read_text() == content


def test_two_programs_that_start_at_once_make_one_key(tmp_path):
    first = by_passphrase(tmp_path)
    first.create()

    assert code_of(by_passphrase(tmp_path).create) == "keys_exist"
    assert by_passphrase(tmp_path).for_new() == first.open()


def test_a_simulations_signature_is_ours_only_for_a_simulation(tmp_path):
    keys = by_passphrase(tmp_path / "d")
    write_visit(tmp_path / "s.kap", key=PUBLISHED_KEY, signer=keys.signer(simulated=True))

    def signer(training):
        return verify(tmp_path / "s.kap", PUBLISHED_KEY, training=training).signer

    assert signer(keys.training_public()) == "own"
    assert signer(by_passphrase(tmp_path / "other").signer(True).public_key) == "unknown"


def test_an_empty_passphrase_is_refused(laptop):
    assert code_of(lambda: by_passphrase(laptop).change_holder("")) == "passphrase_empty"
    assert by_passphrase(laptop).open()
