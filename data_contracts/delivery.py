"""A delivery: one folder per extract date, complete when its `manifest.json` is there.

`open_delivery` believes nothing before it has verified the manifest and every file it names: the
name of the folder, the paths, the hashes, the number of data records, the encoding, and that each
file belongs to exactly one contract. What fails refuses the whole delivery, all findings at once.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_contracts.contract import Contract, load_contracts, matches
from data_contracts.errors import DeliveryRefused
from data_contracts.file_names import fault

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 10_000_000
ENCODINGS = {"utf-8", "utf-8-sig", "iso-8859-1", "windows-1252"}
_CODEC_NAMES = {"iso8859-1": "iso-8859-1", "cp1252": "windows-1252"}


class ManifestFile(BaseModel):
    """One file as the manifest names it. Other keys are the sender's own and are not read."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    path: str = Field(min_length=1)
    rows: int = Field(ge=0, description="Data records without the header.")
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$")
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)


class Manifest(BaseModel):
    """`manifest.json`. Other keys are the sender's own and are not read."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    extract_date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    municipality_code: str = Field(pattern=r"^\d{4}$")
    synthetic: bool
    files: tuple[ManifestFile, ...] = Field(strict=False)


@dataclass(frozen=True)
class DeliveredFile:
    """One verified file. `file_no` is its place in the manifest sorted by path, from 1."""

    path: str
    file: Path
    file_no: int
    contract_id: str
    format: str
    encoding: str
    delimiter: str
    rows: int
    sha256: str
    stamp: tuple[int, ...] = ()  # what `stamp_of` said before the file was verified

    def assert_unchanged(self) -> None:
        """Raises DeliveryRefused where another file has taken the verified one's place."""
        if self.stamp and stamp_of(self.file) != self.stamp:
            raise DeliveryRefused(
                f"{self.path} was changed while it was read: the sender had not finished. Run the "
                "delivery again when it is complete."
            )


def stamp_of(file: Path) -> tuple[int, ...]:
    """What changes when a file is written or replaced; empty where there is none."""
    try:
        now = file.stat()
    except OSError:
        return ()
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)


@dataclass(frozen=True)
class Delivery:
    """A verified delivery. Grain: one per extract date and manifest."""

    path: Path
    manifest: Manifest
    extract_date: date
    municipality_code: str
    is_synthetic: bool
    manifest_sha256: str
    files: tuple[DeliveredFile, ...]

    def files_of(self, contract_id: str) -> tuple[DeliveredFile, ...]:
        return tuple(file for file in self.files if file.contract_id == contract_id)

    @property
    def missing(self) -> tuple[str, ...]:
        """The contracts that no file in the manifest belongs to."""
        present = {file.contract_id for file in self.files}
        return tuple(name for name in load_contracts() if name not in present)


def open_delivery(path: Path | str) -> Delivery:
    """The delivery in a folder, verified. Raises DeliveryRefused with every finding."""
    folder = Path(path).resolve()
    content = _read_manifest(folder)
    manifest = _parse_manifest(content)
    extract_date = _extract_date(manifest, folder)
    files = _matched_files(folder, manifest, extract_date)
    _refuse(_verified(files))
    return Delivery(
        path=folder,
        manifest=manifest,
        extract_date=extract_date,
        municipality_code=manifest.municipality_code,
        is_synthetic=manifest.synthetic,
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        files=files,
    )


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise DeliveryRefused("The delivery is refused:\n" + "\n".join(f"- {p}" for p in found))


# -- the manifest ----------------------------------------------------------------------------


def _read_manifest(folder: Path) -> bytes:
    file = folder / MANIFEST
    if not folder.is_dir():
        raise DeliveryRefused(f"{folder.name}: no such folder. A delivery is one folder per date.")
    if not file.is_file():
        raise DeliveryRefused(
            f"{folder.name}: {MANIFEST} is missing. It is written last and makes the delivery "
            "complete: wait until the sender has finished, or ask for the delivery again."
        )
    if file.stat().st_size > MAX_MANIFEST_BYTES:
        raise DeliveryRefused(f"{MANIFEST} is larger than {MAX_MANIFEST_BYTES:,} bytes.")
    return file.read_bytes()


def _parse_manifest(content: bytes) -> Manifest:
    problem = ""
    try:
        raw = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique_keys)
    except (UnicodeDecodeError, RecursionError, ValueError):
        problem = "is not readable as JSON in UTF-8, or gives a key twice"
    else:
        if not isinstance(raw, dict):
            problem = "must be a JSON object"
    if problem:
        raise DeliveryRefused(f"{MANIFEST} {problem}. Ask the sender to write it again.")
    manifest, problems = _validated(raw)
    _refuse([*problems, *_misspelt(raw, Manifest, ""), *_misspelt_in_files(raw)])
    assert manifest is not None  # no problems
    return manifest


def _validated(raw: dict[str, Any]) -> tuple[Manifest | None, list[str]]:
    try:
        return Manifest.model_validate(raw), []
    except ValidationError as error:
        return None, [
            f"{MANIFEST}: {'.'.join(str(part) for part in finding['loc'])}: {finding['msg']}."
            for finding in error.errors(include_input=False, include_url=False)
        ]


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _misspelt_in_files(raw: dict[str, Any]) -> list[str]:
    files = raw.get("files")
    entries = enumerate(files) if isinstance(files, list) else ()
    return [
        problem
        for number, entry in entries
        if isinstance(entry, dict)
        for problem in _misspelt(entry, ManifestFile, f"files.{number}.")
    ]


