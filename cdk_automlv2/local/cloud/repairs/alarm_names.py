"""Rights to alarms named in a list: ministack asks for a right to everything there.

DeleteAlarms and DescribeAlarms are asked by the first name here; ``further_rights`` asks for each
that is deleted. Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def apply() -> None:
    """Let a request's resource be the first alarm of its list."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_with_alarms(
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        params: Mapping[str, Any],
        region: str,
        account: str,
    ) -> str:
        found: str = extract(service, method, path, headers, body, params, region, account)
        name = _first(body, params) if service == "monitoring" and found == "*" else ""
        return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}" if name else found

    iam_actions.extract_resource_arn = extract_with_alarms


def _first(body: bytes, params: Mapping[str, Any]) -> str:
    """Return the first name of a list of alarms; empty if there is none."""
    try:
        listed = json.loads(body).get("AlarmNames")
    except (ValueError, AttributeError):
        listed = params.get("AlarmNames.member.1")
    names = listed if isinstance(listed, list) else [listed]
    return next((name for name in names if isinstance(name, str) and name), "")
