"""Application load balancers, with the attributes that moto's own CloudFormation leaves out."""

from ..api import Api
from .handler import Handler, Made, Properties, only, without

BALANCER_ATTRIBUTES = "LoadBalancerAttributes"
GROUP_ATTRIBUTES = "TargetGroupAttributes"
# Whether security groups hold for what comes through PrivateLink: of network load balancers.
ENFORCED = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
GROUPS = ("SecurityGroups", ENFORCED)


def full_name(arn: str) -> str:
    """The part of an ARN that CloudWatch uses as a dimension."""
    return arn.split(":")[-1].removeprefix("loadbalancer/")


def balancer(api: Api, arn: str) -> Made:
    found = api.call("elbv2", "describe_load_balancers", LoadBalancerArns=[arn])["LoadBalancers"][0]
    attributes = {
        "DNSName": found["DNSName"],
        "LoadBalancerName": found["LoadBalancerName"],
        "LoadBalancerFullName": full_name(arn),
        "LoadBalancerArn": arn,
        "CanonicalHostedZoneID": found["CanonicalHostedZoneId"],
        "SecurityGroups": found.get("SecurityGroups", []),
    }
    return Made(arn, attributes)


def set_balancer(api: Api, arn: str, properties: Properties) -> None:
    if properties.get(BALANCER_ATTRIBUTES):
        api.call(
            "elbv2",
            "modify_load_balancer_attributes",
            LoadBalancerArn=arn,
            Attributes=properties[BALANCER_ATTRIBUTES],
        )
        attributes = {each["Key"]: each["Value"] for each in properties[BALANCER_ATTRIBUTES]}
        if attributes.get("access_logs.s3.enabled") == "true":
            write_test_file(api, attributes["access_logs.s3.bucket"])


def write_test_file(api: Api, bucket: str) -> None:
    """What Elastic Load Balancing writes to see whether it may: a bucket of access logs is never empty."""
    key = f"AWSLogs/{api.account}/ELBAccessLogTestFile"
    api.call("s3", "put_object", Bucket=bucket, Key=key, Body=b"Enable AccessLog for ELB")


