"""Security groups, whose rules change in place; moto makes another group of one that changes."""

from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, only

EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def permission(properties: Properties, direction: str) -> dict[str, Any]:
    """A rule of a template as the API takes it. `direction` is Source or Destination."""
    rule: dict[str, Any] = only(properties, "IpProtocol", "FromPort", "ToPort")
    note = only(properties, "Description")
    if f"{direction}SecurityGroupId" in properties:
        rule["UserIdGroupPairs"] = [{"GroupId": properties[f"{direction}SecurityGroupId"], **note}]
    if f"{direction}PrefixListId" in properties:
        rule["PrefixListIds"] = [{"PrefixListId": properties[f"{direction}PrefixListId"], **note}]
    if "CidrIp" in properties:
        rule["IpRanges"] = [{"CidrIp": properties["CidrIp"], **note}]
    if "CidrIpv6" in properties:
        rule["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **note}]
    return rule


def change(api: Api, verb: str, way: str, group: str, rules: list[Properties]) -> None:
    """Authorize or revoke rules; `way` is ingress or egress."""
    if not rules:
        return
    direction = "Source" if way == "ingress" else "Destination"
    permissions = [permission(rule, direction) for rule in rules]
    api.call("ec2", f"{verb}_security_group_{way}", GroupId=group, IpPermissions=permissions)


def lists(properties: Properties) -> dict[str, list[Properties]]:
    return {
        "ingress": properties.get("SecurityGroupIngress", []),
        "egress": properties.get("SecurityGroupEgress", []),
    }


def create_group(api: Api, name: str, properties: Properties) -> Made:
    tags = properties.get("Tags", [])
    group = api.call(
        "ec2",
        "create_security_group",
        GroupName=properties.get("GroupName", name),
        Description=properties["GroupDescription"],
        VpcId=properties["VpcId"],
        **({"TagSpecifications": [{"ResourceType": "security-group", "Tags": tags}]} if tags else {}),
    )["GroupId"]
    if "SecurityGroupEgress" in properties:
        api.call("ec2", "revoke_security_group_egress", GroupId=group, IpPermissions=[EVERYWHERE])
    for way, rules in lists(properties).items():
        change(api, "authorize", way, group, rules)
    return Made(group, {"GroupId": group, "VpcId": properties["VpcId"]})


def update_group(api: Api, group: str, old: Properties, new: Properties) -> Made:
    before, after = lists(old), lists(new)
    for way in before:
        change(api, "revoke", way, group, [rule for rule in before[way] if rule not in after[way]])
        change(api, "authorize", way, group, [rule for rule in after[way] if rule not in before[way]])
    return Made(group, {"GroupId": group, "VpcId": new["VpcId"]})


def delete_group(api: Api, group: str, properties: Properties) -> None:
    api.call("ec2", "delete_security_group", GroupId=group)


def create_ingress(api: Api, name: str, properties: Properties) -> Made:
    change(api, "authorize", "ingress", properties["GroupId"], [properties])
    return Made(name, {"Id": name})


def delete_ingress(api: Api, name: str, properties: Properties) -> None:
    change(api, "revoke", "ingress", properties["GroupId"], [properties])


def create_egress(api: Api, name: str, properties: Properties) -> Made:
    change(api, "authorize", "egress", properties["GroupId"], [properties])
    return Made(name, {"Id": name})


def delete_egress(api: Api, name: str, properties: Properties) -> None:
    change(api, "revoke", "egress", properties["GroupId"], [properties])


HANDLERS = {
    "AWS::EC2::SecurityGroup": Handler(
        create_group, delete_group, update_group, frozenset({"GroupName", "GroupDescription", "VpcId"})
    ),
    "AWS::EC2::SecurityGroupEgress": Handler(create_egress, delete_egress),
    "AWS::EC2::SecurityGroupIngress": Handler(create_ingress, delete_ingress),
}
