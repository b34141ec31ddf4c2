"""What the documents say exists: files, verbs, options, keys, tests; and what examples print."""

import ast
import importlib
import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from devices.decoders import PROTOCOLS
from devices.virtual import scenarios
from kapmonitor.commands import AnyCommand
from ui.cli import VERBS, cli
from ui.keys import KEYS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
COMMAND_LINE = DOCS / "command-line.md"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """A page without its code and comments, in which brackets are no links."""
    fenced = re.sub(r"^```.*?^```|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.sub(r"^(?: {4}|\t).*$", "", fenced, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", indented)


def anchors(page: Path) -> set[str]:
    """What a link may name after the #, as repositories make it from the headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def wrong_links(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        missing = not target.exists()
        if missing or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    assert wrong_links(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](#one) [b](#two) [c](gone.md) `[d](code.md)`\n", encoding="utf-8")

    assert wrong_links(page) == ["#two", "gone.md"]


def options(verb: str) -> set[str]:
    """Every option of a verb, and those that stand before any verb."""
    command = importlib.import_module(f"ui.verbs.{verb}").command
    found = {"--help"}
    under = command.commands.values() if isinstance(command, click.Group) else ()
    for params in (cli.params, command.params, *(one.params for one in under)):
        for param in params:
            if isinstance(param, click.Option):
                found.update(param.opts)
    return found


def calls() -> list[list[str]]:
    """Every `kapmonitor ...` call in the documents, as words without what is piped in or out."""
    found = []
    for page in PAGES:
        for line in re.findall(
            r"(?:^|[`|] ?|\$ ?|bin/|-m )kapmonitor ((?:--data \S+ )?[a-z][^`|\n]*)",
            re.sub(r"^ {4,}", "", text_of(page), flags=re.MULTILINE),
            re.MULTILINE,
        ):
            words = shlex.split(line.partition("  ")[0].replace("'", ""), comments=True)
            found.append(words[2:] if words[0] == "--data" else words)
    return found


def test_every_call_in_the_documents_has_a_verb_and_options_that_exist():
    shown = [words for words in calls() if words[0] in VERBS]
    assert len(shown) > 30
    for verb, *rest in shown:
        named = {word for word in rest if word.startswith("--")}
        assert named <= options(verb), (verb, rest)


def sections() -> dict[str, str]:
    """The sections of the page on the command line that are about one verb."""
    parts = re.split(r"^## ", text_of(COMMAND_LINE), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_section_and_its_options_exist(verb):
    named = set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", sections()[verb]))

    assert named <= options(verb)


def test_every_command_on_stdin_is_in_the_table():
    kinds = {kind.__struct_config__.tag for kind in AnyCommand.__args__}
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", sections()["run"], re.MULTILINE))

    assert rows == kinds


@pytest.mark.parametrize("call", re.findall(r"\$ (echo .*decode .*)", text_of(COMMAND_LINE)))
def test_what_decode_prints_is_what_the_page_shows(call):
    given, _, words = call.partition(" | kapmonitor ")
    shown = text_of(COMMAND_LINE).partition(call)[2].partition("\n\n")[0]

    done = CliRunner().invoke(cli, shlex.split(words), input=shlex.split(given)[1])

    assert done.output.splitlines() == [line.strip() for line in shown.strip().splitlines()]


def test_what_is_supported_is_what_the_page_shows():
    done = CliRunner().invoke(cli, ["devices", "--supported"])

    page = [line.strip() for line in text_of(COMMAND_LINE).splitlines()]
    assert len(done.output.splitlines()) == len(PROTOCOLS)
    assert [line for line in done.output.splitlines() if line not in page] == []


def test_every_scenario_in_the_documents_exists():
    named = {
        words[words.index("--scenario") + 1]
        for words in [
            *calls(),
            *(line.split() for page in PAGES for line in text_of(page).splitlines()),
        ]
        if "--scenario" in words[:-1]
    }
    assert named
    assert named - set(scenarios.names()) == set()


def test_the_keys_of_the_first_visit_are_those_of_the_program():
    rows = re.findall(
        r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", text_of(DOCS / "first-visit.md"), re.MULTILINE
    )

    assert rows == [(key.press, key.words, key.help) for key in KEYS]


@cache
def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_test_that_a_hazard_names_exists():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", text_of(DOCS / "hazards.md"))
    assert len(named) > 50

    missing = []
    for place, name in named:
        file = ROOT / "tests" / place
        if not file.is_file() or name not in names_in(file):
            missing.append(f"{place}::{name}")
    assert missing == []


@pytest.mark.parametrize("word", ["diagnoses", "detects emergenc", "prevents", "compliant"])
def test_no_page_claims_what_the_program_is_not(word):
    """What an aid for documentation and awareness never says of itself."""
    found = [page.name for page in PAGES if re.search(rf"\b{word}", text_of(page), re.IGNORECASE)]

    assert found == []


def test_the_maintainers_table_names_files_that_exist():
    text = text_of(DOCS / "architecture.md")
    named = re.findall(r"`((?:kapmonitor|devices|alarms|ui|tests)/[\w./-]*)`", text)
    assert len(named) > 20

    missing = [
        path for path in named if "NAME" not in path and not (ROOT / path.rstrip("/")).exists()
    ]
    assert [path for path in missing if not (ROOT / f"{path}.py").exists()] == []
