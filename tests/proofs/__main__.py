"""`python -m tests.proofs [NAME [--short]]`: list the proofs, or run one."""

import sys
import time

from tests.proofs import keep, last_result, proofs


def main(arguments: list[str]) -> int:
    """Run one proof, or list all; 1 when it failed, 2 for a name that is not there."""
    known = proofs()
    short = "--short" in arguments
    names = [word for word in arguments if word != "--short"]
    if not names:
        for name, proof in known.items():
            print(f"{name:20} last run {last_result(name):22} {proof.ABOUT.splitlines()[0]}")
        return 0
    if len(names) > 1 or names[0] not in known:
        print(f"No proof is called {' '.join(names)}; there are: {', '.join(known) or 'none'}.")
        return 2
    proof = known[names[0]]
    started = time.monotonic()
    try:
        figures = proof.run(long=not short)
    except AssertionError as failure:
        print(f"{proof.NAME} failed: {failure}")
        return 1
    took = time.monotonic() - started
    for name, value in figures.items():
        print(f"{name}: {value}")
    if not short:
        print(f"Kept in {keep(proof, figures, took=took)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
