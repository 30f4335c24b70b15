"""Lists, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from automlv2_handlers.errors import RefusedError
from automlv2_handlers.outcomes import Context


def pages(
    context: Context, operation: str, member: str, **request: Any
) -> Iterator[dict[str, Any]]:
    """Yield the items of a list of SageMaker's.

    Args:
        context: Whose gateway is asked.
        operation: Named as in boto3, such as ``list_models``.
        member: The answer's list, such as ``Models``.
        request: What to list.
    """
    yield from each(partial(context.gateway.call, operation), member, **request)


def each(
    call: Callable[..., dict[str, Any]],
    member: str,
    *,
    asked: str = "NextToken",
    next_member: str = "NextToken",
    **request: Any,
) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages.

    Args:
        call: Returns the page that a request asks for.
        member: The page's list; a page without it is empty.
        asked: The request's member that names a page.
        next_member: The response's member that names the next page.
        request: What to list.

    Raises:
        RefusedError: If a page names itself as the next one.
    """
    token: dict[str, str] = {}
    while True:
        page = call(**request, **token)
        yield from page.get(member) or ()
        following = page.get(next_member)
        if not following:
            return
        if following == token.get(asked):
            raise RefusedError(f"the list of {member} never ends: page {following} follows itself")
        token = {asked: following}
