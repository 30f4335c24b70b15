"""Events of SageMaker, sent to the default bus of ministack's EventBridge.

Only the local cloud's own key may send them: PutEvents refuses sources that begin with ``aws.``.
"""

from __future__ import annotations

import json
from typing import Any

EVENT = "/_automlv2/event"


def put_event(question: dict[str, Any]) -> dict[str, Any]:
    """Deliver one event of a service to the rules of an account and Region.

    Args:
        question: ``account``, ``region``, ``source``, ``detail_type``, ``resources`` (ARNs) and
            ``detail``.

    Returns:
        ``id`` of the event.
    """
    from ministack.core.responses import set_request_account_id, set_request_region
    from ministack.services import eventbridge

    set_request_account_id(question["account"])
    set_request_region(question["region"])
    entry = {
        "Source": question["source"],
        "DetailType": question["detail_type"],
        "Resources": question["resources"],
        "Detail": json.dumps(question["detail"]),
    }
    _, _, body = eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return {"id": json.loads(body)["Entries"][0]["EventId"]}
