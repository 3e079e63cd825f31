"""How many targets were healthy at each step of an update, written down for the proof."""

import json
from pathlib import Path

from .api import Api

# Set once by __main__. One JSON object a line: what happened, and the healthy targets of all load balancers after it.
file: Path | None = None


def note(api: Api, what: str) -> None:
    """Count the healthy targets now."""
    if file is None:
        return
    healthy = 0
    for group in api.call("elbv2", "describe_target_groups")["TargetGroups"]:
        if group["LoadBalancerArns"]:
            targets = api.call("elbv2", "describe_target_health", TargetGroupArn=group["TargetGroupArn"])
            healthy += sum(each["TargetHealth"]["State"] == "healthy" for each in targets["TargetHealthDescriptions"])
    with file.open("a") as lines:
        lines.write(json.dumps({"what": what, "healthy": healthy}) + "\n")
