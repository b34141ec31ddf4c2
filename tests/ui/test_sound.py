"""The output: its rhythm, and that a missing, dead or muted one is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from alarms.sounds import burst, interval, reminder
from kapmonitor.events import Priority
from tests.patience import PATIENCE, wait_until
from ui import sound
from ui.sound import SAMPLE_RATE, MiniaudioSounder, NullSounder, Rhythm, make_sounder, outputs


def test_rhythm_repeats_a_burst_after_its_interval_whatever_the_pieces():
    wanted = np.concatenate(
        [burst(Priority.HIGH), np.zeros(int(interval(Priority.HIGH) * SAMPLE_RATE))]
    )
    rhythm = Rhythm()
    rhythm.ask(Priority.HIGH, False)
    heard = np.concatenate([rhythm.take(frames) for frames in [1, 480, 1920, 300000, 200000]])
    assert np.array_equal(heard[: len(wanted)], wanted.astype(np.float32))
    assert np.array_equal(heard[len(wanted) :], wanted[: len(heard) - len(wanted)])


def test_new_priority_is_heard_at_once_and_the_same_again_disturbs_nothing():
    rhythm = Rhythm()
    rhythm.ask(Priority.MEDIUM, False)
    first = rhythm.take(2000)
    rhythm.ask(Priority.MEDIUM, False)
    assert np.array_equal(np.concatenate([first, rhythm.take(2000)]), burst(Priority.MEDIUM)[:4000])
    rhythm.ask(Priority.HIGH, False)
    assert np.array_equal(rhythm.take(2000), burst(Priority.HIGH)[:2000])


def test_nothing_asked_is_silence():
    rhythm = Rhythm()
    assert not rhythm.take(1000).any()
    rhythm.ask(Priority.HIGH, False)
    assert rhythm.take(1000).any()
    rhythm.ask(None, False)
    assert not rhythm.take(1000).any()


def test_reminder_is_one_tick_into_the_silence_whatever_the_pieces():
    rhythm = Rhythm()
    rhythm.remind()
    heard = np.concatenate([rhythm.take(frames) for frames in (100, 900, 5000, 100000)])
    assert np.array_equal(heard[: len(reminder())], reminder())
    assert not heard[len(reminder()) :].any()


def test_reminder_is_left_out_beside_an_alarm_and_gives_way_to_one():
    rhythm = Rhythm()
    rhythm.remind()
    rhythm.take(500)
    rhythm.ask(Priority.HIGH, False)
    assert np.array_equal(rhythm.take(2000), burst(Priority.HIGH)[:2000])
    rhythm.remind()
    assert np.array_equal(rhythm.take(2000), burst(Priority.HIGH)[2000:4000])
    rhythm.ask(None, False)
    assert not rhythm.take(5000).any()


def test_null_sounder_remembers_what_was_asked():
    sounder = make_sounder(wanted=False)
    assert isinstance(sounder, NullSounder)
    sounder.play(Priority.LOW, True)
    sounder.play(None, False)
    sounder.remind()
    assert sounder.asked == [(Priority.LOW, True), (None, False)]
    assert sounder.reminders == 1
    # Silence at a bedside must be seen.
    assert sounder.health(0) == "silent"
    assert NullSounder().health(0) == "ok"
    sounder.close()


class Output:
    """Stands for miniaudio's device: takes the samples and asks when the test says so."""

    backend = "stand-in"

    def __init__(self, **how) -> None:
        self.how = how
        self.samples: Any = None
        self.closed = False
        made.append(self)

    def start(self, samples) -> None:
        self.samples = samples

    def asks(self, frames: int) -> np.ndarray:
        return np.asarray(self.samples.send(frames))

    def close(self) -> None:
        self.closed = True


made: list[Output] = []