def create_balancer(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call(
        "elbv2",
        "create_load_balancer",
        Name=properties.get("Name", name),
        **without(properties, "Name", BALANCER_ATTRIBUTES, "MinimumLoadBalancerCapacity", ENFORCED),
    )
    arn = reply["LoadBalancers"][0]["LoadBalancerArn"]
    if ENFORCED in properties:
        set_groups(api, arn, properties)
    set_balancer(api, arn, properties)
    return balancer(api, arn)


def update_balancer(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    if only(old, *GROUPS) != only(new, *GROUPS):
        set_groups(api, arn, new)
    if old.get("Subnets") != new.get("Subnets"):
        api.call("elbv2", "set_subnets", LoadBalancerArn=arn, Subnets=new["Subnets"])
    set_balancer(api, arn, new)
    return balancer(api, arn)


def set_groups(api: Api, arn: str, properties: Properties) -> None:
    api.call("elbv2", "set_security_groups", LoadBalancerArn=arn, **only(properties, *GROUPS))


def delete_balancer(api: Api, arn: str, properties: Properties) -> None:
    api.call("elbv2", "delete_load_balancer", LoadBalancerArn=arn)


def group(api: Api, arn: str) -> Made:
    found = api.call("elbv2", "describe_target_groups", TargetGroupArns=[arn])["TargetGroups"][0]
    attributes = {
        "TargetGroupArn": arn,
        "TargetGroupFullName": full_name(arn),
        "TargetGroupName": found["TargetGroupName"],
        "LoadBalancerArns": found.get("LoadBalancerArns", []),
    }
    return Made(arn, attributes)


def set_group(api: Api, arn: str, properties: Properties) -> None:
    if properties.get(GROUP_ATTRIBUTES):
        api.call(
            "elbv2", "modify_target_group_attributes", TargetGroupArn=arn, Attributes=properties[GROUP_ATTRIBUTES]
        )


def create_group(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call(
        "elbv2",
        "create_target_group",
        Name=properties.get("Name", name),
        **without(properties, "Name", GROUP_ATTRIBUTES, "Targets"),
    )
    arn = reply["TargetGroups"][0]["TargetGroupArn"]
    set_group(api, arn, properties)
    if properties.get("Targets"):
        api.call("elbv2", "register_targets", TargetGroupArn=arn, Targets=properties["Targets"])
    return group(api, arn)


HEALTH = (
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
)


def update_group(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    if only(old, *HEALTH) != only(new, *HEALTH):
        api.call("elbv2", "modify_target_group", TargetGroupArn=arn, **only(new, *HEALTH))
    set_group(api, arn, new)
    gone = [target for target in old.get("Targets", []) if target not in new.get("Targets", [])]
    come = [target for target in new.get("Targets", []) if target not in old.get("Targets", [])]
    if come:
        api.call("elbv2", "register_targets", TargetGroupArn=arn, Targets=come)
    if gone:
        api.call("elbv2", "deregister_targets", TargetGroupArn=arn, Targets=gone)
    return group(api, arn)


def delete_group(api: Api, arn: str, properties: Properties) -> None:
    api.call("elbv2", "delete_target_group", TargetGroupArn=arn)


def create_listener(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call("elbv2", "create_listener", **without(properties, "ListenerAttributes"))
    arn = reply["Listeners"][0]["ListenerArn"]
    return set_listener(api, arn, properties)


def set_listener(api: Api, arn: str, properties: Properties) -> Made:
    if properties.get("ListenerAttributes"):
        api.call(
            "elbv2", "modify_listener_attributes", ListenerArn=arn, Attributes=properties["ListenerAttributes"]
        )
    return Made(arn, {"ListenerArn": arn})


def update_listener(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    changed = without(new, "LoadBalancerArn", "ListenerAttributes")
    api.call("elbv2", "modify_listener", ListenerArn=arn, **changed)
    return set_listener(api, arn, new)


def delete_listener(api: Api, arn: str, properties: Properties) -> None:
    api.call("elbv2", "delete_listener", ListenerArn=arn)


def create_rule(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call("elbv2", "create_rule", **{**properties, "Priority": int(properties["Priority"])})
    arn = reply["Rules"][0]["RuleArn"]
    return Made(arn, {"RuleArn": arn})


def update_rule(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    api.call("elbv2", "modify_rule", RuleArn=arn, Conditions=new["Conditions"], Actions=new["Actions"])
    if old["Priority"] != new["Priority"]:
        api.call("elbv2", "set_rule_priorities", RulePriorities=[{"RuleArn": arn, "Priority": int(new["Priority"])}])
    return Made(arn, {"RuleArn": arn})


def delete_rule(api: Api, arn: str, properties: Properties) -> None:
    api.call("elbv2", "delete_rule", RuleArn=arn)


def create_listener_certificate(api: Api, name: str, properties: Properties) -> Made:
    api.call("elbv2", "add_listener_certificates", **properties)
    return Made(name, {"Id": name})


def delete_listener_certificate(api: Api, name: str, properties: Properties) -> None:
    api.call("elbv2", "remove_listener_certificates", **properties)


HANDLERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Handler(
        create_balancer, delete_balancer, update_balancer, frozenset({"Name", "Scheme", "Type"})
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Handler(
        create_group,
        delete_group,
        update_group,
        frozenset({"Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"}),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Handler(
        create_listener, delete_listener, update_listener, frozenset({"LoadBalancerArn"})
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Handler(
        create_rule, delete_rule, update_rule, frozenset({"ListenerArn"})
    ),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": Handler(
        create_listener_certificate, delete_listener_certificate, None, frozenset({"ListenerArn", "Certificates"})
    ),
}
