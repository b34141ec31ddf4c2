"""Every long experiment holds in its short form, and its result is kept on a page."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests import proofs as registry


@pytest.mark.parametrize("name", list(registry.proofs()))
def test_the_short_form_holds(name):
    figures = registry.proofs()[name].run(long=False)

    assert figures


@pytest.mark.parametrize("name", list(registry.proofs()))
def test_a_proof_says_what_it_is_about(name):
    assert registry.proofs()[name].ABOUT.strip()
    assert name.replace("_", "").isalnum()


@pytest.fixture
def kill_proof():
    """A proof that exists only here."""
    return SimpleNamespace(NAME="kill", ABOUT="Five hundred kills lose nothing.", run=dict)


def test_a_result_is_kept_with_its_date_and_figures(kill_proof, monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "PAGES", tmp_path)
    assert registry.last_result("kill") == "never"

    file = registry.keep(kill_proof, {"kills": 500, "events lost": 0}, took=61.2)

    text = file.read_text(encoding="utf-8")
    assert "| kills | 500 |" in text
    assert "| took | 61 s |" in text
    assert registry.last_result("kill").startswith(f"{datetime.now(UTC):%Y-}")


def test_figures_are_rounded_to_what_can_be_read(kill_proof):
    at = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)

    text = registry.page(kill_proof, {"slowest [s]": 0.123456}, took=1.0, at=at)

    assert "| slowest [s] | 0.1235 |" in text
    assert "| date | 2025-03-01 12:30 UTC |" in text
