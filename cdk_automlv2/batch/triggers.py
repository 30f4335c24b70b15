"""What begins a run besides the deployment: a schedule, a new object, or whoever is granted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2._core.display import Displayed
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.lazy import Producer
from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import TRIGGER
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.s3_uri import prefix_rule
from cdk_automlv2._core.tags import LateTags
from cdk_automlv2._core.tokens import is_token, without_none
from cdk_automlv2._core.triggers import SCHEDULER_ID, new_objects, schedule_of
from cdk_automlv2.batch.events import BatchEvents
from cdk_automlv2.batch.stack_transforms import StackTransforms
from cdk_automlv2.errors import OptionFault, OptionsError


class BatchTriggers(Displayed, BatchEvents):
    """The triggers of a batch transform."""

    _provider: AutoMLProvider
    _shared: StackTransforms
    _resource: cdk.CfnResource
    _role: RoleGrants | None
    _written: S3Location
    _settings: Mapping[str, Any]
    _tags: LateTags

    @checked()
    def run_on_schedule(
        self,
        schedule: scheduler.ScheduleExpression,
        *,
        id: str = "Schedule",
        enabled: bool = True,
    ) -> scheduler.CfnSchedule:
        """Run by a schedule, in its time zone; not while its former run is under way.

        Args:
            schedule: Such as ``scheduler.ScheduleExpression.cron(hour="3", minute="0",
                time_zone=cdk.TimeZone.EUROPE_BERLIN)``.
            id: Id of the schedule, below the batch transform; needed from the second call on.
            enabled: Whether it fires. Default: True.

        Raises:
            OptionsError: With every invalid option.
        """
        trigger = {"Kind": "schedule", "Id": SCHEDULER_ID}
        made = schedule_of(
            self,
            id,
            schedule,
            description=f"Runs {self.key}",
            enabled=enabled,
            function_arn=self._provider.function.function_arn,
            role=self._shared.scheduler_role,
            request=self._provider.stack.to_json_string({**self._task(), "Trigger": trigger}),
        )
        self._is_begun_by(made)
        return made

    @checked(prefix_rule)
    def run_on_new_objects(
        self, bucket: s3.IBucket, prefix: str = "", *, id: str = "NewObjects"
    ) -> events.Rule:
        """Run for each new object, which is then the input; its answer lies in ``output``.

        Each object is a run of its own, with instances of its own. The bucket must send its events
        to EventBridge. That is switched on for a ``Bucket`` of the app; of an imported one synth
        says so, since its other notifications would be replaced.

        Args:
            bucket: Where objects come; the model's role is granted to read them.
            prefix: What their keys begin with; not where answers are written. Default: any.
            id: Id of the rule, below the batch transform; needed from the second call on.

        Raises:
            OptionsError: With every invalid option, or if answers are written there.
        """
        self._refuse_own_output(bucket, prefix)
        pattern = new_objects(self, "run_on_new_objects", bucket, prefix)
        if self._role is not None:
            keys = () if bucket.encryption_key is None else (bucket.encryption_key,)
            self._role.allow_read(S3Location(f"s3://{bucket.bucket_name}/{prefix}", keys))
            self._role.apply_before(self._resource)
        rule = events.Rule(self, id, description=f"Runs {self.key}", event_pattern=pattern)
        resource = rule.node.default_child
        assert isinstance(resource, cdk.CfnResource)
        resource.add_property_override("Targets", [self._target()])
        self._provider.function.add_permission(
            f"{id}Permission",
            scope=self,
            principal=iam.ServicePrincipal("events.amazonaws.com"),
            source_arn=rule.rule_arn,
        )
        Acknowledgements.of(self._provider.stack).add(resource, [TRIGGER])
        self._is_begun_by(resource)
        return rule

    @checked()
    def grant_run(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` begin runs, by invoking the function of the stack; see docs/batch.md.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunction"],
            resource_arns=[self._provider.function.function_arn],
        )

    @property
    def run_request(self) -> str:
        """What the function is invoked with to begin a run, as JSON without a ``Trigger``; a token.

        Add ``"Trigger": {"Kind": "call", "Id": …}``; the same id begins one run.
        """
        return self._provider.stack.to_json_string(self._task())

    def _target(self) -> dict[str, Any]:
        """Return the function as the target of a rule.

        What the CDK makes of an input is settled when a target is added, tags of aspects are not.
        """
        run = self._provider.stack.to_json_string(self._run())
        # Without quotes EventBridge makes text of JSON of the values, whatever a key may hold.
        trigger = '{"Kind":"file","Id":<id>}'
        start = f'"Task":"StartTransform","Trigger":{trigger},"Bucket":<bucket>,"Key":<key>'
        places = {
            "id": "$.id",
            "bucket": "$.detail.bucket.name",
            "key": "$.detail.object.key",
        }
        return {
            "Arn": self._provider.function.function_arn,
            "Id": "Function",
            "InputTransformer": {
                "InputPathsMap": places,
                "InputTemplate": f'{{{start},"Run":{run}}}',
            },
        }

    def _task(self) -> dict[str, Any]:
        return {"Task": "StartTransform", "Run": self._run()}

    def _run(self) -> dict[str, Any]:
        return {
            "StackId": cdk.Aws.STACK_ID,
            "LogicalId": self._provider.stack.get_logical_id(self._resource),
            "Properties": cdk.Lazy.any(Producer(self._properties)),
        }

    def _properties(self) -> dict[str, Any]:
        """Return what a run needs, with the tags as they are once everything has been declared."""
        return without_none(**self._settings, Tags=self._tags.final())

    def _is_begun_by(self, trigger: cdk.CfnResource) -> None:
        """Let a trigger come after the construct, and go before it; its deletion looks twice."""
        trigger.add_resource_dependency(self._resource)
        self._resource.add_property_override("Triggered", True)
        self._provider.follow(trigger, self._resource)

    def _refuse_own_output(self, bucket: s3.IBucket, prefix: str) -> None:
        """Refuse a place that answers are written to: each would start the next run.

        Raises:
            OptionsError: If it is one.
        """
        written = self._written.uri
        watched = f"s3://{bucket.bucket_name}/{prefix}"
        if is_token(prefix) or not (written.startswith(watched) or watched.startswith(written)):
            return
        rule = "must be no place below or above the output: each answer could start a run"
        fix = None if is_token(written) else f"answers are written to {written}"
        raise OptionsError(self.node.path, (OptionFault("prefix", rule, prefix, fix),))
