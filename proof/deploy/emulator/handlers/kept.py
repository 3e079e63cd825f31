"""What moto has no service for: the call is held against AWS's own description of it, and what was asked is kept here.

It shows that AWS's API knows every name, type and word of a template's value. It cannot show that AWS makes anything of it.
"""

from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from ..api import Api, client, fitted

# By physical id: the parameters of the call that would have made it.
kept: dict[str, dict[str, Any]] = {}


class NotInTheApi(Exception):
    """A value that AWS's API does not describe."""


def keep(api: Api, physical_id: str, service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Hold `parameters` against the input of an operation, e.g. `CreateTrustStore`, and keep them."""
    shape = client(service, api.account, api.region).meta.service_model.operation_model(operation).input_shape
    asked = fitted(parameters, shape)
    faults = ParamValidator().validate(asked, shape).generate_report()
    words = "; ".join([*filter(None, [faults]), *foreign_words(asked, shape)])
    if words:
        raise NotInTheApi(f"{service} {operation}: {words}")
    kept[physical_id] = asked


def foreign_words(value: Any, shape: Shape, path: str = "") -> list[str]:
    """Texts that are none of those that the API lists."""
    if shape.type_name == "structure":
        return [
            word
            for key, item in value.items()
            if key in shape.members
            for word in foreign_words(item, shape.members[key], f"{path}.{key}")
        ]
    if shape.type_name == "list":
        return [word for item in value for word in foreign_words(item, shape.member, f"{path}[]")]
    listed = getattr(shape, "enum", [])
    return [f"{path} is {value}, not one of {', '.join(listed)}"] if listed and value not in listed else []


def forget(physical_id: str) -> None:
    kept.pop(physical_id, None)
