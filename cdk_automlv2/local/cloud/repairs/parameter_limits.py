"""A parameter holds 4 KB, an advanced one 8 KB; ministack takes any size.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STANDARD, ADVANCED = 4096, 8192


def apply() -> None:
    """Refuse values that are too long for their tier."""
    from ministack.services import ssm

    put = ssm._put_parameter

    def put_within_limits(data: Mapping[str, Any]) -> Any:
        problem = _problem(data)
        if problem:
            return ssm.error_response_json("ValidationException", problem, 400)
        return put(data)

    ssm._put_parameter = put_within_limits


def _problem(data: Mapping[str, Any]) -> str:
    size = len(str(data.get("Value", "")).encode())
    if size > ADVANCED:
        return f"Parameters support a maximum parameter value of {ADVANCED} characters."
    if size > STANDARD and data.get("Tier", "Standard") == "Standard":
        return (
            f"Standard tier parameters support a maximum parameter value of {STANDARD} characters. "
            "To create a larger parameter value, upgrade the parameter to use the "
            "advanced-parameter tier. For more information, see "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "parameter-store-advanced-parameters.html"
        )
    return ""
