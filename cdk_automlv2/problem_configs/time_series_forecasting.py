"""``AutoMLTimeSeriesForecastingConfig``: forecast many series at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdk_automlv2._core.closed_sets import ForecastingAlgorithm
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.problem_configs.base import COMPLETION, ProblemConfig
from cdk_automlv2.problem_configs.batch import BatchFormat
from cdk_automlv2.problem_configs.countries import COUNTRIES
from cdk_automlv2.problem_configs.serving import Serving

if TYPE_CHECKING:
    import aws_cdk as cdk

ALGORITHMS = ("cnn-qr", "deepar", "prophet", "npts", "arima", "ets")
METRICS = ("AverageWeightedQuantileLoss", "MAPE", "MASE", "RMSE", "WAPE")
LONGEST_HORIZON = 500
_FILLS = ("zero", "value", "median", "mean", "min", "max")
_TARGET_FILLS = (*_FILLS, "nan")
_CODE = re.compile("[A-Z]{2}")


_BATCH = BatchFormat(
    split_type="None",
    assemble_with="None",
    batch_strategy=None,
    max_payload_in_mb=0,
    invocations_timeout=3600,
    joins=False,
    is_whole=True,
)
_SERVING = Serving(units=("CPU",), one_click_instance_type="ml.m5.12xlarge")


@shown
@dataclass(frozen=True)
class AutoMLTimeSeriesForecastingConfig(ProblemConfig):
    """A forecasting problem: the next steps of every series, with quantiles.

    Attributes:
        forecast_frequency: Length of a step: an integer and Y, M, W, D, H or min, such as 1D or
            15min; use the largest unit that fits (1H, not 60min).
        forecast_horizon: Steps to forecast; 1 to 500, and a quarter of the steps in the data at
            most.
        item_identifier_attribute_name: Column that identifies the series; 1 to 256 characters.
        target_attribute_name: Column to forecast; numbers.
        timestamp_attribute_name: Column of the times; 1 to 256 characters.
        grouping_attribute_names: Columns that, with the identifier, make up a series; 1 to 5.
            Default: none.
        feature_specification_s3_uri: ``s3://…`` of a JSON file that selects and types the
            features. Default: every other column.
        forecast_quantiles: p1 to p99; 1 to 5 of them. Default: p10, p50, p90.
        holiday_config: Country codes of the holiday calendar, such as ["US"]; ISO 3166-1,
            exactly 1. Default: no holidays.
        aggregation: ``{target_attribute_name: "sum" | "avg" | "first" | "min" | "max"}``, for
            rows that fall into one step. Default: sum.
        filling: Column → ``{"frontfill" | "middlefill" | "backfill" | "futurefill": method}``;
            methods are zero, value, median, mean, min, max, and none for the target's frontfill;
            value needs a second key such as ``backfill_value``. Default: zero for the target.
        max_candidates: Models to train; 1 is all the service makes. Default: 1.
        max_runtime_per_training_job_in_seconds: Longest run of a training job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: SageMaker decides.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: 30 days, the service's limit.
        algorithms_config: Of cnn-qr, deepar, prophet, npts, arima, ets; the SageMaker SDK lacks
            this field. Default: all six.

    Raises:
        OptionsError: If a value is out of range or two do not go together.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TimeSeriesForecastingJobConfig.html

    Example:
        >>> config = AutoMLTimeSeriesForecastingConfig(
        ...     forecast_frequency="1D",
        ...     forecast_horizon=14,
        ...     item_identifier_attribute_name="product",
        ...     target_attribute_name="demand",
        ...     timestamp_attribute_name="day",
        ... )
    """

    forecast_frequency: str
    forecast_horizon: int
    item_identifier_attribute_name: str
    target_attribute_name: str
    timestamp_attribute_name: str
    grouping_attribute_names: list[str] | None = None
    feature_specification_s3_uri: str | None = None
    forecast_quantiles: list[str] | None = None
    holiday_config: list[str] | None = None
    aggregation: dict[str, str] | None = None
    filling: dict[str, dict[str, str]] | None = None
    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | cdk.Duration | None = None
    max_total_job_runtime_in_seconds: int | cdk.Duration | None = None
    algorithms_config: Sequence[ForecastingAlgorithm] | None = None

    api_name: ClassVar[str] = "TimeSeriesForecastingJobConfig"
    takes_validation: ClassVar[bool] = False
    required: ClassVar[tuple[str, ...]] = (
        "forecast_frequency",
        "forecast_horizon",
        "item_identifier_attribute_name",
        "target_attribute_name",
        "timestamp_attribute_name",
    )
    columns: ClassVar[tuple[str, ...]] = (
        "item_identifier_attribute_name",
        "target_attribute_name",
        "timestamp_attribute_name",
        "grouping_attribute_names",
    )
    paths: ClassVar[Mapping[str, str]] = {
        "forecast_frequency": "ForecastFrequency",
        "forecast_horizon": "ForecastHorizon",
        "item_identifier_attribute_name": "TimeSeriesConfig.ItemIdentifierAttributeName",
        "target_attribute_name": "TimeSeriesConfig.TargetAttributeName",
        "timestamp_attribute_name": "TimeSeriesConfig.TimestampAttributeName",
        "grouping_attribute_names": "TimeSeriesConfig.GroupingAttributeNames",
        "feature_specification_s3_uri": "FeatureSpecificationS3Uri",
        "forecast_quantiles": "ForecastQuantiles",
        "holiday_config": "HolidayConfig[*].CountryCode",
        "aggregation": "Transformations.Aggregation",
        "filling": "Transformations.Filling",
        **COMPLETION,
        "algorithms_config": "CandidateGenerationConfig.AlgorithmsConfig[].AutoMLAlgorithms",
    }

    @property
    def serving(self) -> Serving:
        """What serving a candidate takes."""
        return _SERVING

    def __post_init__(self) -> None:
        raise_if_any("AutoMLTimeSeriesForecastingConfig", self._problems())

    @property
    def _batch(self) -> BatchFormat:
        """How a candidate takes whole files."""
        return _BATCH

    def metrics(self) -> tuple[str, ...] | None:
        """Return the objective metrics of forecasts."""
        return METRICS

    def _rules(self) -> Iterator[OptionFault]:
        horizon = self.forecast_horizon
        if isinstance(horizon, int) and not is_token(horizon) and horizon > LONGEST_HORIZON:
            yield OptionFault("forecast_horizon", f"must be {LONGEST_HORIZON} or less", horizon)
        for index, name in enumerate(self.algorithms_config or []):
            if name not in ALGORITHMS and not is_token(name):
                path = f"algorithms_config[{index}]"
                yield OptionFault(path, f"must be one of {', '.join(ALGORITHMS)}", name)
        for index, code in enumerate(self.holiday_config or []):
            if _is_unknown_country(code):
                what = "must be the ISO 3166-1 code of a country"
                yield OptionFault(f"holiday_config[{index}]", what, code)
        if self.algorithms_config == []:
            yield OptionFault("algorithms_config", "must name 1 algorithm or more", [])
        if isinstance(self.target_attribute_name, str) and not is_token(self.target_attribute_name):
            yield from self._transformation_rules()

    def _transformation_rules(self) -> Iterator[OptionFault]:
        target = self.target_attribute_name
        for column in self.aggregation or {}:
            if column != target and not is_token(column):
                yield OptionFault("aggregation", f"must name the target, {target!r}, alone", column)
        for column, methods in (self.filling or {}).items():
            if isinstance(methods, dict) and not is_token(column):
                yield from _fill_rules(column, methods, column == target)


def _is_unknown_country(code: str) -> bool:
    """Whether a code has the form of a country's, which the service's model checks, and is none."""
    return isinstance(code, str) and bool(_CODE.fullmatch(code)) and code not in COUNTRIES


def _fill_rules(column: str, methods: Mapping[str, str], is_target: bool) -> Iterator[OptionFault]:
    for kind, method in methods.items():
        if kind.endswith("_value") or is_token(method):
            continue
        path = f"filling[{column!r}][{kind!r}]"
        allowed = _allowed_fills(kind, is_target)
        if not allowed:
            whose = "the target" if is_target else "columns other than the target"
            yield OptionFault(path, f"cannot be used for {whose}", method)
        elif method not in allowed:
            yield OptionFault(path, f"must be one of {', '.join(allowed)}", method)
        elif method == "value" and f"{kind}_value" not in methods:
            yield OptionFault(path, f"must come with {kind}_value", method)


def _allowed_fills(kind: str, is_target: bool) -> tuple[str, ...]:
    if kind == "frontfill":
        return ("none",) if is_target else ()
    if kind == "futurefill":
        return () if is_target else _FILLS
    return _TARGET_FILLS if is_target else _FILLS
