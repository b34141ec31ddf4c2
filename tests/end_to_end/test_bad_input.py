"""Wrong input gets one clear sentence on stderr and the right exit code; never a traceback."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.program import RunningVisit, kapmonitor


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["run", "--headless", "--device", "serial:/dev/nowhere"], 1, "/dev/nowhere"),
        (["run", "--headless", "--device", "nowhere"], 2, "nowhere"),
        (["run", "--headless", "--device", "usb:1"], 2, "usb"),
        (["run", "--headless", "--device", "abacus@serial:/dev/null"], 2, "abacus"),
        (["run", "--headless", "--plan", "missing.toml"], 2, "missing.toml"),
        (["run", "--minutes", "1"], 2, "--headless"),
        (["simulate", "--out", "x", "--scenario", "calm"], 2, "hypertension"),
        (["simulate", "--out", "x", "--route", "oral"], 2, "oral"),
        (["decode", "abacus", "-"], 2, "abacus"),
        (["decode", "ble-heart-rate", "-", "--channel", "9999"], 2, "9999"),
        (["decode", "ble-heart-rate", "missing.bin"], 1, "missing.bin"),
        (["verify", "missing.kap"], 1, "missing.kap"),
        (["export", "missing.kap", "--to", "x"], 1, "missing.kap"),
        (["juggle"], 2, "juggle"),
    ],
)
def test_one_sentence_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, named: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))

    done = kapmonitor(tmp_path, *words, stdin=b"00 40\n")

    said = done.stderr.decode()
    assert done.returncode == code, said
    assert named in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) <= (1 if code == 1 else 4)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["decode", "abacus", "-"], "abacus"),
        (["decode", "abacus", "missing.bin"], "abacus"),
        (["decode", "nonin-serial", "-", "--channel", "df99"], "df99"),
    ],
)
def test_decode_names_a_wrong_protocol_before_it_looks_at_the_input(
    tmp_path: Path, words: list[str], named: str
):
    """With nothing on its input, "nothing to decode" would hide what is really wrong."""
    done = kapmonitor(tmp_path, *words, stdin=b"")

    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert named in said


def test_decode_of_nothing_says_so(tmp_path: Path):
    done = kapmonitor(tmp_path, "decode", "nonin-serial", "-", stdin=b"")

    assert done.returncode == 2
    assert "the input is empty" in done.stderr.decode()


def test_decode_that_understood_nothing_says_what_may_be_wrong(tmp_path: Path):
    """A strap's packet read as a cuff's is refused; where anything was understood all is well."""
    words = ("decode", "ble-blood-pressure", "-")
    done = kapmonitor(tmp_path, *words, stdin=b"00 48\n")
    half = kapmonitor(tmp_path, *words, stdin=b"00 48\n00 80 00 50 00 60 00\n")

    assert (done.returncode, half.returncode) == (0, 0)
    assert b"is it really ble-blood-pressure" in done.stderr
    assert half.stderr == b""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has machines without a screen")
@pytest.mark.parametrize("words", [[], ["run"], ["demo"]])
def test_without_a_screen_the_window_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    done = kapmonitor(tmp_path, *words)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert b"no display" in done.stderr


def test_a_file_that_is_no_record_is_told_so(tmp_path: Path):
    wrong = tmp_path / "letter.kap"
    wrong.write_text("Dear colleague")

    done = kapmonitor(tmp_path, "verify", str(wrong))

    assert done.returncode == 1
    said = done.stderr.decode().strip()
    assert said.startswith(f"kapmonitor: {wrong} is not a kapmonitor record")


def test_the_wrong_line_of_a_plan_is_named(tmp_path: Path):
    from kapmonitor.plan import load_plan

    _, text = load_plan("in")
    plan = tmp_path / "ours.toml"
    plan.write_text(text.replace("usual_dose = 56", "usual_dose = lots"))
    number = text.splitlines().index("usual_dose = 56") + 1

    done = kapmonitor(tmp_path, "simulate", "--out", str(tmp_path / "x"), "--plan", str(plan))

    assert done.returncode == 2
    assert f"{plan} is wrong at line {number}" in done.stderr.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder of Linux alone")
def test_a_folder_that_nobody_may_write_is_named(tmp_path: Path):
    """Not even root makes a folder in /proc."""
    done = kapmonitor(tmp_path, "simulate", "--out", "/proc/visits")

    assert done.returncode == 1
    assert done.stderr.decode().startswith("kapmonitor: /proc/visits cannot be written")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("x")

    done = kapmonitor(tmp_path, "run", "--headless", "--out", str(tmp_path / "file" / "x"))

    assert done.returncode == 1
    assert "cannot be written" in done.stderr.decode()


def test_a_second_engine_on_the_same_record_is_refused(tmp_path: Path):
    out = tmp_path / "out"
    with RunningVisit(tmp_path, "--out", str(out)) as visit:
        visit.until(lambda line: line.get("event") == "opened")

        second = kapmonitor(tmp_path, "run", "--headless", "--out", str(out), "--minutes", "0.02")

        assert second.returncode == 1
        assert str(out / "session.kap") in second.stderr.decode()
        visit.ask(id=1, command="end", by="Ana")
        assert visit.end() == 0
