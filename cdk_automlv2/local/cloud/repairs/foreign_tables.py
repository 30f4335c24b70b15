"""A table of another account is reached by its ARN, if its own policy lets the caller.

ministack finds no such table, but asks the caller's identity policies before. Source:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def apply() -> None:
    """Carry a request about a table of another account out there."""
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    handle = dynamodb.handle_request

    async def handle_anywhere(
        method: str, path: str, headers: Mapping[str, str], body: Any, query: Any
    ) -> Any:
        arn = _foreign_table(body)
        if not arn:
            return await handle(method, path, headers, body, query)
        action = f"dynamodb:{headers.get('x-amz-target', '').rpartition('.')[2]}"
        region, account = arn.split(":")[3:5]
        if not _lets_in(arn, action):
            return dynamodb.error_response_json("AccessDeniedException", _words(arn, action), 400)
        with request_scope(account, region):
            return await handle(method, path, headers, body, query)

    dynamodb.handle_request = handle_anywhere


def _foreign_table(body: Any) -> str:
    """Return the ARN of the table that a request names, if that is another account's."""
    from ministack.core.responses import get_account_id

    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return ""
    name = request.get("TableName") if isinstance(request, dict) else None
    parts = name.split(":") if isinstance(name, str) and name.startswith("arn:") else []
    is_foreign = len(parts) > 5 and parts[4] != get_account_id()
    return name if is_foreign and isinstance(name, str) else ""


def _lets_in(arn: str, action: str) -> bool:
    from ministack.core import iam_evaluator
    from ministack.services import dynamodb

    region, account = arn.split(":")[3:5]
    found = dynamodb._resource_policies.get_scoped(account, region, arn) or {}
    caller = iam_evaluator.caller_arn()
    asked = iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole" if ":assumed-role/" in caller else "User",
        principal_account=caller.split(":")[4],
        action=action,
        resource_arn=arn,
        region=region,
    )
    decision = iam_evaluator.evaluate_resource_policy(found.get("Policy"), asked)
    return bool(decision.decision == "Allow")


def _words(arn: str, action: str) -> str:
    from ministack.core import iam_evaluator

    who = f"User: {iam_evaluator.caller_arn()} is not authorized to perform: {action}"
    why = "because no resource-based policy allows the"
    return f"{who} on resource: {arn} {why} {action} action"
