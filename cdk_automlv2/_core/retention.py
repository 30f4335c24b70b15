"""Resources that stay when the construct or the stack goes."""

from __future__ import annotations

import aws_cdk as cdk

_KEEPING = frozenset({cdk.CfnDeletionPolicy.RETAIN, cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE})
_STAYING = (cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def stays(policy: cdk.RemovalPolicy) -> bool:
    """Whether that policy keeps a resource."""
    return policy in _STAYING


def may_stay(resource: cdk.CfnResource) -> bool:
    """Whether a resource may outlive its stack; its name would then be taken for the next one."""
    options = resource.cfn_options
    return bool(_KEEPING & {options.deletion_policy, options.update_replace_policy})


def retain(resource: cdk.CfnResource, policy: cdk.RemovalPolicy) -> None:
    """Keep a custom resource, and let the function know.

    CloudFormation sends no Delete for it; and when the policy has been changed back and the stack
    is deleted one day, the function must not delete what was kept on purpose.
    """
    resource.apply_removal_policy(policy)
    resource.add_property_override("Retained", True)
