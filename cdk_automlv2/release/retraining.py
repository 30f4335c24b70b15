"""What trains a release again: a schedule, new data, an alarm, or whoever is granted to."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import TRIGGER
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2._core.triggers import SCHEDULER_ID, new_objects, schedule_of
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.release.events import ReleaseEvents
from cdk_automlv2.release.parts import DetachedJob, ReleasedEndpoint
from cdk_automlv2.release.retraining_rules import (
    DAY_SECONDS,
    QUIET_SECONDS,
    cool_down_rule,
    max_wait_rule,
    quiet_rule,
    seconds_of,
)
from cdk_automlv2.release.stack_releases import StackReleases


class ReleaseRetraining(ReleaseEvents):
    """The triggers of a release."""

    _provider: AutoMLProvider
    _shared: StackReleases
    _job: DetachedJob
    _endpoint: ReleasedEndpoint

    @checked()
    def retrain_on_schedule(
        self,
        schedule: scheduler.ScheduleExpression,
        *,
        id: str = "Schedule",
        enabled: bool = True,
    ) -> scheduler.CfnSchedule:
        """Train again by a schedule, in its time zone; with equal data nothing is trained.

        Args:
            schedule: Such as ``scheduler.ScheduleExpression.cron(hour="3", minute="0",
                time_zone=cdk.TimeZone.EUROPE_BERLIN)``. A local time that daylight saving leaves
                out is left out; one that comes twice counts once.
            id: Id of the schedule, below the release; needed from the second call on.
            enabled: Whether it fires. Default: True.

        Raises:
            OptionsError: With every invalid option.
        """
        return schedule_of(
            self,
            id,
            schedule,
            description=f"Trains {self.key} again",
            enabled=enabled,
            function_arn=self._provider.function.function_arn,
            role=self._shared.scheduler_role,
            request=json.dumps(self._task("Retrain", "schedule", SCHEDULER_ID)),
        )

    @checked(quiet_rule, max_wait_rule)
    def retrain_on_new_data(
        self,
        bucket: s3.IBucket,
        prefix: str = "",
        *,
        quiet_for: cdk.Duration | None = None,
        max_wait: cdk.Duration | None = None,
        id: str = "NewData",
    ) -> events.Rule:
        """Train again once new objects have come, and no more of them for a while.

        The bucket must send its events to EventBridge. That is switched on for a ``Bucket`` of the
        app; of an imported one synth says so, since its other notifications would be replaced.

        Args:
            bucket: Where data come.
            prefix: What the keys of data begin with; not where jobs write. Default: any.
            quiet_for: How long no object may come before the release starts; 7 days at most.
                Default: 15 minutes.
            max_wait: After which time it starts in any case. Default: 1 day.
            id: Id of the rule, below the release; needed from the second call on.

        Raises:
            OptionsError: With every invalid option, or if the release writes there itself.
        """
        self._refuse_own_output(bucket, prefix)
        pattern = new_objects(self, "retrain_on_new_data", bucket, prefix)
        waits = {
            "QuietSeconds": seconds_of(quiet_for, QUIET_SECONDS),
            "MaxWaitSeconds": seconds_of(max_wait, DAY_SECONDS),
        }
        return self._rule(id, pattern, "NewData", "new-data", waits)

    @checked(cool_down_rule)
    def retrain_on_alarm(
        self,
        alarm: cloudwatch.IAlarm,
        *,
        cool_down: cdk.Duration | None = None,
        id: str = "Alarm",
    ) -> events.Rule:
        """Train again when an alarm goes off, such as one on the quality of answers.

        Args:
            alarm: The alarm; not one that rolls this endpoint back.
            cool_down: How long it starts no other release; 7 days at most. Default: 1 day.
            id: Id of the rule, below the release; needed from the second call on.

        Raises:
            OptionsError: With every invalid option, or if the alarm rolls this endpoint back.
        """
        self._refuse_rollback_alarm(alarm)
        pattern = events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            resources=[alarm.alarm_arn],
            detail={
                "state": {"value": ["ALARM"]},
                "previousState": {"value": [{"anything-but": ["ALARM"]}]},
            },
        )
        waits = {"CoolDownSeconds": seconds_of(cool_down, DAY_SECONDS)}
        return self._rule(id, pattern, "Retrain", "alarm", waits)

    @checked()
    def grant_retrain(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` train again, roll back and abort, as ``automlv2 retrain`` does.

        It is the right to invoke the function of the stack, which does these for all releases
        there; grant it to pipelines and operators.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunction"],
            resource_arns=[self._provider.function.function_arn],
        )

    def _rule(
        self, id: str, pattern: events.EventPattern, task: str, kind: str, waits: dict[str, int]
    ) -> events.Rule:
        """Make a rule that invokes the function, which that rule alone is permitted to."""
        request = self._task(task, kind, events.EventField.from_path("$.id")) | waits
        target = targets.LambdaFunction(
            self._provider.function, event=events.RuleTargetInput.from_object(request)
        )
        words = f"Trains {self.key} again"
        rule = events.Rule(self, id, description=words, event_pattern=pattern, targets=[target])
        stack = self._provider.stack
        Acknowledgements.of(stack).add(rule.node.default_child, [TRIGGER])
        return rule

    def _task(self, task: str, kind: str, trigger_id: str) -> dict[str, Any]:
        return {"Task": task, "Key": self.key, "Trigger": {"Kind": kind, "Id": trigger_id}}

    def _refuse_own_output(self, bucket: s3.IBucket, prefix: str) -> None:
        """Refuse a place that jobs write to: each release would start the next.

        Raises:
            OptionsError: If it is one.
        """
        written = self._job.output_uri
        if is_token(prefix) or not written.startswith(f"s3://{bucket.bucket_name}/{prefix}"):
            return
        rule = "must be none that the release's own output begins with: each would start the next"
        fix = f"it writes to {written}" if not is_token(written) else "name the folder of the data"
        raise OptionsError(self.node.path, (OptionFault("prefix", rule, prefix, fix),))

    def _refuse_rollback_alarm(self, alarm: cloudwatch.IAlarm) -> None:
        """Refuse an alarm that takes the endpoint back: a release would follow each rollback.

        Raises:
            OptionsError: If it is one.
        """
        deployment = self._endpoint.part.properties().get("DeploymentConfig") or {}
        alarms = (deployment.get("AutoRollbackConfiguration") or {}).get("Alarms") or []
        if alarm.alarm_name in [item.get("AlarmName") for item in alarms]:
            rule = "must be another one than those that roll this endpoint back"
            fix = "the former release serves by then; use an alarm on the quality of answers"
            raise OptionsError(self.node.path, (OptionFault("alarm", rule, alarm.node.path, fix),))
