"""Autoscaling groups, their policies, scheduled actions, lifecycle hooks and warm pools."""

import math

from typing import Any

from .. import watch
from ..api import Api
from .handler import Handler, Made, Properties, only, without

# Names that differ between the template and the API, and what has a call of its own.
ELSEWHERE = (
    "AutoScalingGroupName",
    "VPCZoneIdentifier",
    "Tags",
    "MetricsCollection",
    "NotificationConfigurations",
    "UpdatePolicy",
    "TargetGroupARNs",
)
CREATED_ONLY = ("LoadBalancerNames",)
# Of one type, or of several of which some are Spot.
LAUNCHED_BY = ("LaunchTemplate", "MixedInstancesPolicy")


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
    attached = {key: properties[key] for key in (*CREATED_ONLY, "TargetGroupARNs") if key in properties}
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
    """Change the group in place, and refresh its instances where they are to be launched otherwise."""
    api.call("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=name, **settings(new))
    if old.get("Tags") != new.get("Tags"):
        api.call("autoscaling", "create_or_update_tags", Tags=tags(name, new))
    follow_up(api, name, new)
    attach(api, name, old.get("TargetGroupARNs", []), new.get("TargetGroupARNs", []))
    if only(old, *LAUNCHED_BY) != only(new, *LAUNCHED_BY):
        refresh(api, name, new)
    return Made(name)


def attach(api: Api, name: str, old: list[str], new: list[str]) -> None:
    """The instances that are there are targets of a group that comes, and no longer of one that goes."""
    for verb, groups in (
        ("attach", [each for each in new if each not in old]),
        ("detach", [each for each in old if each not in new]),
    ):
        if groups:
            operation = f"{verb}_load_balancer_target_groups"
            api.call("autoscaling", operation, AutoScalingGroupName=name, TargetGroupARNs=groups)


class RefreshFailed(Exception):
    """An instance refresh that cannot go on."""


def refresh(api: Api, name: str, properties: Properties) -> None:
    """Replace the instances as an instance refresh does: as many at a time as its percentages and the group's size allow.

    A new instance is healthy at once here. What is modelled is the order: where there is room the new ones come first.
    """
    preferences = properties["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]
    group = api.call("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    wanted = group["DesiredCapacity"]
    least = math.ceil(wanted * preferences["MinHealthyPercentage"] / 100)
    most = min(math.floor(wanted * preferences["MaxHealthyPercentage"] / 100), group["MaxSize"])
    old = [instance["InstanceId"] for instance in group["Instances"]]
    at_a_time = most - wanted or wanted - least
    if at_a_time == 0:
        raise RefreshFailed(f"of {wanted} instances {least} must stay and {most} may be: none can be replaced")
    for first in range(0, len(old), at_a_time):
        batch = old[first : first + at_a_time]
        if most > wanted:
            set_capacity(api, name, wanted + len(batch))
        terminate(api, name, properties, batch)
        set_capacity(api, name, wanted)


def set_capacity(api: Api, name: str, capacity: int) -> None:
    api.call("autoscaling", "set_desired_capacity", AutoScalingGroupName=name, DesiredCapacity=capacity)
    watch.note(api, f"{name} wants {capacity}")


def terminate(api: Api, name: str, properties: Properties, instances: list[str]) -> None:
    """Take instances out of the target groups, which moto forgets, and end them."""
    for arn in properties.get("TargetGroupARNs", []):
        api.call("elbv2", "deregister_targets", TargetGroupArn=arn, Targets=[{"Id": each} for each in instances])
    watch.note(api, f"{name} loses {len(instances)}")
    for each in instances:
        api.call(
            "autoscaling",
            "terminate_instance_in_auto_scaling_group",
            InstanceId=each,
            ShouldDecrementDesiredCapacity=True,
        )


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


def put_action(api: Api, action: str, properties: Properties) -> Made:
    api.call("autoscaling", "put_scheduled_update_group_action", ScheduledActionName=action, **properties)
    return Made(action, {"ScheduledActionName": action})


def update_action(api: Api, action: str, old: Properties, new: Properties) -> Made:
    return put_action(api, action, new)


def delete_action(api: Api, action: str, properties: Properties) -> None:
    group = properties["AutoScalingGroupName"]
    api.call("autoscaling", "delete_scheduled_action", AutoScalingGroupName=group, ScheduledActionName=action)


def put_hook(api: Api, hook: str, properties: Properties) -> Made:
    api.call("autoscaling", "put_lifecycle_hook", LifecycleHookName=hook, **properties)
    return Made(hook)


def update_hook(api: Api, hook: str, old: Properties, new: Properties) -> Made:
    return put_hook(api, hook, new)


def delete_hook(api: Api, hook: str, properties: Properties) -> None:
    group = properties["AutoScalingGroupName"]
    api.call("autoscaling", "delete_lifecycle_hook", AutoScalingGroupName=group, LifecycleHookName=hook)


def put_pool(api: Api, name: str, properties: Properties) -> Made:
    """As AWS refuses it: a pool of a group whose policy asks for Spot Instances."""
    group = properties["AutoScalingGroupName"]
    found = api.call("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[group])["AutoScalingGroups"][0]
    if "MixedInstancesPolicy" in found:
        raise PoolRefused(f"{group} requests Spot Instances, and can have no warm pool")
    api.call("autoscaling", "put_warm_pool", **properties)
    return Made(group)


class PoolRefused(Exception):
    """A warm pool that a group cannot have."""


def update_pool(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_pool(api, name, new)


def delete_pool(api: Api, name: str, properties: Properties) -> None:
    api.call("autoscaling", "delete_warm_pool", AutoScalingGroupName=name)


HANDLERS = {
    "AWS::AutoScaling::LifecycleHook": Handler(
        put_hook, delete_hook, update_hook, frozenset({"AutoScalingGroupName", "LifecycleHookName"})
    ),
    "AWS::AutoScaling::WarmPool": Handler(put_pool, delete_pool, update_pool, frozenset({"AutoScalingGroupName"})),
    "AWS::AutoScaling::AutoScalingGroup": Handler(
        create_group, delete_group, update_group, frozenset({"AutoScalingGroupName", *CREATED_ONLY})
    ),
    "AWS::AutoScaling::ScalingPolicy": Handler(
        put_policy, delete_policy, update_policy, frozenset({"AutoScalingGroupName", "PolicyType"})
    ),
    "AWS::AutoScaling::ScheduledAction": Handler(
        put_action, delete_action, update_action, frozenset({"AutoScalingGroupName"})
    ),
}
