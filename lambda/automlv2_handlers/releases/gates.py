"""Gates: each looks at a candidate and says pass, refuse, or that it cannot tell.

A gate is data: ``{"Type": …, …}``, its scalars strings, as CloudFormation has made them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.errors import BusyError, GatewayError, LifecycleError

PASS: Final = "pass"
REFUSE: Final = "refuse"
UNDECIDED: Final = "undecided"

_LOWER_IS_BETTER: Final = frozenset(
    {
        *(
            "MSE",
            "RMSE",
            "MAE",
            "MAPE",
            "MASE",
            "WAPE",
            "RMSSE",
            "LogLoss",
            "AverageWeightedQuantileLoss",
        ),
        *("InferenceLatency", "cross_entropy", "perplexity"),
    }
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged, and what it is compared with.

    Attributes:
        job: Name of the job.
        candidate: The candidate, as SageMaker describes it.
        deployed: The candidate that serves now; ``None`` where nothing does.
        key: Whose release it is; empty within a stack.
        number: Number of the release; 0 within a stack.
    """

    job: str
    candidate: Mapping[str, Any]
    deployed: Mapping[str, Any] | None = None
    key: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says.

    Attributes:
        gate: Its type.
        verdict: ``pass``, ``refuse`` or ``undecided``.
        reason: In words; one line.
        figures: What it has measured.
    """

    gate: str
    verdict: str
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return it as it is stored."""
        said = {"Gate": self.gate, "Verdict": self.verdict, "Reason": self.reason}
        return {**said, "Figures": dict(self.figures)}


Gate = Callable[[Mapping[str, Any], Judged, Gateway], Verdict]


def judge(gate: Mapping[str, Any], judged: Judged, gateway: Gateway) -> Verdict:
    """Return what a gate says of a candidate.

    Raises:
        LifecycleError: If this function does not know the gate.
        BusyError: If it cannot measure just now.
    """
    found = GATES.get(str(gate.get("Type")))
    if found is None:
        raise LifecycleError(f"this function does not know the gate {gate.get('Type')!r}")
    return found(gate, judged, gateway)


def metric_of(candidate: Mapping[str, Any], name: str = "") -> tuple[str, float | None]:
    """Return a metric of a candidate, by default its objective, and its name.

    Args:
        candidate: As SageMaker describes it.
        name: The metric's name, such as ``F1``.
    """
    objective = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
    own = str(objective.get("StandardMetricName") or objective.get("MetricName") or "")
    if name in ("", own, objective.get("MetricName")):
        value = objective.get("Value")
        return own, None if value is None else float(value)
    properties = candidate.get("CandidateProperties") or {}
    listed = [m for m in properties.get("CandidateMetrics") or [] if _is_called(m, name)]
    splits = {str(metric.get("Set")): metric.get("Value") for metric in listed}
    for split in ("Validation", "Test", *splits):
        if splits.get(split) is not None:
            return name, float(splits[split])
    return name, None


def is_better(name: str, value: float, than: float, by: float) -> bool:
    """Whether a metric's value is better than another by at least ``by``."""
    gain = than - value if name in _LOWER_IS_BETTER else value - than
    return gain >= by


def _is_called(metric: Mapping[str, Any], name: str) -> bool:
    return name in (metric.get("MetricName"), metric.get("StandardMetricName"))


def _objective(gate: Mapping[str, Any], judged: Judged, gateway: Gateway) -> Verdict:
    """Compare a metric with fixed limits."""
    kind = "Objective"
    name, value = metric_of(judged.candidate, str(gate.get("Metric") or ""))
    if value is None:
        return Verdict(kind, UNDECIDED, f"the candidate has no metric {name or 'of its objective'}")
    minimum, maximum = _number(gate, "Minimum"), _number(gate, "Maximum")
    figures = {"Metric": name, "Value": value, "Minimum": minimum, "Maximum": maximum}
    if minimum is not None and value < minimum:
        return Verdict(
            kind, REFUSE, f"{name} is {value:g}, below the minimum of {minimum:g}", figures
        )
    if maximum is not None and value > maximum:
        return Verdict(
            kind, REFUSE, f"{name} is {value:g}, above the maximum of {maximum:g}", figures
        )
    return Verdict(kind, PASS, f"{name} is {value:g}", figures)


def _better(gate: Mapping[str, Any], judged: Judged, gateway: Gateway) -> Verdict:
    """Compare a metric with that of the candidate that serves now."""
    kind = "BetterThanDeployed"
    name, value = metric_of(judged.candidate, str(gate.get("Metric") or ""))
    if judged.deployed is None:
        return Verdict(kind, PASS, "nothing serves yet to compare with", {"Metric": name})
    _, than = metric_of(judged.deployed, name)
    figures = {"Metric": name, "Value": value, "Deployed": than}
    if value is None or than is None:
        whose = "the candidate" if value is None else "the candidate that serves"
        return Verdict(kind, UNDECIDED, f"{whose} has no metric {name}", figures)
    by = _number(gate, "By") or 0.0
    words = f"{name} is {value:g}, against {than:g} of what serves"
    if is_better(name, value, than, by):
        return Verdict(kind, PASS, words, {**figures, "By": by})
    needed = f"; it has to be better by {by:g}" if by else "; it has to be as good"
    return Verdict(kind, REFUSE, words + needed, {**figures, "By": by})


def _function(gate: Mapping[str, Any], judged: Judged, gateway: Gateway) -> Verdict:
    """Ask a function of the user's: ``{"pass": true|false|null, "reason": …, "figures": {…}}``."""
    kind, arn = "Function", str(gate["FunctionArn"])
    payload = {
        "job": judged.job,
        "candidate": judged.candidate,
        "deployed": judged.deployed,
        "key": judged.key,
        "release": judged.number,
    }
    try:
        answer = gateway.invoke_function(arn, payload)
    except BusyError:
        raise
    except (GatewayError, ValueError) as error:
        return Verdict(kind, UNDECIDED, f"the function {arn} failed: {error}")
    if not isinstance(answer, Mapping) or not isinstance(answer.get("pass"), bool | None):
        words = f'the function {arn} must return {{"pass": true, false or null, "reason": "..."}}'
        return Verdict(kind, UNDECIDED, words, {"Returned": str(answer)[:500]})
    reason = str(answer.get("reason") or "no reason given")
    figures = answer.get("figures")
    verdict = {True: PASS, False: REFUSE, None: UNDECIDED}[answer.get("pass")]
    return Verdict(kind, verdict, reason, figures if isinstance(figures, Mapping) else {})


def _number(gate: Mapping[str, Any], key: str) -> float | None:
    value = gate.get(key)
    return None if value in (None, "") else float(str(value))


GATES: Final[Mapping[str, Gate]] = {
    "BetterThanDeployed": _better,
    "Function": _function,
    "Objective": _objective,
}
"""Gates that are judged at one look, by type."""
