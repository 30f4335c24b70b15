"""From an operation's name to what carries it out."""

from __future__ import annotations

from collections.abc import Callable

from cdk_automlv2.local.sagemaker.autoscaling import actions, policies, registration
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.state import Record, State

OPERATIONS: dict[str, Callable[[State, Caller, Record], Record]] = {
    "DeleteScalingPolicy": policies.delete_scaling_policy,
    "DeleteScheduledAction": actions.delete_scheduled_action,
    "DeregisterScalableTarget": registration.deregister_scalable_target,
    "DescribeScalableTargets": registration.describe_scalable_targets,
    "DescribeScalingActivities": registration.describe_scaling_activities,
    "DescribeScalingPolicies": policies.describe_scaling_policies,
    "DescribeScheduledActions": actions.describe_scheduled_actions,
    "ListTagsForResource": registration.list_tags_for_resource,
    "PutScalingPolicy": policies.put_scaling_policy,
    "PutScheduledAction": actions.put_scheduled_action,
    "RegisterScalableTarget": registration.register_scalable_target,
    "TagResource": registration.tag_resource,
    "UntagResource": registration.untag_resource,
}
