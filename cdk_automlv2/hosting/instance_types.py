"""What is known of instance types: processors, and what each kind of problem is served on.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-deploy-models-realtime.html
"""

from __future__ import annotations

import re

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.problem_configs import (
    AutoMLTabularConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    ProblemConfig,
)

_GPU = re.compile(r"ml\.(g|p)\d")
_OWN_STORAGE = re.compile(r"ml\.([a-z]+\d*[a-z-]*d[a-z]*|(g5|g6|p5|trn1)[a-z]*)\.")
_UNSUPPORTED_ARCHITECTURES = re.compile(r"ml\.(a1|[a-z]\d+g[a-z]*|inf\d|trn\d)\.")


def processing_unit(instance_type: str | None) -> str:
    """Return ``GPU`` for the families g and p, else ``CPU``."""
    if instance_type is None or is_token(instance_type):
        return "CPU"
    return (
        "GPU"
        if _GPU.match(instance_type) and not is_unsupported_architecture(instance_type)
        else "CPU"
    )


def has_units(config: ProblemConfig | None) -> bool:
    """Whether candidates of the problem have containers for CPU and for GPU, or may have."""
    return not isinstance(config, AutoMLTabularConfig | AutoMLTimeSeriesForecastingConfig)


def default_unit(config: ProblemConfig | None) -> str:
    """Return the processors that a candidate of the problem is served on unless told."""
    return "GPU" if isinstance(config, AutoMLTextGenerationConfig) else "CPU"


def is_unsupported_architecture(instance_type: str) -> bool:
    """Whether the processors are not x86_64 (Graviton, Inferentia, Trainium)."""
    return _UNSUPPORTED_ARCHITECTURES.match(instance_type) is not None


def has_own_storage(instance_type: str) -> bool:
    """Whether instances have fast local disks instead of a volume, such as ml.g5 or ml.m5d.

    Source: ``volume_size_supported`` of the SageMaker SDK.
    """
    return _OWN_STORAGE.match(instance_type) is not None


def one_click_instance_type(config: ProblemConfig) -> str:
    """Return the instance type that SageMaker's own deployment of such a candidate uses."""
    if isinstance(config, AutoMLTextGenerationConfig):
        return "ml.g5.12xlarge"
    if isinstance(config, AutoMLTimeSeriesForecastingConfig):
        return "ml.m5.12xlarge"
    if isinstance(config, AutoMLTabularConfig) and config.mode == "ENSEMBLING":
        return "ml.m5.12xlarge"
    return "ml.m5.2xlarge"
