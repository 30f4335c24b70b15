"""Conditions: what refers to a resource must not exist where that does not.

A user sets a ``CfnCondition`` on a job's resource; waits, model and endpoint would then refer to
what is not there. They follow it, by the condition it has once all aspects have run.
"""

from __future__ import annotations

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
        followers: Resources, each with the one it refers to and with whether that one belongs to
            another stack; what is followed comes before what follows it.
    """

    followers: list[tuple[cdk.CfnResource, cdk.CfnResource, bool]] = field(default_factory=list)
    _given: dict[cdk.CfnResource, cdk.CfnCondition] = field(default_factory=dict)
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
        for resource, followed, elsewhere in self.followers:
            if not elsewhere and not has_conditions:
                continue
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
        if elsewhere or own is condition or (own and own is self._given.get(resource)):
            return
        if own is not None:
            parts: Any = (condition, own)
            both = cdk.Fn.condition_and(*parts)
            condition = cdk.CfnCondition(resource, "Condition", expression=both)
        resource.cfn_options.condition = self._given[resource] = condition


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
