"""A home: everything one municipality keeps. One home = one municipality.

Files are 0600 and folders 0700: the data is people's lives. Nothing here imports Dagster.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from data_contracts.errors import BoendesignalError

ENVIRONMENT_VARIABLE = "BOENDESIGNAL_HOME"
# DuckDB fetches nothing from anywhere, whatever a query names.
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


class Retention(BaseModel):
    """How long each thing is kept, in days."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    runs_days: int = Field(30, ge=1, description="Private work of ended runs.")
    nights_days: int = Field(730, ge=1, description="Accepted deliveries, for replay and audit.")
    published_days: int = Field(730, ge=1, description="Published nights.")
    dagster_days: int = Field(90, ge=1, description="Dagster's event log.")


class Feedback(BaseModel):
    """When a rule that outcomes contradict falls back to trial."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    precision_floor: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Below one change in five decided signals, four of five people are bothered "
        "for nothing.",
    )
    min_decided: int = Field(
        default=50, ge=10, description="With fewer, chance alone may put a fair rule below it."
    )
    rule_floors: dict[str, float] = Field(
        default_factory=dict, description="A floor of its own for a rule, by rule id."
    )

    @field_validator("rule_floors")
    @classmethod
    def _floors_are_shares(cls, floors: dict[str, float]) -> dict[str, float]:
        if wrong := sorted(rule for rule, floor in floors.items() if not 0 <= floor <= 1):
            raise ValueError(f"a floor is a share from 0 to 1; it is not for {', '.join(wrong)}")
        return floors


class WorklistSettings(BaseModel):
    """How the week's list is put together, beside `capacity`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    max_share_of_one_rule: float = Field(
        default=0.4,
        gt=0,
        le=1,
        description="A rule that suddenly fires much must not crowd out all others: of ten places "
        "at most four, while cases led by other rules wait.",
    )
    control_share: float = Field(
        default=0.1,
        gt=0,
        le=0.5,
        description="Control cases beside the ranked, as a share of capacity, once decided: one in "
        "ten shows within a year what the cut misses.",
    )


class Settings(BaseModel):
    """`HOME/settings.yml`; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    municipality_code: str = Field(pattern=r"^\d{4}$")
    inbox: Path = Path("inbox")
    capacity: int = Field(10, ge=1, description="Cases a week that investigators can take.")
    retention: Retention = Retention()  # type: ignore[call-arg]
    feedback: Feedback = Feedback()
    worklist: WorklistSettings = WorklistSettings()


@dataclass(frozen=True)
class Home:
    """Paths, settings and the key of one home. Grain: one per municipality."""

    path: Path

    @classmethod
    def open(cls, path: Path | str | None = None) -> Home:
        """The home at `path`, else at $BOENDESIGNAL_HOME, else ./home; folders are made 0700."""
        chosen = Path(path or os.environ.get(ENVIRONMENT_VARIABLE) or "home").expanduser()
        home = cls(chosen.resolve())
        for folder in (home.path, home.runs, home.published, home.nights, home.state):
            private_folder(folder)
        return home

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def published(self) -> Path:
        return self.path / "published"

    @property
    def nights(self) -> Path:
        return self.path / "nights"

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def settings_file(self) -> Path:
        return self.path / "settings.yml"

    @property
    def legal_basis_file(self) -> Path:
        return self.path / "legal_basis.yml"

    @property
    def dagster(self) -> Path:
        return self.path / "dagster"

    @property
    def settings(self) -> Settings | None:
        """The settings, or None where the home has not taken its first delivery."""
        if not self.settings_file.exists():
            return None
        raw = yaml.safe_load(self.settings_file.read_text(encoding="utf-8")) or {}
        try:
            return Settings.model_validate(raw)
        except ValueError as error:
            allowed = ", ".join(Settings.model_fields)
            raise BoendesignalError(
                f"{self.settings_file.name}: {error}. Allowed keys: {allowed}."
            ) from None

    def settle(self, municipality_code: str) -> Settings:
        """The home's settings; the first delivery decides whose home it is."""
        known = self.settings
        if known is None:
            known = Settings(municipality_code=municipality_code)  # type: ignore[call-arg]
            text = yaml.safe_dump(
                {
                    "municipality_code": municipality_code,
                    "inbox": "inbox",
                    "capacity": known.capacity,
                },
                allow_unicode=True,
            )
            write_private(self.settings_file, text.encode())
        if known.municipality_code != municipality_code:
            raise BoendesignalError(
                f"The delivery is for municipality {municipality_code}, this home belongs to "
                f"{known.municipality_code}. One home holds one municipality: use another --home."
            )
        return known

    @property
    def inbox(self) -> Path:
        configured = self.settings.inbox if self.settings else Path("inbox")
        return configured if configured.is_absolute() else self.path / configured

    @cached_property
    def key(self) -> bytes:
        """The home's secret (32 bytes), made once; ids are keyed by it."""
        file = self.state / "key"
        if not file.exists():
            write_private(file, secrets.token_bytes(32))
        return file.read_bytes()

    @property
    def state_file(self) -> Path:
        return self.state / "state.duckdb"

    @contextlib.contextmanager
    def state_db(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """`state/state.duckdb`, opened for as short a time as possible (one writer at a time)."""
        with contextlib.closing(duckdb.connect(str(self.state_file), config={**OFFLINE})) as con:
            self.state_file.chmod(0o600)
            yield con

    @contextlib.contextmanager
    def state_beside_a_run(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `state_db`, for commands that do not hold the home: a run may just be writing."""
        with contextlib.ExitStack() as opened:
            try:
                con = opened.enter_context(self.state_db())
            except duckdb.IOException:
                raise BoendesignalError(
                    "A run is writing in this home. Wait until it ends, and try again."
                ) from None
            yield con

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for one run; a second run is refused, not queued."""
        handle = os.open(self.state / "run.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BoendesignalError(
                    "Another run holds this home. Wait until it ends, or stop it, and start again."
                ) from None
            yield
        finally:
            os.close(handle)

    def run_dir(self, run_id: str) -> Path:
        return private_folder(self.runs / run_id)

    def night_dir(self, extract_date: date, manifest_sha256: str) -> Path:
        return self.nights / extract_date.isoformat() / manifest_sha256


def private_folder(path: Path) -> Path:
    """Make the folder and what is missing above it, readable by its owner only."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in {path, *missing}:
        one.chmod(0o700)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file whole: aside, flushed, then put in place. Of two at once one stands."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
