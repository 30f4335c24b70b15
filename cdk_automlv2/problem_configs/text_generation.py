"""``AutoMLTextGenerationConfig``: fine-tune a language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdk_automlv2._core.display import shown
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.problem_configs.base import COMPLETION, ProblemConfig
from cdk_automlv2.problem_configs.batch import BatchFormat
from cdk_automlv2.problem_configs.serving import Serving

if TYPE_CHECKING:
    import aws_cdk as cdk

HYPER_PARAMETERS: Mapping[str, tuple[Callable[[str], float], float, float]] = {
    "epochCount": (int, 1, 10),
    "batchSize": (int, 1, 64),
    "learningRate": (float, 0, 1),
    "learningRateWarmupSteps": (int, 0, 250),
}
"""Name → kind of number, least and most; the API takes each as a string.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-llms-finetuning-hyperparameters.html
"""

_NEEDS_EULA = "Llama2"
_BATCH = BatchFormat(
    fault="must not be a language model, as AWS says nowhere that these work in batches",
    joins=False,
)
_SERVING = Serving(
    units=("GPU",),
    one_click_instance_type="ml.g5.12xlarge",
    load_seconds=3600,
    streams=True,
    serverless_fault=(
        "must not be a language model, as serverless inference has no GPU",
        "use an InstanceVariant",
    ),
)


@shown
@dataclass(frozen=True)
class AutoMLTextGenerationConfig(ProblemConfig):
    """Fine-tuning of a language model on pairs of input and output; it has no objective metric.

    Attributes:
        base_model_name: Model to start from, such as Mistral7BInstruct. Default:
            Falcon7BInstruct.
        accept_eula: Whether you accept the licence of the base model. Never assumed; the Llama2
            models need True. Default: not said.
        text_generation_hyper_params: epochCount ("1" to "10"), batchSize ("1" to "64"),
            learningRate ("0" to "1"), learningRateWarmupSteps ("0" to "250"); strings of 16
            characters at most. Default: SageMaker decides.
        max_candidates: Models to train; 1 is all the service makes. Default: 1.
        max_runtime_per_training_job_in_seconds: Longest run of the training; seconds or a
            ``cdk.Duration``, 1 s or more. Default: 72 hours.
        max_total_job_runtime_in_seconds: Longest run of the whole job; seconds or a
            ``cdk.Duration``, 1 s or more. Default: 30 days, the service's limit.

    Raises:
        OptionsError: If a value is out of range, or a licence has to be accepted.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TextGenerationJobConfig.html

    Example:
        >>> config = AutoMLTextGenerationConfig(base_model_name="Falcon7BInstruct")
    """

    base_model_name: str | None = None
    accept_eula: bool | None = None
    text_generation_hyper_params: dict[str, str] | None = None
    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | cdk.Duration | None = None
    max_total_job_runtime_in_seconds: int | cdk.Duration | None = None

    api_name: ClassVar[str] = "TextGenerationJobConfig"
    reads_base_models: ClassVar[bool] = True
    paths: ClassVar[Mapping[str, str]] = {
        "base_model_name": "BaseModelName",
        "accept_eula": "ModelAccessConfig.AcceptEula",
        "text_generation_hyper_params": "TextGenerationHyperParameters",
        **COMPLETION,
    }

    def __post_init__(self) -> None:
        raise_if_any("AutoMLTextGenerationConfig", self._problems())

    def metrics(self) -> tuple[str, ...] | None:
        """Return none: fine-tuning has no objective metric to choose."""
        return ()

    @property
    def serving(self) -> Serving:
        """What serving a language model takes."""
        return _SERVING

    @property
    def _batch(self) -> BatchFormat:
        """How a language model takes whole files."""
        return _BATCH

    def _rules(self) -> Iterator[OptionFault]:
        name = self.base_model_name
        if isinstance(name, str) and name.startswith(_NEEDS_EULA) and self.accept_eula is not True:
            yield OptionFault(
                "accept_eula",
                f"must be True for {name}",
                self.accept_eula,
                "read its licence first",
            )
        for key, value in (self.text_generation_hyper_params or {}).items():
            yield from _hyper_parameter(key, value)


def _hyper_parameter(key: str, value: str) -> Iterator[OptionFault]:
    path = f"text_generation_hyper_params[{key!r}]"
    if key not in HYPER_PARAMETERS:
        yield OptionFault(path, f"must be one of {', '.join(HYPER_PARAMETERS)}", key)
        return
    if is_token(value) or not isinstance(value, str):
        return
    number, low, high = HYPER_PARAMETERS[key]
    try:
        kept = low <= number(value) <= high
    except ValueError:
        kept = False
    if not kept:
        kind = "an integer" if number is int else "a number"
        yield OptionFault(path, f"must be {kind} from {low} to {high}, as a string", value)
