"""Subnets with a zone by its id, and what a network of IPv6 consists of."""

from ..api import Api
from .handler import Handler, Made, Properties, no_deletion, only


def tagged(kind: str, properties: Properties) -> Properties:
    tags = properties.get("Tags", [])
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def create_subnet(api: Api, name: str, properties: Properties) -> Made:
    """The service checks that both ranges are of the network's."""
    placed = only(properties, "VpcId", "CidrBlock", "Ipv6CidrBlock", "AvailabilityZone", "AvailabilityZoneId")
    subnet = api.call("ec2", "create_subnet", **placed, **tagged("subnet", properties))["Subnet"]
    return set_subnet(api, subnet["SubnetId"], {}, properties)


def set_subnet(api: Api, subnet_id: str, old: Properties, new: Properties) -> Made:
    for attribute in ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"):
        if attribute in new:
            api.call("ec2", "modify_subnet_attribute", SubnetId=subnet_id, **{attribute: {"Value": new[attribute]}})
    found = api.call("ec2", "describe_subnets", SubnetIds=[subnet_id])["Subnets"][0]
    attributes = {name: found[name] for name in ("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "SubnetId", "VpcId")}
    ranges = [each["Ipv6CidrBlock"] for each in found.get("Ipv6CidrBlockAssociationSet", [])]
    return Made(subnet_id, {**attributes, "Ipv6CidrBlocks": ranges})


def delete_subnet(api: Api, subnet_id: str, properties: Properties) -> None:
    api.call("ec2", "delete_subnet", SubnetId=subnet_id)


def create_range(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call("ec2", "associate_vpc_cidr_block", **properties)
    made = reply.get("Ipv6CidrBlockAssociation") or reply["CidrBlockAssociation"]
    return Made(made["AssociationId"], {"Id": made["AssociationId"]})


def create_egress_gateway(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call(
        "ec2",
        "create_egress_only_internet_gateway",
        VpcId=properties["VpcId"],
        **tagged("egress-only-internet-gateway", properties),
    )
    gateway = reply["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return Made(gateway, {"Id": gateway})


def delete_egress_gateway(api: Api, gateway: str, properties: Properties) -> None:
    api.call("ec2", "delete_egress_only_internet_gateway", EgressOnlyInternetGatewayId=gateway)


def associate(api: Api, name: str, properties: Properties) -> Made:
    """moto's own keeps the association, and its route tables know nothing of it."""
    made = api.call("ec2", "associate_route_table", **properties)["AssociationId"]
    return Made(made, {"Id": made})


def disassociate(api: Api, association: str, properties: Properties) -> None:
    api.call("ec2", "disassociate_route_table", AssociationId=association)


HANDLERS = {
    "AWS::EC2::SubnetRouteTableAssociation": Handler(associate, disassociate),
    "AWS::EC2::Subnet": Handler(
        create_subnet,
        delete_subnet,
        set_subnet,
        frozenset({"VpcId", "CidrBlock", "Ipv6CidrBlock", "AvailabilityZone", "AvailabilityZoneId"}),
    ),
    # moto keeps the routes of a range that a network gave back, and refuses the next: the range goes with its network
    "AWS::EC2::VPCCidrBlock": Handler(create_range, no_deletion),
    "AWS::EC2::EgressOnlyInternetGateway": Handler(create_egress_gateway, delete_egress_gateway),
}
