"""Making, changing and removing one resource, by our own handlers or by moto's models."""

from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.parsing import ResourceMap
from moto.ec2.models.core import TaggedEC2Resource

from .api import Api
from .deletion import DELETERS, delete_with_moto, is_gone
from .handlers import HANDLERS
from .handlers.handler import Made, Properties

class Attributes:
    """What Ref and Fn::GetAtt of moto's template functions read from a resource of ours."""

    def __init__(self, made: Made) -> None:
        self.physical_resource_id = made.physical_id
        self.made = made

    def get_cfn_attribute(self, name: str) -> Any:
        if name not in self.made.attributes:
            raise NotImplementedError(f"the emulator does not know the attribute {name} of {self.physical_resource_id}")
        return self.made.attributes[name]


@dataclass
class Resource:
    """One resource of a stack as it was made."""

    logical_id: str
    definition: dict[str, Any]
    properties: Properties
    # what Ref and Fn::GetAtt see: moto's model or Attributes; None where the emulator has no such type
    model: Any
    status: str
    reason: str = ""
    replaced: "Resource | None" = field(default=None, repr=False)

    @property
    def type(self) -> str:
        return self.definition["Type"]

    @property
    def physical_id(self) -> str:
        return "" if self.model is None else str(getattr(self.model, "physical_resource_id", self.logical_id))

    def retained(self, undoing_creation: bool) -> bool:
        """Whether it outlives its stack, or the failed creation of its stack."""
        policy = self.definition.get("DeletionPolicy")
        return policy == "Retain" or (policy == "RetainExceptOnCreate" and not undoing_creation)


class Unsupported(Exception):
    """The emulator has no such resource type."""


def is_supported(cfn_type: str) -> bool:
    return cfn_type in HANDLERS or cfn_type in parsing.get_model_map()


def resolve(definition: dict[str, Any], names: ResourceMap) -> dict[str, Any]:
    """A definition with every template function replaced by its value.

    An update policy, of which our handlers know what to do, is among the properties.
    """
    properties = parsing.clean_json(definition.get("Properties", {}), names)
    if "UpdatePolicy" in definition:
        properties["UpdatePolicy"] = parsing.clean_json(definition["UpdatePolicy"], names)
    return {**definition, "Properties": properties}


def generated_name(cfn_type: str, stack: str, logical_id: str) -> str:
    """The name of a resource that its template gives none.

    CloudFormation leaves little of the stack's name where a name may have 32 characters, as in `claude-HTTPT-VTF44BENVVF2`
    (aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock, pull request 643, June 2026). moto
    leaves 19, and refuses two hyphens in a row, which are later in the names of Slipway's stacks.
    """
    name = parsing.generate_resource_name(cfn_type, stack, logical_id)
    if not cfn_type.startswith("AWS::ElasticLoadBalancingV2::"):
        return name
    return f"{stack[:6].rstrip('-')}-{logical_id[:5]}-{name[-12:]}"


def create(logical_id: str, definition: dict[str, Any], names: ResourceMap, api: Api) -> Resource:
    """Make a resource.

    Raises Unsupported where neither this project nor moto models its type.
    """
    cfn_type = definition["Type"]
    if not is_supported(cfn_type):
        raise Unsupported(f"the emulator has no {cfn_type}")
    resolved = resolve(definition, names)
    properties = resolved["Properties"]
    handler = HANDLERS.get(cfn_type)
    if handler:
        name = generated_name(cfn_type, names["AWS::StackName"], logical_id)
        model: Any = Attributes(handler.create(api, name, properties))
    else:
        model = parsing.parse_and_create_resource(logical_id, resolved, names, api.account, api.region)
        if isinstance(model, TaggedEC2Resource):
            model.add_tags({"aws:cloudformation:stack-name": names["AWS::StackName"]})
    return Resource(logical_id, definition, properties, model, "CREATE_COMPLETE")


def update(old: Resource, definition: dict[str, Any], names: ResourceMap, api: Api) -> Resource:
    """Change a resource in place, or make its successor; a successor has `replaced` set."""
    resolved = resolve(definition, names)
    properties = resolved["Properties"]
    handler = HANDLERS.get(old.type)
    if definition["Type"] != old.type or (handler and handler.replaces(old.properties, properties)):
        new = create(old.logical_id, definition, names, api)
        new.replaced = old
        new.status = "UPDATE_COMPLETE"
        return new
    if handler and handler.update:
        model: Any = Attributes(handler.update(api, old.physical_id, old.properties, properties))
    else:
        kind = type(old.model)
        if hasattr(kind.update_from_cloudformation_json, "__isabstractmethod__"):
            raise NotImplementedError(f"{old.type} cannot be updated in the emulator")
        model = parsing.parse_and_update_resource(old.logical_id, resolved, names, api.account, api.region)
    return Resource(old.logical_id, definition, properties, model, "UPDATE_COMPLETE")


def delete(resource: Resource, api: Api) -> None:
    """Remove a resource; that it has gone already is no error."""
    try:
        if resource.type in HANDLERS:
            HANDLERS[resource.type].delete(api, resource.physical_id, resource.properties)
        elif resource.type in DELETERS:
            DELETERS[resource.type](api, resource.physical_id, resource.properties)
        else:
            definition = {**resource.definition, "Properties": resource.properties}
            delete_with_moto(resource.model, definition, api.account, api.region)
    except Exception as error:
        if not is_gone(error):
            raise
