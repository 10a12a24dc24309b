"""What one source table promises: the strict model of `contract.yml`, and how to load them all.

One folder per table, named as the contract's id. A contract says who owns the table, why we may
have it, how it arrives, what each column means and what happens when a promise is broken:
`stop` refuses the delivery, `quarantine` sets the row aside, `warn` is a visible check.
Nothing here reads a delivery: `delivery.py` does, and `predicates.py` turns promises into SQL.
"""

from __future__ import annotations

import difflib
import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import ContractError
from data_contracts.strict_yaml import StrictLoader

FOLDER = Path(__file__).parent
FILE_NAME = "contract.yml"

OnFailure = Literal["stop", "quarantine", "warn"]
ColumnType = Literal[
    "string",
    "code",
    "date",
    "integer",
    "decimal",
    "personnummer",
    "personnummer_or_org",
    "postcode",
]
PersonalData = Literal[
    "none",  # says nothing of a person by itself
    "identity_number",
    "name",
    "birth",
    "family",
    "address",
    "contact",
    "housing",
    "economy",
    "protected_identity",
]
Format = Literal["csv", "parquet", "xlsx"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Said = Annotated[str, Field(min_length=8)]  # a sentence, not a "tbd"

DUCKDB_TYPES: dict[str, str] = {"date": "DATE", "integer": "INTEGER", "decimal": "DOUBLE"}
CASTING_TYPES = {"date", "integer", "decimal", "personnummer", "personnummer_or_org", "postcode"}


class Strict(BaseModel):
    """Unknown keys are errors; a loaded contract never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Arrival(Strict):
    """How the table arrives. Manifest values for one file win over these."""

    files: tuple[str, ...] = Field(min_length=1, description="Patterns of manifest paths.")
    formats: tuple[Format, ...] = Field(min_length=1)
    encoding: Literal["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252"] = "utf-8"
    delimiter: str = Field(default=";", min_length=1, max_length=1)
    sheet: str | None = Field(default=None, description="Excel sheet; the first one where empty.")


class Sizes(Strict):
    """When the table is too small to conclude from, and what happens then."""

    minimum_share_of_last: float = Field(gt=0, le=1, description="Of the last accepted delivery.")
    maximum_quarantined_share: float = Field(gt=0, le=1, description="Of this delivery's rows.")
    disregard_quarantined_rows: int = Field(
        default=20, ge=0, description="So few rows set aside never count as too many."
    )
    on_shrink: Literal["stop", "suspend"]
    why: Said


class Protection(Strict):
    """Marks a column as a protection flag; every value not listed counts as protected."""

    means_none: tuple[str, ...] = Field(
        min_length=1, description="The documented values for no protection; '' is an empty cell."
    )


class Column(Strict):
    """One column: what the source calls it, what we call it and what it may hold."""

    name: Name
    source: str = Field(min_length=1)
    type: ColumnType
    nullable: bool = True
    codes: dict[str, str] = Field(default={}, description="Code: meaning.")
    on_unknown_code: OnFailure | None = None
    on_invalid: Literal["quarantine", "empty"] | None = None
    width: int | None = Field(
        default=None, ge=2, le=12, description="Digits; lost zeros are put back."
    )
    protection: Protection | None = None
    personal_data: PersonalData
    description: Said

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES.get(self.type, "VARCHAR")

    @property
    def can_be_invalid(self) -> bool:
        """Whether text may fail to become this type."""
        return self.type in CASTING_TYPES

    @model_validator(mode="after")
    def _fits_together(self) -> Column:
        problems = []
        if bool(self.codes) != (self.on_unknown_code is not None):
            problems.append("codes and on_unknown_code belong together")
        if self.codes and self.type != "code":
            problems.append("codes need type: code")
        if self.can_be_invalid != (self.on_invalid is not None):
            wanted = "needs" if self.can_be_invalid else "takes no"
            problems.append(f"type {self.type} {wanted} on_invalid")
        if self.on_invalid == "empty" and not self.nullable:
            problems.append("on_invalid: empty needs nullable: true")
        if self.width and self.type != "code":
            problems.append("width needs type: code")
        if problems:
            raise ValueError(f"column {self.name}: {'; '.join(problems)}")
        return self


class Expectation(Strict):
    """One promise, named as the Great Expectations class that states it."""

    id: Name
    expectation: str = Field(pattern=r"^Expect[A-Za-z]+$")
    arguments: dict[str, Any] = {}
    mostly: float = Field(
        default=1.0, gt=0, le=1, description="Share of the rows that must keep it."
    )
    row_condition: str | None = Field(default=None, description="SQL over canonical columns.")
    on_failure: OnFailure
    why: Said

    @property
    def columns(self) -> tuple[str, ...]:
        """The canonical columns that the arguments name."""
        given = self.arguments
        single = [given[key] for key in ("column", "column_A", "column_B") if key in given]
        return (*single, *given.get("column_list", ()))


class Contract(Strict):
    """One source table. Grain: one per folder in `data_contracts/`."""

    id: Annotated[str, Field(pattern=r"^[a-z]+__[a-z]+$")]
    version: int = Field(ge=1)
    owner: Said
    purpose: Said
    legal_basis: Name
    grain: Annotated[str, Field(pattern=r"^One row per .+\.$")]
    required: bool = Field(default=False, description="Without it the delivery is refused.")
    arrival: Arrival
    unknown_columns: Literal["stop"]
    ignored_columns: dict[str, Said] = Field(
        default={}, description="Source column: why it is not read."
    )
    sizes: Sizes
    key: tuple[Name, ...] = Field(min_length=1, description="No two rows share it.")
    columns: tuple[Column, ...] = Field(min_length=1)
    quality: tuple[Expectation, ...] = ()

    @property
    def source(self) -> str:
        """The source system: registry, tenancy, benefits, vehicles."""
        return self.id.split("__")[0]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def protection_columns(self) -> tuple[Column, ...]:
        """The columns whose value says that a person is protected."""
        return tuple(column for column in self.columns if column.protection)

    @cached_property
    def promises(self) -> tuple[Expectation, ...]:
        """Everything the contract promises: what the columns and the key imply, then `quality`.

        The order is the order in which a row's first broken promise is named.
        """
        implied = [promise for column in self.columns for promise in _implied_by(column)]
        return (*implied, _unique_key(self), *self.quality)

    @model_validator(mode="after")
    def _fits_together(self) -> Contract:
        names = [column.name for column in self.columns]
        sources = [column.source for column in self.columns]
        ids = [promise.id for promise in self.promises]
        problems = [
            *(f"column {name} stands twice" for name in _repeated(names)),
            *(f"source column {name} stands twice" for name in _repeated(sources)),
            *(f"expectation {name} stands twice" for name in _repeated(ids)),
            *(
                f"{name} is both read and ignored"
                for name in sources
                if name in self.ignored_columns
            ),
            *(
                f"{where} names the unknown column {name}{_did_you_mean(name, names)}"
                for where, used in (("key", self.key), *((q.id, q.columns) for q in self.quality))
                for name in used
                if name not in names
            ),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _implied_by(column: Column) -> list[Expectation]:
    """The promises that a column's own keys make."""
    promises = []
    if column.can_be_invalid:
        promises.append(
            Expectation(
                id=f"{column.name}_is_valid",
                expectation="ExpectColumnValuesToBeOfType",
                arguments={"column": column.name, "type_": column.type},
                on_failure="quarantine" if column.on_invalid == "quarantine" else "warn",
                why=f"A value that is no {column.type} cannot be used.",
            )
        )
    if not column.nullable:
        promises.append(
            Expectation(
                id=f"{column.name}_is_given",
                expectation="ExpectColumnValuesToNotBeNull",
                arguments={"column": column.name},
                on_failure="quarantine",
                why="A row without it says nothing that can be used.",
            )
        )
    if column.codes and column.on_unknown_code:
        promises.append(
            Expectation(
                id=f"{column.name}_is_known",
                expectation="ExpectColumnValuesToBeInSet",
                arguments={"column": column.name, "value_set": sorted(column.codes)},
                on_failure=column.on_unknown_code,
                why="A code outside the list has no documented meaning.",
            )
        )
    return promises


def _unique_key(contract: Contract) -> Expectation:
    """No two rows share the key; where they do none is believed, all are set aside."""
    single = len(contract.key) == 1
    return Expectation(
        id="key_is_unique",
        expectation="ExpectColumnValuesToBeUnique" if single else "ExpectCompoundColumnsToBeUnique",
        arguments={"column": contract.key[0]} if single else {"column_list": list(contract.key)},
        on_failure="quarantine",
        why="Of two rows with one key nobody can say which is right.",
    )


@cache
def load_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """Every contract by id, registry first, then by name; all errors at once.

    Raises ContractError naming file, key and what is allowed.
    """
    found, problems = {}, []
    for file in sorted(folder.glob(f"*/{FILE_NAME}"), key=_registry_first):
        try:
            found[file.parent.name] = load_contract(file)
        except ContractError as error:
            problems.append(str(error))
    if problems:
        raise ContractError("\n".join(problems))
    return found


def load_contract(file: Path) -> Contract:
    """The contract in one file. Raises ContractError."""
    where = f"{file.parent.name}/{file.name}"
    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), StrictLoader)
    except yaml.YAMLError as error:
        raise ContractError(f"{where}: not readable as YAML: {error}") from None
    try:
        contract = Contract.model_validate(raw)
    except ValidationError as error:
        raise ContractError("\n".join(_told(where, error))) from None
    if contract.id != file.parent.name:
        raise ContractError(f"{where}: id {contract.id} must be the folder's name.")
    return contract


