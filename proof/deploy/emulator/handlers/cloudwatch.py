"""CloudWatch alarms and dashboards."""

from moto.cloudwatch.models import cloudwatch_backends

from ..api import Api
from .handler import Handler, Made, Properties, without


def put_alarm(api: Api, name: str, properties: Properties) -> Made:
    api.call("cloudwatch", "put_metric_alarm", AlarmName=name, **without(properties, "AlarmName"))
    alarms = api.call("cloudwatch", "describe_alarms", AlarmNames=[name])["MetricAlarms"]
    return Made(name, {"Arn": alarms[0]["AlarmArn"]})


class AlreadyExists(Exception):
    """CloudFormation takes over no alarm that is there: its name belongs to another resource."""


def create_alarm(api: Api, name: str, properties: Properties) -> Made:
    name = properties.get("AlarmName", name)
    if api.call("cloudwatch", "describe_alarms", AlarmNames=[name])["MetricAlarms"]:
        raise AlreadyExists(f"the alarm {name} already exists")
    return put_alarm(api, name, properties)


def update_alarm(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_alarm(api, name, new)


def delete_alarm(api: Api, name: str, properties: Properties) -> None:
    api.call("cloudwatch", "delete_alarms", AlarmNames=[name])


def create_dashboard(api: Api, name: str, properties: Properties) -> Made:
    return put_dashboard(api, properties.get("DashboardName", name), properties)


def put_dashboard(api: Api, name: str, properties: Properties) -> Made:
    api.call("cloudwatch", "put_dashboard", DashboardName=name, DashboardBody=properties["DashboardBody"])
    return Made(name)


def update_dashboard(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_dashboard(api, name, new)


def delete_dashboard(api: Api, name: str, properties: Properties) -> None:
    api.call("cloudwatch", "delete_dashboards", DashboardNames=[name])


def put_composite(api: Api, name: str, properties: Properties) -> Made:
    """Keep it in moto's backend, which has no call to make one."""
    backend = cloudwatch_backends[api.account][api.region]
    backend.put_metric_alarm(
        name=name,
        namespace="",
        metric_name="",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        period=60,
        threshold=0.0,
        statistic="Maximum",
        description=properties.get("AlarmDescription", ""),
        dimensions=[],
        alarm_actions=properties.get("AlarmActions", []),
        ok_actions=properties.get("OKActions", []),
        rule=properties["AlarmRule"],
    )
    return Made(name, {"Arn": f"arn:aws:cloudwatch:{api.region}:{api.account}:alarm:{name}"})


def create_composite(api: Api, name: str, properties: Properties) -> Made:
    return put_composite(api, properties.get("AlarmName", name), properties)


def update_composite(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_composite(api, name, new)


HANDLERS = {
    "AWS::CloudWatch::CompositeAlarm": Handler(
        create_composite, delete_alarm, update_composite, frozenset({"AlarmName"})
    ),
    "AWS::CloudWatch::Alarm": Handler(create_alarm, delete_alarm, update_alarm, frozenset({"AlarmName"})),
    "AWS::CloudWatch::Dashboard": Handler(
        create_dashboard, delete_dashboard, update_dashboard, frozenset({"DashboardName"})
    ),
}
