"""Still lives of a bedside, as the engine's own messages: for the gallery and for tests.

Everything here is invented and marked as simulated.
"""

import math
import random
from collections.abc import Sequence

from msgspec.structs import replace

from alarms.presets import load as load_preset
from kapmonitor import events as e
from kapmonitor.before_dose import load_readiness
from kapmonitor.commands import AnyCommand
from kapmonitor.events import AlarmKind, AlarmState, Entry, Priority
from kapmonitor.messages import CheckView, Message, Observed, Pulse, Saved, SourceKnown
from kapmonitor.plan import plan_for_route
from kapmonitor.ports import AlarmView, BoardView, SourceInfo
from kapmonitor.reading import Link, LinkState, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital

UTC_AT_ZERO = 1_772_000_000.0
T0 = 14 * 60.0
STAFF = ("A. Lindqvist, RN", "Dr. M. Okafor", "J. Brandt, LMFT")
LONG_STAFF = ("Maximiliane Hohenstein-Oberdörffer, RN", "Dr. Konstantinos Papadimitriou")

OXIMETER = SourceInfo(
    "oximeter", "contec-cms50-serial", "virtual", "CMS50D+", (Vital.SPO2, Vital.PULSE_RATE), True,
    site="left_finger", simulated=True,
)  # fmt: skip
CUFF = SourceInfo(
    "cuff", "ble-blood-pressure", "virtual", "UA-651BLE",
    (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE), False, ("start", "stop"),
    site="right_arm", simulated=True,
)  # fmt: skip
STRAP = SourceInfo(
    "strap", "ble-heart-rate", "virtual", "Polar H10 C0:00:00:00:00:10", (Vital.HEART_RATE,), True,
    simulated=True,
)  # fmt: skip


class StillLink:
    """A link that hands over what it was given, and keeps what it was asked."""

    def __init__(self, messages: Sequence[Message] = ()) -> None:
        self.waiting = list(messages)
        self.asked: list[AnyCommand] = []
        self.closed = self.watched = False

    def take(self) -> list[Message]:
        """What is waiting."""
        taken, self.waiting = self.waiting, []
        return taken

    def ask(self, command: AnyCommand) -> None:
        """Kept in ``asked``."""
        self.asked.append(command)

    def watch_window(self) -> None:
        """Remembered."""
        self.watched = True

    def close(self) -> None:
        """Remembered."""
        self.closed = True


class BeatingLink(StillLink):
    """A still life whose engine lives: its heart goes on at the last moment it told of."""

    def __init__(self, messages: Sequence[Message] = ()) -> None:
        super().__init__(messages)
        self._beats = [message for message in messages if isinstance(message, Pulse)][-1:]

    def take(self) -> list[Message]:
        """What is waiting, or else the last beat again."""
        return super().take() or [*self._beats]


class Scribe:
    """Numbers entries as a session would."""

    def __init__(self) -> None:
        self.entries: list[Message] = []

    def write(self, event: e.Event, at: float, by: str = "", entered: float | None = None) -> None:
        """One more entry."""
        number = len(self.entries) + 1
        self.entries.append(Entry(number, at, UTC_AT_ZERO + at, 60, event, by, entered))


def opened(patient: str = "P-7KX4QM", staff: tuple[str, ...] = STAFF) -> e.Opened:
    """A demonstration's first event."""
    plan, text = plan_for_route("in")
    return e.Opened(
        session="sample", program="kapmonitor", patient_code=patient, plan=plan.name,
        plan_text=text, route="in", simulated=True, scenario="ordinary", seed=1, staff=staff,
        limits_text=load_preset().text,
    )  # fmt: skip


def ready(scribe: Scribe, at: float, **otherwise: str) -> None:
    """All that is asked before the dose, answered as it should be but for what is given."""
    for item in load_readiness().item:
        answer = otherwise.get(item.id, item.wanted)
        note = "M. Sato" if item.id == "ride" else ""
        scribe.write(e.ReadinessAnswer(item.id, answer, note), at, STAFF[0])


def cuff(systolic: float | None, diastolic: float | None, pulse: float | None = None,
         quality: Quality = Quality.GOOD, reason: str = "",
         origin: Origin = Origin.LIVE) -> e.Cuff:  # fmt: skip
    """A cuff reading."""
    mean = None
    if systolic is not None and diastolic is not None:
        mean = round(diastolic + (systolic - diastolic) / 3)
    return e.Cuff(systolic, diastolic, mean, pulse, quality, reason, "cuff", "right_arm", origin)


