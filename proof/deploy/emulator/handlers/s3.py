"""Bucket policies."""

import json

from ..api import Api
from .handler import Handler, Made, Properties


def put(api: Api, name: str, properties: Properties) -> Made:
    """Write the policy without its conditional denials.

    moto enforces bucket policies but does not look at Condition: the denial of plain HTTP, which
    every bucket should have, would lock out the deployment itself, for this server speaks no TLS.
    """
    document = properties["PolicyDocument"]
    enforceable = [
        statement
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" or "Condition" not in statement
    ]
    if enforceable:
        policy = json.dumps({**document, "Statement": enforceable})
        api.call("s3", "put_bucket_policy", Bucket=properties["Bucket"], Policy=policy)
    return Made(properties["Bucket"])


def update(api: Api, bucket: str, old: Properties, new: Properties) -> Made:
    return put(api, bucket, new)


def delete(api: Api, bucket: str, properties: Properties) -> None:
    api.call("s3", "delete_bucket_policy", Bucket=bucket)


HANDLERS = {"AWS::S3::BucketPolicy": Handler(put, delete, update, frozenset({"Bucket"}))}
