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
from cdk_automlv2.local.training.labelled import Examples, Held, Labelled, by_kind
from cdk_automlv2.local.training.objects import read_object
from cdk_automlv2.local.training.pictures import pictures_of
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.reports import Files, Reports, to_json
from cdk_automlv2.local.training.stages import Stage, answer, keys_of, speaking
from cdk_automlv2.local.training.trained_candidate import (
    Started,
    TrainedCandidate,
    unnoticed,
)

SIDE = 16
_PATCH = 2
_ALGORITHM = "image-classifier"
_SAMPLES = 16
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

    def run(self, started: Started = unnoticed) -> Iterator[TrainedCandidate]:
        """Fit the one candidate."""
        started(_ALGORITHM)
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
        values, learnt, held = self._data.fit(pipeline, self.problem)
        stages: list[Stage] = [ImageStage(pipeline, self._data.classes)]
        yield TrainedCandidate(_ALGORITHM, values, stages, learnt, _ImageReports(pipeline, held))


@dataclass(frozen=True)
class _ImageReports(Reports):
    """What is written of the one candidate."""

    pipeline: Any
    held: Held

    def explained(self, folder: str) -> Files:
        """Return heat maps: how much of the chance goes when a part of a picture is hidden."""
        samples, files = [], {}
        for row in self.held.sample(_SAMPLES):
            colours = self.held.items[row]
            chances = self.pipeline.predict_proba([colours])[0]
            label = int(chances.argmax())
            name = f"heatmaps/{row:05d}.png"
            files[name] = self._heat_map(colours, label, float(chances[label]))
            samples.append(
                {
                    "input_image_uri": self.held.places[row],
                    "heatmap_image_uri": f"{folder}/{name}",
                    "predicted_label": label,
                    "probability": float(chances[label]),
                }
            )
        return {**files, "explanations.json": to_json(samples)}

    def insights(self) -> Files:
        """Return the performance report."""
        return self.held.insights()

    def _heat_map(self, colours: Any, label: int, chance: float) -> bytes:
        hidden = []
        for top in range(0, SIDE, _PATCH):
            for left in range(0, SIDE, _PATCH):
                picture = colours.reshape(SIDE, SIDE, 3).copy()
                picture[top : top + _PATCH, left : left + _PATCH] = picture.mean(axis=(0, 1))
                hidden.append(picture.ravel())
        lost = np.maximum(chance - self.pipeline.predict_proba(hidden)[:, label], 0)
        share = (lost / (lost.max() or 1.0)).reshape(SIDE // _PATCH, -1)
        red = np.stack([255 * np.ones_like(share), *[255 * (1 - share)] * 2], axis=-1)
        made = io.BytesIO()
        map_of = Image.fromarray(red.astype(np.uint8), "RGB")
        map_of.resize((8 * SIDE, 8 * SIDE), Image.Resampling.NEAREST).save(made, "PNG")
        return made.getvalue()


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
