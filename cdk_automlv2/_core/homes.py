"""Which rights may share a policy without making a circle of dependencies.

A policy comes after whatever it refers to. Where a user lets one construct depend on another, all
that is below the one comes after all that is below the other: a policy that both wait for must
therefore not refer to anything below either. So rights on resources directly below the stack share
a policy, and others have one for each construct that the resources are in.
"""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.tokens import is_token

SHARED = ""
_PSEUDO = re.compile(r"[$#]\{Token\[AWS\.[^\]]*\]\}")


class Homes:
    """The constructs that referred resources of one stack are in.

    Args:
        stack: The stack whose policies refer to them.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self._path = stack.node.path
        self._known: dict[str, str | None] = {}

    def of(self, text: str, user: Construct) -> str:
        """Return the path of the construct whose rights these are; ``SHARED`` if anybody's.

        Args:
            text: ARN or pattern of a right.
            user: Construct that needs it, for references that cannot be followed.
        """
        text = _PSEUDO.sub("", text)
        if not is_token(text):
            return SHARED
        if text not in self._known:
            self._known[text] = self._find(text)
        home = self._known[text]
        return user.node.path if home is None else home

    def _find(self, text: str) -> str | None:
        homes = {SHARED}
        for token in cdk.Tokenization.reverse_string(text).tokens:
            if cdk.Reference.is_reference(token):
                homes.add(self._parent(token.target))  # type: ignore[attr-defined]
            elif self._refers(token):
                return None
        # Of several the longest: it is below the others, or there is no better one.
        return max(homes, key=len)

    def _refers(self, token: Any) -> bool:
        """Whether a token refers to a resource; one that is known only later may."""
        try:
            return _refers(self._stack.resolve(token))
        except RuntimeError:  # A producer of Python, which has no context outside of synthesis.
            return True

    def _parent(self, target: Any) -> str:
        path = str(target.node.path)
        own = f"{self._path}/"
        is_local = path.startswith(own) and isinstance(target, cdk.CfnResource)
        if not is_local or cdk.Stack.of(target).node.path != self._path:
            return SHARED
        ids = path.removeprefix(own).split("/")
        above = ids[:-2] if ids[-1] == "Resource" else ids[:-1]
        return "/".join(above)


def _refers(value: Any) -> bool:
    """Whether a resolved value refers to a resource of the stack."""
    match value:
        case {"Ref": str(name)}:
            return not name.startswith("AWS::")
        case {"Fn::GetAtt": _}:
            return True
        case dict():
            return any(map(_refers, value.values()))
        case list():
            return any(map(_refers, value))
    return False
