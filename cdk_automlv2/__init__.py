"""SageMaker AutoML V2 jobs, models and endpoints for the AWS CDK.

::

    job = AutoMLJobV2(stack, "Churn", problem_config=AutoMLTabularConfig("churn"), inputs=channel)
    model = AutoMLModel(stack, "ChurnModel", job=job)
    AutoMLEndpoint(stack, "ChurnEndpoint", model=model, instance_type="ml.m5.large")
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdk_automlv2.automl import (
        AutoMLV2,
    )
    from cdk_automlv2.candidates import (
        AutoMLCandidates,
        Candidate,
    )
    from cdk_automlv2.data_channels import (
        AutoMLDataChannel,
        LocalAutoMLDataChannel,
    )
    from cdk_automlv2.endpoint import (
        AutoMLEndpoint,
        IAutoMLEndpoint,
    )
    from cdk_automlv2.errors import (
        OptionsError,
        Problem,
    )
    from cdk_automlv2.job import (
        AutoMLJobV2,
    )
    from cdk_automlv2.model import (
        AutoMLModel,
    )
    from cdk_automlv2.problem_configs import (
        AutoMLImageClassificationConfig,
        AutoMLTabularConfig,
        AutoMLTextClassificationConfig,
        AutoMLTextGenerationConfig,
        AutoMLTimeSeriesForecastingConfig,
        ProblemConfig,
    )
    from cdk_automlv2.vpc import (
        VpcConfig,
    )

__all__ = [
    "AutoMLCandidates",
    "AutoMLDataChannel",
    "AutoMLEndpoint",
    "AutoMLImageClassificationConfig",
    "AutoMLJobV2",
    "AutoMLModel",
    "AutoMLTabularConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
    "AutoMLV2",
    "Candidate",
    "IAutoMLEndpoint",
    "LocalAutoMLDataChannel",
    "OptionsError",
    "Problem",
    "ProblemConfig",
    "VpcConfig",
]

_MODULES = {
    "AutoMLCandidates": "candidates",
    "AutoMLDataChannel": "data_channels",
    "AutoMLEndpoint": "endpoint",
    "AutoMLImageClassificationConfig": "problem_configs",
    "AutoMLJobV2": "job",
    "AutoMLModel": "model",
    "AutoMLTabularConfig": "problem_configs",
    "AutoMLTextClassificationConfig": "problem_configs",
    "AutoMLTextGenerationConfig": "problem_configs",
    "AutoMLTimeSeriesForecastingConfig": "problem_configs",
    "AutoMLV2": "automl",
    "Candidate": "candidates",
    "IAutoMLEndpoint": "endpoint",
    "LocalAutoMLDataChannel": "data_channels",
    "OptionsError": "errors",
    "Problem": "errors",
    "ProblemConfig": "problem_configs",
    "VpcConfig": "vpc",
}


def __getattr__(name: str) -> object:
    """Import a public name at its first use: aws_cdk starts Node, which the CLI does not need."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
