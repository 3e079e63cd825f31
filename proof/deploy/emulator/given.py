"""What stages take as given: a network, a load balancer with a listener, zones, a certificate, a key, parameters, files.

Reads AWS_ENDPOINT_URL and the rest of the usual environment; makes them, and prints their ids as one JSON object.
"""

import datetime
import json
import sys

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ec2, elb, route53 = boto3.client("ec2"), boto3.client("elbv2"), boto3.client("route53")


def own_certificate(name: str) -> tuple[bytes, bytes]:
    """One that signs itself, and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def network() -> dict[str, object]:
    """Two zones, each with a subnet that the internet reaches and one that it does not."""
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"][:2]]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.60.{i}.0/24", AvailabilityZone=zones[i % 2])["Subnet"]["SubnetId"]
        for i in range(4)
    ]
    return {"vpc": vpc, "zones": zones, "public": subnets[:2], "private": subnets[2:]}


def zone(name: str, vpc: str | None = None) -> str:
    inside = {"VPC": {"VPCRegion": ec2.meta.region_name, "VPCId": vpc}} if vpc else {}
    made = route53.create_hosted_zone(
        Name=name,
        CallerReference=f"{name} {vpc}",
        HostedZoneConfig={"PrivateZone": vpc is not None},
        **inside,
    )
    return made["HostedZone"]["Id"].removeprefix("/hostedzone/")


def certificate(name: str) -> str:
    chain, private = own_certificate(name)
    return boto3.client("acm").import_certificate(Certificate=chain, PrivateKey=private)["CertificateArn"]


def listener(place: dict[str, object], arn: str) -> dict[str, str]:
    """Of a load balancer that answers 404 to everybody."""
    group = ec2.create_security_group(GroupName="shared-balancer", Description="of all", VpcId=place["vpc"])["GroupId"]
    balancer = elb.create_load_balancer(Name="shared", Subnets=place["public"], SecurityGroups=[group])["LoadBalancers"][0]
    made = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[
            {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
        ],
    )["Listeners"][0]
    return {
        "listener": made["ListenerArn"],
        "listenerGroup": group,
        "balancerName": balancer["DNSName"],
        "balancerZone": balancer["CanonicalHostedZoneId"],
    }


def authorities() -> dict[str, str]:
    s3, bucket = boto3.client("s3"), "authorities-of-the-proof"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="ca.pem", Body=own_certificate("ca.example.com")[0])["VersionId"]
    return {"bucket": bucket, "bundle": "ca.pem", "bundleVersion": version}


def prefix_list() -> str:
    return ec2.create_managed_prefix_list(
        PrefixListName="partners",
        MaxEntries=2,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "198.51.100.0/24"}],
    )["PrefixList"]["PrefixListId"]


def parameters() -> dict[str, str]:
    ssm = boto3.client("ssm")
    values = {
        "keys": "sha256:0",
        "keySet": '{"keys": []}',
        "deploymentKey": "sesame",
        "alerts": "https://alerts.example.com/slipway",
    }
    for name, value in values.items():
        ssm.put_parameter(Name=f"/slipway/proof/{name}", Value=value, Type="String")
    return {name: f"/slipway/proof/{name}" for name in values}


place = network()
certified = certificate("own.example.com")
print(
    json.dumps(
        {
            **place,
            **listener(place, certified),
            **authorities(),
            **parameters(),
            "certificate": certified,
            "innerCertificate": certificate("inner.example.com"),
            "zone": zone(sys.argv[1]),
            "otherZone": zone(sys.argv[2]),
            "privateZone": zone(sys.argv[1], str(place["vpc"])),
            "key": boto3.client("kms").create_key()["KeyMetadata"]["Arn"],
            "secret": boto3.client("secretsmanager").create_secret(
                Name="slipway/proof/client", SecretString='{"client_secret": "of nobody"}'
            )["ARN"],
            "prefixList": prefix_list(),
            "s3List": next(
                each["PrefixListId"]
                for each in ec2.describe_managed_prefix_lists()["PrefixLists"]
                if each["PrefixListName"].endswith(".s3")
            ),
            "image": ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"],
            "zoneIds": [each["ZoneId"] for each in ec2.describe_availability_zones()["AvailabilityZones"]],
        }
    )
)