def numerics(until: float, spo2_dip: bool = False, stop_at: float | None = None) -> list[Message]:
    """Pulse and SpO2 at 1 Hz from the start until a session time, with a rise after the dose."""
    chance = random.Random(7)
    messages: list[Message] = []
    last = until if stop_at is None else min(until, stop_at)
    for second in range(30, int(last) + 1):
        since = max(0.0, second - T0) / 60.0
        rise = 17 * (since / 30) * math.exp(1 - since / 30) if since else 0.0
        pulse = 70 + rise + 2.4 * math.sin(second / 9) + chance.gauss(0, 0.8)
        spo2 = 97.4 + 0.8 * math.sin(second / 140) + chance.gauss(0, 0.25)
        if spo2_dip and second > until - 50:
            spo2 -= 13.5 * min(1.0, (second - until + 50) / 30)
            pulse += 44 * min(1.0, (second - until + 50) / 30)
        at = float(second)
        pair = ((Vital.PULSE_RATE, round(pulse)), (Vital.SPO2, min(100, round(spo2))))
        messages += [
            Observed(Reading(vital, float(value), at, packet=second, source="oximeter"))
            for vital, value in pair
        ]
    return messages


def _latest(until: float, vital: Vital) -> float | None:
    """What the tile of the worst screen shows: its alarm must not say less."""
    readings = [m.reading for m in numerics(until, spo2_dip=True) if isinstance(m, Observed)]
    return next(reading.value for reading in reversed(readings) if reading.vital is vital)


def pleth(until: float, seconds: float = 8.0, rate: float = 74.0) -> list[Message]:
    """The last seconds of a finger's pulse wave, 60 samples a second."""
    runs: list[Message] = []
    for second in range(int(seconds)):
        values = []
        for sample in range(60):
            beat = ((second + sample / 60) * rate / 60) % 1.0
            wave = math.exp(-(((beat - 0.18) / 0.10) ** 2))
            wave += 0.42 * math.exp(-(((beat - 0.46) / 0.13) ** 2))
            values.append(round(14 + 92 * wave))
        runs.append(PlethRun(until - seconds + second, 1 / 60, tuple(values), 127, 0, "oximeter"))
    return runs


def links(*down: str, strap: bool = False) -> list[Message]:
    """The devices, connected but for those named."""
    infos = (OXIMETER, CUFF, STRAP) if strap else (OXIMETER, CUFF)
    known: list[Message] = [SourceKnown(info) for info in infos]
    states = [LinkState.DOWN if info.id in down else LinkState.UP for info in infos]
    up = [Link(info.id, state, 5.0) for info, state in zip(infos, states, strict=True)]
    return [*known, *up, Notice("battery", 20.0, {"percent": 84}, source="cuff")]


def beat(at: float, *checks: CheckView) -> Pulse:
    """The engine's sign of life."""
    return Pulse(at, UTC_AT_ZERO + at, checks, "session.kap", "ok", oximetry=130.0)


def check(kind: str, due: float, now: float, window: float = 300.0) -> CheckView:
    """A check that is due."""
    return CheckView(kind, due, due - 120, due + window, now > due + window)


def _begin(scribe: Scribe, patient: str, staff: tuple[str, ...]) -> None:
    nurse = staff[0]
    scribe.write(opened(patient, staff), 0.0)
    for info in (OXIMETER, CUFF):
        scribe.write(
            e.SourceAdded(info.id, info.protocol, info.address, info.label, info.measures), 2.0
        )
        scribe.write(e.LinkChanged(info.id, LinkState.UP), 4.0)
    scribe.write(e.PhaseChanged(e.Phase.BASELINE), 30.0)
    scribe.write(cuff(118, 74, 71), 240.0)
    scribe.write(cuff(122, 76, 70), 480.0)
    scribe.write(e.Round("standard", "2", {"moaas": 5, "breathing": "normal"}), 600.0, nurse)
    scribe.write(e.Dose("in", 56, "mg", "esketamine"), T0, nurse, T0 + 65)
    scribe.write(e.Baseline(120, 75, 70, 97, 2), T0)
    scribe.write(e.PhaseChanged(e.Phase.ADMINISTRATION), T0)
    scribe.write(e.PhaseChanged(e.Phase.EXPERIENCE), T0 + 600)
    scribe.write(e.QuietMode(True), T0 + 600)


