"""What a stack or a construct is, in text that never holds a token.

A nested stack's ``stack_name`` is a token, whose text changes from synth to synth; a path from the
app's root changes when a stack is moved into a Stage. What stays is the name of the outermost stack
and the ids below it. All names and digests are made of that, and only here.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from cdk_automlv2._core.tokens import holds_token

if TYPE_CHECKING:
    from constructs import Construct

SCOPE_LENGTH = 7
"""Characters that stand for a stack in the names of everything it makes; 35 bits."""

_STACKS: WeakKeyDictionary[Construct, cdk.Stack] = WeakKeyDictionary()
_TOPS: WeakKeyDictionary[cdk.Stack, cdk.Stack] = WeakKeyDictionary()
_PLACES: WeakKeyDictionary[cdk.Stack, tuple[str, str]] = WeakKeyDictionary()


def stack_of(construct: Construct) -> cdk.Stack:
    """Return the stack that a construct is in; asked once a construct."""
    if isinstance(construct, cdk.Stack):
        return construct
    stack = _STACKS.get(construct)
    if stack is None:
        stack = _STACKS[construct] = cdk.Stack.of(construct)
    return stack


def is_in_stack_of(construct: Construct, scope: Construct) -> None:
    """Remember that a construct is in the stack of its scope, so that Node is not asked."""
    _STACKS[construct] = stack_of(scope)


def top_level_stack(stack: cdk.Stack) -> cdk.Stack:
    """Return the stack that CloudFormation is asked to deploy: the stack itself, if not nested."""
    top = _TOPS.get(stack)
    if top is None:
        parent = stack.nested_stack_parent
        top = _TOPS[stack] = stack if parent is None else top_level_stack(parent)
    return top


def stack_identity(stack: cdk.Stack) -> str:
    """Return the name of the outermost stack and the ids of the nested ones below it."""
    name, root_path = _place(stack)
    return _below(name, root_path, stack.node.path)


def identity(construct: Construct, stack: cdk.Stack) -> str:
    """Return what ``construct`` is: its stack, and the ids below.

    Args:
        construct: The construct.
        stack: The stack it is in, which callers know; asking for it is a call into Node.
    """
    name, root_path = _place(stack)
    return _below(name, root_path, construct.node.path)


def digest(text: str, length: int) -> str:
    """Return ``length`` characters of [a-z2-7] that stand for ``text``.

    Raises:
        ValueError: If the text holds a token: its digest would be another one at every synth.
    """
    if holds_token(text):
        raise ValueError(f"a name cannot be made of {text!r}, which is known only at deployment")
    raw = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(raw).decode().lower()[:length]


def name_scope(stack: cdk.Stack) -> str:
    """Return the characters that the names of everything this stack makes have in common."""
    return digest(stack_identity(stack), SCOPE_LENGTH)


def _place(stack: cdk.Stack) -> tuple[str, str]:
    """Return name and path of the outermost stack; asked once a stack."""
    place = _PLACES.get(stack)
    if place is None:
        root = top_level_stack(stack)
        place = _PLACES[stack] = root.stack_name, root.node.path
    return place


def _below(name: str, root_path: str, path: str) -> str:
    return f"{name}{path.removeprefix(root_path)}"
