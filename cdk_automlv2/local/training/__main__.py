"""One training in a process of its own; reports on standard output, a JSON line each.

``{"Started": AutoMLCandidate}`` and ``{"Candidate": AutoMLCandidate}`` for each candidate,
``{"Reported": {"CandidateName": …, "CandidateProperties": …}}`` for the best, then
``{"Attributes": {…}}`` or ``{"Failure": "…"}``. The only credentials in the environment are those
of the job's role.
"""

from __future__ import annotations

import itertools
import json
import sys
import warnings
from collections.abc import Callable
from typing import Any


def main(spec: dict[str, Any], s3: Any = None, *, in_full: bool = False) -> None:
    """Train a request; whatever goes wrong is reported with its reason.

    Args:
        spec: The request, with ``Account`` and ``Region``.
        s3: Client with the rights of the job's role. Default: by the environment's credentials.
        in_full: Whether to tell of candidates that have started and of reports, too.
    """
    from cdk_automlv2.local.training.errors import DataError, doing, quietly, reason

    try:
        with quietly(), doing("The training failed"):
            attributes = _train(spec, s3, _report if in_full else _nothing)
    except DataError as error:
        _report(Failure=reason(error))
    else:
        _report(Attributes=attributes)


def _train(spec: dict[str, Any], s3: Any, tell: Callable[..., None]) -> dict[str, Any]:
    """Publish each candidate, and the reports on the best; return what the job resolves."""
    import boto3

    from cdk_automlv2.local.training.candidates import Publisher, is_better
    from cdk_automlv2.local.training.kinds import training_of

    s3 = s3 or boto3.client("s3")
    training = training_of(spec, s3)
    publisher = Publisher(spec, training.problem, s3)
    explored = _explored(publisher, training)
    numbers = itertools.count(1)
    candidates = training.run(
        lambda algorithm: tell(Started=publisher.announce(next(numbers), algorithm))
    )
    best = None
    for number, fitted in enumerate(candidates, start=1):
        candidate = publisher.publish(number, fitted)
        _report(Candidate=candidate)
        if best is None or is_better(candidate, best[0]):
            best = (candidate, fitted.reports)
    attributes = {"ResolvedAttributes": _resolved(spec, training.problem), **explored}
    return attributes if best is None else {**attributes, **_reports(publisher, *best, tell)}


def _explored(publisher: Any, training: Any) -> dict[str, Any]:
    """Write the data exploration notebook, if the kind has one; what fails is left out."""
    from cdk_automlv2.local.training.errors import DataError, doing
    from cdk_automlv2.local.training.trained_candidate import Explored

    if not isinstance(training, Explored):
        return {}
    try:
        with doing("The data exploration notebook cannot be made"):
            uri = publisher.explore(training.exploration())
    except DataError:
        return {}
    return {"AutoMLJobArtifacts": {"DataExplorationNotebookLocation": uri}}


def _reports(
    publisher: Any, candidate: dict[str, Any], reports: Any, tell: Callable[..., None]
) -> dict[str, Any]:
    """Write the reports; a report that cannot be made is a partial failure, not the job's."""
    from cdk_automlv2.local.training.errors import DataError, reason

    name = candidate["CandidateName"]
    try:
        locations = publisher.report(name, reports)
    except DataError as error:
        return {"PartialFailureReasons": [{"PartialFailureMessage": reason(error)}]}
    if locations:
        properties = {"CandidateArtifactLocations": locations}
        tell(Reported={"CandidateName": name, "CandidateProperties": properties})
    return {}


def _resolved(spec: dict[str, Any], problem: Any) -> dict[str, Any]:
    resolved: dict[str, Any] = {}
    if problem.metric is not None:
        resolved["AutoMLJobObjective"] = {"MetricName": problem.metric}
    config = spec["AutoMLProblemTypeConfig"]
    if "TabularJobConfig" in config:
        kind = {"TabularResolvedAttributes": {"ProblemType": problem.kind}}
        resolved["AutoMLProblemTypeResolvedAttributes"] = kind
    if "TextGenerationJobConfig" in config:
        base = config["TextGenerationJobConfig"].get("BaseModelName", "Falcon7BInstruct")
        attributes = {"TextGenerationResolvedAttributes": {"BaseModelName": base}}
        resolved["AutoMLProblemTypeResolvedAttributes"] = attributes
    return resolved


def _nothing(**_: Any) -> None:
    """Tell nobody."""


def _report(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(json.load(sys.stdin), in_full=True)
