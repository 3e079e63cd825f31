"""Instances, launch templates and endpoints of networks."""

import base64
import json
from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, only


def with_profile(properties: Properties) -> dict[str, Any]:
    """An instance takes its profile by name in a template, and as a structure in the API."""
    profile = properties.get("IamInstanceProfile")
    return {} if profile is None else {"IamInstanceProfile": {"Name": profile}}


def create_instance(api: Api, name: str, properties: Properties) -> Made:
    accepted = only(
        properties,
        "ImageId",
        "InstanceType",
        "SubnetId",
        "SecurityGroupIds",
        "LaunchTemplate",
        "BlockDeviceMappings",
        "MetadataOptions",
        "DisableApiTermination",
        "EbsOptimized",
    )
    if "UserData" in properties:
        # botocore encodes it for this one call
        accepted["UserData"] = base64.b64decode(properties["UserData"])
    if "Monitoring" in properties:
        accepted["Monitoring"] = {"Enabled": properties["Monitoring"]}
    if properties.get("Tags"):
        accepted["TagSpecifications"] = [{"ResourceType": "instance", "Tags": properties["Tags"]}]
    reply = api.call("ec2", "run_instances", MinCount=1, MaxCount=1, **accepted, **with_profile(properties))
    return instance(api, reply["Instances"][0]["InstanceId"])


def instance(api: Api, instance_id: str) -> Made:
    found = api.call("ec2", "describe_instances", InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    attributes = {
        "InstanceId": instance_id,
        "AvailabilityZone": found["Placement"]["AvailabilityZone"],
        "PrivateIp": found.get("PrivateIpAddress"),
        "PrivateDnsName": found.get("PrivateDnsName"),
        "VpcId": found.get("VpcId"),
    }
    return Made(instance_id, attributes)


def delete_instance(api: Api, instance_id: str, properties: Properties) -> None:
    if properties.get("DisableApiTermination"):
        api.call(
            "ec2", "modify_instance_attribute", InstanceId=instance_id, DisableApiTermination={"Value": False}
        )
    api.call("ec2", "terminate_instances", InstanceIds=[instance_id])


def create_template(api: Api, name: str, properties: Properties) -> Made:
    data = properties["LaunchTemplateData"]
    specifications = properties.get("TagSpecifications", [])
    reply = api.call(
        "ec2",
        "create_launch_template",
        LaunchTemplateName=properties.get("LaunchTemplateName", name),
        LaunchTemplateData=data,
        **({"TagSpecifications": specifications} if specifications else {}),
    )
    return template(reply["LaunchTemplate"])


def template(described: dict[str, Any]) -> Made:
    attributes = {
        "LaunchTemplateId": described["LaunchTemplateId"],
        "LatestVersionNumber": str(described["LatestVersionNumber"]),
        "DefaultVersionNumber": str(described["DefaultVersionNumber"]),
    }
    return Made(described["LaunchTemplateId"], attributes)


def update_template(api: Api, template_id: str, old: Properties, new: Properties) -> Made:
    """A launch template is never changed: it gets a new version."""
    data = new["LaunchTemplateData"]
    api.call("ec2", "create_launch_template_version", LaunchTemplateId=template_id, LaunchTemplateData=data)
    reply = api.call("ec2", "describe_launch_templates", LaunchTemplateIds=[template_id])
    return template(reply["LaunchTemplates"][0])


def delete_template(api: Api, template_id: str, properties: Properties) -> None:
    api.call("ec2", "delete_launch_template", LaunchTemplateId=template_id)


ENDPOINT_PROPERTIES = (
    "VpcId",
    "ServiceName",
    "VpcEndpointType",
    "SubnetIds",
    "SecurityGroupIds",
    "RouteTableIds",
    "PrivateDnsEnabled",
)


def policy(properties: Properties) -> dict[str, str]:
    document = properties.get("PolicyDocument")
    return {} if document is None else {"PolicyDocument": json.dumps(document)}


def create_endpoint(api: Api, name: str, properties: Properties) -> Made:
    accepted = only(properties, *ENDPOINT_PROPERTIES)
    reply = api.call("ec2", "create_vpc_endpoint", **accepted, **policy(properties))
    return Made(reply["VpcEndpoint"]["VpcEndpointId"])


def update_endpoint(api: Api, endpoint_id: str, old: Properties, new: Properties) -> Made:
    """Subnets, groups and tables come and go; service and network stay."""
    changes: dict[str, Any] = {}
    for name in ("SubnetIds", "SecurityGroupIds", "RouteTableIds"):
        before, after = old.get(name, []), new.get(name, [])
        changes[f"Add{name}"] = [each for each in after if each not in before]
        changes[f"Remove{name}"] = [each for each in before if each not in after]
    changes = {name: values for name, values in changes.items() if values}
    api.call("ec2", "modify_vpc_endpoint", VpcEndpointId=endpoint_id, **changes, **policy(new))
    return Made(endpoint_id)


def delete_endpoint(api: Api, endpoint_id: str, properties: Properties) -> None:
    api.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[endpoint_id])


HANDLERS = {
    "AWS::EC2::VPCEndpoint": Handler(
        create_endpoint, delete_endpoint, update_endpoint, frozenset({"VpcId", "ServiceName", "VpcEndpointType"})
    ),
    "AWS::EC2::Instance": Handler(create_instance, delete_instance),
    "AWS::EC2::LaunchTemplate": Handler(
        create_template, delete_template, update_template, frozenset({"LaunchTemplateName", "TagSpecifications"})
    ),
}
