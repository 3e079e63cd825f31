"""A stack within a stack: deployed by the emulator's own change sets, and rolled back with the one around it."""

from typing import Any
from urllib.parse import urlparse

from ..api import Api
from .handler import Handler, Made, Properties


class EmbeddedStackFailed(Exception):
    """What CloudFormation says of it in the events of the stack around; `physical_id` is the ARN of the stack."""

    def __init__(self, physical_id: str, verb: str, failed: list[str]) -> None:
        named = f"The following resource(s) failed to {verb}: [{', '.join(failed)}]."
        super().__init__(f"Embedded stack {physical_id} was not successfully {verb}d: {named}")
        self.physical_id = physical_id


def template(api: Api, url: str) -> str:
    """The file that a TemplateURL names, whose path is the bucket and the key."""
    bucket, key = urlparse(url).path.lstrip("/").split("/", 1)
    return api.call("s3", "get_object", Bucket=bucket, Key=key)["Body"].read().decode()


def deploy(api: Api, stack: str, verb: str, properties: Properties) -> Made:
    asked = api.call(
        "cloudformation",
        "create_change_set",
        StackName=stack,
        ChangeSetName="embedded",
        ChangeSetType=verb.upper(),
        TemplateBody=template(api, properties["TemplateURL"]),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in properties.get("Parameters", {}).items()
        ],
        Tags=properties.get("Tags", []),
    )
    name = asked["Id"]
    change_set = api.call("cloudformation", "describe_change_set", ChangeSetName=name)
    if change_set["Status"] != "FAILED":  # of which there is nothing to change
        api.call("cloudformation", "execute_change_set", ChangeSetName=name)
    found = api.call("cloudformation", "describe_stacks", StackName=asked["StackId"])["Stacks"][0]
    if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        error = EmbeddedStackFailed(found["StackId"], verb, failed(api, found["StackId"], verb))
        if verb == "create":
            delete(api, found["StackId"], properties)  # its events are told for some time, by its ARN
        raise error
    outputs: dict[str, Any] = {f"Outputs.{each['OutputKey']}": each["OutputValue"] for each in found.get("Outputs", [])}
    return Made(found["StackId"], outputs)


def failed(api: Api, stack: str, verb: str) -> list[str]:
    events = api.call("cloudformation", "describe_stack_events", StackName=stack)["StackEvents"]
    return [each["LogicalResourceId"] for each in events if each["ResourceStatus"] == f"{verb.upper()}_FAILED"]


def create(api: Api, name: str, properties: Properties) -> Made:
    return deploy(api, name, "create", properties)


def update(api: Api, physical_id: str, old: Properties, new: Properties) -> Made:
    return deploy(api, physical_id.split("/")[1], "update", new)


def delete(api: Api, physical_id: str, properties: Properties) -> None:
    api.call("cloudformation", "delete_stack", StackName=physical_id)


HANDLERS = {"AWS::CloudFormation::Stack": Handler(create, delete, update)}