class Swallower(Output):
    """What miniaudio falls back to on a machine without any output."""

    backend = "Null"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The keeper looks every 20 ms instead of every second, and has all the time to open."""
    made.clear()
    monkeypatch.setattr(sound, "OPENING_TAKES", PATIENCE)
    monkeypatch.setattr(sound, "CHECK_EVERY", 0.02)
    monkeypatch.setattr(sound, "REOPEN_EVERY", 0.02)
    monkeypatch.setattr(sound, "DEAD_AFTER", PATIENCE)  # else a busy machine's stand-in is dead


def until(state: str, sounder: MiniaudioSounder, also=lambda: None) -> None:
    """Wait for a state, and do something else meanwhile."""

    def there() -> bool:
        also()
        return sounder.health(0) == state

    wait_until(there, state)


def test_output_that_asks_for_samples_is_alive_and_gets_the_alarm(monkeypatch):
    monkeypatch.setattr("miniaudio.PlaybackDevice", Output)
    sounder = MiniaudioSounder(system_state=str)
    assert sounder.health(0) == "ok"
    (output,) = made
    assert output.how["nchannels"] == 1
    sounder.play(Priority.HIGH, False)
    heard = output.asks(480)
    assert heard.shape == (480, 1)
    assert np.array_equal(heard[:, 0], burst(Priority.HIGH)[:480])
    assert sounder.heartbeat == 1
    sounder.close()
    assert output.closed


def test_output_that_stops_asking_is_dead_and_opened_anew(monkeypatch):
    monkeypatch.setattr("miniaudio.PlaybackDevice", Output)
    monkeypatch.setattr(sound, "DEAD_AFTER", 0.1)
    sounder = MiniaudioSounder(system_state=str)
    until("stalled", sounder)
    wait_until(lambda: len(made) > 1, "another output")
    assert made[0].closed
    until("ok", sounder, also=lambda: made[-1].asks(48))
    sounder.close()


def test_output_that_swallows_everything_is_none(monkeypatch):
    monkeypatch.setattr("miniaudio.PlaybackDevice", Swallower)
    sounder = MiniaudioSounder(system_state=str)
    assert sounder.health(0) == "no_output"
    assert made[0].closed
    sounder.close()


def test_machine_without_an_output(monkeypatch):
    import miniaudio

    def fails(**_how):
        raise miniaudio.MiniaudioError("no device")

    monkeypatch.setattr("miniaudio.PlaybackDevice", fails)
    sounder = make_sounder(wanted=True)
    assert sounder.health(0) == "no_output"
    sounder.play(Priority.HIGH, False)  # not a crash
    sounder.close()


@pytest.mark.parametrize("trouble", ["muted", "volume_low", "headset"])
def test_what_the_system_says_counts(monkeypatch, trouble):
    monkeypatch.setattr("miniaudio.PlaybackDevice", Output)
    said = [trouble]
    sounder = MiniaudioSounder(system_state=lambda: said[0])
    assert sounder.health(0) == trouble
    said[0] = ""
    until("ok", sounder, also=lambda: made[-1].asks(48))
    sounder.close()


class Devices:
    """Stands for miniaudio's list of outputs."""

    backend = "PulseAudio"
    there: ClassVar[list[tuple[bytes, str]]] = []

    def get_playbacks(self) -> list[dict[str, Any]]:
        import miniaudio

        found = []
        for content, name in self.there:
            device = miniaudio.ffi.new("ma_device_id *")
            miniaudio.ffi.buffer(device)[: len(content)] = content
            found.append({"id": device, "name": name})
        return found


DESK = (b"alsa_output.usb-desk", "Loudspeaker at the desk")
WIDE = ("{0.0}".encode("utf-16-le"), "Windows' own kind of name")


@pytest.fixture
def desk(monkeypatch):
    """A machine with two outputs."""
    monkeypatch.setattr("miniaudio.PlaybackDevice", Output)
    monkeypatch.setattr("miniaudio.Devices", Devices)
    monkeypatch.setattr(Devices, "there", [DESK, WIDE])


def test_outputs_have_a_lasting_id_and_a_name(desk, monkeypatch):
    assert outputs() == [
        ("alsa_output.usb-desk", "Loudspeaker at the desk"),
        ("7b0030002e0030007d", "Windows' own kind of name"),
    ]
    monkeypatch.setattr(Devices, "backend", "Null")
    assert outputs() == []


@pytest.mark.parametrize("output", ["alsa_output.usb-desk", "7b0030002e0030007d"])
def test_the_chosen_output_is_opened(desk, output: str):
    sounder = MiniaudioSounder(system_state=str, output=output)
    assert sound.name_of_id(made[-1].how["device_id"]) == output
    assert sounder.health(0) == "ok"
    sounder.close()


def test_without_a_choice_the_system_chooses(desk):
    sounder = MiniaudioSounder(system_state=str)
    assert made[-1].how["device_id"] is None
    sounder.close()


