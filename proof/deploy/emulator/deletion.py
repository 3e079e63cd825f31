"""Removing resources that moto's own models made: many of them cannot remove themselves."""

from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing

from .api import Api
from .handlers.handler import Properties

Deleter = Callable[[Api, str, Properties], None]


def by(service: str, operation: str, parameter: str, several: bool = False) -> Deleter:
    """Deletion by one API call that takes the physical id."""

    def delete(api: Api, physical_id: str, properties: Properties) -> None:
        api.call(service, operation, **{parameter: [physical_id] if several else physical_id})

    return delete


def route(api: Api, physical_id: str, properties: Properties) -> None:
    destination = {
        key: properties[key] for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock") if key in properties
    }
    api.call("ec2", "delete_route", RouteTableId=properties["RouteTableId"], **destination)


def gateway_attachment(api: Api, physical_id: str, properties: Properties) -> None:
    api.call(
        "ec2",
        "detach_internet_gateway",
        InternetGatewayId=properties["InternetGatewayId"],
        VpcId=properties["VpcId"],
    )


def address(api: Api, physical_id: str, properties: Properties) -> None:
    """moto keeps an address for the gateway that had it, which is gone by now."""
    found = api.call("ec2", "describe_addresses")["Addresses"]
    for each in found:
        if physical_id in (each.get("AllocationId"), each.get("PublicIp")):
            api.call("ec2", "release_address", AllocationId=each["AllocationId"])


DELETERS: dict[str, Deleter] = {
    "AWS::EC2::EIP": address,
    "AWS::S3::Bucket": by("s3", "delete_bucket", "Bucket"),  # moto's own deletion passes over a bucket that is not empty
    "AWS::EC2::FlowLog": by("ec2", "delete_flow_logs", "FlowLogIds", several=True),
    "AWS::EC2::InternetGateway": by("ec2", "delete_internet_gateway", "InternetGatewayId"),
    "AWS::EC2::NatGateway": by("ec2", "delete_nat_gateway", "NatGatewayId"),
    "AWS::EC2::Route": route,
    "AWS::EC2::RouteTable": by("ec2", "delete_route_table", "RouteTableId"),
    "AWS::EC2::VPCGatewayAttachment": gateway_attachment,
    "AWS::IAM::ManagedPolicy": by("iam", "delete_policy", "PolicyArn"),
    "AWS::SNS::Topic": by("sns", "delete_topic", "TopicArn"),
}


def delete_with_moto(model: Any, definition: dict[str, Any], account: str, region: str) -> None:
    """Remove a resource through the model that made it."""
    kind = type(model)
    if "delete" in kind.__dict__:
        model.delete(account, region)
        return
    removal = kind.delete_from_cloudformation_json
    if hasattr(removal, "__isabstractmethod__"):
        raise NotImplementedError(f"{definition['Type']} cannot be deleted in the emulator")
    parsing.parse_and_delete_resource(model.physical_resource_id, definition, account, region)


def is_gone(error: Exception) -> bool:
    """Whether an error of a deletion says that there is nothing left to delete."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    text = f"{code} {type(error).__name__} {error}"
    return any(word in text for word in ("NotFound", "NoSuch"))
