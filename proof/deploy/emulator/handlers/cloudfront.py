"""CloudFront's distributions, and its origins inside a network, which are only kept: moto has no call for them."""

from secrets import token_hex
from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties
from .kept import forget, keep

# Lists of names without a structure of their own, which the API wraps with their number.
METHODS = ("AllowedMethods", "CachedMethods")
RENAMED = {"IPV6Enabled": "IsIPV6Enabled", "OriginSSLProtocols": "OriginSslProtocols"}


def counted(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items}


def behaviour(properties: Properties) -> dict[str, Any]:
    """Of a cache. The methods that are kept hang on those that are allowed."""
    made = {key: value for key, value in properties.items() if key not in METHODS}
    if "AllowedMethods" in properties:
        cached = properties.get("CachedMethods", ["GET", "HEAD"])
        made["AllowedMethods"] = {**counted(properties["AllowedMethods"]), "CachedMethods": counted(cached)}
    return made


def origin(properties: Properties) -> dict[str, Any]:
    """CloudFormation writes 80 and 443 where a template names no port."""
    custom = properties.get("CustomOriginConfig")
    if custom is None:
        return properties
    config = {"HTTPPort": 80, "HTTPSPort": 443, **{RENAMED.get(key, key): value for key, value in custom.items()}}
    if "OriginSslProtocols" in config:
        config["OriginSslProtocols"] = counted(config["OriginSslProtocols"])
    return {**properties, "CustomOriginConfig": config}


def configuration(reference: str, properties: Properties) -> dict[str, Any]:
    """A distribution's configuration as the API takes it."""
    config = {RENAMED.get(key, key): value for key, value in properties["DistributionConfig"].items()}
    config["CallerReference"] = reference
    config["Origins"] = counted([origin(each) for each in config["Origins"]])
    config["DefaultCacheBehavior"] = behaviour(config["DefaultCacheBehavior"])
    return config


def create_distribution(api: Api, name: str, properties: Properties) -> Made:
    made = api.call("cloudfront", "create_distribution", DistributionConfig=configuration(name, properties))
    return distribution(made["Distribution"])


def distribution(found: dict[str, Any]) -> Made:
    return Made(found["Id"], {"Id": found["Id"], "DomainName": found["DomainName"]})


def update_distribution(api: Api, identity: str, old: Properties, new: Properties) -> Made:
    now = api.call("cloudfront", "get_distribution_config", Id=identity)
    made = api.call(
        "cloudfront",
        "update_distribution",
        Id=identity,
        IfMatch=now["ETag"],
        DistributionConfig=configuration(now["DistributionConfig"]["CallerReference"], new),
    )
    return distribution(made["Distribution"])


def delete_distribution(api: Api, identity: str, properties: Properties) -> None:
    etag = api.call("cloudfront", "get_distribution_config", Id=identity)["ETag"]
    api.call("cloudfront", "delete_distribution", Id=identity, IfMatch=etag)


def create_origin(api: Api, name: str, properties: Properties) -> Made:
    """CloudFormation writes 80 and 443 where a template names no port."""
    config = {RENAMED.get(key, key): value for key, value in properties["VpcOriginEndpointConfig"].items()}
    config = {"HTTPPort": 80, "HTTPSPort": 443, **config}
    if "OriginSslProtocols" in config:
        config["OriginSslProtocols"] = counted(config["OriginSslProtocols"])
    tags = {"Tags": {"Items": properties["Tags"]}} if properties.get("Tags") else {}
    identity = f"vo_{token_hex(11)}"
    keep(api, identity, "cloudfront", "CreateVpcOrigin", {"VpcOriginEndpointConfig": config, **tags})
    arn = f"arn:aws:cloudfront::{api.account}:vpcorigin/{identity}"
    return Made(identity, {"Id": identity, "Arn": arn})


def delete_origin(api: Api, identity: str, properties: Properties) -> None:
    forget(identity)


HANDLERS = {
    "AWS::CloudFront::Distribution": Handler(create_distribution, delete_distribution, update_distribution),
    "AWS::CloudFront::VpcOrigin": Handler(create_origin, delete_origin),
}
