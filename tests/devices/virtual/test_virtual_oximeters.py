"""Virtual oximeters and the strap: their bytes, whatever the step, decode to what was meant."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from devices.decoders import protocol
from devices.decoders.contec_eb import EbSpeaker
from devices.decoders.contec_serial import KEEP_ALIVE, START, STOP
from devices.decoders.viatom_o2ring import RingSpeaker
from devices.virtual import scenarios
from devices.virtual.contec import VirtualContec
from devices.virtual.device import Faults, VirtualDevice
from devices.virtual.lines import VirtualMasimo, VirtualNoninBle
from devices.virtual.nonin import VirtualNonin
from devices.virtual.patient import VirtualPatient
from devices.virtual.plx import VirtualPlx
from devices.virtual.strap import VirtualStrap
from devices.virtual.vendor_oximeters import VirtualBerry, VirtualEb, VirtualPc60, VirtualRing
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Delivery, Link, LinkState, Notice, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital

OXIMETERS = (VirtualContec, VirtualNonin, VirtualPlx, VirtualPc60, VirtualEb, VirtualRing,
             VirtualBerry, VirtualMasimo, VirtualNoninBle)  # fmt: skip
EVERY = (*OXIMETERS, VirtualStrap)


def patient_in(name: str = "ordinary", minute: float = 0) -> VirtualPatient:
    """A patient for whom session time 0 is that many minutes after the dose."""
    patient = VirtualPatient(5, "in", scenarios.load(name))
    patient.dose(-60.0 * minute)
    return patient


def run(device: VirtualDevice, until: float, step: float = 1.0) -> list[Delivery]:
    """Everything a device delivers until then."""
    delivered: list[Delivery] = []
    now = 0.0
    while now < until:
        now = min(until, now + step)
        delivered += device.step(now)
    return delivered


def readings(delivered: Sequence[Delivery], vital: Vital) -> list[Reading]:
    """The readings of one vital."""
    return [item for item in delivered if isinstance(item, Reading) and item.vital is vital]


def between(found: list[Reading], start: float, end: float) -> list[Reading]:
    """Those in a span of session time."""
    return [reading for reading in found if start <= reading.at < end]


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("scenario", "minute"), [("motion", 14), ("dropout", 27), ("link_loss", 25)]
)
def test_the_step_size_changes_neither_bytes_nor_readings(
    kind: type[VirtualDevice], scenario: str, minute: float
) -> None:
    """A window that looks ten times a second and a simulation of long steps see the same."""
    fine, coarse = kind(patient_in(scenario, minute)), kind(patient_in(scenario, minute))
    one = [chunk for n in range(1, 601) for chunk in fine.bytes_until(n * 0.5)]
    assert one == coarse.bytes_until(170.0) + coarse.bytes_until(300.0)

    small = run(kind(patient_in(scenario, minute)), 300, 0.7)
    large = run(kind(patient_in(scenario, minute)), 300, 40.0)
    kept = [item for item in small if not isinstance(item, PlethRun)]
    assert kept == [item for item in large if not isinstance(item, PlethRun)]


@pytest.mark.parametrize("kind", OXIMETERS)
def test_bytes_decode_to_the_truth_within_the_noise(kind: type[VirtualDevice]) -> None:
    """SpO2 within 2 %, pulse within 7 /min, and right on average."""
    patient = patient_in(minute=35)
    delivered = run(kind(patient), 400)
    for vital, name, most, mean in (
        (Vital.SPO2, "spo2", 2.1, 0.35),
        (Vital.PULSE_RATE, "pulse", 7.5, 0.8),
    ):
        found = readings(delivered, vital)
        errors = [r.value - getattr(patient.at(r.at), name) for r in found if r.value is not None]
        assert len(errors) == len(found) >= 390
        assert max(abs(error) for error in errors) < most
        assert abs(sum(errors) / len(errors)) < mean


def test_a_reading_has_the_time_of_its_own_frame() -> None:
    """Even when ten seconds are fetched at once, the readings lie a second apart."""
    delivered = VirtualContec(patient_in()).step(10.0)
    times = [reading.at for reading in readings(delivered, Vital.SPO2)]

    assert len(times) >= 10
    assert all(0.09 <= later - earlier <= 1.11 for earlier, later in pairwise(times))


def test_the_pulse_wave_beats_at_the_pulse_rate() -> None:
    """Sixty samples a second without a gap, with as many peaks as beats."""
    patient = patient_in()
    runs = [item for item in run(VirtualContec(patient), 60) if isinstance(item, PlethRun)]
    samples = [value for item in runs for value in item.values]
    assert len(samples) == 3600

    crossings = sum((low or 0) < 70 <= (high or 0) for low, high in pairwise(samples))
    beats = sum(patient.at(second).pulse / 60 for second in range(60))
    assert crossings == pytest.approx(beats, abs=1.5)


@pytest.mark.parametrize("data_format", [2, 7])
def test_both_nonin_formats_decode(data_format: int) -> None:
    """Three packets and 75 samples a second, none refused."""
    device = VirtualNonin(patient_in(), data_format=data_format)
    decoder = protocol("nonin-serial").make(f"df{data_format}")
    items = [item for c in device.bytes_until(30.0) for item in decoder.feed(c.data, c.at)]

    assert not [i for i in items if isinstance(i, Notice) and i.kind == "refused"]
    assert len(readings(items, Vital.SPO2)) in (89, 90)
    assert sum(len(i.values) for i in items if isinstance(i, PlethRun)) >= 30 * 75 - 1


def test_the_strap_sends_the_interval_of_every_beat() -> None:
    """Intervals add up to the time that passed, and their mean is the rate."""
    patient = patient_in()
    delivered = run(VirtualStrap(patient), 300)
    intervals = [r.value for r in readings(delivered, Vital.RR_INTERVAL) if r.value is not None]

    assert sum(intervals) == pytest.approx(300, abs=3)
    rate = sum(patient.at(second).pulse for second in range(300)) / 300
    assert 60 / (sum(intervals) / len(intervals)) == pytest.approx(rate, abs=1)


@pytest.mark.parametrize("kind", OXIMETERS)
def test_a_sensor_that_came_off_shows_no_number(kind: type[VirtualDevice]) -> None:
    """For three minutes from minute 28 on there is no value at all, then there is again."""
    found = readings(run(kind(patient_in("dropout", minute=27)), 270), Vital.SPO2)
    off = between(found, 62, 239)

    assert len(off) > 170
    assert all(r.value is None and r.quality is Quality.INVALID for r in off)
    assert all(r.value is not None for r in between(found, 243, 270))


def test_a_contec_says_no_value_by_its_own_codes() -> None:
    """Probe off: the flag, the wave parked at 40, pulse 255, SpO2 127, index 65535."""
    device = VirtualContec(patient_in("dropout", minute=29))

    (chunk,) = device.bytes_until(0.1)
    assert chunk.data == bytes.fromhex("01 e9 80 a8 94 ff ff ff ff") * 6


@pytest.mark.parametrize("kind", EVERY)
def test_sentinels_give_no_value(kind: type[VirtualDevice]) -> None:
    """127, 255, 511, NaN and "no contact" never become a number."""
    device = kind(patient_in(), faults=Faults(sentinel=((10.0, 20.0),)))
    delivered = run(device, 30)
    vital = Vital.HEART_RATE if kind is VirtualStrap else Vital.SPO2

    marked = between(readings(delivered, vital), 12.1, 20)
    assert marked
    assert all(r.value is None and r.quality is Quality.INVALID for r in marked)
    assert all(r.value is not None for r in between(readings(delivered, vital), 22.1, 30))


@pytest.mark.parametrize("kind", OXIMETERS)
def test_motion_dips_are_short_and_not_the_truth(kind: type[VirtualDevice]) -> None:
    """What is shown falls for seconds while the patient's true SpO2 stays."""
    patient = patient_in("motion", minute=14)
    found = readings(run(kind(patient), 400), Vital.SPO2)
    low = [r for r in found if r.value is not None and r.value < patient.at(r.at).spo2 - 3]

    assert low
    assert all(60 <= r.at <= 302 for r in low)
    assert min(patient.at(second).spo2 for second in range(400)) > 94
    longest = run_length = 0.0
    for earlier, later in pairwise(low):
        run_length = run_length + later.at - earlier.at if later.at - earlier.at < 1.5 else 0
        longest = max(longest, run_length)
    assert longest < 9


