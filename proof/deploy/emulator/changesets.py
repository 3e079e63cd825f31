"""The CloudFormation API as `cdk deploy` and `cdk destroy` use it, on top of our engine."""

import logging
from typing import Any

from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, OutputMap, Stack

from .engine import Deployment

log = logging.getLogger("emulator")

deployments: dict[str, Deployment] = {}


class ChangeSetNotFound(ValidationError):
    """The code that the CDK CLI waits for; moto says ValidationError, on which the CLI gives up."""

    code = "ChangeSetNotFound"


def find(self: CloudFormationBackend, name: str, stack_name: str | None) -> ChangeSet:
    """A change set by its ARN, or by its name and its stack's; the CLI gives all of them one name."""
    if name in self.change_sets:
        return self.change_sets[name]
    for change_set in reversed(self.change_sets.values()):
        stack = change_set.stack
        if change_set.change_set_name == name and stack_name in (None, stack.name, stack.stack_id):
            return change_set
    raise ChangeSetNotFound(message=f"ChangeSet [{name}] does not exist")


def describe_change_set(self: responses.CloudFormationResponse) -> responses.ActionResult:
    found = find(self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName"))
    return responses.ActionResult(found)


def delete_change_set(self: responses.CloudFormationResponse) -> responses.EmptyResult:
    """Deleting what does not exist is no error."""
    backend = self.cloudformation_backend
    try:
        found = find(backend, self._get_param("ChangeSetName"), self._get_param("StackName"))
    except ChangeSetNotFound:
        return responses.EmptyResult()
    for key in [key for key, value in backend.change_sets.items() if value is found]:
        del backend.change_sets[key]
    return responses.EmptyResult()


def execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    """Carry a change set out; a failure rolls the stack back, and a failing rollback says so."""
    change_set = find(self, change_set_name, stack_name)
    stack = change_set.stack
    creating = change_set.change_set_type == "CREATE"
    deployment = deployments.setdefault(stack.stack_id, Deployment(stack, self))
    before = (stack.template, stack.template_dict, stack.parameters)
    verb = "CREATE" if creating else "UPDATE"
    move(stack, f"{verb}_IN_PROGRESS", "User Initiated")
    try:
        deployment.apply(change_set.template_dict, change_set.parameters)
        adopt(self, stack, (change_set.template, change_set.template_dict, change_set.parameters))
        if change_set.tags:
            stack.tags = change_set.tags
    except Exception as error:
        log.exception("%s of %s failed", verb, stack.name)
        change_set.execution_status = "EXECUTE_FAILED"
        roll_back(self, deployment, creating, before, f"{type(error).__name__}: {error}")
        return
    change_set.execution_status = "EXECUTE_COMPLETE"
    move(stack, f"{verb}_COMPLETE")


def roll_back(
    self: CloudFormationBackend, deployment: Deployment, creating: bool, before: tuple[Any, Any, Any], reason: str
) -> None:
    stack = deployment.stack
    prefix = "ROLLBACK" if creating else "UPDATE_ROLLBACK"
    move(stack, f"{prefix}_IN_PROGRESS", reason)
    deployment.rolling_back = True
    try:
        deployment.undo_replacements()
        if creating:
            deployment.delete(undoing_creation=True)
        else:
            deployment.apply(before[1], before[2])
            adopt(self, stack, before)
    except Exception as error:
        log.exception("rollback of %s failed", stack.name)
        move(stack, f"{prefix}_FAILED", f"{type(error).__name__}: {error}")
        return
    finally:
        deployment.rolling_back = False
    move(stack, f"{prefix}_COMPLETE")


def adopt(self: CloudFormationBackend, stack: Stack, state: tuple[Any, Any, Any]) -> None:
    """Make a template the stack's own: compute all outputs and publish the exports among them."""
    stack.template, stack.template_dict, stack.parameters = state
    stack.description = stack.template_dict.get("Description")
    outputs = OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)
    for key in outputs.outputs:
        outputs[key]
    exports = outputs.exports
    foreign = {name for name, export in self.exports.items() if export.exporting_stack_id != stack.stack_id}
    for export in exports:
        if export.name in foreign:
            raise ValidationError(stack.stack_id, message=f"Export {export.name} belongs to another stack already")
    withdraw_exports(self, stack)
    self.exports.update({export.name: export for export in exports})
    stack.output_map = outputs


