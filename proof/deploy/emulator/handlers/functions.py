"""Functions of Lambda that serve a model, with their versions and aliases; they are made for real, and never run."""

from typing import Any

from ..api import Api
from . import judgement
from .handler import Handler, Made, Properties, no_deletion, only

SERVICE = "lambda"

# What a function begins with that serves. One that judges, or is written into the template, is not read back.
SERVES = "index."


def serves(properties: Properties) -> bool:
    return str(properties["Handler"]).startswith(SERVES) and "ZipFile" not in properties["Code"]


def code(properties: Properties) -> dict[str, Any]:
    return only(properties["Code"], "S3Bucket", "S3Key")


def settings(properties: Properties) -> dict[str, Any]:
    return only(properties, "Runtime", "Role", "Handler", "MemorySize", "Timeout", "Environment", "Description")


def create_function(api: Api, name: str, properties: Properties) -> Made:
    if not serves(properties):
        return judgement.create_function(api, name, properties)
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    made = api.call(
        SERVICE,
        "create_function",
        FunctionName=name,
        Code=code(properties),
        Tags=tags,
        **settings(properties),
        **only(properties, "Architectures"),
    )
    return Made(name, {"Arn": made["FunctionArn"]})


def update_function(api: Api, name: str, old: Properties, new: Properties) -> Made:
    if not serves(new):
        return judgement.update_function(api, name, old, new)
    api.call(SERVICE, "update_function_code", FunctionName=name, **code(new))
    made = api.call(SERVICE, "update_function_configuration", FunctionName=name, **settings(new))
    return Made(name, {"Arn": made["FunctionArn"]})


def delete_function(api: Api, name: str, properties: Properties) -> None:
    if serves(properties):
        api.call(SERVICE, "delete_function", FunctionName=name)


def create_version(api: Api, name: str, properties: Properties) -> Made:
    made = api.call(SERVICE, "publish_version", FunctionName=properties["FunctionName"])
    return Made(made["FunctionArn"], {"Version": made["Version"], "FunctionArn": made["FunctionArn"]})


def delete_version(api: Api, version: str, properties: Properties) -> None:
    *_, number = version.split(":")
    api.call(SERVICE, "delete_function", FunctionName=properties["FunctionName"], Qualifier=number)


def create_alias(api: Api, name: str, properties: Properties) -> Made:
    made = api.call(SERVICE, "create_alias", **only(properties, "FunctionName", "Name", "FunctionVersion"))
    return Made(made["AliasArn"], {"AliasArn": made["AliasArn"]})


def update_alias(api: Api, alias: str, old: Properties, new: Properties) -> Made:
    api.call(SERVICE, "update_alias", **only(new, "FunctionName", "Name", "FunctionVersion"))
    return Made(alias, {"AliasArn": alias})


def delete_alias(api: Api, alias: str, properties: Properties) -> None:
    api.call(SERVICE, "delete_alias", **only(properties, "FunctionName", "Name"))


def permit(api: Api, name: str, properties: Properties) -> Made:
    """Nothing is invoked here, so that nobody asks whether it may be."""
    return Made(name)


HANDLERS = {
    "AWS::Lambda::Function": Handler(create_function, delete_function, update_function),
    "AWS::Lambda::Version": Handler(create_version, delete_version),
    "AWS::Lambda::Alias": Handler(create_alias, delete_alias, update_alias, frozenset({"FunctionName", "Name"})),
    "AWS::Lambda::Permission": Handler(permit, no_deletion),
}
