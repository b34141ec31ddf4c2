"""What a visit without a window answers: once, and as it turned out."""

import json

import pytest

from kapmonitor.messages import Answered, Saved
from ui.headless import Lines
from ui.output import Printer


@pytest.fixture
def lines() -> Lines:
    return Lines(Printer(as_json=True))


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_start_that_the_cuff_refuses_is_refused_and_not_saved_as_well(lines, capsys):
    """That it was asked is on the record; a moment later the cuff says that it is busy."""
    lines.show(Answered("1", entry=5))
    lines.show(Answered("1", refused="cuff_busy", facts={"source": "cuff"}))
    lines.show(Saved(5))

    (answer,) = answers(capsys)
    assert "measuring already" in answer["refused"]


def test_each_other_answer_is_told_once_it_is_committed(lines, capsys):
    lines.show(Answered("1", entry=5))
    lines.show(Answered("2", entry=6))
    lines.show(Answered("3", refused="no_cuff_to_command", facts={"source": "-"}))
    assert [answer["id"] for answer in answers(capsys)] == ["3"]

    lines.show(Saved(5))

    assert answers(capsys) == [{"id": "1", "saved": 5}]
