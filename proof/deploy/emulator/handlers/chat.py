"""Channels of chat services that are told of alarms, which are only kept: moto has no call for them."""

from collections.abc import Callable

from ..api import Api
from .handler import Handler, Made, Properties
from .kept import forget, keep

# As the template has them, and as the API does.
RENAMED = {
    "GuardrailPolicies": "GuardrailPolicyArns",
    "SlackWorkspaceId": "SlackTeamId",
    "TeamsChannelId": "ChannelId",
    "TeamsTenantId": "TenantId",
}


def creation(operation: str) -> Callable[[Api, str, Properties], Made]:
    def create(api: Api, name: str, properties: Properties) -> Made:
        """Every topic has to be there."""
        for topic in properties.get("SnsTopicArns", []):
            api.call("sns", "get_topic_attributes", TopicArn=topic)
        arn = f"arn:aws:chatbot::{api.account}:chat-configuration/{properties['ConfigurationName']}"
        asked = {RENAMED.get(key, key): value for key, value in properties.items() if key != "Tags"}
        tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
        keep(api, arn, "chatbot", operation, {**asked, **({"Tags": tags} if tags else {})})
        return Made(arn, {"Arn": arn})

    return create


def delete(api: Api, arn: str, properties: Properties) -> None:
    forget(arn)


HANDLERS = {
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": Handler(
        creation("CreateMicrosoftTeamsChannelConfiguration"), delete
    ),
    "AWS::Chatbot::SlackChannelConfiguration": Handler(creation("CreateSlackChannelConfiguration"), delete),
}
