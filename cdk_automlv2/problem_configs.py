"""What to predict, and how: one frozen dataclass for each kind of problem.

Fields, their order and defaults are those of the SageMaker SDK's AutoMLV2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from cdk_automlv2 import service_model
from cdk_automlv2._jsii import is_token
from cdk_automlv2.errors import Problem, raise_if_any

_COMPLETION: Mapping[str, str] = {
    "max_candidates": "CompletionCriteria.MaxCandidates",
    "max_runtime_per_training_job_in_seconds": (
        "CompletionCriteria.MaxRuntimePerTrainingJobInSeconds"
    ),
    "max_total_job_runtime_in_seconds": "CompletionCriteria.MaxAutoMLJobRuntimeInSeconds",
}


class ProblemConfig:
    """What all problem configurations share: the way to and from the API's form."""

    api_name: ClassVar[str]
    """Member of ``AutoMLProblemTypeConfig``."""

    paths: ClassVar[Mapping[str, str]]
    """Field → its place below ``api_name``; ``[]`` stands for the only item of a list."""

    max_total_job_runtime_in_seconds: int | None

    def to_request_dict(self) -> dict[str, Any]:
        """Return the API's ``AutoMLProblemTypeConfig``: one member, without what is not set."""
        request: dict[str, Any] = {}
        for name, path in self.paths.items():
            value = getattr(self, name)
            if value is not None:
                _put(request, path, list(value) if isinstance(value, tuple) else value)
        return {self.api_name: request}

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> Self:
        """Return the configuration that ``api_problem_type_config`` describes.

        Args:
            api_problem_type_config: ``AutoMLProblemTypeConfig`` as DescribeAutoMLJobV2 returns
                it, or its single member.
        """
        body = api_problem_type_config.get(cls.api_name, api_problem_type_config)
        return cls(**{name: _get(body, path) for name, path in cls.paths.items()})

    def _problems(self) -> Iterator[Problem]:
        """Yield every broken limit, then every broken rule between fields."""
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            path = f"AutoMLProblemTypeConfig.{self.api_name}.{self.paths[item.name]}"
            shape = service_model.shape_at("CreateAutoMLJobV2", path)
            if value is None and item.name in self._required():
                yield Problem(item.name, "must be set", None)
            yield from service_model.problems(item.name, value, shape)
        yield from self._rules()

    def _rules(self) -> Iterator[Problem]:
        yield from ()

    @classmethod
    def _required(cls) -> tuple[str, ...]:
        return ()


def _put(target: dict[str, Any], path: str, value: Any) -> None:
    head, _, rest = path.partition(".")
    if not rest:
        target[head] = value
    elif head.endswith("[]"):
        items = target.setdefault(head.removesuffix("[]"), [{}])
        _put(items[0], rest, value)
    else:
        _put(target.setdefault(head, {}), rest, value)


def _get(source: Mapping[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    value = source.get(head.removesuffix("[]"))
    if head.endswith("[]"):
        value = value[0] if value else None
    return _get(value, rest) if rest and value is not None else (None if rest else value)


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
_ALGORITHMS_BY_MODE = {
    "ENSEMBLING": ENSEMBLING_ALGORITHMS,
    "HYPERPARAMETER_TUNING": HYPERPARAMETER_TUNING_ALGORITHMS,
}


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
        max_runtime_per_training_job_in_seconds: Longest run of one training job; seconds, 1 or
            more. Default: SageMaker decides.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds, 1 or more. The
            best model found by then wins. Default: 30 days, the service's limit.

    Raises:
        OptionsError: If a value is out of range or two do not go together; tokens are checked by
            the service.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TabularJobConfig.html
    """

    target_attribute_name: str
    algorithms_config: list[str] | None = None
    feature_specification_s3_uri: str | None = None
    generate_candidate_definitions_only: bool | None = None
    mode: str | None = None
    problem_type: str | None = None
    sample_weight_attribute_name: str | None = None
    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | None = None
    max_total_job_runtime_in_seconds: int | None = None

    api_name: ClassVar[str] = "TabularJobConfig"
    paths: ClassVar[Mapping[str, str]] = {
        "target_attribute_name": "TargetAttributeName",
        "algorithms_config": "CandidateGenerationConfig.AlgorithmsConfig[].AutoMLAlgorithms",
        "feature_specification_s3_uri": "FeatureSpecificationS3Uri",
        "generate_candidate_definitions_only": "GenerateCandidateDefinitionsOnly",
        "mode": "Mode",
        "problem_type": "ProblemType",
        "sample_weight_attribute_name": "SampleWeightAttributeName",
        **_COMPLETION,
    }

    def __post_init__(self) -> None:
        raise_if_any("AutoMLTabularConfig", self._problems())

    @classmethod
    def _required(cls) -> tuple[str, ...]:
        return ("target_attribute_name",)

    def _rules(self) -> Iterator[Problem]:
        if is_token(self.mode):
            return
        if self.algorithms_config is not None and not is_token(self.algorithms_config):
            yield from self._algorithm_rules(self.algorithms_config)
        if self.sample_weight_attribute_name is not None and self.mode != "ENSEMBLING":
            yield Problem(
                "sample_weight_attribute_name",
                "can be used only with mode='ENSEMBLING'",
                self.sample_weight_attribute_name,
                f"mode is {self.mode!r}",
            )

    def _algorithm_rules(self, algorithms: list[str]) -> Iterator[Problem]:
        if not algorithms:
            yield Problem("algorithms_config", "must name 1 algorithm or more", algorithms)
        allowed = _ALGORITHMS_BY_MODE.get(self.mode or "")
        if allowed is None:
            yield Problem(
                "algorithms_config",
                "can be used only with mode='ENSEMBLING' or mode='HYPERPARAMETER_TUNING'",
                algorithms,
                f"mode is {self.mode!r}",
            )
            return
        for index, name in enumerate(algorithms):
            if name not in allowed and not is_token(name):
                yield Problem(
                    f"algorithms_config[{index}]",
                    f"must be one of {', '.join(allowed)} with mode={self.mode!r}",
                    name,
                )
