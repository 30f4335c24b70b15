"""Scaling policies, and the alarms that target tracking makes for itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

from cdk_automlv2.local.sagemaker.autoscaling import decide, rights
from cdk_automlv2.local.sagemaker.autoscaling.common import is_of, mine, missing, page, target_of
from cdk_automlv2.local.sagemaker.autoscaling.targets import COUNT, Key, Policy, Target
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.state import Record, State

TRACKING, STEP = "TargetTrackingScaling", "StepScaling"
CONFIG: Final = {
    TRACKING: "TargetTrackingScalingPolicyConfiguration",
    STEP: "StepScalingPolicyConfiguration",
}
_INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
_UTILIZATION = "SageMakerVariantProvisionedConcurrencyUtilization"
_MOST: Final = 50
_DELETE = "DeleteScalingPolicy"


def put_scaling_policy(state: State, caller: Caller, request: Record) -> Record:
    """Create a policy or change it; target tracking makes its alarms."""
    target, name = target_of(state, caller, request), request["PolicyName"]
    rights.require_change(state, caller, "PutScalingPolicy", target)
    with state.lock:
        before = target.policies.get(name)
    kind = request.get("PolicyType") or (before.shown["PolicyType"] if before else STEP)
    if before is not None and before.shown["PolicyType"] != kind:
        raise validation("The type of a scaling policy cannot be changed")
    config = _config(target, name, kind, request)
    shown = before.shown if before else _shown(state, target.key, name, kind)
    shown = {**shown, CONFIG[kind]: config}
    alarms = list(_alarms(target.key, shown, config)) if kind == TRACKING else []
    names = [alarm["AlarmName"] for alarm in alarms]
    for operation in ("PutMetricAlarm", "DescribeAlarms"):
        rights.require_alarms(state, caller, target.key, operation, names)
    listed = [
        {"AlarmName": found, "AlarmARN": target.key.arn("cloudwatch", f"alarm:{found}")}
        for found in names
    ]
    with state.lock:
        if len(target.policies) >= _MOST and before is None:
            raise ServiceError("LimitExceededException", f"a target has {_MOST} policies at most")
        target.policies[name] = Policy({**shown, "Alarms": listed})
    if alarms:
        state.alarms.put(target.key, alarms)
    return {"PolicyARN": shown["PolicyARN"], "Alarms": listed}


def _shown(state: State, key: Key, name: str, kind: str) -> Record:
    own = f"resource/sagemaker/{key.resource_id}:policyName/{name}"
    return {
        "PolicyARN": key.arn("autoscaling", f"scalingPolicy:{uuid.uuid4()}:{own}"),
        "PolicyName": name,
        **key.shown,
        "PolicyType": kind,
        "CreationTime": state.clock.now(),
    }


def _config(target: Target, name: str, kind: str, request: Record) -> Record:
    """Return what a policy does, once it makes sense."""
    if kind not in CONFIG:
        raise validation(f"Policy type {kind} is not supported for sagemaker")
    others = [CONFIG[other] for other in CONFIG if other != kind and CONFIG[other] in request]
    config: Record | None = request.get(CONFIG[kind])
    if config is None or others:
        raise validation(f"{CONFIG[kind]} is what a policy of type {kind} has, and no other")
    if kind == STEP:
        _check_step(config)
    else:
        _check_tracking(target, name, config)
    return config


def _check_step(config: Record) -> None:
    if "AdjustmentType" not in config or not config.get("StepAdjustments"):
        raise validation("AdjustmentType and StepAdjustments are required for step scaling")


def _check_tracking(target: Target, name: str, config: Record) -> None:
    if config["TargetValue"] <= 0:
        raise validation("TargetValue must be above 0")
    metric = metric_of(target.key, config)
    own = [
        other.shown[CONFIG[TRACKING]]
        for known, other in target.policies.items()
        if known != name and other.shown["PolicyType"] == TRACKING
    ]
    if any(metric_of(target.key, other) == metric for other in own):
        raise validation(
            "Only one TargetTrackingScaling policy for a given metric specification is allowed."
        )


def metric_of(key: Key, config: Record) -> Record:
    """Return the metric that target tracking looks at, with its dimensions.

    Raises:
        ServiceError: If it is none that such a target can have.
    """
    predefined = config.get("PredefinedMetricSpecification")
    own = config.get("CustomizedMetricSpecification")
    if (predefined is None) == (own is None):
        raise validation("Exactly one metric specification must be given")
    if own is not None:
        return _customized(own)
    kind = predefined["PredefinedMetricType"] if predefined else ""
    wanted, name = (
        (_INVOCATIONS, "InvocationsPerInstance")
        if key.dimension == COUNT
        else (
            _UTILIZATION,
            "ServerlessProvisionedConcurrencyUtilization",
        )
    )
    if kind != wanted:
        raise validation(f"Metric type {kind} is not supported for {key.dimension}")
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": name,
        "Dimensions": [
            {"Name": "EndpointName", "Value": key.endpoint},
            {"Name": "VariantName", "Value": key.variant},
        ],
        "Statistic": "Sum" if key.dimension == COUNT else "Maximum",
    }


def _customized(own: Record) -> Record:
    if "Metrics" in own:
        raise validation("The local Application Auto Scaling does not have metric math")
    lacking = [name for name in ("MetricName", "Namespace", "Statistic") if name not in own]
    if lacking:
        raise validation(f"{', '.join(lacking)} must be given for a customized metric")
    members = ("Namespace", "MetricName", "Dimensions", "Statistic")
    return {name: own[name] for name in members if name in own}


def _alarms(key: Key, shown: Record, config: Record) -> Iterator[dict[str, Any]]:
    """Yield the two alarms of target tracking; a policy that is changed keeps their names."""
    known = [item["AlarmName"] for item in shown.get("Alarms", [])]
    target = config["TargetValue"]
    ways = (
        ("High", "GreaterThanThreshold", decide.HIGH_PERIODS, target),
        ("Low", "LessThanThreshold", decide.LOW_PERIODS, target * decide.LOW_SHARE),
    )
    for number, (way, comparison, periods, threshold) in enumerate(ways):
        made = f"TargetTracking-{key.resource_id}-Alarm{way}-{uuid.uuid4()}"
        yield {
            **metric_of(key, config),
            "AlarmName": known[number] if number < len(known) else made,
            "AlarmDescription": "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy "
            f"{shown['PolicyARN']}.",
            "AlarmActions": [shown["PolicyARN"]],
            "Period": 60,
            "EvaluationPeriods": periods,
            "Threshold": float(threshold),
            "ComparisonOperator": comparison,
        }


def delete_scaling_policy(state: State, caller: Caller, request: Record) -> Record:
    """Delete a policy, and the alarms that it has made."""
    target, name = target_of(state, caller, request), request["PolicyName"]
    rights.require_change(state, caller, _DELETE, target)
    with state.lock:
        policy = target.policies.get(name)
    if policy is None:
        raise missing("scaling policy", name, request)
    names = [alarm["AlarmName"] for alarm in policy.shown.get("Alarms", [])]
    rights.require_alarms(state, caller, target.key, "DeleteAlarms", names)
    with state.lock:
        target.policies.pop(name, None)
    if names:
        state.alarms.delete(target.key, names)
    return {}


def describe_scaling_policies(state: State, caller: Caller, request: Record) -> Record:
    """Describe policies."""
    rights.require(state, caller, "DescribeScalingPolicies")
    names = request.get("PolicyNames")
    found = [
        dict(policy.shown)
        for target in mine(state, caller)
        if is_of(request, target.shown)
        for name, policy in target.policies.items()
        if names is None or name in names
    ]
    return page(found, "ScalingPolicies", "PolicyARN", request)
