"""WAF's lists of rules, and what they stand before."""

from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, without


def create_acl(api: Api, name: str, properties: Properties) -> Made:
    name = properties.get("Name", name)
    summary = api.call("wafv2", "create_web_acl", Name=name, **without(properties, "Name"))["Summary"]
    return acl(name, summary)


def acl(name: str, summary: dict[str, Any]) -> Made:
    """Ref is the name, the id and the scope with bars between."""
    scope = "REGIONAL" if ":regional/" in summary["ARN"] else "CLOUDFRONT"
    return Made(f"{name}|{summary['Id']}|{scope}", {"Arn": summary["ARN"], "Id": summary["Id"]})


def identity(physical_id: str) -> dict[str, str]:
    name, number, scope = physical_id.split("|")
    return {"Name": name, "Id": number, "Scope": scope}


def update_acl(api: Api, physical_id: str, old: Properties, new: Properties) -> Made:
    known = identity(physical_id)
    found = api.call("wafv2", "get_web_acl", **known)
    api.call(
        "wafv2",
        "update_web_acl",
        **known,
        LockToken=found["LockToken"],
        **without(new, "Name", "Scope", "Tags"),
    )
    return acl(known["Name"], found["WebACL"])


def delete_acl(api: Api, physical_id: str, properties: Properties) -> None:
    known = identity(physical_id)
    token = api.call("wafv2", "get_web_acl", **known)["LockToken"]
    api.call("wafv2", "delete_web_acl", **known, LockToken=token)


def associate(api: Api, name: str, properties: Properties) -> Made:
    """With a resource that exists: moto takes any."""
    arn = properties["ResourceArn"]
    api.call("elbv2", "describe_load_balancers", LoadBalancerArns=[arn])
    api.call("wafv2", "associate_web_acl", WebACLArn=properties["WebACLArn"], ResourceArn=arn)
    return Made(f"{properties['WebACLArn']}|{arn}")


def disassociate(api: Api, name: str, properties: Properties) -> None:
    api.call("wafv2", "disassociate_web_acl", ResourceArn=properties["ResourceArn"])


HANDLERS = {
    "AWS::WAFv2::WebACL": Handler(create_acl, delete_acl, update_acl, frozenset({"Name", "Scope"})),
    "AWS::WAFv2::WebACLAssociation": Handler(associate, disassociate),
}
