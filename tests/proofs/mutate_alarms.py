"""Mutation testing of the alarms: each mutant is the code with one thing wrong.

A mutant is killed when a test of the alarms fails. One that survives tells of a line that no test
minds, or of a change that means nothing; the reasons of those that are known are kept below.
"""

import ast
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NAME = "mutate_alarms"
ABOUT = (
    "The program of the alarms with one thing wrong at a time (a comparison, a number, a step left "
    "out), and whether the tests of the alarms notice. The mutants are drawn by chance, the same "
    "ones each time, from all that there are. The tests were sharpened on this very draw and its "
    "survivors looked at, so its share says nothing about the rest: of 234 mutants in four earlier "
    "or other draws, before anybody had looked at them, 185 (79 %) were killed, those that change "
    "nothing for a user counted as survivors."
)

LONG, SHORT = 70, 6
GOAL, SHORT_GOAL = 0.9, 0.6
SEED = 20260301
# A mutant that turns in circles is noticed too.
PATIENCE = 120.0

# Survivors that were looked at, by what was changed, and why no test can or need tell them apart.
_SETTLED = "the board lets time pass before and after each reading as well"
_LATER = "set anew before it is read"
_GREW = "only whether it grew is looked at"
_INSTANT = "true or not at one instant only"
_DEADLINE = "its deadline is known from the reading before, and looked at then"
_GIVEN = "read only in rows that give it"
REASONS: dict[str, str] = {
    "technical.py: self.settle(at) -> left out": _SETTLED,
    "alarm.py: self.watch.step > 0 -> self.watch.step > 1": "the steps of limits are 2 and 10",
    "alarm.py: self._raised = 0.0 -> self._raised = 1.0": _LATER,
    "alarm.py: self._acknowledged_at = 0.0 -> left out": _LATER,
    "sounds.py: FUNDAMENTAL = 440.0 -> FUNDAMENTAL = 441.0": "the standard leaves the pitch open",
    "conditions.py: key[1] != sensor.name -> key[1] == sensor.name": "its next step is only looked "
    "at earlier than need be, and found not to be reached",
    "conditions.py: reading.value is not None -> reading.value is None": "the step of another "
    "source is looked at earlier than need be, and found not to be reached",
    "entered.py: 1 if self._breathing_normal else 2 -> 1 if self._breathing_normal else 3": _GREW,
    "sensor.py: run.at - self._pulse_at <= LIVE_FOR -> "
    "run.at - self._pulse_at < LIVE_FOR": _INSTANT,
    "judged.py: at < self._judged_at.get(quantity, -math.inf) -> "
    "at <= self._judged_at.get(quantity, -math.inf)": _INSTANT,
    "limit_watch.py: max((part.depth for part in self._parts)) -> "
    "min((part.depth for part in self._parts))": "only pressures have two parts, and no area",
    "alarm.py: self._loud = False -> self._loud = True": _LATER,
    "alarm.py: self._unanswered.reset() -> left out": _LATER,
    "technical.py: self._site = '' -> left out": _LATER,
    "limit_watch.py: return False -> return True": "spares looking where nothing has changed",
    "limit_watch.py: -1.0 if self.part.condition.low else 1.0 -> "
    "-1.0 if self.part.condition.low else 2.0": "the parts of one row are on the same side",
    "limit_watch.py: self.settle(at) -> left out": _SETTLED,
    "technical.py: was_idle and self.idle -> was_idle or self.idle": _DEADLINE,
    "watch.py: extent: int = 0 -> extent: int = 1": _GREW,
    "limits.py: value: float = 0.0 -> value: float = 1.0": _GIVEN,
    "limits.py: high: float = 0.0 -> high: float = 1.0": _GIVEN,
    "limits.py: clear_value: float = 0.0 -> clear_value: float = 1.0": _GIVEN,
}

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


# Its place in the draw, the module, a node in the order of `ast.walk`, which of its comparisons.
Site = tuple[bytes, Path, int, int]


@dataclass(frozen=True)
class Mutant:
    """A file of the alarms with one thing changed."""

    file: str
    line: int
    change: str
    text: str

    @property
    def name(self) -> str:
        """What was changed, without the line, which moves."""
        return f"{self.file}: {self.change}"


