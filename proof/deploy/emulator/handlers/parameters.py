"""Parameters of Systems Manager, with the attributes that moto's own model does not give."""

from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties

# Systems Manager API, PutParameter: of the standard tier.
LONGEST_VALUE = 4096


def put(api: Api, name: str, properties: Properties, overwrite: bool) -> Made:
    value = properties["Value"]
    if len(value) > LONGEST_VALUE:
        raise ValueError(f"{name} has {len(value)} characters, and a standard parameter takes {LONGEST_VALUE}")
    api.call("ssm", "put_parameter", Name=name, Value=value, Type=properties["Type"], Overwrite=overwrite)
    return Made(name, {"Value": value, "Type": properties["Type"]})


def create(api: Api, name: str, properties: Properties) -> Made:
    return put(api, properties.get("Name", name), properties, False)


def update(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put(api, name, new, True)


def delete(api: Api, name: str, properties: Properties) -> None:
    api.call("ssm", "delete_parameter", Name=name)


IDENTITY: frozenset[Any] = frozenset({"Name"})

HANDLERS = {"AWS::SSM::Parameter": Handler(create, delete, update, IDENTITY)}
