"""Calls of the emulator's own AWS API, over loopback, as an account in a region."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.model import Shape
from moto.core import DEFAULT_ACCOUNT_ID

# Set once by __main__, before the first request.
endpoint = ""

CONFIG = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@lru_cache(maxsize=None)
def client(service: str, account: str, region: str) -> Any:
    """Return a boto3 client; a foreign account is entered by assuming a role in it, as on AWS."""
    keys = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
    if account != DEFAULT_ACCOUNT_ID:
        reply = client("sts", DEFAULT_ACCOUNT_ID, region).assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/emulator", RoleSessionName="emulator"
        )["Credentials"]
        keys = {
            "aws_access_key_id": reply["AccessKeyId"],
            "aws_secret_access_key": reply["SecretAccessKey"],
            "aws_session_token": reply["SessionToken"],
        }
    return boto3.client(service, region_name=region, endpoint_url=endpoint, config=CONFIG, **keys)


def fitted(value: Any, shape: Shape) -> Any:
    """Turn a template's value into the type that the API's shape asks for.

    Templates may write numbers and booleans as text. A name that the shape does not know is left
    alone, so that botocore refuses the call and says which name it was.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            key: fitted(item, shape.members[key]) if key in shape.members else item for key, item in value.items()
        }
    if kind == "list" and isinstance(value, list):
        return [fitted(item, shape.member) for item in value]
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        return float(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, (int, float)):
        return str(value)
    return value


class Api:
    """The AWS API as seen by one stack."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """Call `operation`, e.g. `call("acm", "delete_certificate", CertificateArn=arn)`."""
        target = client(service, self.account, self.region)
        model = target.meta.service_model.operation_model(target.meta.method_to_api_mapping[operation])
        return getattr(target, operation)(**fitted(parameters, model.input_shape))
