"""Services of PrivateLink, which moto's CloudFormation does not make, though its EC2 does."""

from ..api import Api
from .handler import Handler, Made, Properties, only


def create_service(api: Api, name: str, properties: Properties) -> Made:
    accepted = only(properties, "AcceptanceRequired", "NetworkLoadBalancerArns")
    reply = api.call("ec2", "create_vpc_endpoint_service_configuration", **accepted)
    service = reply["ServiceConfiguration"]["ServiceId"]
    return Made(service, {"ServiceId": service})


def update_service(api: Api, service: str, old: Properties, new: Properties) -> Made:
    before, after = old.get("NetworkLoadBalancerArns", []), new.get("NetworkLoadBalancerArns", [])
    changes = {
        "AddNetworkLoadBalancerArns": [each for each in after if each not in before],
        "RemoveNetworkLoadBalancerArns": [each for each in before if each not in after],
    }
    api.call(
        "ec2",
        "modify_vpc_endpoint_service_configuration",
        ServiceId=service,
        AcceptanceRequired=new.get("AcceptanceRequired", True),
        **{key: value for key, value in changes.items() if value},
    )
    return Made(service, {"ServiceId": service})


def delete_service(api: Api, service: str, properties: Properties) -> None:
    api.call("ec2", "delete_vpc_endpoint_service_configurations", ServiceIds=[service])


def permit(api: Api, service: str, old: list[str], new: list[str]) -> None:
    changes = {
        "AddAllowedPrincipals": [each for each in new if each not in old],
        "RemoveAllowedPrincipals": [each for each in old if each not in new],
    }
    changes = {key: value for key, value in changes.items() if value}
    if changes:
        api.call("ec2", "modify_vpc_endpoint_service_permissions", ServiceId=service, **changes)


def create_permissions(api: Api, name: str, properties: Properties) -> Made:
    permit(api, properties["ServiceId"], [], properties.get("AllowedPrincipals", []))
    return Made(name)


def update_permissions(api: Api, name: str, old: Properties, new: Properties) -> Made:
    permit(api, new["ServiceId"], old.get("AllowedPrincipals", []), new.get("AllowedPrincipals", []))
    return Made(name)


def delete_permissions(api: Api, name: str, properties: Properties) -> None:
    permit(api, properties["ServiceId"], properties.get("AllowedPrincipals", []), [])


HANDLERS = {
    "AWS::EC2::VPCEndpointService": Handler(create_service, delete_service, update_service),
    "AWS::EC2::VPCEndpointServicePermissions": Handler(
        create_permissions, delete_permissions, update_permissions, frozenset({"ServiceId"})
    ),
}
