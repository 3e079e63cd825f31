"""Gaps in moto that a deployment by the CDK CLI falls into."""

import json
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.types import Base64EncodedString
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.subnets import Subnet
from moto.route53 import models as route53

moto_subnet_attribute = Subnet.get_cfn_attribute
moto_zone_id = route53.create_route53_zone_id
moto_parse_ssm_parameter = ResourceMap.parse_ssm_parameter


def parse_ssm_parameter(self: ResourceMap, value: str, value_type: str) -> str:
    """Resolve a parameter of an SSM type, or leave it where it has been resolved before.

    The CLI says "use the previous value", and what moto keeps as that is the resolved one.
    """
    try:
        return moto_parse_ssm_parameter(self, value, value_type)
    except AttributeError:
        return value


def get(self: ResourceMap, name: str) -> object:
    """Look a name up, without making the resource on the way as moto does."""
    if name in self._parsed_resources:
        return self._parsed_resources[name]
    raise ValidationError(message=f"{name} is referred to, but the emulator did not create it")


def with_zones(node: Any, region: str) -> Any:
    """Name the stack's region in Fn::GetAZs; moto would give the zones of us-east-1 for "this region"."""
    if isinstance(node, list):
        return [with_zones(item, region) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("Fn::GetAZs") in ("", {"Ref": "AWS::Region"}):
        return {"Fn::GetAZs": region}
    return {key: with_zones(value, region) for key, value in node.items()}


def lookup_events(self: CloudTrailResponse) -> str:
    """No events. The CLI asks after a failed deployment, and would try again for long at an error."""
    return json.dumps({"Events": []})


def zone_id(*arguments: Any, **named: Any) -> str:
    """Ids of hosted zones begin with a Z, and Slipway checks that they do."""
    return f"Z{moto_zone_id(*arguments, **named)[1:]}"


def user_data(self: LaunchTemplateVersion) -> Base64EncodedString | None:
    """The user data of a version; moto takes that of a second version for something else, and launches nothing with it."""
    found = self.data.get("UserData")
    return Base64EncodedString(found) if isinstance(found, str) else found


def subnet_attribute(self: Subnet, name: str) -> Any:
    """With the name of the zone, which moto knows and does not tell."""
    return self._availability_zone.name if name == "AvailabilityZone" else moto_subnet_attribute(self, name)


def install() -> None:
    Subnet.get_cfn_attribute = subnet_attribute
    LaunchTemplateVersion.user_data = property(user_data)
    route53.create_route53_zone_id = zone_id
    ResourceMap.parse_ssm_parameter = parse_ssm_parameter
    ResourceMap.__getitem__ = get
    CloudTrailResponse.lookup_events = lookup_events
