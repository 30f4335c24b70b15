"""What EventBridge and Scheduler do to a target, and whether they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.cloud.role_rights import (
    Deed,
    Source,
    refusal_as_role,
    refusal_by_policy,
)

ACTIONS: Mapping[str, str] = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""What is done to a target, by the service in its ARN."""

_WITHOUT_ROLE = ("lambda", "sns", "sqs")
"""Targets whose own policy may let EventBridge in."""


def service_of(target: Mapping[str, Any]) -> str:
    """Return the service of a target's ARN."""
    return f"{target.get('Arn', '')}::".split(":")[2]


def refusal(target: Mapping[str, Any], source: Source) -> str:
    """Return why a target may not be delivered to; empty if it may.

    With a role its policies decide, else the policy of the target.
    """
    service = service_of(target)
    deed = Deed(ACTIONS.get(service, f"{service}:*"), target["Arn"])
    if target.get("RoleArn"):
        return refusal_as_role(target["RoleArn"], source, deed)
    if service in _WITHOUT_ROLE:
        return refusal_by_policy(source, deed)
    if service == "events" and target["Arn"].split(":")[4] == source.account:
        return ""
    return f"RoleArn is required for target {target['Arn']}"


def dead_letter(target: Mapping[str, Any], source: Source, payload: str, why: str) -> None:
    """Send what was not delivered to the target's queue for that, if it has one that lets it in.

    Source: attributes of such messages,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue or refusal_by_policy(source, Deed("sqs:SendMessage", queue)):
        return
    attributes = {
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": why,
        "RULE_ARN": source.arn,
        "TARGET_ARN": target["Arn"],
    }
    send_with(queue, payload, attributes)


def send_with(queue_arn: str, payload: str, attributes: Mapping[str, str]) -> None:
    """Send a message with attributes to a queue, if there is one."""
    from ministack.core.arn import parse_arn
    from ministack.services import eventbridge, sqs

    queue = sqs._queue_by_arn(queue_arn)
    if queue is None:
        return
    eventbridge._dispatch_to_sqs(parse_arn(queue_arn), payload)
    queue["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
