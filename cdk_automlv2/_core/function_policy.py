"""What the function may do: collected while the app is built, rendered once at synth.

Plain data rather than one ``PolicyStatement`` a wish: each of those is a trip into Node, and an
app of a hundred jobs has hundreds of wishes that come down to a dozen statements.
"""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.tokens import is_token

_TAGGING = ("AddTags", "DeleteTags", "ListTags")
_ACTIONS = {
    "automl-job": ("CreateAutoMLJobV2", "DescribeAutoMLJobV2", "StopAutoMLJob", *_TAGGING),
    "model": ("CreateModel", "DescribeModel", "DeleteModel", *_TAGGING),
    "endpoint-config": (
        "CreateEndpointConfig",
        "DescribeEndpointConfig",
        "DeleteEndpointConfig",
        "CreateEndpoint",
        "UpdateEndpoint",
        *_TAGGING,
    ),
    "endpoint": (
        "CreateEndpoint",
        "DescribeEndpoint",
        "UpdateEndpoint",
        "DeleteEndpoint",
        *_TAGGING,
    ),
}

_LISTS = ("ListAutoMLJobs", "ListCandidatesForAutoMLJob", "ListEndpointConfigs", "ListModels")


class FunctionPolicy:
    """The policy document of the function; every wish counts once.

    Args:
        name_scope: Mark of the stack, which all names made at deployment bear.
        state_machine_arn: The state machine it may start.
        log_group_arn: Where it may write.
    """

    def __init__(self, name_scope: str, state_machine_arn: str, log_group_arn: str) -> None:
        self._log_group_arn = log_group_arn
        self._state_machine_arn = state_machine_arn
        self._names = {kind: {_arn(kind, f"*-{name_scope}*"): None} for kind in _ACTIONS}
        self._roles: list[RoleGrants] = []
        self._keys: dict[str, None] = {}
        self._foreign_jobs: dict[str, None] = {}
        self._written: dict[str, None] = {}
        self._read: dict[str, None] = {}
        self._deleted: dict[str, None] = {}
        self._prefixes: dict[str, dict[str, None]] = {}

    def pass_role(self, role: RoleGrants) -> None:
        """Let it hand this role to SageMaker."""
        self._roles.append(role)

    def list_objects(self, location: S3Location) -> None:
        """Let it list training data, to tell whether they have changed."""
        self._prefixes.setdefault(location.bucket_arn, {})[f"{location.prefix}*"] = None

    def own(self, kind: str, name: str) -> None:
        """Let it own a thing whose name the user chose; ``kind`` as in its ARN."""
        self._names[kind][_arn(kind, _as_in_arns(name))] = None

    def describe_job(self, name: str) -> None:
        """Let it look at a job that it does not own."""
        self._foreign_jobs[_arn("automl-job", _as_in_arns(name))] = None

    def write_objects(self, location: S3Location) -> None:
        """Let it write below a location."""
        self._written[location.objects_arn] = None

    def delete_objects(self, location: S3Location) -> None:
        """Let it delete what it has written below a location."""
        self.list_objects(location)
        self._deleted[location.objects_arn] = None

    def read_objects(self, arn: str) -> None:
        """Let it read objects."""
        self._read[arn] = None

    def create_grant(self, key_arn: str) -> None:
        """Let SageMaker, on its behalf, use a key for volumes."""
        self._keys[key_arn] = None

    def render(self) -> dict[str, Any]:
        """Return the document."""
        statements = [
            _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [self._log_group_arn]),
            _allow(["states:StartExecution"], [self._state_machine_arn]),
            _allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
            _allow(
                ["cloudformation:DescribeStackResource", "cloudformation:DescribeStacks"],
                [cdk.Aws.STACK_ID],
            ),
            _allow([f"sagemaker:{name}" for name in _LISTS], ["*"]),
        ]
        for kind, arns in self._names.items():
            statements.append(_allow([f"sagemaker:{name}" for name in _ACTIONS[kind]], list(arns)))
        for bucket_arn, prefixes in self._prefixes.items():
            condition = None if "*" in prefixes else {"StringLike": {"s3:prefix": list(prefixes)}}
            statements.append(_allow(["s3:ListBucket"], [bucket_arn], condition))
        for action, arns in (
            ("sagemaker:DescribeAutoMLJobV2", self._foreign_jobs),
            ("s3:PutObject", self._written),
            ("s3:GetObject", self._read),
            ("s3:DeleteObject", self._deleted),
        ):
            if arns:
                statements.append(_allow([action], list(arns)))
        if self._roles:
            service = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
            passed = list(dict.fromkeys(role.known_arn for role in self._roles))
            statements.append(_allow(["iam:PassRole"], passed, service))
        if self._keys:
            statements.append(_allow(["kms:CreateGrant", "kms:DescribeKey"], list(self._keys)))
        return {"Version": "2012-10-17", "Statement": statements}


def _allow(
    actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": actions[0] if len(actions) == 1 else actions,
        "Resource": resources[0] if len(resources) == 1 else resources,
        **({"Condition": condition} if condition else {}),
    }


def _as_in_arns(name: str) -> str:
    return name if is_token(name) else name.lower()


def _arn(kind: str, name: str) -> str:
    place = f"{cdk.Aws.PARTITION}:sagemaker:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    return f"arn:{place}:{kind}/{name}"
