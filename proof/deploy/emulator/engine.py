"""Deploying a template: creating, updating, rolling back and deleting the resources of a stack."""

import logging
from typing import Any

from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.parsing import ResourceMap

from . import faults, watch
from .api import Api
from .gaps import with_zones
from .graph import creation_order
from .resource import Resource, Unsupported, create, delete, resolve, update

log = logging.getLogger("emulator")

# Nothing is made for it on AWS either: it carries usage data.
NOTHING = frozenset({"AWS::CDK::Metadata"})


class Deployment:
    """The resources of one stack, by logical id, in the order in which they were made."""

    def __init__(self, stack: Stack, backend: CloudFormationBackend) -> None:
        self.stack = stack
        self.api = Api(stack.account_id, stack.region_name)
        self.resources: dict[str, Resource] = {}
        self.rolling_back = False
        names = stack.resource_map
        names.cross_stack_resources = backend.exports
        self.names: ResourceMap = names

    def apply(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        """Bring the stack's resources to what `template` says.

        Resources come to be in the order of their dependencies; a resource whose resolved
        properties are the same is left alone. What is not wanted any more, and what was replaced,
        goes last, so that a failure before leaves the old resources whole.
        """
        template = with_zones(template, self.stack.region_name)
        self._load(template, parameters)
        wanted = {
            logical_id: definition
            for logical_id, definition in template["Resources"].items()
            if definition["Type"] not in NOTHING and self._holds(definition)
        }
        for logical_id in creation_order(wanted):
            self._settle(logical_id, wanted[logical_id])
        self._clean_up(wanted)

    def delete(self, undoing_creation: bool = False) -> None:
        """Remove everything but what is to be retained, each before what it depends on."""
        for logical_id in reversed(self._order()):
            self._remove(self.resources[logical_id], keep=self.resources[logical_id].retained(undoing_creation))
            del self.resources[logical_id]

    def undo_replacements(self) -> None:
        """Put replaced resources back; their successors are removed. The first step of a rollback."""
        for logical_id in reversed(self._order()):
            resource = self.resources[logical_id]
            if resource.replaced:
                self._remove(resource)
                self._keep(resource.replaced)

    def event(self, resource: Resource, status: str, reason: str = "", physical_id: str = "") -> None:
        self.stack.events.append(
            Event(
                self.stack.stack_id,
                self.stack.name,
                resource.logical_id,
                physical_id or resource.physical_id,
                resource.type,
                status,
                reason or None,
                None,
            )
        )
        if self.stack.status.startswith("UPDATE") and not status.endswith("IN_PROGRESS"):
            watch.note(self.api, f"{resource.logical_id} {status}")

    def _load(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        self.names._template = template
        self.names._resource_json_map = template["Resources"]
        self.names.input_parameters = parameters
        self.names.load_mapping()
        self.names.load_parameters()
        self.names.load_conditions()

    def _holds(self, definition: dict[str, Any]) -> bool:
        condition = definition.get("Condition")
        return condition is None or bool(self.names.lazy_condition_map[condition])

    def _settle(self, logical_id: str, definition: dict[str, Any]) -> None:
        """Create or update one resource, or see that it is as it should be."""
        old = self.resources.get(logical_id)
        verb = "UPDATE" if old else "CREATE"
        shown = old or Resource(logical_id, definition, {}, None, "CREATE_IN_PROGRESS")
        try:
            if old and old.model is not None and old.type == definition["Type"]:
                if resolve(definition, self.names)["Properties"] == old.properties:
                    old.definition = definition
                    return
            self.event(shown, f"{verb}_IN_PROGRESS")
            faults.check(logical_id, self.rolling_back)
            new = (
                update(old, definition, self.names, self.api)
                if old and old.model is not None
                else create(logical_id, definition, self.names, self.api)
            )
        except Unsupported as error:
            self.resources[logical_id] = Resource(
                logical_id, definition, {}, None, "CREATE_SKIPPED", reason=str(error)
            )
            self.event(self.resources[logical_id], "CREATE_SKIPPED", str(error))
            return
        except Exception as error:
            self.event(shown, f"{verb}_FAILED", f"{type(error).__name__}: {error}", getattr(error, "physical_id", ""))
            raise
        self._keep(new)
        self.event(new, f"{verb}_COMPLETE")

    def _keep(self, resource: Resource) -> None:
        self.resources[resource.logical_id] = resource
        self.names._parsed_resources[resource.logical_id] = resource.model

    def _clean_up(self, wanted: dict[str, Any]) -> None:
        for logical_id in reversed(self._order()):
            resource = self.resources[logical_id]
            if resource.replaced:
                if resource.replaced.definition.get("UpdateReplacePolicy") != "Retain":
                    self._remove(resource.replaced)
                resource.replaced = None
            if logical_id not in wanted:
                self._remove(resource, keep=resource.retained(undoing_creation=False))
                del self.resources[logical_id]
                self.names._parsed_resources.pop(logical_id, None)

    def _remove(self, resource: Resource, keep: bool = False) -> None:
        if resource.model is None:
            return
        if keep:
            self.event(resource, "DELETE_SKIPPED", "its DeletionPolicy keeps it")
            return
        self.event(resource, "DELETE_IN_PROGRESS")
        try:
            delete(resource, self.api)
        except Exception as error:
            self.event(resource, "DELETE_FAILED", f"{type(error).__name__}: {error}")
            raise
        self.event(resource, "DELETE_COMPLETE")

    def _order(self) -> list[str]:
        """Existing resources in the order of their dependencies, by their own definitions."""
        return creation_order({logical_id: resource.definition for logical_id, resource in self.resources.items()})
