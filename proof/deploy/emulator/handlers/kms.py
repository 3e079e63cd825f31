"""KMS keys."""

import json

from ..api import Api
from .handler import Handler, Made, Properties, only

CREATION = ("Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin")


def create(api: Api, name: str, properties: Properties) -> Made:
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    metadata = api.call(
        "kms",
        "create_key",
        Policy=json.dumps(properties["KeyPolicy"]),
        Tags=tags,
        **only(properties, *CREATION),
    )["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        api.call("kms", "enable_key_rotation", KeyId=metadata["KeyId"])
    return Made(metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]})


def update(api: Api, key_id: str, old: Properties, new: Properties) -> Made:
    api.call("kms", "put_key_policy", KeyId=key_id, PolicyName="default", Policy=json.dumps(new["KeyPolicy"]))
    turn = "enable_key_rotation" if new.get("EnableKeyRotation") else "disable_key_rotation"
    api.call("kms", turn, KeyId=key_id)
    metadata = api.call("kms", "describe_key", KeyId=key_id)["KeyMetadata"]
    return Made(key_id, {"Arn": metadata["Arn"], "KeyId": key_id})


def delete(api: Api, key_id: str, properties: Properties) -> None:
    """A key is never deleted at once: it waits, unusable, as on AWS."""
    api.call("kms", "schedule_key_deletion", KeyId=key_id, PendingWindowInDays=properties.get("PendingWindowInDays", 30))


HANDLERS = {"AWS::KMS::Key": Handler(create, delete, update, frozenset(CREATION[1:]))}
