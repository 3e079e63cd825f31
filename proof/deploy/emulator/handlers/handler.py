"""What the engine needs to know of a resource type."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..api import Api

Properties = dict[str, Any]


class Made(NamedTuple):
    """What exists now: the physical id that Ref gives, and the attributes that Fn::GetAtt gives."""

    physical_id: str
    attributes: dict[str, Any] = {}


class Handler(NamedTuple):
    """How resources of one type are made, changed and removed.

    A change of a property in `immutable`, or any change where there is no `update`, replaces the
    resource: the new one is made first and the old one removed when the stack has settled.
    """

    # (api, name for a resource without one, properties)
    create: Callable[[Api, str, Properties], Made]
    # (api, physical id, properties as created)
    delete: Callable[[Api, str, Properties], None]
    # (api, physical id, old properties, new properties)
    update: Callable[[Api, str, Properties, Properties], Made] | None = None
    immutable: frozenset[str] = frozenset()

    def replaces(self, old: Properties, new: Properties) -> bool:
        return self.update is None or any(old.get(name) != new.get(name) for name in self.immutable)


def without(properties: Properties, *names: str) -> Properties:
    return {key: value for key, value in properties.items() if key not in names}


def only(properties: Properties, *names: str) -> Properties:
    return {key: properties[key] for key in names if key in properties}


def no_deletion(api: Api, physical_id: str, properties: Properties) -> None:
    """For what vanishes together with the resource it belongs to."""
