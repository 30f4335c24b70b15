"""A tabular job: split, fit every trial, score it on rows it has not seen, describe it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils.validation import has_fit_parameter

from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.algorithms import Trial, estimator, trials
from cdk_automlv2.local.training.columns import numbers_of, words_of
from cdk_automlv2.local.training.errors import doing, quietly
from cdk_automlv2.local.training.exploration import notebook_of
from cdk_automlv2.local.training.stages import (
    AlgorithmStage,
    EnsembleStage,
    FeatureStage,
    LabelStage,
    Stage,
)
from cdk_automlv2.local.training.tables import TabularData
from cdk_automlv2.local.training.tabular_reports import TabularReports
from cdk_automlv2.local.training.trained_candidate import (
    Started,
    TrainedCandidate,
    unnoticed,
)

DEFAULT_CANDIDATES = 8
_LEAST_ROWS_TO_HOLD_OUT = 20
_LARGEST_SCALED = 1e9


class TabularTraining:
    """The data of a job, split and encoded, ready to be learnt.

    Raises:
        DataError: If the data do not suit the request.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        self._config = spec["AutoMLProblemTypeConfig"]["TabularJobConfig"]
        read = TabularData(spec, s3)
        self.problem = read.problem
        self._schema = read.schema
        self._classes = read.labels.classes if self.problem.classifies else []
        self._train, self._weights = read.train, read.weights
        self._validation = read.validation
        self._cells = read.cells

    @property
    def tuning(self) -> bool:
        """Whether candidates are made of several containers."""
        return bool(self._config.get("Mode") == "HYPERPARAMETER_TUNING")

    def exploration(self) -> bytes:
        """Return the data exploration notebook."""
        return notebook_of(self._cells, self.problem.target, self.problem.classifies)

    def run(self, started: Started = unnoticed) -> Iterator[TrainedCandidate]:
        """Fit one trial after the other."""
        limit = self._config.get("CompletionCriteria", {}).get("MaxCandidates")
        for trial in trials(self._config, limit or DEFAULT_CANDIDATES):
            started(trial.algorithm)
            with quietly(), doing(f"Learning {self.problem.target!r} with {trial.algorithm}"):
                fitted = self._fit(trial)
            yield fitted

    def _fit(self, trial: Trial) -> TrainedCandidate:
        features, targets = self._train
        model = estimator(trial, self.problem.classifies, self._can_hold_out(targets))
        pipeline = Pipeline([("features", _preprocessor(features)), ("model", model)])
        pipeline.fit(features, targets, **self._weighing(model))
        stages, reports = self._stages(pipeline), self._reports(pipeline)
        values, train_values = self._score(pipeline), self._score_of_train(pipeline)
        return TrainedCandidate(trial.algorithm, values, stages, train_values, reports)

    def _can_hold_out(self, targets: Any) -> bool:
        """Whether a tenth of the rows can have rows of every class."""
        if not self.problem.classifies:
            return len(targets) >= _LEAST_ROWS_TO_HOLD_OUT
        counts = np.bincount(targets)
        return bool(counts.min() >= 2 and len(targets) // 10 >= len(counts))

    def _weighing(self, model: Any) -> dict[str, Any]:
        """Return the weights of the rows, for models that can weigh."""
        if self._weights is None or not has_fit_parameter(model, "sample_weight"):
            return {}
        return {"model__sample_weight": self._weights}

    def _score(self, pipeline: Any) -> dict[str, float]:
        features, truth = self._validation
        started = time.perf_counter()
        guess = pipeline.predict(features)
        latency = (time.perf_counter() - started) / len(features)
        chances = pipeline.predict_proba(features) if self.problem.classifies else None
        values = metrics.score(self.problem, truth, guess, chances)
        return values if self.tuning else {**values, "InferenceLatency": latency}

    def _score_of_train(self, pipeline: Any) -> dict[str, float]:
        features, truth = self._train
        chances = pipeline.predict_proba(features) if self.problem.classifies else None
        return metrics.defined_of(self.problem, truth, pipeline.predict(features), chances)

    def _reports(self, pipeline: Any) -> TabularReports:
        features, truth = self._validation
        return TabularReports(self.problem, self._schema, self._classes, pipeline, features, truth)

    def _stages(self, pipeline: Any) -> list[Stage]:
        if not self.tuning:
            return [EnsembleStage(self._schema, pipeline, self._classes)]
        stages: list[Stage] = [
            FeatureStage(self._schema, pipeline["features"]),
            AlgorithmStage(pipeline["model"], self._classes),
        ]
        return [*stages, LabelStage(self._classes)] if self._classes else stages


def _preprocessor(features: pd.DataFrame) -> ColumnTransformer:
    """Return what makes numbers of a frame; it knows no more columns than there are."""
    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(
            np.clip,
            kw_args={"a_min": -_LARGEST_SCALED, "a_max": _LARGEST_SCALED},
            feature_names_out="one-to-one",
        ),
    )
    words = OneHotEncoder(handle_unknown="ignore", max_categories=50, sparse_output=False)
    parts = [("numbers", numbers, numbers_of(features)), ("words", words, words_of(features))]
    return ColumnTransformer([part for part in parts if part[2]])
