"""Releases and the model registry: registered once the gates have passed, served once approved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sagemaker as sagemaker

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.options import checked
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.release.model_registration import ApprovalStatus, ModelRegistration, group_rule
from cdk_automlv2.release.registered import bind_registration
from cdk_automlv2.release.retraining import ReleaseRetraining

_DETAIL_TYPE = "SageMaker Model Package State Change"


class ReleaseRegistration(ReleaseRetraining):
    """Registers the candidates of a release."""

    _resource: cdk.CfnResource
    _is_registered = False

    @checked(group_rule)
    def register_in(
        self,
        group: sagemaker.CfnModelPackageGroup | Annotated[str, KNOWN_AT_SYNTH],
        *,
        approval_status: ApprovalStatus = "PendingManualApproval",
        content_types: Sequence[str] = ("text/csv",),
        response_types: Sequence[str] = ("text/csv",),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        id: str = "Approved",
    ) -> events.Rule | None:
        """Make each candidate that has passed the gates a version in the model registry.

        A version has the containers as they are served, the candidate's reports as its metrics, and
        objective, job and release as its customer properties. With ``Approved`` the release goes on
        and serves it. With ``PendingManualApproval`` it ends as undecided, and the version serves
        once somebody approves it there: if it still has the containers that were registered, and
        nothing newer serves by then.

        Args:
            group: The model package group, of this account and Region, or its name. A group of this
                app should be retained, like its versions.
            approval_status: Approved or PendingManualApproval. Default: PendingManualApproval.
            content_types: Types of requests that the version says it takes. Default: text/csv.
            response_types: Types of responses. Default: text/csv.
            removal_policy: DESTROY deletes the versions with the construct. Default: RETAIN.
            id: Id of the rule for approvals, below the release.

        Returns:
            The rule that hears of approvals; ``None`` where none is waited for.

        Raises:
            OptionsError: With every invalid option, or if there is a group already.
        """
        if self._is_registered:
            fault = OptionFault("group", "must be one group only", "a second one")
            raise OptionsError(self.node.path, (fault,))
        self._is_registered = True
        registration = ModelRegistration(
            group,
            approval_status,
            content_types=content_types,
            response_types=response_types,
            removal_policy=removal_policy,
        )
        name = registration.group_name
        self._resource.add_property_override("Registration", registration.to_request())
        bind_registration(registration, self, self._provider, self._resource)
        return self._approvals(id, name) if approval_status != "Approved" else None

    def _approvals(self, id: str, group: str) -> events.Rule:
        """Make the rule that lets the function look at a version that was approved."""
        pattern = events.EventPattern(
            source=["aws.sagemaker"],
            detail_type=[_DETAIL_TYPE],
            detail={"ModelPackageGroupName": [group], "ModelApprovalStatus": ["Approved"]},
        )
        task: dict[str, Any] = self._task("Approval", "approval", events.EventField.event_id)
        package = events.EventField.from_path("$.detail.ModelPackageArn")
        target = targets.LambdaFunction(
            self._provider.function,
            event=events.RuleTargetInput.from_object({**task, "Package": package}),
        )
        words = f"Serves what is approved of {self.key}"
        return events.Rule(self, id, description=words, event_pattern=pattern, targets=[target])
