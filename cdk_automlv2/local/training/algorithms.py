"""The API's algorithms, each a scikit-learn model of the same family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from cdk_automlv2.problem_configs.tabular import (
    ENSEMBLING_ALGORITHMS,
    HYPERPARAMETER_TUNING_ALGORITHMS,
)

_SEED = 20261125


@dataclass(frozen=True)
class Trial:
    """One model to fit: an algorithm and which variation of its settings."""

    algorithm: str
    round: int


def trials(config: dict[str, Any], limit: int) -> Iterator[Trial]:
    """Yield the trials of a job: every algorithm once, then again with other settings."""
    chosen = config.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig") or []
    tuning = config.get("Mode") == "HYPERPARAMETER_TUNING"
    names = list(HYPERPARAMETER_TUNING_ALGORITHMS if tuning else ENSEMBLING_ALGORITHMS)
    if chosen:
        names = list(chosen[0]["AutoMLAlgorithms"])
    if not tuning:
        names.sort(key=_QUICKEST_FIRST.index)
    made = 0
    for turn in count():
        for name in names:
            if made == limit:
                return
            made += 1
            yield Trial(name, turn)


_QUICKEST_FIRST = (
    "linear-learner",
    "xgboost",
    "randomforest",
    "extra-trees",
    "lightgbm",
    "nn-torch",
    "catboost",
    "fastai",
)


def estimator(trial: Trial, classifies: bool, can_hold_out: bool = True) -> Any:
    """Return the model of a trial, not yet fitted.

    Args:
        trial: Algorithm and variation.
        classifies: Whether labels are predicted, not numbers.
        can_hold_out: Whether the model may keep rows of its own to see when to stop; there must
            be some of each class.
    """
    from sklearn import ensemble, linear_model

    strength = 2.0**-trial.round
    size = 100 * (trial.round + 1)
    layers = {"mlp": (64,), "nn-torch": (128, 64), "fastai": (64, 32)}
    rates = {"xgboost": 0.1, "lightgbm": 0.05, "catboost": 0.03}
    if trial.algorithm == "linear-learner":
        if classifies:
            return linear_model.LogisticRegression(C=strength, max_iter=2000)
        return linear_model.Ridge(alpha=1 / strength)
    if trial.algorithm in rates:
        kind: Any = (
            ensemble.HistGradientBoostingClassifier
            if classifies
            else ensemble.HistGradientBoostingRegressor
        )
        rate = rates[trial.algorithm] * strength
        stop: Any = "auto" if can_hold_out else False
        return kind(learning_rate=rate, max_iter=size, early_stopping=stop, random_state=_SEED)
    if trial.algorithm in layers:
        return _network(layers[trial.algorithm], strength, classifies, can_hold_out)
    forests: dict[tuple[str, bool], Any] = {
        ("randomforest", True): ensemble.RandomForestClassifier,
        ("randomforest", False): ensemble.RandomForestRegressor,
        ("extra-trees", True): ensemble.ExtraTreesClassifier,
        ("extra-trees", False): ensemble.ExtraTreesRegressor,
    }
    kind = forests[trial.algorithm, classifies]
    return kind(n_estimators=size, random_state=_SEED)


def _network(layers: tuple[int, ...], strength: float, classifies: bool, stops: bool) -> Any:
    from sklearn import compose, neural_network, preprocessing

    settings: dict[str, Any] = {
        "hidden_layer_sizes": layers,
        "alpha": 1e-3 * strength,
        "max_iter": 1000 if stops else 200,
        "early_stopping": stops,
        "random_state": _SEED,
    }
    if classifies:
        return neural_network.MLPClassifier(**settings)
    return compose.TransformedTargetRegressor(
        neural_network.MLPRegressor(**settings), transformer=preprocessing.StandardScaler()
    )
