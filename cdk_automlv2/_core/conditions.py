"""Conditions: what refers to a resource must not exist where that does not.

A user sets a ``CfnCondition`` on a job's resource; waits, model and endpoint would then refer to
what is not there. They follow it, by the condition it has once all aspects have run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from cdk_automlv2.errors import OptionFault, OptionsError

_BY_STACK: WeakKeyDictionary[cdk.Stack, Conditions] = WeakKeyDictionary()


@dataclass(eq=False)
class Conditions:
    """Which resources of a stack follow which.

    Attributes:
        followers: Resources, each with the one it refers to, or a text that may refer to some, and
            with whether that one belongs to another stack; what is followed comes before what
            follows it.
    """

    followers: list[tuple[cdk.CfnResource, cdk.CfnResource | str, bool]] = field(
        default_factory=list
    )
    _parts: dict[cdk.CfnResource, list[cdk.CfnCondition]] = field(default_factory=dict)
    _applied: bool = False

    @classmethod
    def of(cls, stack: cdk.Stack) -> Self:
        """Return those of a stack."""
        found = _BY_STACK.get(stack)
        if found is None:
            found = _BY_STACK[stack] = cls()
        assert isinstance(found, cls)
        return found

    def follow(
        self, resource: cdk.CfnResource, followed: cdk.CfnResource, *, elsewhere: bool = False
    ) -> None:
        """Let ``resource`` exist only where ``followed`` does."""
        self.followers.append((resource, followed, elsewhere))
        if self._applied:
            self._apply(resource, followed.cfn_options.condition, followed, elsewhere)

    def follow_text(self, resource: cdk.CfnResource, text: str) -> None:
        """Let ``resource`` exist only where all that a text with tokens refers to does."""
        self.followers.append((resource, text, False))

    def apply(self) -> None:
        """Give the followers their conditions.

        Raises:
            OptionsError: If a condition would be needed in another stack than it belongs to.
        """
        self._applied = True
        if not self.followers:
            return
        has_conditions = _has_conditions(self.followers[0][0])
        seen: dict[cdk.CfnResource, cdk.CfnCondition | None] = {}
        for resource, what, elsewhere in self.followers:
            if not elsewhere and not has_conditions:
                continue
            for followed in _referred(resource, what) if isinstance(what, str) else (what,):
                if followed not in seen:
                    seen[followed] = followed.cfn_options.condition
                self._apply(resource, seen[followed], followed, elsewhere)

    def _apply(
        self,
        resource: cdk.CfnResource,
        condition: cdk.CfnCondition | None,
        followed: cdk.CfnResource,
        elsewhere: bool,
    ) -> None:
        if condition is None:
            return
        own = resource.cfn_options.condition
        if elsewhere and own is None:
            _refuse_without_condition(resource, followed)
        parts = self._parts.setdefault(resource, [])
        if elsewhere or own is condition or condition in parts:
            return
        parts.append(condition)
        if own is not None:
            both: Any = (condition, own)
            id_ = "Condition" if len(parts) == 1 or own in parts else f"Condition{len(parts)}"
            condition = cdk.CfnCondition(resource, id_, expression=cdk.Fn.condition_and(*both))
        resource.cfn_options.condition = condition


def _referred(resource: cdk.CfnResource, text: str) -> Iterator[cdk.CfnResource]:
    """Yield the resources of the same stack that a text refers to."""
    stack = resource.stack
    ids = set(_ids(stack.resolve(text)))
    parts = stack.node.find_all() if ids else []
    own = (part for part in parts if isinstance(part, cdk.CfnResource) and part.stack is stack)
    yield from (part for part in own if stack.resolve(part.logical_id) in ids)


def _ids(value: Any) -> Iterator[str]:
    """Yield the logical ids in a part of a template."""
    if isinstance(value, list):
        for item in value:
            yield from _ids(item)
    elif isinstance(value, dict):
        if "Ref" in value:
            yield str(value["Ref"])
        if isinstance(value.get("Fn::GetAtt"), list):
            yield str(value["Fn::GetAtt"][0])
        yield from _ids(list(value.values()))


def _has_conditions(resource: cdk.CfnResource) -> bool:
    """Whether there is a condition in the stack of a resource at all.

    One call into Node instead of two for each resource, of which nearly none has a condition.
    """
    parts = resource.stack.node.find_all()
    return any(isinstance(part, cdk.CfnCondition) for part in parts)


def _refuse_without_condition(resource: cdk.CfnResource, followed: cdk.CfnResource) -> None:
    fault = OptionFault(
        "condition",
        "must be set here too: what it uses exists under a condition of another stack",
        f"{followed.node.path} with a condition",
        "set node.default_child.cfn_options.condition, or declare both in one stack",
    )
    raise OptionsError(resource.node.path, (fault,))
