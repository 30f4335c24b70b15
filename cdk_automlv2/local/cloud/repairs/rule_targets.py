"""A rule delivers where its target's role, or the target's own policy, lets EventBridge.

ministack delivers to whatever is there. On AWS an event without the right goes to the target's
dead-letter queue, if it has one, and is lost otherwise. Source:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.cloud import targets
from cdk_automlv2.local.cloud.deliveries import deliver
from cdk_automlv2.local.cloud.role_rights import Source
from cdk_automlv2.local.cloud.schedule_rules import source_of

SERVICE = "events.amazonaws.com"
Item = Mapping[str, Any]
_log = logging.getLogger(__name__)


def apply() -> None:
    """Ask before each delivery of a rule."""
    from ministack.services import eventbridge

    invoke, put = eventbridge._invoke_target, eventbridge._put_targets

    def invoke_if_allowed(
        target: Mapping[str, Any],
        event: Mapping[str, Any],
        rule: Mapping[str, Any],
        view: Any = None,
    ) -> Any:
        source = _source(rule["Arn"])
        problem = targets.refusal(target, source)
        if not problem:
            deliver(lambda: invoke(target, event, rule, view))
            return None
        _log.warning("rule %s does not reach %s: %s", rule["Arn"], target.get("Arn"), problem)
        whole = view or eventbridge._pattern_event_view(event)
        payload = json.dumps(whole.event_with_detail())
        targets.dead_letter(target, source, payload, problem)
        return None

    def put_with_roles(data: Mapping[str, Any]) -> Any:
        for target in data.get("Targets", []):
            if targets.service_of(target) == "states" and not target.get("RoleArn"):
                words = f"RoleArn is required for target {target.get('Arn')}."
                return eventbridge.error_response_json("ValidationException", words, 400)
        return put(data)

    eventbridge._invoke_target = invoke_if_allowed
    eventbridge._put_targets = put_with_roles


def _source(arn: str) -> Source:
    """Return on behalf of what is delivered: of a rule, or of a schedule."""
    return source_of(arn) if ":scheduler:" in arn else Source(SERVICE, arn)
