"""YAML as people mean it: a key given twice is an error, and words stay words.

Plain YAML 1.1 turns the code `NO` or `OFF` into a boolean; a code list must keep its codes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as BaseLoader
else:  # the C parser is ten times faster, and every command loads the contracts
    BaseLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

BOOLEAN = "tag:yaml.org,2002:bool"


class StrictLoader(BaseLoader):
    """SafeLoader that refuses repeated keys and reads only true and false as booleans."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver(BOOLEAN, re.compile(r"^(?:true|false)$"), ["t", "f"])