def _misspelt(raw: dict[str, Any], model: type[BaseModel], where: str) -> list[str]:
    """Keys of the sender's own are let be, but not one that a typing error would explain."""
    known = list(model.model_fields)
    problems = []
    for key in raw:
        if key in known:
            continue
        if close := difflib.get_close_matches(key, known, n=1, cutoff=0.8):
            problems.append(f"{MANIFEST}: unknown key {where}{key}, did you mean {close[0]}?")
    return problems


def _extract_date(manifest: Manifest, folder: Path) -> date:
    if folder.name != manifest.extract_date:
        raise DeliveryRefused(
            f"The folder is named {folder.name}, its manifest says extract_date "
            f"{manifest.extract_date}. They must be the same: the folder's name is the date."
        )
    try:
        return date.fromisoformat(manifest.extract_date)
    except ValueError:
        pass
    raise DeliveryRefused(f"{MANIFEST}: extract_date {manifest.extract_date} is no date.")


# -- files -----------------------------------------------------------------------------------


def _matched_files(
    folder: Path, manifest: Manifest, extract_date: date
) -> tuple[DeliveredFile, ...]:
    """The manifest's files with their contracts, sorted by path. Reads no content."""
    contracts = load_contracts()
    files, problems = [], []
    paths = [entry.path for entry in manifest.files]
    problems += [
        f"{path} stands twice in the manifest."
        for path in sorted(_repeated(paths))
        if not fault(path, extract_date)
    ]
    for number, entry in enumerate(sorted(manifest.files, key=lambda entry: entry.path), start=1):
        found = _matched_file(folder, entry, number, contracts, extract_date)
        if isinstance(found, DeliveredFile):
            files.append(found)
        else:
            problems.append(found)
    named = {file.contract_id for file in files}
    problems += [
        f"No file for {contract.id} (expected {' or '.join(contract.arrival.files)}): without it "
        "the delivery is refused."
        for contract in contracts.values()
        if contract.required and contract.id not in named and not problems
    ]
    _refuse(problems)
    return tuple(files)


def _matched_file(
    folder: Path,
    entry: ManifestFile,
    number: int,
    contracts: dict[str, Contract],
    extract_date: date,
) -> DeliveredFile | str:
    """The file with its contract, or what is wrong with it."""
    path = entry.path
    file = folder / path
    wrong = fault(path, extract_date)
    if not wrong and not _is_inside(file, folder):
        wrong = "leaves the delivery. Paths are relative, without `..`"
    if wrong:
        return f"The path of file {number} {wrong}."
    owners = [c for c in contracts.values() if any(matches(p, path) for p in c.arrival.files)]
    if len(owners) != 1:
        expected = ", ".join(p for c in contracts.values() for p in c.arrival.files)
        return f"{path} belongs to {len(owners)} contracts; expected one of: {expected}."
    arrival = owners[0].arrival
    form = PurePosixPath(path).suffix.removeprefix(".").lower()
    if form not in arrival.formats:
        return f"{path}: the format must be one of {', '.join(arrival.formats)}."
    encoding = _encoding(entry.encoding or arrival.encoding)
    if encoding is None:
        return f"{path}: unknown encoding in the manifest. Allowed: {', '.join(sorted(ENCODINGS))}."
    if not file.is_file():
        return f"{path} stands in the manifest but not in the folder: it was lost on the way."
    return DeliveredFile(
        path=path,
        file=file,
        file_no=number,
        contract_id=owners[0].id,
        format=form,
        encoding=encoding,
        delimiter=entry.delimiter or arrival.delimiter,
        rows=entry.rows,
        sha256=entry.sha256.lower(),
        stamp=stamp_of(file),
    )


def _is_inside(file: Path, folder: Path) -> bool:
    try:
        return file.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def _encoding(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    known = _CODEC_NAMES.get(known, known)
    return known if known in ENCODINGS else None


def _repeated(words: list[str]) -> set[str]:
    return {word for word, n in Counter(words).items() if n > 1}


# -- content ---------------------------------------------------------------------------------


def _verified(files: tuple[DeliveredFile, ...]) -> list[str]:
    """What is wrong with the files' content; hashing and counting release Python's lock."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return [problem for problem in pool.map(verify, files) if problem]


def verify(file: DeliveredFile) -> str:
    """What is wrong with one file's content against its manifest entry, or an empty text."""
    from data_contracts.scan import hash_file, scan_text  # noqa: PLC0415 - numpy takes 0.1 s

    scan = scan_text(file.file, file.encoding) if file.format == "csv" else hash_file(file.file)
    if scan.sha256 and scan.sha256 != file.sha256:
        return (
            f"{file.path}: the sha256 is not the manifest's: the file was cut off or changed on "
            "the way. Ask for the delivery again."
        )
    if scan.problem:
        return f"{file.path}: {scan.problem}."
    if file.format != "csv":
        return ""  # the reader counts; see assets/reading.py
    if scan.n_records == 0:
        return f"{file.path} is empty: not even a header row. Ask for the delivery again."
    if scan.n_records - 1 != file.rows:
        return (
            f"{file.path}: {scan.n_records - 1} data records, the manifest says {file.rows}: the "
            "file was cut off, or a quotation mark is not closed. Ask for the delivery again."
        )
    return ""
