"""From the kind of problem to the training that learns it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cdk_automlv2.local.training.trained_candidate import Training

_TRAININGS = {
    "TabularJobConfig": ("tabular", "TabularTraining"),
    "ImageClassificationJobConfig": ("images", "ImageTraining"),
    "TextClassificationJobConfig": ("texts", "TextTraining"),
    "TimeSeriesForecastingJobConfig": ("series", "SeriesTraining"),
    "TextGenerationJobConfig": ("language", "LanguageTraining"),
}


def training_of(spec: dict[str, Any], s3: Any) -> Training:
    """Return the training of a request; each kind imports only what it needs.

    Raises:
        DataError: If the data do not suit the request.
    """
    module, name = _TRAININGS[next(iter(spec["AutoMLProblemTypeConfig"]))]
    training: Training = getattr(import_module(f"{__package__}.{module}"), name)(spec, s3)
    return training
