"""Wait conditions and their handles.

The proof is the instance: it says in a file what is signalled. Without the file every instance signals that it is ready.
"""

from pathlib import Path

from ..api import Api
from .handler import Handler, Made, Properties, no_deletion

# Set once by __main__. Its text is the reason of a failure.
file: Path | None = None


class WaitConditionFailed(Exception):
    """An instance signalled a failure; with CloudFormation's words."""


class UpdateNotSupported(Exception):
    """CloudFormation's answer to any change of a wait condition."""


def create_handle(api: Api, name: str, properties: Properties) -> Made:
    return Made(f"https://cloudformation-waitcondition-{api.region}.s3.amazonaws.com/{name}?Signature=a%2Bb")


def wait(api: Api, name: str, properties: Properties) -> Made:
    if file is not None and file.exists():
        raise WaitConditionFailed(
            f"WaitCondition received failed message: '{file.read_text()}' for uniqueId: i-0123456789abcdef0"
        )
    return Made(name, {"Data": "{}"})


def refuse(api: Api, name: str, old: Properties, new: Properties) -> Made:
    raise UpdateNotSupported("Update to resource type AWS::CloudFormation::WaitCondition is not supported")


HANDLERS = {
    "AWS::CloudFormation::WaitConditionHandle": Handler(create_handle, no_deletion),
    "AWS::CloudFormation::WaitCondition": Handler(wait, no_deletion, refuse),
}