def test_a_chosen_output_that_is_gone_is_told_and_used_again_once_it_is_back(desk, monkeypatch):
    """Until then alarms sound where the system sends them: better there than nowhere."""
    monkeypatch.setattr(Devices, "there", [WIDE])
    sounder = MiniaudioSounder(system_state=str, output="alsa_output.usb-desk")
    assert sounder.health(0) == "output_missing"
    assert made[-1].how["device_id"] is None
    sounder.play(Priority.HIGH, False)
    assert np.array_equal(made[-1].asks(480)[:, 0], burst(Priority.HIGH)[:480])

    monkeypatch.setattr(Devices, "there", [WIDE, DESK])
    until("ok", sounder, also=lambda: made[-1].asks(48))
    assert made[-2].closed
    assert sound.name_of_id(made[-1].how["device_id"]) == "alsa_output.usb-desk"
    sounder.close()


def test_a_machine_that_cannot_list_its_outputs_has_none(monkeypatch):
    import miniaudio

    def fails():
        raise miniaudio.MiniaudioError("no context")

    monkeypatch.setattr("miniaudio.Devices", fails)
    assert outputs() == []


SERVER = shutil.which("pulseaudio") and shutil.which("pactl")


@pytest.mark.skipif(not SERVER, reason="needs a PulseAudio server to be started by the test")
def test_real_sound_server_is_heard_muted_lowered_and_lost(tmp_path: Path, monkeypatch):
    """A private PulseAudio with an output that leads nowhere; its monitor hears the alarm."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    headset = "sink_properties=device.form_factor=headset"
    modules = [
        "module-native-protocol-unix",
        "module-null-sink sink_name=room",
        f"module-null-sink sink_name=ears {headset}",
    ]
    loads = [f"--load={module}" for module in modules]
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", *loads],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        socket = tmp_path / "pulse" / "native"
        wait_until(socket.exists, "the sound server")
        monkeypatch.setattr(sound, "DEAD_AFTER", 1.0)
        monkeypatch.setattr(sound, "CHECK_EVERY", 0.1)
        sounder = MiniaudioSounder()
        until("ok", sounder)
        sounder.play(Priority.HIGH, False)
        assert loudest_until(0.3) > 0.3
        for command, state in (
            (["set-sink-mute", "room", "1"], "muted"),
            (["set-sink-mute", "room", "0"], "ok"),
            (["set-sink-volume", "room", "10%"], "volume_low"),
        ):
            subprocess.run(["pactl", *command], check=True)
            until(state, sounder)
        sounder.close()
        # Another output: a headset is a trouble, unless somebody chose it; the floor can be higher.
        assert [name for name, _ in outputs()] == ["room", "ears"]
        subprocess.run(["pactl", "set-default-sink", "ears"], check=True)
        for sounder, state in (
            (MiniaudioSounder(), "headset"),
            (MiniaudioSounder(output="ears"), "ok"),
            (MiniaudioSounder(output="room"), "volume_low"),
        ):
            until(state, sounder)
            sounder.close()
        subprocess.run(["pactl", "set-sink-volume", "room", "60%"], check=True)
        sounder = MiniaudioSounder(output="room", floor=0.8)
        until("volume_low", sounder)
        sounder.close()
        sounder = MiniaudioSounder(output="room")
        until("ok", sounder)
        server.kill()
        server.wait()
        until("stalled", sounder)
        sounder.close()
    finally:
        server.kill()
        server.wait()


def loudest_until(loud: float) -> float:
    """The loudest that can be heard at the null sink until it is so loud, or for a minute."""
    command = ["parec", "-d", "room.monitor", "--format=float32le", "--rate=48000", "--channels=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        loudest, quarters = 0.0, 0
        while loudest <= loud and quarters < 4 * PATIENCE:
            heard = np.frombuffer(listener.stdout.read(48000), dtype="<f4")
            loudest, quarters = max(loudest, float(np.abs(heard).max())), quarters + 1
        listener.kill()
    return loudest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA is Linux's")
def test_search_for_a_sound_card_is_not_written_to_stderr(tmp_path: Path):
    """Without a card ALSA says so in forty lines of its own."""
    code = "from ui.sound import make_sounder; s = make_sounder(True); s.close()"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
