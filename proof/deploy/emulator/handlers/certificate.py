"""ACM certificates, validated by DNS."""

from ..api import Api
from .handler import Handler, Made, Properties, only, without


def create(api: Api, name: str, properties: Properties) -> Made:
    """Request the certificate and, as CloudFormation does, write its validation records."""
    arn = api.call(
        "acm",
        "request_certificate",
        **only(properties, "DomainName", "SubjectAlternativeNames", "ValidationMethod", "KeyAlgorithm", "Tags"),
    )["CertificateArn"]
    zones = {
        option["DomainName"]: option["HostedZoneId"]
        for option in properties.get("DomainValidationOptions", [])
        if "HostedZoneId" in option
    }
    detail = api.call("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    for option in detail["DomainValidationOptions"]:
        record = option.get("ResourceRecord")
        zone = zones.get(option["DomainName"])
        if record is None or zone is None:
            continue
        written = {
            "Name": record["Name"],
            "Type": record["Type"],
            "TTL": 300,
            "ResourceRecords": [{"Value": record["Value"]}],
        }
        api.call(
            "route53",
            "change_resource_record_sets",
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": written}]},
        )
    return Made(arn)


def update(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    """Tags are all that can change: the certificate stays the same one."""
    if without(old, "Tags") != without(new, "Tags"):
        raise NotImplementedError("of a certificate only the tags can be updated")
    if old.get("Tags"):
        api.call("acm", "remove_tags_from_certificate", CertificateArn=arn, Tags=old["Tags"])
    if new.get("Tags"):
        api.call("acm", "add_tags_to_certificate", CertificateArn=arn, Tags=new["Tags"])
    return Made(arn)


def delete(api: Api, arn: str, properties: Properties) -> None:
    """Validation records stay behind, on AWS too."""
    api.call("acm", "delete_certificate", CertificateArn=arn)


HANDLERS = {
    "AWS::CertificateManager::Certificate": Handler(
        create,
        delete,
        update,
        frozenset(
            {"DomainName", "SubjectAlternativeNames", "DomainValidationOptions", "ValidationMethod", "KeyAlgorithm"}
        ),
    )
}
