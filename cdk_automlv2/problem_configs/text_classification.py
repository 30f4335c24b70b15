"""``AutoMLTextClassificationConfig``: classify texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdk_automlv2._core.display import shown
from cdk_automlv2.errors import raise_if_any
from cdk_automlv2.problem_configs.base import COMPLETION, ProblemConfig

if TYPE_CHECKING:
    import aws_cdk as cdk


@shown
@dataclass(frozen=True)
class AutoMLTextClassificationConfig(ProblemConfig):
    """A text classification problem; the objective is Accuracy.

    Attributes:
        content_column: Column of the texts; 1 to 256 characters.
        target_label_column: Column of the classes, another one; 1 to 256 characters.
        max_candidates: Models to train; 1 is all the service makes. Default: 1.
        max_runtime_per_training_job_in_seconds: Longest run of a training job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: SageMaker decides.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: 30 days, the service's limit.

    Raises:
        OptionsError: If a value is out of range or both columns are one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TextClassificationJobConfig.html

    Example:
        >>> config = AutoMLTextClassificationConfig("question", target_label_column="department")
    """

    content_column: str
    target_label_column: str
    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | cdk.Duration | None = None
    max_total_job_runtime_in_seconds: int | cdk.Duration | None = None

    api_name: ClassVar[str] = "TextClassificationJobConfig"
    required: ClassVar[tuple[str, ...]] = ("content_column", "target_label_column")
    columns: ClassVar[tuple[str, ...]] = required
    paths: ClassVar[Mapping[str, str]] = {
        "content_column": "ContentColumn",
        "target_label_column": "TargetLabelColumn",
        **COMPLETION,
    }

    def __post_init__(self) -> None:
        raise_if_any("AutoMLTextClassificationConfig", self._problems())

    def metrics(self) -> tuple[str, ...] | None:
        """Return the one objective metric there is."""
        return ("Accuracy",)

    def is_classifier(self) -> bool:
        """Return that it is."""
        return True