@pytest.mark.parametrize("kind", [VirtualContec, VirtualNonin])
def test_a_device_that_hangs_sends_the_same_for_two_minutes(kind: type[VirtualDevice]) -> None:
    """The pulse wave stands still although a pulse is shown."""
    delivered = run(kind(patient_in("frozen", minute=32)), 200)
    during = [
        value
        for item in delivered
        if isinstance(item, PlethRun) and 62 <= item.at < 178
        for value in item.values
    ]
    pulses = between(readings(delivered, Vital.PULSE_RATE), 62, 178)

    assert len(set(during)) == 1
    assert len({reading.value for reading in pulses}) == 1
    assert pulses[0].value is not None


@pytest.mark.parametrize("kind", OXIMETERS)
def test_a_lost_link_is_told_at_once_and_nothing_comes_while_it_is_down(
    kind: type[VirtualDevice],
) -> None:
    """Down at minute 26, up two minutes later, and no byte between."""
    delivered = run(kind(patient_in("link_loss", minute=25)), 240)
    links = [(item.state, item.at) for item in delivered if isinstance(item, Link)]

    assert links == [(LinkState.UP, 0.0), (LinkState.DOWN, 60.0), (LinkState.UP, 180.0)]
    assert not [item for item in delivered if 60.0 < item.at < 180.0]


