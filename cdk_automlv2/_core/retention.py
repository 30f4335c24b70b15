"""Resources that stay when the construct or the stack goes, and their names.

What may stay has no name made here, as the next deployment of the stack would find the name taken;
and what others find by such a name does not stay. A policy may be set by the construct, an aspect
or a raw override, of which the CDK shows only the first two.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import aws_cdk as cdk

from cdk_automlv2._core.lazy import Producer, WhenAspectsHaveRun

_DELETION: Final = "DeletionPolicy"
KEEPING: Final = frozenset(
    {cdk.CfnDeletionPolicy.RETAIN, cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE}
)
_WORDS: Final = {
    cdk.CfnDeletionPolicy.DELETE: "Delete",
    cdk.CfnDeletionPolicy.RETAIN: "Retain",
    cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE: "RetainExceptOnCreate",
    cdk.CfnDeletionPolicy.SNAPSHOT: "Snapshot",
}
_POLICIES: Final = (_DELETION, "UpdateReplacePolicy")
_STAYING = (cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def stays(policy: cdk.RemovalPolicy) -> bool:
    """Whether that policy keeps a resource."""
    return policy in _STAYING


class Removal:
    """Whether a resource may outlive its stack.

    Both policies are rendered by overrides of ours. A raw override takes the place of one, which
    then is not asked for; what it says is not to be seen, so that it counts as one that keeps.

    Args:
        resource: The resource. Overrides that are added to it later are rendered later.
    """

    def __init__(self, resource: cdk.CfnResource) -> None:
        self._resource = resource
        self._rendered: dict[str, cdk.CfnDeletionPolicy | None] = {}
        for key in _POLICIES:
            resource.add_override(key, cdk.Lazy.any(Producer(partial(self._render, key))))

    def may_stay(self) -> bool:
        """Say so, while a later override of the resource is rendered."""
        policies = self._rendered
        return len(policies) < len(_POLICIES) or bool(KEEPING & set(policies.values()))

    def _render(self, key: str) -> str | None:
        options = self._resource.cfn_options
        policy = options.deletion_policy if key == _DELETION else options.update_replace_policy
        self._rendered[key] = policy
        return None if policy is None else _WORDS[policy]


def goes_with_its_stack(resource: cdk.CfnResource) -> None:
    """Let nothing keep a resource that others find by the name made here.

    It holds nothing that the stack would not write again.
    """

    def forget() -> list[str]:
        for key in _POLICIES:
            resource.add_deletion_override(key)
        return []

    resource.node.add_validation(WhenAspectsHaveRun(forget))


def retain(resource: cdk.CfnResource, policy: cdk.RemovalPolicy) -> None:
    """Keep a custom resource, and let the function know.

    CloudFormation sends no Delete for it; and when the policy has been changed back and the stack
    is deleted one day, the function must not delete what was kept on purpose.
    """
    resource.apply_removal_policy(policy)
    resource.add_property_override("Retained", True)