def withdraw_exports(self: CloudFormationBackend, stack: Stack) -> None:
    for name in [name for name, export in self.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del self.exports[name]


def importers(self: CloudFormationBackend, stack: Stack) -> list[str]:
    """`export (stack)` for every export of `stack` that another stack imports."""
    own = {name for name, export in self.exports.items() if export.exporting_stack_id == stack.stack_id}
    return [
        f"{name} ({other.name})"
        for other in self.stacks.values()
        if other is not stack
        for name in sorted(own)
        if name in imports(other.template_dict)
    ]


def imports(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(imports, node))
    if not isinstance(node, dict):
        return set()
    if isinstance(node.get("Fn::ImportValue"), str):
        return {node["Fn::ImportValue"]}
    return set().union(*map(imports, node.values()))


def delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    """Delete a stack; what cannot be deleted leaves it as DELETE_FAILED, in sight."""
    stack = next((s for s in self.stacks.values() if name_or_stack_id in (s.stack_id, s.name)), None)
    if stack is None:
        return
    if stack.enable_termination_protection:
        raise ValidationError(message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    used = importers(self, stack)
    move(stack, "DELETE_IN_PROGRESS", "User Initiated")
    try:
        if used:
            raise RuntimeError(f"exports are in use: {', '.join(used)}")
        if stack.stack_id in deployments:
            deployments[stack.stack_id].delete()
    except Exception as error:
        log.exception("deletion of %s failed", stack.name)
        move(stack, "DELETE_FAILED", f"{type(error).__name__}: {error}")
        return
    withdraw_exports(self, stack)
    self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
    move(stack, "DELETE_COMPLETE")


def move(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)


class StackResource:
    """One row of DescribeStackResources, with the status of the resource itself."""

    def __init__(self, stack: Stack, resource: Any) -> None:
        self.stack_id = stack.stack_id
        self.stack_name = stack.name
        self.logical_resource_id = resource.logical_id
        self.physical_resource_id = resource.physical_id
        self.resource_type = resource.type
        self.resource_status = resource.status
        self.resource_status_reason = resource.reason
        self.timestamp = "2026-01-01T00:00:00Z"
        self.cf_resource_type = resource.type  # as ListStackResources reads it


def describe_stack_resources(
    self: CloudFormationBackend, stack_name: str, logical_resource_id: str | None
) -> tuple[Stack, list[Any]]:
    stack = self.get_stack(stack_name)
    known = deployments[stack.stack_id].resources.values() if stack.stack_id in deployments else []
    return stack, [resource for resource in known if logical_resource_id in (None, resource.logical_id)]


def list_stack_resources(self: CloudFormationBackend, stack_name_or_id: str) -> list[StackResource]:
    stack, resources = describe_stack_resources(self, stack_name_or_id, None)
    return [StackResource(stack, resource) for resource in resources]


def update_termination_protection(self: responses.CloudFormationResponse) -> responses.ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection", False)
    return responses.ActionResult({"StackId": stack.stack_id})


def refuse(self: CloudFormationBackend, *arguments: Any, **named: Any) -> None:
    raise ValidationError(message="this emulator deploys through change sets only")


def install() -> None:
    """Put these functions in the place of moto's."""
    responses.CloudFormationResponse.describe_change_set = describe_change_set
    responses.CloudFormationResponse.delete_change_set = delete_change_set
    responses.CloudFormationResponse.update_termination_protection = update_termination_protection
    responses.StackResourceDTO = StackResource
    CloudFormationBackend.execute_change_set = execute_change_set
    CloudFormationBackend.delete_stack = delete_stack
    CloudFormationBackend.describe_stack_resources = describe_stack_resources
    CloudFormationBackend.list_stack_resources = list_stack_resources
    CloudFormationBackend.create_stack = refuse
    CloudFormationBackend.update_stack = refuse
    models.Stack.stack_resources = property(lambda self: [])
