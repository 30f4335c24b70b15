"""Rules between options that the service's model does not hold.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobObjective.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdk_automlv2._jsii import is_token
from cdk_automlv2.errors import Problem
from cdk_automlv2.problem_configs import AutoMLTabularConfig, ProblemConfig

TABULAR_METRICS: Mapping[str, tuple[str, ...]] = {
    "Regression": ("MAE", "MSE", "R2", "RMSE"),
    "BinaryClassification": ("Accuracy", "AUC", "BalancedAccuracy", "F1", "Precision", "Recall"),
    "MulticlassClassification": (
        "Accuracy",
        "BalancedAccuracy",
        "F1macro",
        "PrecisionMacro",
        "RecallMacro",
    ),
}


def objective_problems(
    config: ProblemConfig, job_objective: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Yield what is wrong between the problem and the objective metric."""
    if not isinstance(config, AutoMLTabularConfig) or is_token(config.problem_type):
        return
    metric = (job_objective or {}).get("MetricName")
    if (config.problem_type is None) != (metric is None):
        given = "job_objective" if metric else "problem_config.problem_type"
        missing = "problem_config.problem_type" if metric else "job_objective"
        yield Problem(
            given, f"must be given together with {missing}", metric or config.problem_type
        )
    elif metric is not None and not is_token(metric):
        allowed = TABULAR_METRICS.get(config.problem_type or "", ())
        if allowed and metric not in allowed:
            yield Problem(
                "job_objective['MetricName']",
                f"must be one of {', '.join(allowed)} for {config.problem_type}",
                metric,
            )
