"""What all problem configurations share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import field_checks
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import settle
from cdk_automlv2._core.s3_uri import uri_problems
from cdk_automlv2._core.tokens import is_resolvable, is_token
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.problem_configs.batch import BatchFormat
from cdk_automlv2.problem_configs.serving import UNKNOWN, Serving

if TYPE_CHECKING:
    import aws_cdk as cdk

COMPLETION: Mapping[str, str] = {
    "max_candidates": "CompletionCriteria.MaxCandidates",
    "max_runtime_per_training_job_in_seconds": (
        "CompletionCriteria.MaxRuntimePerTrainingJobInSeconds"
    ),
    "max_total_job_runtime_in_seconds": "CompletionCriteria.MaxAutoMLJobRuntimeInSeconds",
}
_BY_LINE = BatchFormat()

CSV = "text/csv;header=present"
PARQUET = "x-application/vnd.amazon+parquet"


@shown
class ProblemConfig:
    """The way to and from the API's form, and what data a kind of problem can be learnt from.

    Example:
        >>> isinstance(AutoMLTabularConfig("churned"), ProblemConfig)
        True
    """

    api_name: ClassVar[str]
    """Member of ``AutoMLProblemTypeConfig``."""

    paths: ClassVar[Mapping[str, str]]
    """Field → its place below ``api_name``. ``A[].B`` is member B of the only item of list A;
    ``A[*].B`` spreads a list over member B of A's items."""

    required: ClassVar[tuple[str, ...]] = ()
    """Fields that must not be ``None``."""

    s3_data_types: ClassVar[tuple[str, ...]] = ("S3Prefix",)
    content_types: ClassVar[tuple[str, ...]] = (CSV, PARQUET)
    takes_gzip: ClassVar[bool] = False
    takes_validation: ClassVar[bool] = True
    one_candidate: ClassVar[bool] = True
    """Whether the service makes exactly one candidate of this kind."""

    reads_base_models: ClassVar[bool] = False
    """Whether jobs start from models that AWS keeps in a bucket of each Region."""

    columns: ClassVar[tuple[str, ...]] = ()
    """Fields that name columns, each another one."""

    max_total_job_runtime_in_seconds: int | cdk.Duration | None

    @property
    def serving(self) -> Serving:
        """What serving a candidate takes."""
        return UNKNOWN

    @property
    def _batch(self) -> BatchFormat:
        """How a candidate takes whole files."""
        return _BY_LINE

    @property
    def makes_candidates(self) -> bool:
        """Whether a job trains, and does not only write notebooks."""
        return True

    @property
    def further_inputs(self) -> tuple[str, ...]:
        """URIs of what a job reads beside its channels."""
        return ()

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

    @property
    def longest_seconds(self) -> int | None:
        """Longest run of the whole job; ``None`` if it is not set, or a token."""
        longest = self.max_total_job_runtime_in_seconds
        return None if is_token(longest) else cast("int | None", longest)

    def metrics(self) -> tuple[str, ...] | None:
        """Return the objective metrics that suit; ``None`` if that is not known."""
        return None

    def objective_faults(self, metric: str | None) -> Iterator[OptionFault]:
        """Yield what is wrong with an objective metric."""
        allowed = self.metrics()
        if metric is None or allowed is None or is_token(metric) or metric in allowed:
            return
        if allowed:
            rule = f"must be one of {', '.join(allowed)} for {self.kind}"
            yield OptionFault("job_objective['MetricName']", rule, metric)
        else:
            rule = f"cannot be used with {self.kind}, which has none"
            yield OptionFault("job_objective", rule, metric)

    @property
    def kind(self) -> str:
        """What errors call the kind of problem."""
        return self.api_name.removesuffix("JobConfig")

    def is_classifier(self) -> bool | None:
        """Return whether it predicts one of several labels; ``None`` if the data decide that."""
        return False

    def _problems(self) -> Iterator[OptionFault]:
        """Yield every wrong type, every broken limit, then every broken rule between fields."""
        settle(self)
        opaque: set[str] = set()
        for name, check in field_checks(type(self)).items():
            value = getattr(self, name)
            if value is None and name in self.required:
                yield OptionFault(name, "must be set", None)
                continue
            faults = list(check.faults(name, value))
            shape = self._shape(name)
            if faults or (is_resolvable(value) and shape.type_name in ("list", "map")):
                opaque.add(name)
            yield from faults or service_model.problems(name, value, shape)
            if name.endswith("s3_uri") and not faults:
                yield from uri_problems(name, value)
        clear = self._without(opaque)
        if self.one_candidate:
            yield from clear._one_candidate_rule()
        yield from clear._runtime_rule()
        yield from clear._column_rule()
        yield from clear._rules()

    def _without(self, names: set[str]) -> Self:
        """Return a copy in which those fields are not set: rules need not look for types."""
        if not names:
            return self
        copied = copy(self)
        for name in names:
            object.__setattr__(copied, name, None)
        return copied

    def _shape(self, name: str) -> Any:
        path = f"AutoMLProblemTypeConfig.{self.api_name}.{self.paths[name]}"
        if "[*]" not in path:
            return service_model.shape_at("CreateAutoMLJobV2", path)
        return service_model.spread_shape_at("CreateAutoMLJobV2", path)

    def _one_candidate_rule(self) -> Iterator[OptionFault]:
        most = getattr(self, "max_candidates", None)
        if most is not None and not is_token(most) and most != 1:
            yield OptionFault("max_candidates", "must be 1 for this kind of problem", most)

    def _runtime_rule(self) -> Iterator[OptionFault]:
        name = "max_runtime_per_training_job_in_seconds"
        single, whole = getattr(self, name), self.max_total_job_runtime_in_seconds
        if single is None or whole is None or is_token(single) or is_token(whole):
            return
        if single > whole:
            rule = f"must not be more than max_total_job_runtime_in_seconds, which is {whole}"
            yield OptionFault(name, rule, single)

    def _column_rule(self) -> Iterator[OptionFault]:
        first: dict[str, str] = {}
        for path, column in self._named_columns():
            if column in first:
                yield OptionFault(path, f"must be another column than {first[column]}", column)
            first.setdefault(column, path)

    def _named_columns(self) -> Iterator[tuple[str, str]]:
        for name in self.columns:
            value = getattr(self, name)
            several = isinstance(value, list | tuple) and not is_token(value)
            listed = [(f"{name}[{i}]", item) for i, item in enumerate(value)] if several else []
            for path, column in listed or [(name, value)]:
                if isinstance(column, str) and not is_token(column):
                    yield path, column

    def _rules(self) -> Iterator[OptionFault]:
        yield from ()


def _put(target: dict[str, Any], path: str, value: Any) -> None:
    head, _, rest = path.partition(".")
    if not rest:
        target[head] = value
    elif head.endswith("[*]"):
        target[head.removesuffix("[*]")] = [{rest: item} for item in value]
    elif head.endswith("[]"):
        items = target.setdefault(head.removesuffix("[]"), [{}])
        _put(items[0], rest, value)
    else:
        _put(target.setdefault(head, {}), rest, value)


def _get(source: Mapping[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    value = source.get(head.rstrip("[]*"))
    if not rest or value is None:
        return None if rest else value
    if head.endswith("[*]"):
        return [item.get(rest) for item in value]
    if head.endswith("[]"):
        value = value[0] if value else {}
    return _get(value, rest)
