"""Route 53 records."""

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


HANDLERS = {
    "AWS::Route53::RecordSet": Handler(
        create, delete, update, frozenset({"HostedZoneId", "HostedZoneName", "Name", "Type", "SetIdentifier"})
    )
}
