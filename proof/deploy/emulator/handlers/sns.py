"""What hangs on an SNS topic: subscriptions and its policy."""

import json

from ..api import Api
from .handler import Handler, Made, Properties, no_deletion, only

IDENTITY = ("TopicArn", "Protocol", "Endpoint")


def subscribe(api: Api, name: str, properties: Properties) -> Made:
    reply = api.call("sns", "subscribe", ReturnSubscriptionArn=True, **only(properties, *IDENTITY))
    return set_attributes(api, reply["SubscriptionArn"], {}, properties)


def set_attributes(api: Api, arn: str, old: Properties, new: Properties) -> Made:
    for name in set(new) - {*IDENTITY, "Region"}:
        value = new[name] if isinstance(new[name], str) else json.dumps(new[name])
        api.call(
            "sns", "set_subscription_attributes", SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )
    return Made(arn)


def unsubscribe(api: Api, arn: str, properties: Properties) -> None:
    api.call("sns", "unsubscribe", SubscriptionArn=arn)


def put_policy(api: Api, name: str, properties: Properties) -> Made:
    for topic in properties["Topics"]:
        api.call(
            "sns",
            "set_topic_attributes",
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=json.dumps(properties["PolicyDocument"]),
        )
    return Made(name, {"Id": name})


def update_policy(api: Api, name: str, old: Properties, new: Properties) -> Made:
    return put_policy(api, name, new)


HANDLERS = {
    "AWS::SNS::Subscription": Handler(subscribe, unsubscribe, set_attributes, frozenset(IDENTITY)),
    "AWS::SNS::TopicPolicy": Handler(put_policy, no_deletion, update_policy, frozenset({"Topics"})),
}
