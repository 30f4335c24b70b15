"""Image classification: a small picture's colours, and a linear model."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.labelled import Examples, Labelled, by_kind
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.stages import answer, keys_of, speaking
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

SIDE = 16
_SUFFIXES = (".png", ".jpg", ".jpeg")


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
        examples = {kind: _examples(channel, s3) for kind, channel in channels.items()}
        self.problem = Problem("MulticlassClassification", objective(spec, "Accuracy"), "label")
        self._data = Labelled(
            examples["training"],
            examples.get("validation"),
            spec.get("DataSplitConfig", {}).get("ValidationFraction"),
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
        ValueError: If it is no picture.
    """
    try:
        small = Image.open(io.BytesIO(picture)).convert("RGB").resize((SIDE, SIDE))
    except UnidentifiedImageError as error:
        raise ValueError("not a picture") from error
    return np.asarray(small, dtype=float).ravel() / 255


def _examples(channel: dict[str, Any], s3: Any) -> Examples:
    things, labels = [], []
    for bucket, key, label in _pictures(channel, s3):
        try:
            things.append(features(data.read_object(s3, bucket, key)))
        except ValueError as error:
            raise DataError(f"s3://{bucket}/{key} cannot be read: {error}") from error
        labels.append(label)
    if not things:
        raise DataError(f"No .png, .jpg or .jpeg among the objects of {channel['DataSource']}.")
    return things, labels


def _pictures(channel: dict[str, Any], s3: Any) -> Iterator[tuple[str, str, str]]:
    """Yield bucket, key and label; the label is the folder's name, or stands in the manifest."""
    source = channel["DataSource"]["S3DataSource"]
    if source["S3DataType"] == "AugmentedManifestFile":
        yield from _augmented(s3, source["S3Uri"])
        return
    for bucket, key in data.object_keys(channel, s3):
        path = PurePosixPath(key)
        if path.suffix.lower() in _SUFFIXES:
            yield bucket, key, path.parent.name


def _augmented(s3: Any, uri: str) -> Iterator[tuple[str, str, str]]:
    bucket, key = data.split_uri(uri)
    for line in data.read_object(s3, bucket, key).decode().splitlines():
        entry = json.loads(line)
        names = [name for name in entry if name != "source-ref" and not name.endswith("-metadata")]
        if "source-ref" not in entry or len(names) != 1:
            raise DataError(f"{uri} has a line without source-ref and one label: {line[:200]}")
        metadata = entry.get(f"{names[0]}-metadata", {})
        yield *data.split_uri(entry["source-ref"]), str(metadata.get("class-name", entry[names[0]]))
