"""What sets something going in the function of a stack: schedules, and new objects in S3."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

SCHEDULER_ID = "<aws.scheduler.execution-id>"
"""What EventBridge Scheduler replaces by an id that is the same for each attempt."""


def schedule_of(
    scope: Construct,
    id: str,
    schedule: scheduler.ScheduleExpression,
    *,
    description: str,
    enabled: bool,
    function_arn: str,
    role: iam.IRole,
    request: str,
) -> scheduler.CfnSchedule:
    """Return a schedule, in its own time zone, that invokes a function.

    Args:
        scope: Its parent.
        id: Its id.
        schedule: When it fires.
        description: What it does.
        enabled: Whether it fires.
        function_arn: The function.
        role: What EventBridge Scheduler invokes it with.
        request: What it is invoked with, as JSON.
    """
    zone = schedule.time_zone
    return scheduler.CfnSchedule(
        scope,
        id,
        description=description,
        schedule_expression=schedule.expression_string,
        schedule_expression_timezone=None if zone is None else zone.timezone_name,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        state="ENABLED" if enabled else "DISABLED",
        target=scheduler.CfnSchedule.TargetProperty(
            arn=function_arn, role_arn=role.role_arn, input=request
        ),
    )


def new_objects(
    scope: Construct, method: str, bucket: s3.IBucket, prefix: str
) -> events.EventPattern:
    """Let a bucket send its events, or say that it must; return the pattern of new objects.

    Args:
        scope: Whom a warning is shown at.
        method: Who asks, for the warning.
        bucket: Where objects come.
        prefix: What their keys begin with; empty for any.
    """
    if isinstance(bucket, s3.Bucket):
        bucket.enable_event_bridge_notification()
    else:
        cdk.Annotations.of(scope).add_warning_v2(
            "cdk-automlv2:event-bridge",
            f"{method}: the bucket {bucket.node.path} must send its events to "
            "EventBridge, which is a setting of the bucket (Properties, Amazon EventBridge: "
            "On) that an imported bucket cannot be given here",
        )
    detail: dict[str, Any] = {"bucket": {"name": [bucket.bucket_name]}}
    if prefix:
        detail["object"] = {"key": [{"prefix": prefix}]}
    return events.EventPattern(source=["aws.s3"], detail_type=["Object Created"], detail=detail)
