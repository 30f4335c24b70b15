"""A version of the model registry, which a model is made of as of a job's candidate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.options import Rule
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.elsewhere import TrainedElsewhere
from cdk_automlv2.job.output import AutoMLOutput, given_output
from cdk_automlv2.problem_configs import ProblemConfig

_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[a-z0-9-]+):\d{12}:model-package/"
    r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/[1-9]\d*"
)
_EXAMPLE = "arn:aws:sagemaker:REGION:ACCOUNT:model-package/GROUP/VERSION"
_DIGEST = re.compile(r"[a-z2-7]{32}")


def package_rule(model_package_arn: str, scope: Construct) -> Iterator[OptionFault]:
    """The ARN of a version, of the stack's Region."""
    found = _ARN.fullmatch(model_package_arn)
    if found is None:
        rule = f"must be the ARN of a version, such as {_EXAMPLE}"
        yield OptionFault("model_package_arn", rule, model_package_arn)
        return
    region = cdk.Stack.of(scope).region
    if not is_token(region) and found["region"] != region:
        yield OptionFault(
            "model_package_arn",
            f"must be of this stack's Region, {region}: SageMaker serves no version of another",
            model_package_arn,
            "register it there too, or use AutoMLModel.from_lock, which copies artifacts",
        )


def digest_rule(containers_digest: str | None) -> Iterator[OptionFault]:
    """What the function says that containers have."""
    if containers_digest is not None and not _DIGEST.fullmatch(containers_digest):
        rule = "must be 32 characters of a-z and 2-7, as a failed deployment prints it"
        yield OptionFault("containers_digest", rule, containers_digest)


PACKAGE_RULES: tuple[Rule, ...] = (package_rule, digest_rule)


class PackagedCandidate(TrainedElsewhere):
    """Stands where a job stands: its winner is what a version of the registry holds.

    Args:
        arn: ARN of the version.
        digest: What its containers must have. Default: what the version itself says.
        artifacts: Where its artifacts lie, if that is known.
        problem_config: What it predicts, if that is known.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        arn: str,
        digest: str | None,
        artifacts: AutoMLOutput | s3.IBucket | None,
        problem_config: ProblemConfig | None,
    ) -> None:
        super().__init__(scope, id, problem_config)
        self._arn = arn
        self._digest = digest
        self._output = given_output(None, artifacts, None)

    def _locked_properties(self, rights_of: Construct) -> dict[str, Any]:
        """Return what the model's resource says besides; the function may describe the version."""
        rights = self._provider.policy.for_user(rights_of)
        rights.describe_model_package(self._arn)
        said = {"ModelPackage": self._arn, "ContainersDigest": self._digest}
        return {name: value for name, value in said.items() if value is not None}

    def _require_output(self) -> S3Location:
        """Return where the artifacts lie.

        Raises:
            OptionsError: If that is not known.
        """
        if self._output is None:
            rule = "must be given, so that the containers are granted to read them"
            fault = OptionFault("artifacts", rule, None, "name their bucket, or give a role by ARN")
            raise OptionsError("from_model_package", (fault,))
        return self._output
