"""`kapmonitor demo --device`: which virtual devices there are is said before a window opens."""

from click.testing import CliRunner

from devices.virtual.bedside import DEVICES
from kapmonitor.errors import UsageError
from ui.setup.choice import VIRTUAL
from ui.verbs.demo import command


def test_an_unknown_virtual_device_is_refused_with_the_names_of_all(tmp_path):
    result = CliRunner().invoke(command, ["--device", "toaster"], obj=tmp_path)

    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "unknown_virtual_device"
    assert result.exception.facts["known"] == list(DEVICES)


def test_the_set_up_offers_every_virtual_device():
    assert {offer.source for offer in VIRTUAL} == {f"virtual:{name}" for name in DEVICES}
