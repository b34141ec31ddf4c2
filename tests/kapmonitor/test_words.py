"""Every error that the program can raise has a sentence."""

import re
from pathlib import Path

from kapmonitor import words
from kapmonitor.sentences import SENTENCES

ROOT = Path(__file__).parents[2]
_RAISED = re.compile(
    r"(?:Usage|Device|Record|Kapmonitor|Plan)Error\(\s*\"([a-z_]+)\"|Refused\(\s*\"([a-z_]+)\""
)


def raised_codes() -> dict[str, str]:
    """Every code that appears in the four packages, with a file that raises it."""
    found: dict[str, str] = {}
    for package in ("kapmonitor", "devices", "alarms", "ui"):
        for path in (ROOT / package).rglob("*.py"):
            for pair in _RAISED.findall(path.read_text(encoding="utf-8")):
                found["".join(pair)] = str(path.relative_to(ROOT))
    return found


def test_every_code_has_its_sentence():
    raised = raised_codes()

    assert len(raised) > 50
    assert {code: raised[code] for code in raised.keys() - SENTENCES.keys()} == {}


def test_a_sentence_names_its_facts():
    said = words.sentence("port_busy", {"port": "COM3"})

    assert said == "COM3 is in use by another program: close that program and try again."


def test_a_list_is_read_out():
    said = words.sentence("unknown_scenario", {"name": "calm", "known": ["ordinary", "motion"]})

    assert said == "There is no scenario 'calm': use one of ordinary, motion."


def test_a_missing_fact_leaves_a_gap_and_no_traceback():
    assert words.sentence("folder_unwritable", {"path": "/x"}).startswith(
        "/x cannot be written (?)"
    )


def test_an_unknown_code_is_still_readable():
    assert words.sentence("strange_thing", {"port": "COM3"}) == "strange thing: port COM3"
