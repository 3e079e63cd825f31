"""HTTP APIs of API Gateway, and their links into networks."""

from typing import Any

from ..api import Api
from .handler import Handler, Made, Properties, without

SERVICE = "apigatewayv2"


def create_api(api: Api, name: str, properties: Properties) -> Made:
    made = api.call(SERVICE, "create_api", **properties)
    return attributes(made)


def attributes(made: dict[str, Any]) -> Made:
    return Made(made["ApiId"], {"ApiId": made["ApiId"], "ApiEndpoint": made["ApiEndpoint"]})


def update_api(api: Api, api_id: str, old: Properties, new: Properties) -> Made:
    return attributes(api.call(SERVICE, "update_api", ApiId=api_id, **without(new, "ProtocolType", "Tags")))


def delete_api(api: Api, api_id: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_api", ApiId=api_id)


def create_link(api: Api, name: str, properties: Properties) -> Made:
    made = api.call(SERVICE, "create_vpc_link", **properties)["VpcLinkId"]
    return Made(made, {"VpcLinkId": made})


def delete_link(api: Api, link: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_vpc_link", VpcLinkId=link)


def create_integration(api: Api, name: str, properties: Properties) -> Made:
    return Made(api.call(SERVICE, "create_integration", **properties)["IntegrationId"])


def update_integration(api: Api, integration: str, old: Properties, new: Properties) -> Made:
    api.call(SERVICE, "update_integration", IntegrationId=integration, **new)
    return Made(integration)


def delete_integration(api: Api, integration: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_integration", ApiId=properties["ApiId"], IntegrationId=integration)


def create_route(api: Api, name: str, properties: Properties) -> Made:
    made = api.call(SERVICE, "create_route", **properties)["RouteId"]
    return Made(made, {"RouteId": made})


def delete_route(api: Api, route: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_route", ApiId=properties["ApiId"], RouteId=route)


def create_stage(api: Api, name: str, properties: Properties) -> Made:
    return Made(api.call(SERVICE, "create_stage", **properties)["StageName"])


def delete_stage(api: Api, stage: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_stage", ApiId=properties["ApiId"], StageName=stage)


def create_domain_name(api: Api, name: str, properties: Properties) -> Made:
    """AWS makes the name that a record points to, and its zone; moto names neither. The trust store has to be there."""
    store = properties.get("MutualTlsAuthentication")
    if store:
        bucket, key = store["TruststoreUri"].removeprefix("s3://").split("/", 1)
        version = {"VersionId": store["TruststoreVersion"]} if "TruststoreVersion" in store else {}
        api.call("s3", "head_object", Bucket=bucket, Key=key, **version)
    api.call(SERVICE, "create_domain_name", **properties)
    own = properties["DomainName"]
    target = f"d-{own.replace('.', '-')}.execute-api.{api.region}.amazonaws.com"
    return Made(own, {"RegionalDomainName": target, "RegionalHostedZoneId": "ZLY8HYME6SFDD"})


def delete_domain_name(api: Api, name: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_domain_name", DomainName=name)


def create_mapping(api: Api, name: str, properties: Properties) -> Made:
    """AWS refuses a mapping to a stage that is not there."""
    api.call(SERVICE, "get_stage", ApiId=properties["ApiId"], StageName=properties["Stage"])
    return Made(api.call(SERVICE, "create_api_mapping", **properties)["ApiMappingId"])


def delete_mapping(api: Api, mapping: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_api_mapping", ApiMappingId=mapping, DomainName=properties["DomainName"])


HANDLERS = {
    "AWS::ApiGatewayV2::DomainName": Handler(create_domain_name, delete_domain_name),
    "AWS::ApiGatewayV2::ApiMapping": Handler(create_mapping, delete_mapping),
    "AWS::ApiGatewayV2::Api": Handler(create_api, delete_api, update_api, frozenset({"ProtocolType"})),
    "AWS::ApiGatewayV2::VpcLink": Handler(create_link, delete_link),
    "AWS::ApiGatewayV2::Integration": Handler(
        create_integration, delete_integration, update_integration, frozenset({"ApiId"})
    ),
    "AWS::ApiGatewayV2::Route": Handler(create_route, delete_route),
    "AWS::ApiGatewayV2::Stage": Handler(create_stage, delete_stage),
}
