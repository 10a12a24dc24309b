"""Reading YAML strictly: duplicate keys, unknown keys and wrong values are all told at once.

The files read here are the project's own, so their values may be named in an error.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from data_contracts.errors import RuleError

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of every model here: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML where `on`, `off`, `yes` and `no` are words (`retired: {on: …}`) and keys are unique."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def _unique_keys(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    """A mapping whose keys occur once each (a merged `<<` may be overridden)."""
    own = [loader.construct_object(key) for key, _ in node.value if key.tag != _MERGE]
    twice = sorted({str(key) for key in own if own.count(key) > 1})
    if twice:
        line = node.start_mark.line + 1
        raise yaml.YAMLError(f"line {line}: the key {', '.join(twice)} stands twice, keep one")
    loader.flatten_mapping(node)
    return {
        loader.construct_object(k, deep=True): loader.construct_object(v, deep=True)
        for k, v in node.value
    }


_MERGE = "tag:yaml.org,2002:merge"
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_keys)


def read_yaml(path: Path) -> Any:
    """The file's content; raises RuleError naming the file when it is missing or no YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise RuleError(f"{nice(path)} is missing: every rule folder has it.") from None
    except yaml.YAMLError as error:
        raise RuleError(f"{nice(path)} is no readable YAML: {error}.") from None


def validate(model: type[Model], raw: Any, where: str) -> Model:
    """`raw` as `model`; raises one RuleError with every offender and what was allowed."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        lines = [f"{where}: {_told(model, item)}" for item in error.errors()]
        raise RuleError("\n".join(lines)) from None


def nice(path: Path) -> str:
    """The last three parts of a path: enough to find the file, the same on every machine."""
    return "/".join(path.parts[-3:])


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """' Did you mean x?' for a near miss, else nothing."""
    near = difflib.get_close_matches(word, list(allowed), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def unknown(kind: str, word: str, allowed: Sequence[str]) -> str:
    """The sentence for a word that is not among those allowed."""
    return f"unknown {kind} {word!r}; allowed: {', '.join(allowed)}.{did_you_mean(word, allowed)}"


def _told(model: type[BaseModel], item: Any) -> str:
    """One pydantic error as a sentence with a way out."""
    path = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        key = str(item["loc"][-1])
        allowed = _fields_at(model, item["loc"][:-1])
        return f"{path}: {unknown('key', key, allowed)}"
    if item["type"] == "missing":
        return f"{path}: is required and missing."
    message = item["msg"].removeprefix("Value error, ")
    return f"{path or 'the file'}: {message}"


def _fields_at(model: type[BaseModel], path: Sequence[Any]) -> list[str]:
    """The keys that are allowed at a place in a model; list positions and map keys are passed."""
    here = model
    for part in path:
        field = here.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        here = inner or here
    return list(here.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `dict[str, Parameter]` or `Role | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model), None)
