"""What somebody changed beside CloudFormation: looked for in alarms alone, as an example of all."""

import datetime
from typing import Any

from moto.cloudformation import responses
from moto.cloudformation.models import Stack

from .changesets import deployments

LOOKED_AT = "AWS::CloudWatch::Alarm"
COMPARED = ("ComparisonOperator", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "TreatMissingData")


def differences(stack: Stack) -> list[dict[str, Any]]:
    """One row for each alarm that is not as its template says, or not there."""
    deployment = deployments[stack.stack_id]
    found = []
    for resource in deployment.resources.values():
        if resource.type != LOOKED_AT:
            continue
        row = {
            "StackId": stack.stack_id,
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "Timestamp": now(),
        }
        alarms = deployment.api.call("cloudwatch", "describe_alarms", AlarmNames=[resource.physical_id])["MetricAlarms"]
        if not alarms:
            found.append({**row, "StackResourceDriftStatus": "DELETED"})
            continue
        expected, actual = resource.properties, alarms[0]
        changed = [
            {
                "PropertyPath": f"/{name}",
                "ExpectedValue": str(expected[name]),
                "ActualValue": str(actual.get(name)),
                "DifferenceType": "NOT_EQUAL",
            }
            for name in COMPARED
            if name in expected and not same(expected[name], actual.get(name))
        ]
        if changed:
            found.append({**row, "StackResourceDriftStatus": "MODIFIED", "PropertyDifferences": changed})
    return found


def same(expected: Any, actual: Any) -> bool:
    """Numbers may be texts in a template."""
    try:
        return float(expected) == float(actual)
    except (TypeError, ValueError):
        return expected == actual


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def detect(self: responses.CloudFormationResponse) -> responses.ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    return responses.ActionResult({"StackDriftDetectionId": stack.stack_id})


def status(self: responses.CloudFormationResponse) -> responses.ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackDriftDetectionId"))
    drifted = differences(stack)
    return responses.ActionResult(
        {
            "StackId": stack.stack_id,
            "StackDriftDetectionId": stack.stack_id,
            "StackDriftStatus": "DRIFTED" if drifted else "IN_SYNC",
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": len(drifted),
            "Timestamp": now(),
        }
    )


def resource_drifts(self: responses.CloudFormationResponse) -> responses.ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    wanted = self._get_param("StackResourceDriftStatusFilters", [])
    rows = [row for row in differences(stack) if row["StackResourceDriftStatus"] in wanted]
    return responses.ActionResult({"StackResourceDrifts": rows})


def install() -> None:
    responses.CloudFormationResponse.detect_stack_drift = detect
    responses.CloudFormationResponse.describe_stack_drift_detection_status = status
    responses.CloudFormationResponse.describe_stack_resource_drifts = resource_drifts
