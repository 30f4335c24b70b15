"""Lists of SageMaker, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automlv2_handlers.outcomes import Context


def pages(
    context: Context, operation: str, member: str, **request: Any
) -> Iterator[dict[str, Any]]:
    """Yield the items of a list.

    Args:
        context: Whose gateway is asked.
        operation: Named as in boto3, such as ``list_models``.
        member: The answer's list, such as ``Models``.
        request: What to list.
    """
    token: dict[str, str] = {}
    while True:
        page = context.gateway.call(operation, **request, **token)
        yield from page[member]
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