def _registry_first(file: Path) -> tuple[bool, bool, str]:
    name = file.parent.name
    return (name != "registry__persons", not name.startswith("registry__"), name)


def _told(where: str, error: ValidationError) -> list[str]:
    """pydantic's findings as lines that name file, key and what is allowed."""
    lines = []
    for finding in error.errors():
        path = [part for part in finding["loc"] if part != "__root__"]
        key = ".".join(str(part) for part in path) or "the whole file"
        if finding["type"] == "extra_forbidden":
            allowed = _allowed_at(path[:-1])
            hint = _did_you_mean(str(path[-1]), allowed)
            lines.append(f"{where}: unknown key {key}{hint} Allowed: {', '.join(allowed)}.")
        elif finding["type"] == "missing":
            lines.append(f"{where}: the key {key} is missing.")
        else:
            lines.append(f"{where}: {key}: {finding['msg']}.")
    return lines


_MODELS: dict[str, type[Strict]] = {
    "arrival": Arrival,
    "sizes": Sizes,
    "columns": Column,
    "quality": Expectation,
    "protection": Protection,
}


def _allowed_at(path: list[Any]) -> list[str]:
    """The keys that the model at this place in the file takes."""
    named = [part for part in path if isinstance(part, str) and part in _MODELS]
    model: type[Strict] = _MODELS[named[-1]] if named else Contract
    return list(model.model_fields)


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]}?)." if close else "."


def _repeated(words: list[str]) -> list[str]:
    return sorted({word for word in words if words.count(word) > 1})


def matches(pattern: str, path: str) -> bool:
    """Whether a manifest path is what the pattern names; `*` never crosses a folder."""
    expression = "[^/]*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, path) is not None
