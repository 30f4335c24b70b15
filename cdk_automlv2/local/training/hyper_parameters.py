"""What a language job asks for, checked as the service checks it.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-llms-finetuning-hyperparameters.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-llms-finetuning-data-format.html
"""

from __future__ import annotations

import re
from typing import Any

from cdk_automlv2.local.training.errors import DataError, listed, shown
from cdk_automlv2.problem_configs.text_generation import HYPER_PARAMETERS

LONGEST_VALUE = 16
MOST_ROWS = 10_000
_MOST_ROWS_OF = {
    "Falcon7B": 1_000,
    "Falcon7BInstruct": 1_000,
    "Llama2-13B": 7_000,
    "Llama2-13BChat": 7_000,
}
_INTEGER = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def check_hyper_parameters(config: dict[str, Any]) -> None:
    """Refuse hyper-parameters that there are not, or out of range.

    Raises:
        DataError: Naming the first.
    """
    for name, value in config.get("TextGenerationHyperParameters", {}).items():
        if name not in HYPER_PARAMETERS:
            known = listed(HYPER_PARAMETERS)
            raise DataError(f"There is no hyper-parameter {shown(name)}; there are {known}.")
        number, least, most = HYPER_PARAMETERS[name]
        form = _INTEGER if number is int else _DECIMAL
        text = value if isinstance(value, str) and len(value) <= LONGEST_VALUE else ""
        if not form.fullmatch(text) or not least <= number(text) <= most:
            kind = "an integer" if number is int else "a number"
            rule = f"it must be {kind} from {least} to {most}, as a string of 16 characters at most"
            raise DataError(f"The hyper-parameter {name} is {shown(value)}; {rule}.")


def most_rows(base_model: str) -> int:
    """Return how many rows a base model can be fine-tuned on, over both channels."""
    return _MOST_ROWS_OF.get(base_model, MOST_ROWS)
