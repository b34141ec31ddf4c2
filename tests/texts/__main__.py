"""Bring the catalogues up to date: `python -m tests.texts`, and say what is left to translate.

`python -m tests.texts --take de FILE` takes translations from a JSON file of text to translation.
"""

import json
import sys
from pathlib import Path

from tests.texts import catalogues
from tests.texts.collect import texts


def main(arguments: list[str]) -> int:
    """Write the catalogues; 1 when something is left to translate."""
    found = texts()
    taken: dict[str, dict[str, str]] = {}
    if arguments[:1] == ["--take"] and len(arguments) == 3:
        taken[arguments[1]] = json.loads(Path(arguments[2]).read_text(encoding="utf-8"))
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 2
    left = 0
    for language in catalogues.TRANSLATED:
        known = catalogues.read(language) | taken.get(language, {})
        catalogues.write(language, found, known)
        lines = list(catalogues.wrong(language, found))
        left += len(lines)
        print(f"{language}: {len(found)} texts, {len(lines)} to do")
        for line in lines[:20]:
            print("   ", line)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
