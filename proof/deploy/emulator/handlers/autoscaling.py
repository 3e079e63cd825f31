"""Autoscaling groups and their policies."""

from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, without

# Names that differ between the template and the API, and what has a call of its own.
ELSEWHERE = ("AutoScalingGroupName", "VPCZoneIdentifier", "Tags", "MetricsCollection", "NotificationConfigurations")
CREATED_ONLY = ("TargetGroupARNs", "LoadBalancerNames")


def settings(properties: Properties) -> dict[str, Any]:
    shared = without(properties, *ELSEWHERE, *CREATED_ONLY)
    return {**shared, "VPCZoneIdentifier": ",".join(properties.get("VPCZoneIdentifier", []))}


def tags(name: str, properties: Properties) -> list[dict[str, Any]]:
    return [
        {**tag, "ResourceId": name, "ResourceType": "auto-scaling-group"} for tag in properties.get("Tags", [])
    ]


def follow_up(api: Api, name: str, properties: Properties) -> None:
    for collection in properties.get("MetricsCollection", []):
        api.call("autoscaling", "enable_metrics_collection", AutoScalingGroupName=name, **collection)
    for notification in properties.get("NotificationConfigurations", []):
        topic = notification["TopicARN"]
        api.call(
            "autoscaling",
            "put_notification_configuration",
            AutoScalingGroupName=name,
            TopicARN=topic,
            NotificationTypes=notification["NotificationTypes"],
        )


def create_group(api: Api, name: str, properties: Properties) -> Made:
    name = properties.get("AutoScalingGroupName", name)
    attached = {key: properties[key] for key in CREATED_ONLY if key in properties}
    api.call(
        "autoscaling",
        "create_auto_scaling_group",
        AutoScalingGroupName=name,
        Tags=tags(name, properties),
        **attached,
        **settings(properties),
    )
    follow_up(api, name, properties)
    return Made(name)


def update_group(api: Api, name: str, old: Properties, new: Properties) -> Made:
    """Change the group in place; its instances keep the launch template they were started with."""
    api.call("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=name, **settings(new))
    if old.get("Tags") != new.get("Tags"):
        api.call("autoscaling", "create_or_update_tags", Tags=tags(name, new))
    follow_up(api, name, new)
    return Made(name)


def delete_group(api: Api, name: str, properties: Properties) -> None:
    api.call("autoscaling", "delete_auto_scaling_group", AutoScalingGroupName=name, ForceDelete=True)


def put_policy(api: Api, policy: str, properties: Properties) -> Made:
    """moto answers PutScalingPolicy with nothing: the ARN is looked up."""
    api.call("autoscaling", "put_scaling_policy", PolicyName=policy, **without(properties, "PolicyName"))
    group = properties["AutoScalingGroupName"]
    found = api.call("autoscaling", "describe_policies", AutoScalingGroupName=group, PolicyNames=[policy])
    arn = found["ScalingPolicies"][0]["PolicyARN"]
    return Made(arn, {"Arn": arn, "PolicyName": policy})


def policy_name(arn: str) -> str:
    """moto looks policies up by name, where AWS takes the ARN as well."""
    return arn.rsplit("policyName/", 1)[1]


def update_policy(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    """Put the policy again under the name that it has."""
    return put_policy(api, policy_name(arn), new)


def delete_policy(api: Api, arn: str, properties: Properties) -> None:
    group = properties["AutoScalingGroupName"]
    api.call("autoscaling", "delete_policy", AutoScalingGroupName=group, PolicyName=policy_name(arn))


HANDLERS = {
    "AWS::AutoScaling::AutoScalingGroup": Handler(
        create_group, delete_group, update_group, frozenset({"AutoScalingGroupName", *CREATED_ONLY})
    ),
    "AWS::AutoScaling::ScalingPolicy": Handler(
        put_policy, delete_policy, update_policy, frozenset({"AutoScalingGroupName", "PolicyType"})
    ),
}