def run(long: bool) -> dict[str, str | int | float]:
    """Try 70 (short: 6) mutants in a copy of the program."""
    everything = sorted(site for file in files() for site in sites(file))
    drawn = (mutant(site) for site in everything)
    known = (one for one in drawn if long or one.name not in REASONS)
    chosen = list(itertools.islice(known, LONG if long else SHORT))
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        make_copy(copy)
        assert not is_killed(copy), "the tests of the alarms fail without a mutant"
        survivors = []
        for one in chosen:
            path = copy / "alarms" / one.file
            before = path.read_text(encoding="utf-8")
            path.write_text(one.text, encoding="utf-8")
            if not is_killed(copy):
                survivors.append(one)
            path.write_text(before, encoding="utf-8")
    alike = [one for one in survivors if one.name in REASONS]
    killed = len(chosen) - len(survivors)
    share = killed / (len(chosen) - len(alike))
    told = "; ".join(f"{m.name} (line {m.line})" for m in survivors if m not in alike)
    assert share >= (GOAL if long else SHORT_GOAL), f"only {share:.0%} killed; survived: {told}"
    return {
        "mutants there are": len(everything),
        "tried": len(chosen),
        "killed": killed,
        "alike to a user, for the reason below": len(alike),
        "share killed of the others": round(share, 3),
        **{
            f"survivor {number}": f"`{m.name}`: {REASONS.get(m.name, 'no test minds')}"
            for number, m in enumerate(survivors, 1)
        },
    }


def files() -> list[Path]:
    """The modules of the alarms."""
    return sorted((ROOT / "alarms").rglob("*.py"))


def sites(file: Path) -> list[Site]:
    """Every place of a module where something can be made wrong.

    The draw goes by what stands there, so that a change elsewhere draws no other mutants.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    # ``frozen=True`` says to the reader what nothing in the program would do anyway.
    idle = [n.value for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg == "frozen"]
    seen: Counter[str] = Counter()
    found = []
    for place, node in enumerate(ast.walk(tree)):
        for turn in range(0 if node in idle else _ways(node)):
            what = f"{SEED} {file.name} {turn} {ast.unparse(node)}"
            seen[what] += 1
            drawn = hashlib.sha256(f"{what} {seen[what]}".encode()).digest()
            found.append((drawn, file, place, turn))
    return found


def mutant(site: Site) -> Mutant:
    """The module with one thing wrong."""
    _, file, place, turn = site
    tree = ast.parse(file.read_text(encoding="utf-8"))
    target = list(ast.walk(tree))[place]
    shown = target
    if isinstance(target, ast.Constant):
        shown = next(node for node in ast.walk(tree) if target in ast.iter_child_nodes(node))
    before = _short(shown)
    if isinstance(target, ast.stmt):
        _leave_out(tree, target)
        after = "left out"
    else:
        _spoil(target, turn)
        after = _short(shown)
    name = file.relative_to(ROOT / "alarms").as_posix()
    line = getattr(target, "lineno", 0)
    return Mutant(name, line, f"{before} -> {after}", ast.unparse(tree))


def _ways(node: ast.AST) -> int:
    """In how many ways this node can be spoiled."""
    match node:
        case ast.Compare(ops=ops):
            return sum(type(op) in _COMPARISONS for op in ops)
        case ast.BinOp(op=op):
            return int(type(op) in _ARITHMETIC)
        case ast.Constant(value=bool() | int() | float()):
            return 1
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.AugAssign() | ast.Continue():
            return 1
        case ast.Call(func=ast.Name(id=name)):
            return int(name in _FUNCTIONS)
        case ast.Expr(value=ast.Call()):
            return 1
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return 1
    return 0


def _spoil(node: ast.AST, turn: int) -> None:
    """Change a node that `_ways` found, in place."""
    match node:
        case ast.Compare(ops=ops):
            place = [i for i, op in enumerate(ops) if type(op) in _COMPARISONS][turn]
            ops[place] = _COMPARISONS[type(ops[place])]()
        case ast.BinOp():
            node.op = _ARITHMETIC[type(node.op)]()
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value) | float(value)):
            node.value = value + 1
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Call(func=ast.Name() as function):
            function.id = _FUNCTIONS[function.id]


def _leave_out(tree: ast.AST, target: ast.stmt) -> None:
    """Put ``pass`` in place of a statement."""
    for node in ast.walk(tree):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(body, list) and target in body:
                body[body.index(target)] = ast.copy_location(ast.Pass(), target)


def _short(node: ast.AST) -> str:
    """A node on one line that fits into a table."""
    text = " ".join(ast.unparse(node).split()).replace("|", "or")
    return text if len(text) <= 90 else text[:87] + "..."


def make_copy(folder: Path) -> None:
    """The program and the tests of the alarms, in a folder of their own."""
    for part in ("alarms", "kapmonitor", "tests/alarms"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for file in ("pyproject.toml", "tests/__init__.py", "docs/alarms.md"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, folder / file)


def is_killed(copy: Path) -> bool:
    """Whether a test fails in this copy."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=1", "tests/alarms"]
    # Compiled files are told apart by their second and size, which a mutant may share.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0
