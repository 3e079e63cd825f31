"""Rules of EventBridge, with what they call."""

import json

from ..api import Api
from .handler import Handler, Made, Properties, only


def put_rule(api: Api, name: str, properties: Properties) -> Made:
    pattern = {"EventPattern": json.dumps(properties["EventPattern"])}
    made = api.call("events", "put_rule", Name=name, **pattern, **only(properties, "Description", "State"))
    api.call("events", "put_targets", Rule=name, Targets=properties["Targets"])
    return Made(name, {"Arn": made["RuleArn"]})


def update_rule(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_rule(api, name, new)


def delete_rule(api: Api, name: str, properties: Properties) -> None:
    api.call("events", "remove_targets", Rule=name, Ids=[target["Id"] for target in properties["Targets"]])
    api.call("events", "delete_rule", Name=name)


HANDLERS = {"AWS::Events::Rule": Handler(put_rule, delete_rule, update_rule)}
