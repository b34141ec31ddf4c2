"""PC-100 and PC-300: a cuff in the frames of the oximeters. Experimental, read only."""

from devices.catalogue import match_advertisement
from devices.decoders import protocol
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import aa55, decode, notices, readings, values, verdicts

PC60 = "pc60fw-creative"


def test_a_cycle_from_its_start_to_its_result():
    items = decode(
        PC60,
        "pc100-pc300",
        aa55(0x41, 0x01, b""),
        aa55(0x42, 0x10, b"\x96"),
        aa55(0x42, 0x01, b"\x04"),
        aa55(0x43, 0x01, bytes((0x81, 0x04, 150, 100, 88))),
        aa55(0x41, 0x00, b""),
    )

    assert [r.value for r in readings(items, Vital.CUFF_PRESSURE)] == [150, 260]
    assert values(items)["systolic"] == 260
    assert values(items)["diastolic"] == 100
    assert [n["cycle"] for n in notices(items, "status") if "cycle" in n] == ["running", "done"]
    assert {"irregular": True} in notices(items, "status")


def test_pressure_that_no_cuff_has_is_no_value():
    items = decode(PC60, "pc100-pc300", aa55(0x42, 0x08, b"\x96"))

    assert verdicts(items) == {"cuff_pressure": "invalid: out_of_range"}


def test_failed_cycle_shows_no_pressure_and_its_number():
    items = decode(PC60, "pc100-pc300", aa55(0x43, 0x02, b"\x85"))

    assert verdicts(items) == {
        "systolic": "invalid: measurement_failed",
        "diastolic": "invalid: measurement_failed",
    }
    assert notices(items, "status") == [{"error": 5, "table": 1}]


def test_is_known_by_name_only_when_experiments_are_switched_on():
    assert match_advertisement("PC_300SNT") is None
    found = match_advertisement("PC_300SNT", experimental=True)
    assert found is not None
    assert found.experimental
    assert found.commands == ()


def test_the_start_and_the_end_of_a_cycle_are_told_for_the_arm_is_busy():
    items = decode(
        PC60,
        "pc100-pc300",
        aa55(0x42, 0x00, b"\x28"),
        aa55(0x42, 0x00, b"\x96"),
        aa55(0x41, 0xFF, b""),
    )

    assert len(notices(items, "cuff_started")) == 1
    assert notices(items, "cuff_ended") == [{"reason": ""}]


def test_nothing_is_ever_said_to_the_cuff():
    assert protocol(PC60).make_speaker("pc100-pc300", may_start=True) is None
