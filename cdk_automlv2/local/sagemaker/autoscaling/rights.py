"""Whether a caller may do what they ask of Application Auto Scaling.

It asks for the caller's rights to the endpoint and to the alarms, too, before it acts in its own
name: https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cdk_automlv2.local.sagemaker.autoscaling.targets import Key, Target
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.state import State

_LINKED: Final = "sagemaker.application-autoscaling.amazonaws.com"
_ROLE: Final = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


def require(state: State, caller: Caller, operation: str, arn: str = "*", **context: Any) -> None:
    """Refuse unless the caller may carry out an operation on a target, by its tags."""
    with state.lock:
        tags = dict(state.tags.get(arn, {}))
    own = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    action = f"application-autoscaling:{operation}"
    state.iam.require(caller, action, arn, {**own, **context})


def require_change(state: State, caller: Caller, operation: str, target: Target) -> None:
    """Refuse unless the caller may change a target."""
    require(state, caller, operation, target.arn)


def require_creation(state: State, caller: Caller, arn: str, tags: Mapping[str, str]) -> None:
    """Refuse unless the caller may register a target, and tag it where tags are given."""
    context: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    if tags:
        context["aws:TagKeys"] = list(tags)
    require(state, caller, "RegisterScalableTarget", arn, **context)
    if tags:
        require(state, caller, "TagResource", arn, **context)


def require_endpoint(state: State, caller: Caller, key: Key, config: str) -> None:
    """Refuse unless the caller may change the capacities of the endpoint themselves."""
    for operation in ("DescribeEndpoint", "UpdateEndpointWeightsAndCapacities"):
        state.require(caller, operation, key.endpoint_arn)
    state.require(caller, "DescribeEndpointConfig", caller.arn("endpoint-config", config))


def require_linked_role(state: State, caller: Caller) -> None:
    """Let the account have the service-linked role; the first time, the caller must be allowed."""
    if caller.account not in state.scaling.linked:
        context = {"iam:AWSServiceName": _LINKED}
        state.iam.require(caller, "iam:CreateServiceLinkedRole", linked_role(caller), context)
        state.scaling.linked.add(caller.account)


def linked_role(caller: Caller) -> str:
    """Return the ARN of the service-linked role."""
    partition = caller.place.split(":")[1]
    path = f"aws-service-role/{_LINKED}/{_ROLE}"
    return f"arn:{partition}:iam::{caller.account}:role/{path}"


def require_alarms(
    state: State, caller: Caller, key: Key, operation: str, names: Sequence[str]
) -> None:
    """Refuse unless the caller may put or delete the alarms of target tracking."""
    for name in names:
        state.iam.require(caller, f"cloudwatch:{operation}", key.arn("cloudwatch", f"alarm:{name}"))
