"""What exists in the account, of the services for which the project installs no client for Node.js.

Reads AWS_ENDPOINT_URL and the rest of the usual environment; prints one JSON object: physical ids by
resource type.
"""

import json

import boto3


def every(service: str, operation: str, result: str, name: str, **parameters: object) -> list[str]:
    """`name` of every item of a paginated listing."""
    pages = boto3.client(service).get_paginator(operation).paginate(**parameters)
    return sorted(item[name] for page in pages for item in page[result])


def keys() -> list[str]:
    """Usable keys that somebody made; services make their own where they need one."""
    kms = boto3.client("kms")
    aliases = [page["Aliases"] for page in kms.get_paginator("list_aliases").paginate()]
    of_services = {
        alias.get("TargetKeyId") for page in aliases for alias in page if alias["AliasName"].startswith("alias/aws/")
    }
    details = (kms.describe_key(KeyId=key)["KeyMetadata"] for key in every("kms", "list_keys", "Keys", "KeyId"))
    return sorted(
        detail["KeyId"]
        for detail in details
        if detail["KeyState"] == "Enabled" and detail["KeyId"] not in of_services
    )


def scheduled() -> list[str]:
    found = boto3.client("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    return sorted(each["ScheduledActionName"] for each in found)


def groups() -> list[str]:
    return every("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName")


def hooks() -> list[str]:
    client = boto3.client("autoscaling")
    return sorted(
        hook["LifecycleHookName"]
        for group in groups()
        for hook in client.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    )


def pools() -> list[str]:
    client = boto3.client("autoscaling")
    return sorted(
        group for group in groups() if client.describe_warm_pool(AutoScalingGroupName=group).get("WarmPoolConfiguration")
    )


def firewalls() -> list[str]:
    found = boto3.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    return sorted(f"{each['Name']}|{each['Id']}|REGIONAL" for each in found)


def distributions() -> list[str]:
    return sorted(each["Id"] for each in boto3.client("cloudfront").list_distributions()["DistributionList"].get("Items", []))


def of_network(operation: str, result: str, name: str) -> list[str]:
    return sorted(
        each[name]
        for each in getattr(boto3.client("ec2"), operation)()[result]
        if each.get("State") not in ("deleted", "deleting")
    )


print(
    json.dumps(
        {
            "AWS::ApiGatewayV2::Api": every("apigatewayv2", "get_apis", "Items", "ApiId"),
            "AWS::ApiGatewayV2::DomainName": every("apigatewayv2", "get_domain_names", "Items", "DomainName"),
            "AWS::ApiGatewayV2::VpcLink": sorted(
                each["VpcLinkId"] for each in boto3.client("apigatewayv2").get_vpc_links()["Items"]
            ),
            "AWS::AutoScaling::LifecycleHook": hooks(),
            "AWS::AutoScaling::ScheduledAction": scheduled(),
            "AWS::AutoScaling::WarmPool": pools(),
            "AWS::CloudFront::Distribution": distributions(),
            "AWS::Events::Rule": every("events", "list_rules", "Rules", "Name"),
            "AWS::EC2::EgressOnlyInternetGateway": of_network(
                "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"
            ),
            "AWS::EC2::NatGateway": of_network("describe_nat_gateways", "NatGateways", "NatGatewayId"),
            "AWS::WAFv2::WebACL": firewalls(),
            "AWS::Route53::HostedZone": sorted(
                zone["Id"].removeprefix("/hostedzone/") for zone in boto3.client("route53").list_hosted_zones()["HostedZones"]
            ),
            "AWS::IAM::InstanceProfile": every(
                "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"
            ),
            "AWS::IAM::Role": every("iam", "list_roles", "Roles", "RoleName"),
            "AWS::KMS::Key": keys(),
            "AWS::Logs::LogGroup": every("logs", "describe_log_groups", "logGroups", "logGroupName"),
            "AWS::S3::Bucket": sorted(bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]),
            "AWS::SNS::Subscription": every("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
            "AWS::SNS::Topic": every("sns", "list_topics", "Topics", "TopicArn"),
        }
    )
)
