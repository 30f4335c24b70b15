"""``ModelRegistration``: how a candidate becomes a version in the model registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.common_rules import removal_policy_rule
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import field_faults, rule_faults
from cdk_automlv2.errors import OptionFault, raise_if_any

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_sagemaker as sagemaker

ApprovalStatus = Literal["Approved", "PendingManualApproval"]


def group_rule(group: sagemaker.CfnModelPackageGroup | str) -> Iterator[OptionFault]:
    """A name of this account's group."""
    if isinstance(group, str):
        shape = service_model.shape_at("CreateModelPackageGroup", "ModelPackageGroupName")
        yield from service_model.problems("group", group, shape)


@shown
@dataclass(frozen=True)
class ModelRegistration:
    """How a candidate becomes a version in the model registry.

    Attributes:
        group: The model package group, of this account and Region, or its name. A group of this
            app should be retained, like its versions.
        approval_status: Approved or PendingManualApproval, of a new version; what people decide
            about it later stays. Default: PendingManualApproval.
        content_types: Types of requests that the version says it takes. Default: text/csv.
        response_types: Types of responses. Default: text/csv.
        removal_policy: DESTROY deletes the version when the model, or its construct, is replaced or
            deleted. Default: RETAIN.

    Raises:
        OptionsError: With every invalid field.

    Example:
        >>> registered = AutoMLModel(
        ...     stack,
        ...     "Registered",
        ...     job=job,
        ...     register_in=ModelRegistration("churn", approval_status="Approved"),
        ... )
    """

    group: sagemaker.CfnModelPackageGroup | Annotated[str, KNOWN_AT_SYNTH]
    approval_status: ApprovalStatus = "PendingManualApproval"
    content_types: Sequence[str] = field(default=("text/csv",), kw_only=True)
    response_types: Sequence[str] = field(default=("text/csv",), kw_only=True)
    removal_policy: cdk.RemovalPolicy | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        faults = field_faults(self, lambda _name, _value: ())
        wrong = {fault.path.partition("[")[0] for fault in faults}
        values = {"group": self.group, "removal_policy": self.removal_policy}
        broken = rule_faults((group_rule, removal_policy_rule), values, wrong)
        raise_if_any(type(self).__name__, [*faults, *broken])

    @property
    def stays(self) -> bool:
        """Whether versions outlive what they stand for."""
        from cdk_automlv2._core.retention import stays

        return self.removal_policy is None or stays(self.removal_policy)

    @property
    def group_name(self) -> str:
        """Name of the group."""
        return self.group if isinstance(self.group, str) else self.group.model_package_group_name

    def to_request(self) -> dict[str, Any]:
        """Return what the function is told."""
        return {
            "ModelPackageGroupName": self.group_name,
            "ModelApprovalStatus": self.approval_status,
            "ContentTypes": list(self.content_types),
            "ResponseTypes": list(self.response_types),
            "Retain": "true" if self.stays else "false",
        }
