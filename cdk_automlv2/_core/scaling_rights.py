"""What the function may do to scale endpoints; of a fixed size, as all its rights to what it owns.

Application Auto Scaling asks for the caller's rights to the endpoint and to alarms, too, before it
scales in its own name.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
"""

from __future__ import annotations

from typing import Any

from cdk_automlv2._core.arns import arn, role_arn
from cdk_automlv2._core.rights import allow

_OWNER = "cdk-automlv2:owner"
_LINKED = "sagemaker.application-autoscaling.amazonaws.com"
_DESCRIBE = ("DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions")
_CHANGE = (
    "DeleteScalingPolicy",
    "DeleteScheduledAction",
    "DeregisterScalableTarget",
    "PutScalingPolicy",
    "PutScheduledAction",
    "RegisterScalableTarget",
    "TagResource",
)


def scaling_statements(name_scope: str) -> list[dict[str, Any]]:
    """Return the statements of the function's policy."""
    targets = [arn("application-autoscaling", "scalable-target/*")]
    owner = f"{name_scope}/*"
    service_role = role_arn(
        f"aws-service-role/{_LINKED}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    )
    alarms = [
        arn("cloudwatch", f"alarm:{pattern}")
        for pattern in (f"automlv2-{name_scope}*", "TargetTracking-endpoint/*")
    ]
    return [
        allow(_actions(_DESCRIBE), ["*"]),
        allow(_actions(("ListTagsForResource",)), targets),
        allow(
            _actions(("RegisterScalableTarget", "TagResource")),
            targets,
            # What bears an owner's tag is not made another's.
            (
                ("StringLike", f"aws:RequestTag/{_OWNER}", owner),
                ("Null", f"aws:ResourceTag/{_OWNER}", "true"),
            ),
        ),
        allow(_actions(_CHANGE), targets, (("StringLike", f"aws:ResourceTag/{_OWNER}", owner),)),
        allow(("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"), alarms),
        allow(("cloudwatch:DescribeAlarms",), [arn("cloudwatch", "alarm:*")]),
        allow(
            ("iam:CreateServiceLinkedRole",),
            [service_role],
            (("StringEquals", "iam:AWSServiceName", _LINKED),),
        ),
    ]


def _actions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"application-autoscaling:{name}" for name in names)
