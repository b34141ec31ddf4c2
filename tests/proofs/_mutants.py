"""Programs with one thing wrong: where something can be made wrong, and what becomes of it."""

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

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


def files() -> list[Path]:
    """The modules of the alarms."""
    return sorted((ROOT / "alarms").rglob("*.py"))


def sites(file: Path, seed: int) -> list[Site]:
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
            what = f"{seed} {file.name} {turn} {ast.unparse(node)}"
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
