"""Condition keys of events and metrics; ministack supplies none, so that a grant by them denies.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.cloud.tasks import event_deed


def apply() -> None:
    """Add the keys to those of a request's tags, which every decision sees."""
    from ministack.core import iam_actions

    tags = iam_actions.request_tag_context

    def tags_and_more(service: str, action: str, body: bytes, params: Any) -> dict[str, Any]:
        return {**tags(service, action, body, params), **_keys(action, body, params)}

    iam_actions.request_tag_context = tags_and_more


def _keys(action: str, body: bytes, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keys of a request; each entry of PutEvents is asked for by itself as well."""
    if action == "events:PutEvents":
        entries = _read(body).get("Entries") or [{}]
        return event_deed(entries[0], "").context if isinstance(entries[0], dict) else {}
    if action == "cloudwatch:PutMetricData":
        named = _read(body).get("Namespace") or (params.get("Namespace") or [None])[0]
        return {"cloudwatch:namespace": named} if named else {}
    return {}


def _read(body: bytes) -> Mapping[str, Any]:
    """Return a body in JSON; nothing of one in another form."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
