"""Faults that show only when the CDK renders, when an error would reach nobody as it is.

An error that is raised then comes out of Node, wrapped in the CDK's words and a stack trace. So it
is kept, and said by the validation that the CDK makes before it writes a template.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from cdk_automlv2._core.lazy import WhenAspectsHaveRun
from cdk_automlv2.errors import OptionsError

_INSTEAD = "refused"
"""Stands where there is no value; no template is written with it."""

_BY_STACK: WeakKeyDictionary[cdk.Stack, list[str]] = WeakKeyDictionary()


def rendered(context: cdk.IResolveContext, make: Callable[[], Any]) -> Any:
    """Return what ``make`` returns for a token; what it refuses fails the stack's validation.

    Args:
        context: What is rendered. Its stack says the error: another one's Stage may have been
            written already.
        make: Returns the value.

    Raises:
        OptionsError: If a token is resolved alone, outside of a synthesis.
    """
    try:
        return make()
    except OptionsError as error:
        stack, words = cdk.Stack.of(context.scope), str(error)
        if context.preparing:
            _refuse(stack, words)
        elif words not in _BY_STACK.get(stack, ()):
            raise
        return _INSTEAD


def _refuse(stack: cdk.Stack, words: str) -> None:
    found = _BY_STACK.get(stack)
    if found is None:
        found = _BY_STACK[stack] = []
        stack.node.add_validation(WhenAspectsHaveRun(partial(_taken, found)))
    if words not in found:
        found.append(words)


def _taken(found: list[str]) -> list[str]:
    """Return what was found, and begin again: the next synthesis may have nothing to refuse."""
    taken = found.copy()
    found.clear()
    return taken
