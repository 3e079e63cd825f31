"""In which order the resources of a template are made."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

SUBSTITUTION = re.compile(r"\$\{([^!}.]+)[^}]*\}")


def references(node: Any) -> Iterator[str]:
    """Yield every name that Ref, Fn::GetAtt and Fn::Sub in `node` point at; parameters are among them."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
        return
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "Ref" and isinstance(value, str):
            yield value
        elif key == "Fn::GetAtt":
            yield value.split(".")[0] if isinstance(value, str) else value[0]
        elif key == "Fn::Sub":
            text, bound = (value, {}) if isinstance(value, str) else value
            yield from (name for name in SUBSTITUTION.findall(text) if name not in bound)
            yield from references(bound)
        else:
            yield from references(value)


def creation_order(resources: dict[str, Any]) -> list[str]:
    """Logical ids of `resources`, every one after all that it refers to or depends on.

    The order depends on the template alone. Deleting in the reverse order never meets a resource
    that something else still needs.
    """
    needs = {}
    for logical_id, resource in resources.items():
        explicit = resource.get("DependsOn", [])
        named = {explicit} if isinstance(explicit, str) else set(explicit)
        named.update(references(resource.get("Properties", {})))
        named.update(references(resource.get("UpdatePolicy", {})))
        needs[logical_id] = sorted(name for name in named if name in resources and name != logical_id)
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise ValueError(f"circular dependency between resources: {error.args[1]}") from error
