"""``AutoMLTabularConfig``: predict one column of a table from the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdk_automlv2._core.closed_sets import Mode, ProblemType, TabularAlgorithm
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.problem_configs.base import COMPLETION, ProblemConfig
from cdk_automlv2.problem_configs.serving import Serving

if TYPE_CHECKING:
    import aws_cdk as cdk

ENSEMBLING_ALGORITHMS = (
    "catboost",
    "extra-trees",
    "fastai",
    "lightgbm",
    "linear-learner",
    "nn-torch",
    "randomforest",
    "xgboost",
)
HYPERPARAMETER_TUNING_ALGORITHMS = ("linear-learner", "mlp", "xgboost")
METRICS: Mapping[str, tuple[str, ...]] = {
    "Regression": ("MAE", "MSE", "R2", "RMSE"),
    "BinaryClassification": ("Accuracy", "AUC", "BalancedAccuracy", "F1", "Precision", "Recall"),
    "MulticlassClassification": (
        "Accuracy",
        "BalancedAccuracy",
        "F1macro",
        "PrecisionMacro",
        "RecallMacro",
    ),
}
_ALGORITHMS_BY_MODE = {
    "ENSEMBLING": ENSEMBLING_ALGORITHMS,
    "HYPERPARAMETER_TUNING": HYPERPARAMETER_TUNING_ALGORITHMS,
}


_SERVING_IN_AUTO = Serving(
    units=("CPU",),
    serverless_doubts=(
        (
            "serverless-auto-mode",
            "in mode AUTO SageMaker may choose candidates of several containers, which serverless "
            'inference refuses at deployment; set mode="ENSEMBLING" on the job',
        ),
    ),
)
_SERVING_IN_ANY = Serving(
    units=("CPU",),
    serverless_doubts=(
        (
            "serverless-auto-mode",
            "serverless inference refuses candidates of several containers, which mode "
            "HYPERPARAMETER_TUNING has",
        ),
    ),
)
_SERVING: Mapping[str, Serving] = {
    "AUTO": _SERVING_IN_AUTO,
    "ENSEMBLING": Serving(units=("CPU",), one_click_instance_type="ml.m5.12xlarge"),
    "HYPERPARAMETER_TUNING": Serving(
        units=("CPU",),
        serverless_fault=(
            "must have one container; candidates of HYPERPARAMETER_TUNING have two or three",
            'use an InstanceVariant, or mode="ENSEMBLING"',
        ),
    ),
}
"""By mode; another one is a token."""


@shown
@dataclass(frozen=True)
class AutoMLTabularConfig(ProblemConfig):
    """A tabular problem: predict one column of a table from the others.

    Attributes:
        target_attribute_name: Column to predict.
        algorithms_config: Algorithms to try; needs ``mode`` ENSEMBLING (catboost, extra-trees,
            fastai, lightgbm, linear-learner, nn-torch, randomforest, xgboost) or
            HYPERPARAMETER_TUNING (linear-learner, mlp, xgboost). Default: all of the mode.
        feature_specification_s3_uri: ``s3://…`` of a JSON file that selects and types the
            features. Default: every column, types found by SageMaker.
        generate_candidate_definitions_only: Whether to write notebooks instead of training; such
            a job has no candidate to deploy. Default: False.
        mode: AUTO, ENSEMBLING or HYPERPARAMETER_TUNING. Default: AUTO, which is ENSEMBLING below
            100 MB.
        problem_type: BinaryClassification, MulticlassClassification or Regression; needs the
            job's ``job_objective``, and the other way round. Default: SageMaker infers it.
        sample_weight_attribute_name: Column of row weights; ENSEMBLING only. Default: none.
        max_candidates: Models to train; 1 to 750. Default: SageMaker decides.
        max_runtime_per_training_job_in_seconds: Longest run of one training job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: SageMaker decides.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds or a
            ``cdk.Duration``, 1 s or more. The best model found by then wins. Default: 30 days, the
            service's limit.

    Raises:
        OptionsError: If a value is out of range or two do not go together; tokens are checked by
            the service.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TabularJobConfig.html

    Example:
        >>> config = AutoMLTabularConfig("churned", max_total_job_runtime_in_seconds=7200)
        >>> config.to_request_dict()["TabularJobConfig"]["TargetAttributeName"]
        'churned'
    """

    target_attribute_name: str
    algorithms_config: Sequence[TabularAlgorithm] | None = None
    feature_specification_s3_uri: str | None = None
    generate_candidate_definitions_only: bool | None = None
    mode: Mode | None = None
    problem_type: ProblemType | None = None
    sample_weight_attribute_name: str | None = None
    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | cdk.Duration | None = None
    max_total_job_runtime_in_seconds: int | cdk.Duration | None = None

    api_name: ClassVar[str] = "TabularJobConfig"
    required: ClassVar[tuple[str, ...]] = ("target_attribute_name",)
    s3_data_types: ClassVar[tuple[str, ...]] = ("S3Prefix", "ManifestFile")
    takes_gzip: ClassVar[bool] = True
    one_candidate: ClassVar[bool] = False
    columns: ClassVar[tuple[str, ...]] = ("target_attribute_name", "sample_weight_attribute_name")
    paths: ClassVar[Mapping[str, str]] = {
        "target_attribute_name": "TargetAttributeName",
        "algorithms_config": "CandidateGenerationConfig.AlgorithmsConfig[].AutoMLAlgorithms",
        "feature_specification_s3_uri": "FeatureSpecificationS3Uri",
        "generate_candidate_definitions_only": "GenerateCandidateDefinitionsOnly",
        "mode": "Mode",
        "problem_type": "ProblemType",
        "sample_weight_attribute_name": "SampleWeightAttributeName",
        **COMPLETION,
    }

    def __post_init__(self) -> None:
        raise_if_any("AutoMLTabularConfig", self._problems())

    def metrics(self) -> tuple[str, ...] | None:
        """Return the objective metrics of the problem type; ``None`` without one."""
        return METRICS.get(self.problem_type or "")

    def objective_faults(self, metric: str | None) -> Iterator[OptionFault]:
        """Yield what is wrong with an objective metric, which goes with a problem type."""
        if is_token(self.problem_type):
            return
        if (self.problem_type is None) == (metric is None):
            yield from super().objective_faults(metric)
            return
        names = ("job_objective", "problem_config.problem_type")
        given, missing = names if metric else names[::-1]
        rule = f"must be given together with {missing}"
        yield OptionFault(given, rule, metric or self.problem_type)

    @property
    def kind(self) -> str:
        """What errors call the kind of problem."""
        return self.problem_type or super().kind

    @property
    def makes_candidates(self) -> bool:
        """Whether a job trains, and does not only write notebooks."""
        return self.generate_candidate_definitions_only is not True

    @property
    def further_inputs(self) -> tuple[str, ...]:
        """The feature specification."""
        uri = self.feature_specification_s3_uri
        return () if uri is None else (uri,)

    @property
    def serving(self) -> Serving:
        """What serving a candidate takes, which depends on the mode."""
        return _SERVING_IN_AUTO if self.mode is None else _SERVING.get(self.mode, _SERVING_IN_ANY)

    def is_classifier(self) -> bool | None:
        """Return whether the problem type is a classification; ``None`` if the data decide."""
        if self.problem_type is None or is_token(self.problem_type):
            return None
        return self.problem_type != "Regression"

    def _rules(self) -> Iterator[OptionFault]:
        if is_token(self.mode):
            return
        if self.algorithms_config is not None and not is_token(self.algorithms_config):
            yield from self._algorithm_rules(self.algorithms_config)
        if self.sample_weight_attribute_name is not None and self.mode != "ENSEMBLING":
            yield OptionFault(
                "sample_weight_attribute_name",
                "can be used only with mode='ENSEMBLING'",
                self.sample_weight_attribute_name,
                f"mode is {self.mode!r}",
            )

    def _algorithm_rules(self, algorithms: Sequence[str]) -> Iterator[OptionFault]:
        if not algorithms:
            yield OptionFault("algorithms_config", "must name 1 algorithm or more", algorithms)
        allowed = _ALGORITHMS_BY_MODE.get(self.mode or "")
        if allowed is None:
            yield OptionFault(
                "algorithms_config",
                "can be used only with mode='ENSEMBLING' or mode='HYPERPARAMETER_TUNING'",
                algorithms,
                f"mode is {self.mode!r}",
            )
            return
        for index, name in enumerate(algorithms):
            if name not in allowed and not is_token(name):
                yield OptionFault(
                    f"algorithms_config[{index}]",
                    f"must be one of {', '.join(allowed)} with mode={self.mode!r}",
                    name,
                )