@pytest.mark.parametrize("kind", [VirtualContec, VirtualNonin])
def test_cut_frames_and_wrong_checksums_invent_nothing(kind: type[VirtualDevice]) -> None:
    """With every 7th frame cut and every 11th damaged, what is shown is still the truth."""
    patient = patient_in()
    device = kind(patient, faults=Faults(cut_frames=70, wrong_checksums=110))
    delivered = run(device, 120)

    refusals = [i for i in delivered if isinstance(i, Notice) and i.kind == "refused"]
    found = readings(delivered, Vital.SPO2)
    assert len(refusals) > 50
    assert len(found) > 40
    assert all(abs((r.value or 0) - patient.at(r.at).spo2) < 2.1 for r in found)


def test_silence_is_no_byte_with_the_link_up() -> None:
    """The gap is in the readings, not in the link."""
    device = VirtualContec(patient_in(), faults=Faults(silence=((5.0, 15.0),)))
    delivered = run(device, 20)

    assert not [item for item in delivered if 5.0 < item.at < 15.0]
    assert [item.at for item in delivered if isinstance(item, Link)] == [0.0]


def test_an_unplugged_device_is_gone_for_good() -> None:
    """Its port is gone, nothing follows, and a command is refused."""
    device = VirtualContec(patient_in(), faults=Faults(unplugged_at=5.0))
    delivered = run(device, 20)

    assert isinstance(delivered[-1], Link)
    assert (delivered[-1].state, delivered[-1].reason) == (LinkState.DOWN, "port_gone")
    with pytest.raises(DeviceError) as error:
        device.command("start", 20.0)
    assert error.value.code == "not_connected"


def test_a_strict_contec_streams_only_while_it_is_spoken_to() -> None:
    """Start begins, five seconds without a word end it, keep-alive holds it, stop stops it."""
    device = VirtualContec(patient_in(), strict_keepalive=True)
    assert device.bytes_until(3.0) == []

    device.write(START[:4], 3.0)
    device.write(START[4:], 3.0)
    assert len(device.bytes_until(7.0)) == 40
    device.write(KEEP_ALIVE, 7.0)
    assert len(device.bytes_until(20.0)) == 50
    device.write(KEEP_ALIVE, 20.0)
    assert device.bytes_until(22.0) == []

    device.write(STOP + START, 22.0)
    assert len(device.bytes_until(23.0)) == 10
    device.write(STOP, 23.0)
    assert device.bytes_until(24.0) == []


def test_an_eb_unit_streams_only_while_it_is_spoken_to() -> None:
    """By its own speaker it goes on; five seconds without a word end it."""
    device, speaker = VirtualEb(patient_in()), EbSpeaker()
    device.strict = True
    assert device.bytes_until(2.0) == []
    for data in speaker.opened(2.0):
        device.write(data, 2.0)
    assert len(device.bytes_until(6.0)) == 40
    for data in speaker.due(6.0):
        device.write(data, 6.0)
    assert len(device.bytes_until(20.0)) == 50


def test_a_ring_answers_each_request_and_says_nothing_unasked() -> None:
    device, speaker = VirtualRing(patient_in()), RingSpeaker()
    device.strict = True
    assert device.bytes_until(2.0) == []
    for data in speaker.opened(2.0):
        device.write(data[:3], 2.0)
        device.write(data[3:], 2.0)
    (answer,) = device.bytes_until(3.0)
    (spo2,) = readings(protocol("viatom-o2ring").make("frame").feed(answer.data, 2.1), Vital.SPO2)
    assert spo2.value == pytest.approx(device.patient.at(2).spo2, abs=2)
