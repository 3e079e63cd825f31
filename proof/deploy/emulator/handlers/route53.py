"""Route 53: hosted zones and their records."""

from ..api import Api
from .handler import Handler, Made, Properties, without

NOT_IN_RECORD = ("HostedZoneId", "HostedZoneName", "Comment")


def change(api: Api, action: str, properties: Properties) -> None:
    record = without(properties, *NOT_IN_RECORD)
    if "ResourceRecords" in record:
        record["ResourceRecords"] = [{"Value": value} for value in record["ResourceRecords"]]
    if "AliasTarget" in record:
        record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    api.call(
        "route53",
        "change_resource_record_sets",
        HostedZoneId=properties["HostedZoneId"],
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )


def create(api: Api, name: str, properties: Properties) -> Made:
    """CREATE, not UPSERT: a record that exists already is somebody else's."""
    change(api, "CREATE", properties)
    return Made(properties["Name"].rstrip("."))


def update(api: Api, name: str, old: Properties, new: Properties) -> Made:
    change(api, "UPSERT", new)
    return Made(name)


def delete(api: Api, name: str, properties: Properties) -> None:
    change(api, "DELETE", properties)


def create_zone(api: Api, name: str, properties: Properties) -> Made:
    """With networks it is private; the API takes one of them at first."""
    networks = properties.get("VPCs", [])
    made = api.call(
        "route53",
        "create_hosted_zone",
        Name=properties["Name"],
        CallerReference=name,
        HostedZoneConfig={**properties.get("HostedZoneConfig", {}), "PrivateZone": bool(networks)},
        **({"VPC": networks[0]} if networks else {}),
    )
    zone = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
    for network in networks[1:]:
        api.call("route53", "associate_vpc_with_hosted_zone", HostedZoneId=zone, VPC=network)
    return Made(zone, {"Id": zone, "NameServers": made.get("DelegationSet", {}).get("NameServers", [])})


def delete_zone(api: Api, zone: str, properties: Properties) -> None:
    api.call("route53", "delete_hosted_zone", Id=zone)


HANDLERS = {
    "AWS::Route53::HostedZone": Handler(create_zone, delete_zone),
    "AWS::Route53::RecordSet": Handler(
        create, delete, update, frozenset({"HostedZoneId", "HostedZoneName", "Name", "Type", "SetIdentifier"})
    )
}
