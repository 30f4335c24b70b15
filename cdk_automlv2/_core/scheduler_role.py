"""The role by which EventBridge Scheduler invokes the function of a stack."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import arn
from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import INLINE
from cdk_automlv2._core.provider import AutoMLProvider


def scheduler_role(scope: Construct, provider: AutoMLProvider) -> iam.Role:
    """Make the role, as the child ``SchedulerRole``.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    group = arn("scheduler", "schedule-group/default")
    conditions: dict[str, Any] = {
        "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID, "aws:SourceArn": group}
    }
    invoke = iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[provider.function.function_arn]
    )
    role = iam.Role(
        scope,
        "SchedulerRole",
        assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=conditions),
        inline_policies={"AutoMLV2": iam.PolicyDocument(statements=[invoke])},
    )
    Acknowledgements.of(provider.stack).add(role.node.default_child, [INLINE])
    return role
