"""A rule's target may be an event bus of another account, if that bus's policy lets the sender.

ministack loses such events ("event bus not found"), and keeps no whole policy of a bus. Source:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

_log = logging.getLogger(__name__)


def apply() -> None:
    """Deliver to buses of other accounts and Regions, and take policies as they are written."""
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import eventbridge

    dispatch, permit = eventbridge._dispatch_to_event_bus, eventbridge._put_permission

    def dispatch_anywhere(spec: Any, event: Any, rule: Any, path: Any, payload: Any = None) -> Any:
        sender, is_here = get_account_id(), spec.region == get_region()
        if spec.account_id == sender and is_here:
            return dispatch(spec, event, rule, path, payload)
        with request_scope(spec.account_id, spec.region):
            if spec.account_id != sender and not _lets_in(str(spec), sender, event):
                _log.warning("the policy of %s does not let account %s send", spec, sender)
                return None
            return dispatch(spec, event, rule, path, payload)

    def permit_by_policy(data: Mapping[str, Any]) -> Any:
        if "Policy" not in data:
            return permit(data)
        policy = json.loads(data["Policy"])
        eventbridge._event_bus_policies[data.get("EventBusName", "default")] = policy
        return eventbridge.json_response({})

    eventbridge._dispatch_to_event_bus = dispatch_anywhere
    eventbridge._put_permission = permit_by_policy


def _lets_in(bus: str, sender: str, event: Mapping[str, Any]) -> bool:
    """Whether a bus takes an event of an account; in the scope of the bus."""
    from ministack.core import iam_evaluator
    from ministack.services import eventbridge

    found = eventbridge._event_bus_policies.get(bus.rpartition("/")[2]) or {}
    statements = [
        {**item, "Principal": _principal(item["Principal"])} for item in found.get("Statement", [])
    ]
    asked = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{sender}:root",
        principal_type="Root",
        principal_account=sender,
        action="events:PutEvents",
        resource_arn=bus,
        region=bus.split(":")[3],
        service_context={
            "events:source": event.get("Source"),
            "events:detail-type": event.get("DetailType"),
        },
    )
    decision = iam_evaluator.evaluate_resource_policy({"Statement": statements}, asked)
    return bool(decision.decision == "Allow")


def _principal(given: Any) -> Any:
    """Return an account's number as PutPermission has it in the form of policies."""
    return {"AWS": given} if isinstance(given, str) and re.fullmatch(r"\d{12}", given) else given
