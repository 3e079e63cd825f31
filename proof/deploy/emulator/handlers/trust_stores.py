"""Trust stores of load balancers, which are only kept: moto has no call for them."""

from secrets import token_hex

from ..api import Api
from .handler import Handler, Made, Properties
from .kept import forget, keep


PLACE = {
    "Bucket": "CaCertificatesBundleS3Bucket",
    "Key": "CaCertificatesBundleS3Key",
    "VersionId": "CaCertificatesBundleS3ObjectVersion",
}


def create(api: Api, name: str, properties: Properties) -> Made:
    """The certificates have to be there, as for the service."""
    place = {name: properties[key] for name, key in PLACE.items() if key in properties}
    api.call("s3", "head_object", **place)
    name = properties.get("Name", name)[-32:]
    arn = f"arn:aws:elasticloadbalancing:{api.region}:{api.account}:truststore/{name}/{token_hex(8)}"
    keep(api, arn, "elbv2", "CreateTrustStore", {"Name": name, **properties})
    return Made(arn, {"TrustStoreArn": arn, "Status": "ACTIVE"})


def delete(api: Api, arn: str, properties: Properties) -> None:
    forget(arn)


HANDLERS = {"AWS::ElasticLoadBalancingV2::TrustStore": Handler(create, delete)}
