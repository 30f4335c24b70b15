"""Reports on a tabular candidate: which columns count, and how good it is on validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer

from cdk_automlv2.local.training import shapley
from cdk_automlv2.local.training.columns import Schema
from cdk_automlv2.local.training.insights import Evaluation
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.reports import Files, Reports, to_json


@dataclass(frozen=True)
class TabularReports(Reports):
    """What is written of the best candidate.

    Attributes:
        problem: What is predicted.
        schema: The features.
        classes: Labels by number; empty for regression.
        pipeline: Fitted preprocessing and model.
        features: Of the validation rows.
        truth: Their targets.
    """

    problem: Problem
    schema: Schema
    classes: list[str]
    pipeline: Any
    features: Any
    truth: Any

    def explained(self, folder: str) -> Files:
        """Return Clarify's analysis: each column's share in the predictions."""
        preprocessor, model = self.pipeline["features"], self.pipeline["model"]
        positions = _columns_of_parts(preprocessor)
        columns = {
            name: [place for part in self.schema.parts(name) for place in positions.get(part, [])]
            for name in self.schema.names
        }
        matrix = preprocessor.transform(self.features)
        found = shapley.explain(lambda rows: self._outputs(model, rows), matrix, columns)
        labels = {
            f"label{number}": {
                "global_shap_values": item.shares,
                "expected_value": item.expected,
            }
            for number, item in enumerate(found)
        }
        analysis = {"version": "1.0", "explanations": {"kernel_shap": labels}}
        return {"analysis.json": to_json(analysis)}

    def insights(self) -> Files:
        """Return the statistics of the validation rows."""
        guess = self.pipeline.predict(self.features)
        chances = self.pipeline.predict_proba(self.features) if self.classes else None
        evaluation = Evaluation(self.problem, self.classes, self.truth, guess, chances)
        return {"statistics.json": to_json(evaluation.statistics())}

    def _outputs(self, model: Any, rows: Any) -> Any:
        """Return what is explained: the number, the chance of class 1, or that of every class."""
        if not self.classes:
            return np.asarray(model.predict(rows)).reshape(len(rows), 1)
        chances = model.predict_proba(rows)
        return chances[:, 1:] if len(self.classes) == 2 else chances


def _columns_of_parts(preprocessor: ColumnTransformer) -> dict[str, list[int]]:
    """Return which columns a part of a frame has become."""
    found: dict[str, list[int]] = {}
    for position, name in enumerate(preprocessor.get_feature_names_out()):
        index, kind = name.partition("__")[2].split(" ", 1)
        part = f"{index} {'number' if kind.startswith('number') else 'word'}"
        found.setdefault(part, []).append(position)
    return found
