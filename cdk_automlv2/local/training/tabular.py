"""A tabular job: split, fit every trial, score it on rows it has not seen, describe it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler
from sklearn.utils.validation import has_fit_parameter

from cdk_automlv2.local.training import data, metrics
from cdk_automlv2.local.training.algorithms import Trial, estimator, trials
from cdk_automlv2.local.training.problem import Problem, resolve
from cdk_automlv2.local.training.stages import (
    AlgorithmStage,
    EnsembleStage,
    FeatureStage,
    LabelStage,
)
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

DEFAULT_CANDIDATES = 8
_SEED = 11
_VALIDATION_FRACTION = 0.2


class TabularTraining:
    """The data of a job, split and encoded, ready to be learnt.

    Raises:
        DataError: If the data do not suit the request.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        self._config = spec["AutoMLProblemTypeConfig"]["TabularJobConfig"]
        target = self._config["TargetAttributeName"]
        tables = {
            channel.get("ChannelType", "training"): data.read_channel(channel, s3)
            for channel in spec["AutoMLJobInputDataConfig"]
        }
        for table in tables.values():
            data.require_column(table, target)
        train = tables["training"].dropna(subset=[target])
        self.problem: Problem = resolve(spec, train[target])
        self._encoder = LabelEncoder() if self.problem.classifies else None
        if "validation" in tables:
            validation = tables["validation"].dropna(subset=[target])
        else:
            fraction = spec.get("DataSplitConfig", {}).get("ValidationFraction")
            train, validation = _split(train, target, fraction, self.problem)
        labels = pd.concat([train[target], validation[target]]).astype(str)
        self._weight = self._config.get("SampleWeightAttributeName")
        self._features = self._chosen_features(train, target, s3)
        if self._encoder is not None:
            self._encoder.fit(labels)
        self._weights = None
        if self._weight is not None:
            data.require_column(train, self._weight)
            self._weights = train[self._weight].to_numpy(dtype=float)
        self._train = (train[self._features], self._targets(train[target]))
        self._validation = (validation[self._features], self._targets(validation[target]))

    @property
    def tuning(self) -> bool:
        """Whether candidates are made of several containers."""
        return bool(self._config.get("Mode") == "HYPERPARAMETER_TUNING")

    def run(self) -> Iterator[TrainedCandidate]:
        """Fit one trial after the other."""
        limit = self._config.get("CompletionCriteria", {}).get("MaxCandidates")
        for trial in trials(self._config, limit or DEFAULT_CANDIDATES):
            yield self._fit(trial)

    def _fit(self, trial: Trial) -> TrainedCandidate:
        preprocessor = _preprocessor(self._train[0])
        model = estimator(trial, self.problem.classifies)
        pipeline = Pipeline([("features", preprocessor), ("model", model)])
        pipeline.fit(*self._train, **self._weighing(model))
        reports = {"analysis.json": self._importance(pipeline)}
        values = self._score(pipeline)
        return TrainedCandidate(trial.algorithm, values, self._stages(pipeline), reports)

    def _chosen_features(self, table: pd.DataFrame, target: str, s3: Any) -> list[str]:
        """Return the columns to learn from: those of the feature specification, or all."""
        everything = [str(name) for name in table.columns if name not in (target, self._weight)]
        uri = self._config.get("FeatureSpecificationS3Uri")
        if uri is None:
            return everything
        chosen = data.read_feature_names(uri, s3)
        if target in chosen:
            raise data.DataError(f"{uri} must not name the target column {target!r}.")
        for name in chosen or []:
            data.require_column(table, name)
        return chosen or everything

    def _weighing(self, model: Any) -> dict[str, Any]:
        """Return the weights of the rows, for models that can weigh."""
        if self._weights is None or not has_fit_parameter(model, "sample_weight"):
            return {}
        return {"model__sample_weight": self._weights}

    def _score(self, pipeline: Any) -> dict[str, float]:
        features, truth = self._validation
        started = time.perf_counter()
        guess = pipeline.predict(features)
        latency = (time.perf_counter() - started) / max(len(features), 1)
        chances = pipeline.predict_proba(features) if self.problem.classifies else None
        values = metrics.score(self.problem, truth, guess, chances)
        return values if self.tuning else {**values, "InferenceLatency": latency}

    def _stages(self, pipeline: Any) -> list[Any]:
        classes = [] if self._encoder is None else [str(name) for name in self._encoder.classes_]
        if not self.tuning:
            return [EnsembleStage(self._features, pipeline, classes)]
        stages: list[Any] = [
            FeatureStage(self._features, pipeline["features"]),
            AlgorithmStage(pipeline["model"], classes),
        ]
        return [*stages, LabelStage(classes)] if classes else stages

    def _importance(self, pipeline: Any) -> dict[str, float]:
        features, truth = self._validation
        sign = 1 if metrics.direction(str(self.problem.metric)) == "Maximize" else -1
        whole = self._objective(pipeline, features, truth)
        generator = np.random.default_rng(_SEED)
        lost = {}
        for name in self._features:
            shuffled = features.assign(**{name: generator.permutation(features[name].to_numpy())})
            lost[name] = sign * (whole - self._objective(pipeline, shuffled, truth))
        return lost

    def _objective(self, pipeline: Any, features: Any, truth: Any) -> float:
        chances = pipeline.predict_proba(features) if self.problem.classifies else None
        values = metrics.score(self.problem, truth, pipeline.predict(features), chances)
        return values[str(self.problem.metric)]

    def _targets(self, column: Any) -> Any:
        if self._encoder is None:
            return column.to_numpy(dtype=float)
        return self._encoder.transform(column.astype(str))


def _split(
    table: pd.DataFrame, target: str, fraction: float | None, problem: Problem
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rare = table[target].value_counts().min() < 2
    train, validation = train_test_split(
        table,
        test_size=_VALIDATION_FRACTION if fraction is None else fraction,
        random_state=_SEED,
        stratify=table[target] if problem.classifies and not rare else None,
    )
    return train, validation


def _preprocessor(features: pd.DataFrame) -> ColumnTransformer:
    numeric = list(features.select_dtypes("number").columns)
    others = [name for name in features.columns if name not in numeric]
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="ignore", max_categories=50, sparse_output=False),
    )
    return ColumnTransformer([("numbers", numbers, numeric), ("words", words, others)])