def typical() -> tuple[list[Message], float]:
    """Forty-two minutes after the dose: pressure up a little, one low alarm seen and over."""
    now = T0 + 42 * 60 + 18.0
    scribe = Scribe()
    _begin(scribe, "P-7KX4QM", STAFF)
    nurse, doctor = STAFF[0], STAFF[1]
    scribe.write(e.Round("standard", "2", {"moaas": 5}, {"dissociation": 4}), T0 + 11 * 60, nurse)
    scribe.write(cuff(134, 83, 78), T0 + 20 * 60)
    scribe.write(e.Note("", "talking"), T0 + 24 * 60, STAFF[2])
    scribe.write(cuff(161, 92, 84), T0 + 38 * 60)
    change = e.AlarmChange(
        "SBP_HIGH", Priority.LOW, AlarmKind.PHYSIOLOGICAL, AlarmState.RAISED, T0 + 38 * 60, 161,
        160, Vital.SYSTOLIC,
    )  # fmt: skip
    scribe.write(change, T0 + 38 * 60)
    scribe.write(_moved(change, AlarmState.ACKNOWLEDGED), T0 + 38 * 60 + 40, doctor)
    scribe.write(e.Round("standard", "2", {"moaas": 4}, {"dissociation": 13}), T0 + 40 * 60, nurse)
    scribe.write(cuff(152, 88, 82), T0 + 41 * 60)
    scribe.write(_moved(change, AlarmState.ENDED), T0 + 41 * 60)
    checks = (check("cuff", T0 + 60 * 60, now), check("round", T0 + 60 * 60, now))
    return [
        *links(),
        *scribe.entries,
        *numerics(now),
        *pleth(now),
        BoardView(now, quiet=True),
        beat(now, *checks),
        Saved(len(scribe.entries)),
    ], now


def worst() -> tuple[list[Message], float]:
    """Everything at once: long names, many alarms, a lost strap, unsaved entries."""
    now = T0 + 67 * 60 + 5.0
    scribe = Scribe()
    _begin(scribe, "P-HOHENSTEIN-2031-0007", LONG_STAFF)
    nurse = LONG_STAFF[0]
    scribe.write(cuff(188, 104, 118), T0 + 40 * 60)
    scribe.write(cuff(192, 112, 124), T0 + 62 * 60)
    spo2, pulse = _latest(now, Vital.SPO2), _latest(now, Vital.PULSE_RATE)
    changes = (
        _raised("SPO2_DESAT", Priority.HIGH, now - 20, spo2, 85, Vital.SPO2),
        _raised("SBP_VHIGH", Priority.HIGH, T0 + 62 * 60, 192, 180, Vital.SYSTOLIC),
        _raised("BP_RISE", Priority.MEDIUM, T0 + 40 * 60, 192, 160, Vital.SYSTOLIC),
        _raised("PR_HIGH", Priority.MEDIUM, now - 30, pulse, 120, Vital.PULSE_RATE),
        _raised("DBP_VHIGH", Priority.MEDIUM, T0 + 62 * 60, 112, 110, Vital.DIASTOLIC),
        _raised("LINK_LOST", Priority.LOW, now - 90, None, None, None, "strap"),
        _raised("CHECK_OVERDUE", Priority.LOW, now - 60, None, None, None),
    )
    happened: list[tuple[float, e.Event, str]] = [(c.raised, c, "") for c in changes]
    happened.append((now - 95, e.LinkChanged("strap", LinkState.DOWN, "timeout"), ""))
    note = (
        "Patient asks for the blanket, speaks slowly, holds the therapist's hand and cries quietly"
    )
    happened.append((now - 40, e.Note(note), nurse))
    for at, event, by in sorted(happened, key=lambda one: one[0]):
        scribe.write(event, at, by)
    seen = LONG_STAFF[1]
    alarms = tuple(
        AlarmView(change, seen if change.alarm == "BP_RISE" else "") for change in changes
    )
    checks = (check("cuff", T0 + 60 * 60, now, 120), check("round", T0 + 60 * 60, now))
    return [
        *links("strap", strap=True),
        Notice("battery", 20.0, {"percent": 9}, source="strap"),
        *scribe.entries,
        *numerics(now, spo2_dip=True),
        *pleth(now, rate=pulse or 126.0),
        BoardView(now, alarms, Priority.HIGH, paused_until=now + 95, quiet=True),
        beat(now, *checks),
        Saved(len(scribe.entries) - 2),
    ], now


def missing() -> tuple[list[Message], float]:
    """Before a dose: the finger sensor is off, the cuff failed, nothing is known for sure."""
    now = 700.0
    scribe = Scribe()
    scribe.write(opened(), 0.0)
    scribe.write(e.PhaseChanged(e.Phase.BASELINE), 30.0)
    scribe.write(cuff(121, 79, 72), 240.0)
    scribe.write(cuff(None, None, None, Quality.INVALID, "body_movement"), 600.0)
    lost = _raised("SPO2_SIGNAL_LOST", Priority.LOW, now - 10, None, None, Vital.SPO2, "oximeter")
    scribe.write(lost, now - 10)
    off = [
        Observed(Reading(vital, None, now - 1, Quality.INVALID, "sensor_off", source="oximeter"))
        for vital in (Vital.SPO2, Vital.PULSE_RATE)
    ]
    return [
        *links(),
        *scribe.entries,
        *numerics(now, stop_at=now - 25),
        *off,
        BoardView(now, (AlarmView(lost),), Priority.LOW),
        beat(now),
        Saved(len(scribe.entries)),
    ], now


