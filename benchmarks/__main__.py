"""``python -m benchmarks [NAME ...] [--short] [--json]``: measure, and print a line a figure.

A benchmark is a module here with ``run(short: bool) -> list[dict]``; each dict has ``name``,
``value``, ``unit`` and, where two things were measured side by side, ``ratio``.
"""

import argparse
import importlib
import json
import pkgutil

import benchmarks


def main() -> int:
    """Run the named benchmarks, or all of them."""
    known = [
        m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")
    ]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--short", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}: use one of {', '.join(known)}")
    for name in asked.names or known:
        module = importlib.import_module(f"benchmarks.{name}")
        for figure in module.run(asked.short):
            print(json.dumps(figure) if asked.json else _text(figure), flush=True)
    return 0


def _text(figure: dict[str, object]) -> str:
    value = figure["value"]
    shown = f"{value:,.3g}" if isinstance(value, float) else f"{value:,}"
    ratio = figure.get("ratio")
    beside = "" if ratio is None else f"  (ratio {ratio:.3g})"
    return f"{figure['name']:<58} {shown:>12} {figure['unit']}{beside}"


if __name__ == "__main__":
    raise SystemExit(main())
