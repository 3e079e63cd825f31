"""The function that judges deployments, and its custom resources: nothing is served here that it could judge."""

import json
from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, no_deletion

PARTITION_ARN = "arn:aws:lambda"


def create_function(api: Api, name: str, properties: Properties) -> Made:
    code = properties["Code"]
    if "ZipFile" not in code:
        # as Lambda would, which refuses code that is not there
        api.call("s3", "head_object", Bucket=code["S3Bucket"], Key=code["S3Key"])
    return Made(name, {"Arn": f"{PARTITION_ARN}:{api.region}:{api.account}:function:{name}"})


def update_function(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return create_function(api, name, new)


# Of each judgement, the package that the one before it had.
previous: dict[str, str] = {}


def package(properties: Properties) -> Any:
    """What is deployed, as the function is told; of what is no deployment, nothing."""
    return json.loads(properties.get("Settings", "{}")).get("package")


def found_good(name: str) -> Made:
    return Made(name, {"PreviousPackage": previous.get(name, "none"), "State": '{"phase":"skipped"}'})


def judge(api: Api, name: str, properties: Properties) -> Made:
    return found_good(name)


def judge_again(api: Api, name: str, old: Properties, new: Properties) -> Made:
    """As the function does: another package has the one before it to go back to."""
    before, after = package(old), package(new)
    if before and after and before["digest"] != after["digest"]:
        previous[name] = json.dumps(before)
    return found_good(name)


HANDLERS = {
    "Custom::SlipwayJudgement": Handler(judge, no_deletion, judge_again),
}
