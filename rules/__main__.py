"""For those who write rules: `python -m rules check [id …]` and `python -m rules lock`."""

from __future__ import annotations

import sys

from data_contracts.errors import RuleError
from rules import catalogue, checks, readme
from rules.examples import Bench

USAGE = "python -m rules check [id …] proves rule folders; python -m rules lock locks versions."


def main(words: list[str]) -> int:
    """Exit code: 0 all is well, 1 faults (printed), 2 the command is not known."""
    if words == ["lock"]:
        return _tell(_lock())
    if words and words[0] == "check":
        return _tell(_check(words[1:]))
    print(USAGE)
    return 2


def _check(ids: list[str]) -> list[str]:
    found: list[str] = []
    bench = Bench()
    for folder in sorted(file.parent for file in catalogue.RULES.glob("*/rule.yml")):
        if not ids or folder.name in ids:
            try:
                found += checks.faults(catalogue.load_one(folder), bench)
            except RuleError as error:
                found.append(str(error))
    return found


def _lock() -> list[str]:
    try:
        rules = catalogue.load(locked=False)
        catalogue.write_lock(rules)
    except RuleError as error:
        return [str(error)]
    (catalogue.RULES / "README.md").write_text(readme.readme(rules), encoding="utf-8")
    return []


def _tell(found: list[str]) -> int:
    print("\n".join(found) if found else "All is well.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
