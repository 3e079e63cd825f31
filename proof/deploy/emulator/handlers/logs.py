"""Metric filters of log groups."""

from ..api import Api
from .handler import Handler, Made, Properties


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


HANDLERS = {"AWS::Logs::MetricFilter": Handler(put, delete, update, frozenset({"LogGroupName"}))}
