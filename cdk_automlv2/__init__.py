"""SageMaker AutoML V2 jobs, models and endpoints for the AWS CDK.

::

    job = AutoMLJobV2(stack, "Churn", problem_config=AutoMLTabularConfig("churn"), inputs=channel)
    model = AutoMLModel(stack, "ChurnModel", job=job)
    AutoMLEndpoint(stack, "ChurnEndpoint", model=model, instance_type="ml.m5.large")
"""

import importlib as _importlib
import typing as _typing
from importlib.metadata import version as _version

if _typing.TYPE_CHECKING:
    from cdk_automlv2._core.settings import (
        AutoMLSettings,
    )
    from cdk_automlv2.automl import (
        AutoMLV2,
    )
    from cdk_automlv2.batch.transform import (
        AutoMLBatchTransform,
    )
    from cdk_automlv2.cost import (
        Prices,
    )
    from cdk_automlv2.errors import (
        OptionFault,
        OptionsError,
    )
    from cdk_automlv2.hosting.async_inference import (
        AsyncInference,
    )
    from cdk_automlv2.hosting.dashboard import (
        AutoMLDashboard,
    )
    from cdk_automlv2.hosting.data_capture import (
        DataCapture,
    )
    from cdk_automlv2.hosting.deployment import (
        Deployment,
    )
    from cdk_automlv2.hosting.endpoint import (
        AutoMLEndpoint,
    )
    from cdk_automlv2.hosting.interface import (
        IAutoMLEndpoint,
        IAutoMLModel,
    )
    from cdk_automlv2.hosting.model import (
        AutoMLModel,
    )
    from cdk_automlv2.hosting.scaling import (
        ScalableInstanceCount,
        ScalableProvisionedConcurrency,
    )
    from cdk_automlv2.hosting.variants import (
        InstanceVariant,
        ServerlessVariant,
    )
    from cdk_automlv2.job.candidates import (
        AutoMLCandidates,
        Candidate,
    )
    from cdk_automlv2.job.channels import (
        AutoMLDataChannel,
        LocalAutoMLDataChannel,
    )
    from cdk_automlv2.job.interface import (
        IAutoMLJob,
    )
    from cdk_automlv2.job.job import (
        AutoMLJobV2,
    )
    from cdk_automlv2.job.limits import (
        AutoMLLimits,
    )
    from cdk_automlv2.job.output import (
        AutoMLOutput,
    )
    from cdk_automlv2.job.security import (
        VpcConfig,
    )
    from cdk_automlv2.problem_configs import (
        AutoMLImageClassificationConfig,
        AutoMLTabularConfig,
        AutoMLTextClassificationConfig,
        AutoMLTextGenerationConfig,
        AutoMLTimeSeriesForecastingConfig,
        ProblemConfig,
    )
    from cdk_automlv2.problem_configs.serving import (
        Serving,
    )
    from cdk_automlv2.release.gates import (
        BetterThanDeployed,
        FunctionGate,
        LatencyGate,
        ObjectiveGate,
        SmokeTest,
    )
    from cdk_automlv2.release.model_registration import (
        ModelRegistration,
    )
    from cdk_automlv2.release.release import (
        AutoMLRelease,
    )

    __version__: str

__all__ = [
    "AsyncInference",
    "AutoMLBatchTransform",
    "AutoMLCandidates",
    "AutoMLDashboard",
    "AutoMLDataChannel",
    "AutoMLEndpoint",
    "AutoMLImageClassificationConfig",
    "AutoMLJobV2",
    "AutoMLLimits",
    "AutoMLModel",
    "AutoMLOutput",
    "AutoMLRelease",
    "AutoMLSettings",
    "AutoMLTabularConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
    "AutoMLV2",
    "BetterThanDeployed",
    "Candidate",
    "DataCapture",
    "Deployment",
    "FunctionGate",
    "IAutoMLEndpoint",
    "IAutoMLJob",
    "IAutoMLModel",
    "InstanceVariant",
    "LatencyGate",
    "LocalAutoMLDataChannel",
    "ModelRegistration",
    "ObjectiveGate",
    "OptionFault",
    "OptionsError",
    "Prices",
    "ProblemConfig",
    "ScalableInstanceCount",
    "ScalableProvisionedConcurrency",
    "ServerlessVariant",
    "Serving",
    "SmokeTest",
    "VpcConfig",
]

_MODULES = {
    "AsyncInference": "hosting.async_inference",
    "AutoMLBatchTransform": "batch.transform",
    "AutoMLCandidates": "job.candidates",
    "AutoMLDashboard": "hosting.dashboard",
    "AutoMLDataChannel": "job.channels",
    "AutoMLEndpoint": "hosting.endpoint",
    "AutoMLImageClassificationConfig": "problem_configs",
    "AutoMLJobV2": "job.job",
    "AutoMLLimits": "job.limits",
    "AutoMLModel": "hosting.model",
    "AutoMLOutput": "job.output",
    "AutoMLRelease": "release.release",
    "AutoMLSettings": "_core.settings",
    "AutoMLTabularConfig": "problem_configs",
    "AutoMLTextClassificationConfig": "problem_configs",
    "AutoMLTextGenerationConfig": "problem_configs",
    "AutoMLTimeSeriesForecastingConfig": "problem_configs",
    "AutoMLV2": "automl",
    "BetterThanDeployed": "release.gates",
    "Candidate": "job.candidates",
    "DataCapture": "hosting.data_capture",
    "Deployment": "hosting.deployment",
    "FunctionGate": "release.gates",
    "IAutoMLEndpoint": "hosting.interface",
    "IAutoMLJob": "job.interface",
    "IAutoMLModel": "hosting.interface",
    "InstanceVariant": "hosting.variants",
    "LatencyGate": "release.gates",
    "LocalAutoMLDataChannel": "job.channels",
    "ModelRegistration": "release.model_registration",
    "ObjectiveGate": "release.gates",
    "OptionFault": "errors",
    "OptionsError": "errors",
    "Prices": "cost",
    "ProblemConfig": "problem_configs",
    "ScalableInstanceCount": "hosting.scaling",
    "ScalableProvisionedConcurrency": "hosting.scaling",
    "ServerlessVariant": "hosting.variants",
    "Serving": "problem_configs.serving",
    "SmokeTest": "release.gates",
    "VpcConfig": "job.security",
}


def __getattr__(name: str) -> object:
    """Import a public name at its first use: aws_cdk starts Node, which the CLI does not need."""
    if name == "__version__":
        return _version("cdk-automlv2")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
