"""The function that judges deployments, and its custom resources: nothing is served here that it could judge."""

from ..api import Api
from .handler import Handler, Made, Properties, no_deletion

PARTITION_ARN = "arn:aws:lambda"


def create_function(api: Api, name: str, properties: Properties) -> Made:
    code = properties["Code"]
    # as Lambda would, which refuses code that is not there
    api.call("s3", "head_object", Bucket=code["S3Bucket"], Key=code["S3Key"])
    return Made(name, {"Arn": f"{PARTITION_ARN}:{api.region}:{api.account}:function:{name}"})


def update_function(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return create_function(api, name, new)


def judge(api: Api, name: str, properties: Properties) -> Made:
    """Found good; each is the first deployment, which replaced no package."""
    return Made(name, {"PreviousPackage": "none", "State": '{"phase":"skipped"}'})


def judge_again(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return judge(api, name, new)


HANDLERS = {
    "AWS::Lambda::Function": Handler(create_function, no_deletion, update_function),
    "Custom::SlipwayJudgement": Handler(judge, no_deletion, judge_again),
}
