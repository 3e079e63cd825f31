"""CloudWatch alarms and dashboards."""

from ..api import Api
from .handler import Handler, Made, Properties, without


def put_alarm(api: Api, name: str, properties: Properties) -> Made:
    api.call("cloudwatch", "put_metric_alarm", AlarmName=name, **without(properties, "AlarmName"))
    alarms = api.call("cloudwatch", "describe_alarms", AlarmNames=[name])["MetricAlarms"]
    return Made(name, {"Arn": alarms[0]["AlarmArn"]})


def create_alarm(api: Api, name: str, properties: Properties) -> Made:
    return put_alarm(api, properties.get("AlarmName", name), properties)


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


HANDLERS = {
    "AWS::CloudWatch::Alarm": Handler(create_alarm, delete_alarm, update_alarm, frozenset({"AlarmName"})),
    "AWS::CloudWatch::Dashboard": Handler(
        create_dashboard, delete_dashboard, update_dashboard, frozenset({"DashboardName"})
    ),
}
