"""Gaps in moto that a deployment by the CDK CLI falls into."""

import ipaddress
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap
from moto.cloudtrail.responses import CloudTrailResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.types import Base64EncodedString
from moto.core.responses import ActionResult
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.vpcs import VPC
from moto.elbv2.models import ELBv2Backend, FakeAction, FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response
from moto.route53 import models as route53
from moto.ssm.models import ssm_backends

DYNAMIC = re.compile(r"\{\{resolve:ssm:([^:}]+)(?::\d+)?\}\}")

moto_network_attribute = VPC.get_cfn_attribute
moto_clean_json = parsing.clean_json
moto_describe_alarms = CloudWatchResponse.describe_alarms
moto_validate_actions = ELBv2Backend._validate_actions
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


def network_attribute(self: VPC, name: str) -> Any:
    """With the ranges of IPv6, which moto knows and does not tell."""
    if name != "Ipv6CidrBlocks":
        return moto_network_attribute(self, name)
    return [each["cidr_block"] for each in self.get_cidr_block_association_set(ipv6=True)]


def clean_json(node: Any, names: ResourceMap) -> Any:
    """Work Fn::Cidr out, which moto leaves as it is: so many ranges, of that many bits for hosts, from the start of one."""
    if isinstance(node, dict) and "Fn::Cidr" in node:
        block, count, bits = (clean_json(each, names) for each in node["Fn::Cidr"])
        network = ipaddress.ip_network(block)
        ranges = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(each) for each in itertools.islice(ranges, int(count))]
    return with_parameters(moto_clean_json(node, names), names)


def with_parameters(value: Any, names: ResourceMap) -> Any:
    """With the values of the parameters that a text names as dynamic references."""
    if not isinstance(value, str) or "{{resolve:ssm:" not in value:
        return value
    backend = ssm_backends[names["AWS::AccountId"]][names["AWS::Region"]]
    return DYNAMIC.sub(lambda found: backend.get_parameter(found[1]).value, value)


def validate_actions(self: ELBv2Backend, actions: list[FakeAction]) -> None:
    """With the check of tokens, which moto does not know as an action."""
    moto_validate_actions(self, [action for action in actions if action.type != "jwt-validation"])


def with_client_certificates(moto_call: Callable[[ELBV2Response], ActionResult]) -> Callable[[ELBV2Response], ActionResult]:
    """A call that makes or changes a listener, and what it says of certificates of clients, which moto passes over."""

    def call(self: ELBV2Response) -> ActionResult:
        result = moto_call(self)
        result.result["Listeners"][0].mutual_authentication = self._get_param("MutualAuthentication")
        return result

    return call


def describe_alarms(self: CloudWatchResponse) -> ActionResult:
    """Of those that are named, the ones in the state that is asked for; moto takes one of both."""
    result = moto_describe_alarms(self)
    state = self._get_param("StateValue")
    if state is None:
        return result
    return ActionResult({kind: [each for each in alarms if each.state_value == state] for kind, alarms in result.result.items()})


def install() -> None:
    CloudWatchResponse.describe_alarms = describe_alarms
    ELBv2Backend._validate_actions = validate_actions
    FakeLoadBalancer.VALID_ATTRS |= {"health_check_logs.s3.bucket", "health_check_logs.s3.prefix"}
    for name in ("create_listener", "modify_listener"):
        setattr(ELBV2Response, name, with_client_certificates(getattr(ELBV2Response, name)))
    VPC.get_cfn_attribute = network_attribute
    parsing.clean_json = clean_json
    LaunchTemplateVersion.user_data = property(user_data)
    route53.create_route53_zone_id = zone_id
    ResourceMap.parse_ssm_parameter = parse_ssm_parameter
    ResourceMap.__getitem__ = get
    CloudTrailResponse.lookup_events = lookup_events
