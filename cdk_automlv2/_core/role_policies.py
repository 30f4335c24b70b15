"""The policies of one role, within what IAM allows: inline ones first, then managed ones.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.homes import SHARED
from cdk_automlv2._core.identity import digest
from cdk_automlv2._core.lazy import Producer
from cdk_automlv2._core.rights import Right, Statements
from cdk_automlv2.errors import OptionFault, OptionsError

INLINE_CHARACTERS = 10_240
"""Of all inline policies of a role together."""

MANAGED_CHARACTERS = 6_144
MOST_MANAGED = 10
_HOMES_CHARACTERS = 2_048
"""Of the inline characters, those kept for policies of single constructs."""

_OVERFLOW = "overflow"


class Policies(Protocol):
    """Whatever takes the rights of a role."""

    def allow(self, right: Right, home: str = SHARED) -> cdk.CfnResource | None:
        """Add a right; return the policy that holds it, to be waited for."""


class RolePolicies:
    """The policies of one role, made as its rights grow.

    Args:
        scope: Parent of the policies.
        id: Beginning of their ids.
        role_name: The role they are attached to.
        owner: The role's path, for errors.
        first: Makes the first policy, which holds ``fixed`` and what fits in beside.
        fixed: Statements that are there from the beginning.
        made: Called with every further policy that is everybody's.
        inline: Characters of inline policies; less where others add policies of their own.
        apart: Statements of a managed policy that is there from the beginning.
        is_ordered: Whether managed policies are updated one after the other, so that a right that
            moves to an earlier one, as others have gone, is there before the later one loses it.
        acknowledge: Called with every policy and with what returns its document.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        role_name: str,
        owner: str,
        first: Callable[[Any], cdk.CfnResource],
        fixed: list[dict[str, Any]],
        made: Callable[[cdk.CfnResource], None] | None = None,
        inline: int = INLINE_CHARACTERS,
        *,
        apart: Iterable[dict[str, Any]] = (),
        is_ordered: bool = False,
        acknowledge: Callable[[cdk.CfnResource, Callable[[], Any]], None],
    ) -> None:
        self._scope = scope
        self._id = id
        self._role_name = role_name
        self._owner = owner
        self._made = made
        self._acknowledge = acknowledge
        self._managed = 0
        self._is_ordered = is_ordered
        self._last: cdk.CfnResource | None = None
        self._holding: dict[Right, _Policy] = {}
        self._most_inline = inline
        page = _Policy(Statements(fixed), inline - _HOMES_CHARACTERS)
        page.resource = first(_document(page.statements))
        acknowledge(page.resource, page.statements.render)
        self._inline = page.statements.length
        self._policies: dict[str, list[_Policy]] = {SHARED: [page]}
        if statements := list(apart):
            self._add(_Policy(Statements(statements), MANAGED_CHARACTERS, is_inline=False), SHARED)

    def allow(self, right: Right, home: str = SHARED) -> cdk.CfnResource | None:
        """Add a right; return the policy that holds it, to be waited for."""
        policy = self._holding.get(right)
        if policy is None:
            policy = self._holding[right] = self._policy_for(right, home)
            if policy.is_inline:
                self._inline += policy.statements.cost(right)
            policy.statements.add(right)
        return policy.resource

    def _policy_for(self, right: Right, home: str) -> _Policy:
        homes = [home] if home == SHARED else [home, _OVERFLOW]
        for policy in (policy for name in homes for policy in self._policies.get(name, [])):
            if policy.fits(right) and not (policy.is_inline and self._is_full(right)):
                return policy
        new = _Policy(Statements(), self._most_inline)
        if home != SHARED and home not in self._policies and not self._is_full(right, new):
            self._inline += new.statements.length
            return self._add(new, home)
        return self._add(_Policy(Statements(), MANAGED_CHARACTERS, is_inline=False), homes[-1])

    def _is_full(self, right: Right, policy: _Policy | None = None) -> bool:
        more = right_length(right) + (policy.statements.length if policy else 0)
        return self._inline + more > self._most_inline

    def _add(self, policy: _Policy, home: str) -> _Policy:
        self._policies.setdefault(home, []).append(policy)
        document = _document(policy.statements)
        if policy.is_inline:
            policy.resource = self._inline_policy(document, home)
        else:
            policy.resource = self._managed_policy(document)
            if home == SHARED and self._made is not None:
                self._made(policy.resource)
        self._acknowledge(policy.resource, policy.statements.render)
        return policy

    def _inline_policy(self, document: Any, home: str) -> cdk.CfnResource:
        return iam.CfnPolicy(
            self._scope,
            f"{self._id}For{digest(home, 12)}",
            policy_name=f"AutoMLV2-{digest(f'{self._owner} {home}', 12)}",
            policy_document=document,
            roles=[self._role_name],
        )

    def _managed_policy(self, document: Any) -> cdk.CfnResource:
        self._managed += 1
        if self._managed > MOST_MANAGED:
            raise OptionsError(self._owner, (self._too_large(),))
        made = iam.CfnManagedPolicy(
            self._scope,
            f"{self._id}{self._managed + 1}",
            policy_document=document,
            roles=[self._role_name],
        )
        if self._is_ordered and self._last is not None:
            made.add_resource_dependency(self._last)
        self._last = made
        return made

    def _too_large(self) -> OptionFault:
        rule = (
            f"must fit into {INLINE_CHARACTERS:,} characters of inline and {MOST_MANAGED} managed "
            f"policies of {MANAGED_CHARACTERS:,}, all that IAM allows a role"
        )
        fix = "split the stack, or let several jobs share buckets, prefixes, keys or roles"
        return OptionFault("rights", rule, f"{len(self._holding):,} of them", fix)


class ReportedPolicies:
    """Rights of a role whose policies are not made here; the CDK reports or ignores them.

    Args:
        role: Precreated, or not to be changed.
        fixed: Statements that are there from the beginning.
    """

    def __init__(self, role: iam.IRole, fixed: list[dict[str, Any]]) -> None:
        self._role = role
        self._known: set[Right] = set()
        for statement in fixed:
            self._role.add_to_principal_policy(iam.PolicyStatement.from_json(statement))

    def allow(self, right: Right, home: str = SHARED) -> None:
        """Add a right."""
        if right not in self._known:
            self._known.add(right)
            statements = Statements()
            statements.add(right)
            [statement] = statements.render()["Statement"]
            self._role.add_to_principal_policy(iam.PolicyStatement.from_json(statement))


class _Policy:
    """One policy and how much it may hold."""

    resource: cdk.CfnResource

    def __init__(self, statements: Statements, limit: int, *, is_inline: bool = True) -> None:
        self.statements = statements
        self.is_inline = is_inline
        self._limit = limit

    def fits(self, right: Right) -> bool:
        return self.statements.length + self.statements.cost(right) <= self._limit


def is_precreated(role: iam.IRole) -> bool:
    """Whether ``iam.Role.customize_roles`` has replaced the role by one that exists."""
    node = role.node
    return node.try_find_child(f"PrecreatedRole{node.id}") is not None


def right_length(right: Right) -> int:
    """Return about how long a right is in a policy of its own."""
    return Statements().cost(right)


def _document(statements: Statements) -> Any:
    return cdk.Lazy.any(Producer(statements.render))
