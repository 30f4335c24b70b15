"""Switches in the app's context, for conditions that AWS may meet otherwise than documented."""

from __future__ import annotations

from constructs import Construct

KMS_GRANT_CONDITION = "cdk-automlv2:kms-grant-condition"
"""Whether ``kms:CreateGrant`` is limited to grants that AWS services make. Default: true."""

SOURCE_ACCOUNT_CONDITION = "cdk-automlv2:source-account-condition"
"""Whether roles made here trust SageMaker only on behalf of this account. Default: true."""


def is_on(scope: Construct, switch: str) -> bool:
    """Whether a switch is on, as it is unless the context says ``false``."""
    return str(scope.node.try_get_context(switch)).lower() not in ("false", "0", "off", "no")
