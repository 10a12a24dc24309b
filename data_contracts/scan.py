"""One pass over a delivered file: its hash, its data records, and whether its text is readable.

The pass reads in blocks and keeps none of them, so that a file of any size, or one endless line,
costs the same memory.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

BLOCK_BYTES = 1 << 20
MAX_RECORD_BYTES = 1 << 20  # the widest real record is a few hundred bytes
MAX_RECORD_TEXT = "1 MiB"

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Scan:
    """What one pass over a file found. `problem` says why the text cannot be read, or is empty."""

    sha256: str
    n_records: int = 0  # the header included
    problem: str = ""


def hash_file(file: Path) -> Scan:
    """The hash alone, for formats whose records another reader counts."""
    with file.open("rb") as stream:
        return Scan(hashlib.file_digest(stream, "sha256").hexdigest())


def scan_text(file: Path, encoding: str) -> Scan:
    """Hash, records and readability of a delimited text file.

    A record ends at a line end outside quotation marks; a blank line is none.
    """
    with file.open("rb") as stream:
        return _scan(stream, encoding)


def _scan(stream: IO[bytes], encoding: str) -> Scan:
    digest, records, text = hashlib.sha256(), _Records(), _Encoding(encoding)
    while block := stream.read(BLOCK_BYTES):
        digest.update(block)
        records.read(block)
        text.read(block, records.n_records)
        if records.is_too_long:
            # Nothing more is read: what follows belongs to the same endless record.
            return Scan("", records.n_records, records.too_long())
    records.end()
    text.end(records.n_records)
    return Scan(digest.hexdigest(), records.n_records, text.problem())


class _Records:
    """Counts records block by block; a quoted line end belongs to its record."""

    def __init__(self) -> None:
        self.n_records = 0
        self.is_too_long = False
        self._is_quoted = 0
        self._open_bytes = 0  # of the record that the last block left unfinished
        self._ended_on_return = False

    def read(self, block: bytes) -> None:
        data = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(data == _NEWLINE)
        quotes = data == _QUOTE
        if self._is_quoted or quotes.any():
            depth = (np.cumsum(quotes) + self._is_quoted) & 1
            ends = ends[depth[ends] == 0]
            self._is_quoted = int(depth[-1])
        if not len(ends):
            self._open_bytes += len(block)
            self.is_too_long = self._open_bytes > MAX_RECORD_BYTES
        else:
            lengths = np.diff(ends, prepend=-1) - 1
            is_return = data[np.maximum(ends - 1, 0)] == _RETURN
            is_return[0] = is_return[0] if ends[0] else self._ended_on_return
            lengths[0] += self._open_bytes
            self.is_too_long = bool(lengths.max() > MAX_RECORD_BYTES)
            self.n_records += int(np.count_nonzero(lengths - is_return > 0))
            self._open_bytes = len(block) - 1 - int(ends[-1])
        self._ended_on_return = bool(data[-1] == _RETURN)

    def end(self) -> None:
        """The last record may lack its line end."""
        self.n_records += self._open_bytes - self._ended_on_return > 0

    def too_long(self) -> str:
        return (
            f"the record after record {max(self.n_records - 1, 0)} is longer than "
            f"{MAX_RECORD_TEXT}: a line end or a closing quotation mark is missing"
        )


class _Encoding:
    """Whether the text is what it is declared to be, and not UTF-8 that is declared otherwise."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._declared = codecs.getincrementaldecoder(encoding)()
        self._as_utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_unicode = encoding.startswith("utf-8")
        self._is_utf8 = not self._is_unicode
        self._is_ascii = True
        self._broken_after: int | None = None

    def read(self, block: bytes, n_records: int, *, final: bool = False) -> None:
        if self._broken_after is None and not self._decodes(self._declared, block, final):
            self._broken_after = n_records
        if self._is_utf8:
            self._is_utf8 = self._decodes(self._as_utf8, block, final)
        self._is_ascii = self._is_ascii and block.isascii()

    def end(self, n_records: int) -> None:
        self.read(b"", n_records, final=True)

    def problem(self) -> str:
        if self._broken_after is not None:
            return (
                f"the text is not {self._encoding}, as it is said to be (found at or before "
                f"record {self._broken_after}): state the encoding that the source wrote"
            )
        if self._is_utf8 and not self._is_ascii:
            return (
                f"the text is UTF-8 but said to be {self._encoding}: every å, ä and ö would be "
                "garbled. State utf-8 in the manifest"
            )
        return ""

    @staticmethod
    def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool) -> bool:
        try:
            decoder.decode(block, final)
        except UnicodeDecodeError:
            return False
        return True
