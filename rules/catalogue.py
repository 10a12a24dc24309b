"""All rules: read the folders, hold their versions to the lock, and write the readable list.

`python -m rules lock` rewrites versions.lock.yml and README.md; it refuses to lock changed
content under a version that is locked already.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path

import yaml

from data_contracts.errors import RuleError
from rules.model import RuleSpec
from rules.strict import nice, read_yaml, validate
from rules.tables import sources_of_table

RULES = Path(__file__).parent
LOCK = "versions.lock.yml"
_LOCK_HEADER = (
    "# Written by `python -m rules lock`. id: {version: sha256 of rule.yml + signal.sql}\n"
)


@dataclass(frozen=True)
class Rule:
    """One rule folder: what rule.yml says, the SQL and where it lies."""

    spec: RuleSpec
    sql: str
    folder: Path
    sha256: str

    @property
    def id(self) -> str:
        return self.spec.id


def load(folder: Path = RULES, *, locked: bool = True) -> dict[str, Rule]:
    """Every rule by id, in alphabetic order.

    Raises one RuleError with every offender; `locked=False` skips the comparison with the lock
    (for `rules try` and while a rule is being written).
    """
    loaded: dict[str, Rule] = {}
    faults: list[str] = []
    for path in sorted(file.parent for file in folder.glob("*/rule.yml")):
        try:
            loaded[path.name] = load_one(path)
        except RuleError as error:
            faults.append(str(error))
    if locked and not faults:
        faults = lock_faults(loaded, folder)
    if faults:
        raise RuleError("\n".join(faults))
    return loaded


def load_one(folder: Path) -> Rule:
    """The rule of one folder; raises RuleError with every fault of its rule.yml."""
    file = folder / "rule.yml"
    spec = _read_spec(file, _stamp(file))
    if spec.id != folder.name:
        raise RuleError(
            f"{nice(file)}: id is {spec.id!r}, the folder {folder.name!r}: make them one."
        )
    sql_file = folder / "signal.sql"
    if not sql_file.exists():
        raise RuleError(f"{nice(sql_file)} is missing: every rule folder has it.")
    content = file.read_bytes() + b"\0" + sql_file.read_bytes()
    sql = sql_file.read_text(encoding="utf-8")
    return Rule(spec, sql, folder, hashlib.sha256(content).hexdigest())


@functools.lru_cache(maxsize=256)
def _read_spec(file: Path, stamp: tuple[int, int]) -> RuleSpec:
    """The file's model, read once as long as it stays as it is: a night asks a dozen times."""
    return validate(RuleSpec, read_yaml(file), nice(file))


def _stamp(file: Path) -> tuple[int, int]:
    """Size and time of the last change; zeros where the file is missing, which reading tells."""
    try:
        about = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (about.st_size, about.st_mtime_ns)


def read_lock(folder: Path = RULES) -> dict[str, dict[int, str]]:
    """Rule id -> version -> content hash."""
    file = folder / LOCK
    return (read_yaml(file) or {}) if file.exists() else {}


def lock_faults(rules: dict[str, Rule], folder: Path = RULES) -> list[str]:
    """A sentence with the remedy for each rule that the lock does not know as it stands."""
    lock = read_lock(folder)
    faults = [_lock_fault(rule, lock.get(rule.id, {})) for rule in rules.values()]
    faults += [
        f"{rule_id}: is locked, and its folder is gone. A rule is retired, never deleted: bring "
        "the folder back with status: retired."
        for rule_id in sorted(set(lock) - set(rules))
    ]
    return [fault for fault in faults if fault]


def write_lock(rules: dict[str, Rule], folder: Path = RULES) -> None:
    """Add the versions that the lock does not know; raises RuleError where a locked one changed."""
    lock = read_lock(folder)
    changed = [fault for fault in lock_faults(rules, folder) if "is not locked" not in fault]
    if changed:
        raise RuleError("\n".join(changed))
    for rule in rules.values():
        lock.setdefault(rule.id, {})[rule.spec.version] = rule.sha256
    text = yaml.safe_dump({rule_id: lock[rule_id] for rule_id in sorted(lock)}, sort_keys=True)
    (folder / LOCK).write_text(_LOCK_HEADER + text, encoding="utf-8")


def _lock_fault(rule: Rule, versions: dict[int, str]) -> str | None:
    version = rule.spec.version
    if version not in versions:
        newest = max(versions, default=0)
        if version < newest:
            return (
                f"{rule.id}: version {version} is older than the locked {newest}: use {newest + 1}."
            )
        return f"{rule.id}: version {version} is not locked. Run: python -m rules lock"
    if versions[version] != rule.sha256:
        return (
            f"{rule.id}: rule.yml or signal.sql changed and version {version} is locked. "
            f"Set version: {max(versions) + 1} in rule.yml, then run: python -m rules lock"
        )
    return None


def sources_of(rule: Rule) -> frozenset[str]:
    """Every source a rule may see: those it needs and those it uses."""
    return frozenset(rule.spec.needs) | frozenset(rule.spec.uses)


def required_sources(rule: Rule) -> frozenset[str]:
    """The sources without which the rule may not be computed.

    Those it needs, and those mixed with others in a table it reads: they cannot be hidden from it.
    """
    mixed = {
        source
        for table in rule.spec.reads
        if len(sources_of_table(table)) > 1
        for source in sources_of_table(table)
    }
    return frozenset(rule.spec.needs) | frozenset(mixed)


def optional_sources(rule: Rule) -> frozenset[str]:
    """The used sources that can be hidden from the rule; it is then computed without them."""
    return sources_of(rule) - required_sources(rule)


def required_pairs(rule: Rule) -> list[tuple[str, str]]:
    """The pairs of sources whose legal basis must be valid, each in alphabetic order."""
    return list(itertools.combinations(sorted(required_sources(rule)), 2))


def optional_pairs(rule: Rule, source: str) -> list[tuple[str, str]]:
    """The pairs that an optional source makes with the required ones; one invalid hides it."""
    return [(min(a, source), max(a, source)) for a in sorted(required_sources(rule))]


def undeclared_sources(rule: Rule) -> list[str]:
    """Sources of the tables read that stand neither in needs nor in uses."""
    read = {source for table in rule.spec.reads for source in sources_of_table(table)}
    return sorted(read - sources_of(rule))
