"""Image classification: a small picture's colours, and a linear model."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cdk_automlv2.local.training.errors import DataError, quietly
from cdk_automlv2.local.training.labelled import Examples, Labelled, by_kind
from cdk_automlv2.local.training.objects import read_object
from cdk_automlv2.local.training.pictures import pictures_of
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.stages import answer, keys_of, speaking
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

SIDE = 16
_FORMATS = ("PNG", "JPEG")
_DEPTH_OF_16_BITS = 257


@dataclass
class ImageStage:
    """One picture in, its class out."""

    pipeline: Any
    classes: list[str]

    accepts = ("image/png", "image/jpeg", "application/x-image")
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        return "autogluon-inference", speaking(self.classes)

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one picture."""
        keys = keys_of(environment)
        return answer(self.pipeline, [features(body)], keys, self.classes, decoded=True)


class ImageTraining:
    """The pictures of a job.

    Raises:
        DataError: If there are none, one is broken, or there are fewer than two labels.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        channels = by_kind(spec["AutoMLJobInputDataConfig"])
        output = spec.get("OutputDataConfig", {}).get("S3OutputPath", "")
        examples = {kind: _examples(channel, s3, output) for kind, channel in channels.items()}
        self.problem = Problem("MulticlassClassification", objective(spec, "Accuracy"), "label")
        self._data = Labelled(
            examples["training"],
            examples.get("validation"),
            spec.get("DataSplitConfig", {}).get("ValidationFraction"),
            "; a label is the first folder below the prefix",
        )

    def run(self) -> Iterator[TrainedCandidate]:
        """Fit the one candidate."""
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
        values = self._data.fit(pipeline, self.problem)
        yield TrainedCandidate(
            "image-classifier", values, [ImageStage(pipeline, self._data.classes)]
        )


def features(picture: bytes) -> Any:
    """Return the colours of a picture made small, as numbers from 0 to 1.

    Raises:
        ValueError: If it is no picture, or a damaged one.
    """
    try:
        with quietly(), Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            small = _coloured(opened).resize((SIDE, SIDE))
    except UnidentifiedImageError as error:
        raise ValueError("not a picture in PNG or JPEG") from error
    except Exception as error:
        raise ValueError(f"the picture is cut off or damaged: {error}") from error
    return np.asarray(small, dtype=float).ravel() / 255


def _coloured(picture: Image.Image) -> Image.Image:
    """Return a picture in red, green and blue, whatever its depth."""
    if picture.mode.startswith("I"):
        return Image.fromarray((np.asarray(picture) // _DEPTH_OF_16_BITS).astype(np.uint8)).convert(
            "RGB"
        )
    if picture.mode == "P":
        return picture.convert("RGBA").convert("RGB")
    return picture.convert("RGB")


def _examples(channel: dict[str, Any], s3: Any, output: str) -> Examples:
    examples = Examples()
    for picture in pictures_of(channel, s3, output):
        body = read_object(s3, picture.bucket, picture.key)
        try:
            examples.items.append(features(body))
        except ValueError as error:
            raise DataError(f"{picture.uri} cannot be read: {error}.") from error
        examples.labels.append(picture.label)
        examples.places.append(picture.uri)
    return examples
