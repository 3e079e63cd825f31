"""Log groups, with the key that moto passes over, and their metric filters."""

from moto.logs.models import logs_backends

from ..api import Api
from .handler import Handler, Made, Properties


def create_group(api: Api, name: str, properties: Properties) -> Made:
    name = properties.get("LogGroupName", name)
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
    api.call("logs", "create_log_group", logGroupName=name, **key, **({"tags": tags} if tags else {}))
    return set_group(api, name, {}, properties)


def set_group(api: Api, name: str, old: Properties, new: Properties) -> Made:
    """The key of a running group is set in the backend: moto has no call to give it another."""
    if "RetentionInDays" in new:
        api.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=new["RetentionInDays"])
    group = logs_backends[api.account][api.region].groups[name]
    group.kms_key_id = new.get("KmsKeyId")
    return Made(name, {"Arn": f"{group.arn.removesuffix(':*')}:*"})


def delete_group(api: Api, name: str, properties: Properties) -> None:
    api.call("logs", "delete_log_group", logGroupName=name)


def put(api: Api, name: str, properties: Properties) -> Made:
    transformations = [
        {key[0].lower() + key[1:]: value for key, value in each.items()}
        for each in properties["MetricTransformations"]
    ]
    api.call(
        "logs",
        "put_metric_filter",
        filterName=name,
        logGroupName=properties["LogGroupName"],
        filterPattern=properties["FilterPattern"],
        metricTransformations=transformations,
    )
    return Made(name)


def update(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put(api, name, new)


def delete(api: Api, name: str, properties: Properties) -> None:
    api.call("logs", "delete_metric_filter", filterName=name, logGroupName=properties["LogGroupName"])


HANDLERS = {
    "AWS::Logs::LogGroup": Handler(create_group, delete_group, set_group, frozenset({"LogGroupName"})),
    "AWS::Logs::MetricFilter": Handler(put, delete, update, frozenset({"LogGroupName"})),
}
