"""``AutoMLImageClassificationConfig``: classify pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdk_automlv2._core.display import shown
from cdk_automlv2.errors import raise_if_any
from cdk_automlv2.problem_configs.base import COMPLETION, ProblemConfig
from cdk_automlv2.problem_configs.batch import BatchFormat
from cdk_automlv2.problem_configs.serving import Serving

if TYPE_CHECKING:
    import aws_cdk as cdk

_BATCH = BatchFormat(
    content_type=None,
    split_type="None",
    assemble_with="None",
    batch_strategy=None,
    joins=False,
)
_SERVING = Serving(
    serverless_doubts=(
        (
            "serverless-images",
            "serverless inference takes requests of 4 MB at most: larger pictures are refused",
        ),
    ),
)


@shown
@dataclass(frozen=True)
class AutoMLImageClassificationConfig(ProblemConfig):
    """An image classification problem.

    Pictures are .png, .jpg or .jpeg, in one folder per class, in a manifest, or in an augmented
    manifest; the objective is Accuracy.

    Attributes:
        max_candidates: Models to train; 1 is all the service makes. Default: 1.
        max_runtime_per_training_job_in_seconds: Longest run of a training job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: SageMaker decides.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: 30 days, the service's limit.

    Raises:
        OptionsError: If a value is out of range.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ImageClassificationJobConfig.html

    Example:
        >>> config = AutoMLImageClassificationConfig(max_total_job_runtime_in_seconds=7200)
    """

    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | cdk.Duration | None = None
    max_total_job_runtime_in_seconds: int | cdk.Duration | None = None

    api_name: ClassVar[str] = "ImageClassificationJobConfig"
    paths: ClassVar[Mapping[str, str]] = COMPLETION
    s3_data_types: ClassVar[tuple[str, ...]] = ("S3Prefix", "ManifestFile", "AugmentedManifestFile")
    content_types: ClassVar[tuple[str, ...]] = ("image/*", "image/png", "image/jpeg")

    @property
    def serving(self) -> Serving:
        """What serving a candidate takes."""
        return _SERVING

    @property
    def _batch(self) -> BatchFormat:
        """How a candidate takes whole files."""
        return _BATCH

    def __post_init__(self) -> None:
        raise_if_any("AutoMLImageClassificationConfig", self._problems())

    def metrics(self) -> tuple[str, ...] | None:
        """Return the one objective metric there is."""
        return ("Accuracy",)

    def is_classifier(self) -> bool:
        """Return that it is."""
        return True