def doubtful() -> tuple[list[Message], float]:
    """A pressure typed in, a weak pulse wave with a doubtful SpO2, a cuff that is inflating."""
    now = T0 + 35 * 60.0
    scribe = Scribe()
    _begin(scribe, "P-7KX4QM", STAFF)
    scribe.write(cuff(148, 91, origin=Origin.MANUAL), now - 240, STAFF[0])
    scribe.write(e.CuffCycle("cuff", "started"), now - 12)
    weak = [
        Observed(Reading(vital, value, now, Quality.QUESTIONABLE, "weak_signal", source="oximeter"))
        for vital, value in ((Vital.SPO2, 93.0), (Vital.PULSE_RATE, 104.0))
    ]
    inflating = Observed(Reading(Vital.CUFF_PRESSURE, 143.0, now, source="cuff"))
    return [
        *links(),
        *scribe.entries,
        *numerics(now - 1),
        *weak,
        inflating,
        *pleth(now),
        BoardView(now),
        beat(now, check("cuff", T0 + 40 * 60, now), check("round", T0 + 40 * 60, now)),
        Saved(len(scribe.entries)),
    ], now


def altered() -> tuple[list[Message], float]:
    """Limits changed and switched off, a sensor off on purpose, alarms over that nobody saw."""
    now = T0 + 58 * 60.0
    scribe = Scribe()
    _begin(scribe, "P-7KX4QM", STAFF)
    nurse, doctor = STAFF[:2]
    for systolic, diastolic, minute in ((183, 97, 36), (158, 90, 45), (132, 80, 55)):
        scribe.write(cuff(systolic, diastolic), T0 + minute * 60)
    scribe.write(e.LimitChanged("PR_HIGH", 120, 130, "anxious, known tachycardia", unit="/min"),
                 now - 900, doctor)  # fmt: skip
    scribe.write(e.LimitChanged("SPO2_LOW", 90, None, "cold fingers"), now - 800, doctor)
    scribe.write(e.LimitChanged("SBP_HIGH", 160, None, "watched by the doctor", unit="mmHg"),
                 now - 700, doctor)  # fmt: skip
    rise = _raised("BP_RISE", Priority.MEDIUM, T0 + 36 * 60, 183, 160, Vital.SYSTOLIC)
    high = _raised("SBP_VHIGH", Priority.MEDIUM, T0 + 36 * 60, 183, 180, Vital.SYSTOLIC)
    for change in (rise, high):
        scribe.write(change, change.raised)
        scribe.write(_moved(change, AlarmState.ENDED), T0 + 45 * 60)
    scribe.write(e.TakenOff("oximeter", 600.0, "toilet"), now - 20, nurse)
    off = [
        Observed(Reading(vital, None, now - 1, Quality.INVALID, "sensor_off", source="oximeter"))
        for vital in (Vital.SPO2, Vital.PULSE_RATE)
    ]
    unseen = tuple(AlarmView(change, over=True) for change in (high, rise))
    sound = replace(beat(now, check("cuff", T0 + 60 * 60, now)), sound="muted")
    return [
        *links(),
        *scribe.entries,
        *numerics(now - 16),
        *off,
        BoardView(now, unseen),
        sound,
        Saved(len(scribe.entries)),
    ], now


def locked() -> tuple[list[Message], float]:
    """The typical visit with the desk locked: the patient's code is hidden, numbers stay."""
    messages, now = typical()
    last = max(message.number for message in messages if isinstance(message, Entry))
    return [*messages, Entry(last + 1, now, 0, 0, e.Locked("key")), Saved(last + 1)], now


STILLS = {
    "live": typical,
    "live-alarms": worst,
    "live-missing": missing,
    "live-doubtful": doubtful,
    "live-altered": altered,
    "live-locked": locked,
}


def _raised(
    alarm: str,
    priority: Priority,
    at: float,
    value: float | None,
    limit: float | None,
    vital: Vital | None,
    source: str = "",
) -> e.AlarmChange:
    kind = AlarmKind.TECHNICAL if value is None else AlarmKind.PHYSIOLOGICAL
    return e.AlarmChange(
        alarm, priority, kind, AlarmState.RAISED, at, value, limit, vital, source=source
    )


def _moved(change: e.AlarmChange, state: AlarmState) -> e.AlarmChange:
    return e.AlarmChange(
        change.alarm, change.priority, change.kind, state, change.raised, change.value,
        change.limit, change.vital,
    )  # fmt: skip
