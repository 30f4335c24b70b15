"""What to predict, and how: one frozen dataclass for each kind of problem.

Fields, their order and defaults are those of the SageMaker SDK's AutoMLV2.
"""

from __future__ import annotations

from cdk_automlv2.problem_configs.base import ProblemConfig
from cdk_automlv2.problem_configs.image_classification import AutoMLImageClassificationConfig
from cdk_automlv2.problem_configs.tabular import AutoMLTabularConfig
from cdk_automlv2.problem_configs.text_classification import AutoMLTextClassificationConfig
from cdk_automlv2.problem_configs.text_generation import AutoMLTextGenerationConfig
from cdk_automlv2.problem_configs.time_series_forecasting import (
    AutoMLTimeSeriesForecastingConfig,
)

KINDS: tuple[type[ProblemConfig], ...] = (
    AutoMLTabularConfig,
    AutoMLImageClassificationConfig,
    AutoMLTextClassificationConfig,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLTextGenerationConfig,
)

__all__ = [
    "KINDS",
    "AutoMLImageClassificationConfig",
    "AutoMLTabularConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
    "ProblemConfig",
]
