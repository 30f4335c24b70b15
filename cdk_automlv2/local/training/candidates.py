"""A trial as the API describes it, its artifacts written below the output path."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Callable
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.hosting import STAGE_FILE
from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.errors import doing, quietly
from cdk_automlv2.local.training.objects import place, split_uri
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.reports import Files, Reports
from cdk_automlv2.local.training.stages import Stage
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

_UNITS = {
    "ImageClassificationJobConfig": ("CPU", "GPU"),
    "TextClassificationJobConfig": ("CPU", "GPU"),
    "TextGenerationJobConfig": ("GPU",),
}
"""Kinds whose candidates have containers for each processing unit."""


class Publisher:
    """Writes candidates of one job to S3 and describes them.

    Args:
        spec: The request, with ``Account`` and ``Region``.
        problem: The problem resolved.
        s3: Client with the rights of the job's role.
    """

    def __init__(self, spec: dict[str, Any], problem: Problem, s3: Any) -> None:
        self._spec = spec
        self._problem = problem
        self._s3 = s3
        output = place(*split_uri(spec["OutputDataConfig"]["S3OutputPath"])).rstrip("/")
        self._root = f"{output}/{spec['AutoMLJobName']}"

    def announce(self, number: int, algorithm: str) -> dict[str, Any]:
        """Return the ``number``-th candidate as it is while it is being trained."""
        name = self._name(number, algorithm)
        return {
            "CandidateName": name,
            "CandidateStatus": "InProgress",
            "ObjectiveStatus": "Pending",
            "CandidateSteps": [self._step(name)],
        }

    def publish(self, number: int, fitted: TrainedCandidate) -> dict[str, Any]:
        """Write the model of the ``number``-th candidate; return its ``AutoMLCandidate``."""
        name = self._name(number, fitted.algorithm)
        containers = [
            self._container(name, index, stage) for index, stage in enumerate(fitted.stages)
        ]
        return {
            "CandidateName": name,
            "CandidateStatus": "Completed",
            "ObjectiveStatus": "Succeeded",
            "CandidateSteps": [self._step(name)],
            **self._final_metric(fitted),
            **self._placed(containers),
            "CandidateProperties": {"CandidateMetrics": _metrics(fitted)},
        }

    def explore(self, notebook: bytes) -> str:
        """Write the data exploration notebook; return where it is."""
        processing = f"{self._spec['AutoMLJobName']}-db-1"
        folder = f"{self._root}/sagemaker-automl-candidates/{processing}/notebooks"
        uri = f"{folder}/SageMakerAutopilotDataExplorationNotebook.ipynb"
        self._put(uri, notebook)
        return uri

    def report(self, name: str, reports: Reports) -> dict[str, str]:
        """Write the reports on a candidate; return its ``CandidateArtifactLocations``.

        A location is a prefix; the files are one folder deeper, as they are on AWS.
        """
        root, found = f"{self._root}/documentation", {}
        makers: dict[str, tuple[str, Callable[[str], Files | None]]] = {
            "Explainability": ("explainability", reports.explained),
            "ModelInsights": ("model_monitor", lambda _: reports.insights()),
            "BacktestResults": ("backtest", lambda _: reports.back_tests()),
        }
        for member, (part, make) in makers.items():
            prefix = f"{root}/{part}/output"
            with quietly(), doing(f"The report of {part} cannot be made"):
                files = make(f"{prefix}/{name}")
            if files is not None:
                found[member] = prefix
                for path, content in files.items():
                    self._put(f"{prefix}/{name}/{path}", content)
        return found

    def _final_metric(self, fitted: TrainedCandidate) -> dict[str, Any]:
        metric = self._problem.metric
        if metric is None:
            return {}
        final = {
            "MetricName": metric,
            "StandardMetricName": metric,
            "Type": metrics.direction(metric),
            "Value": fitted.values[metric],
        }
        return {"FinalAutoMLJobObjectiveMetric": final}

    def _placed(self, containers: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the containers where a candidate of this kind has them."""
        units = _UNITS.get(next(iter(self._spec["AutoMLProblemTypeConfig"])))
        if units is None:
            return {"InferenceContainers": containers}
        return {"InferenceContainerDefinitions": dict.fromkeys(units, containers)}

    def _name(self, number: int, algorithm: str) -> str:
        job = self._spec["AutoMLJobName"]
        mark = hashlib.sha256(f"{job}/{number}".encode()).hexdigest()[:6]
        return f"{job}-{number:03d}-{algorithm}-{mark}"

    def _step(self, name: str) -> dict[str, str]:
        place = f"arn:aws:sagemaker:{self._spec['Region']}:{self._spec['Account']}"
        return {
            "CandidateStepType": "AWS::SageMaker::TrainingJob",
            "CandidateStepArn": f"{place}:training-job/{name.lower()}",
            "CandidateStepName": name,
        }

    def _container(self, name: str, index: int, stage: Stage) -> dict[str, Any]:
        uri = f"{self._root}/sagemaker-automl-candidates/{name}/{index}/model.tar.gz"
        self._put(uri, archive(stage))
        image, environment = stage.container()
        registry = f"{self._spec['Account']}.dkr.ecr.{self._spec['Region']}.amazonaws.com"
        return {
            "Image": f"{registry}/{image}:local-cpu-py3",
            "ModelDataUrl": uri,
            "Environment": environment,
        }

    def _put(self, uri: str, body: bytes) -> None:
        bucket, key = split_uri(uri)
        key_id = self._spec.get("OutputDataConfig", {}).get("KmsKeyId")
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        with doing(f"{uri} cannot be written"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, **encryption)


def _metrics(fitted: TrainedCandidate) -> list[dict[str, Any]]:
    """Return the metrics of both sets, those of the validation rows last."""
    sets = {"Train": fitted.train_values, "Validation": fitted.values}
    return [
        _metric(name, value, which)
        for which, values in sets.items()
        for name, value in sorted(values.items())
    ]


def _metric(name: str, value: float, which: str) -> dict[str, Any]:
    """Return a metric; only those that can be an objective have a ``MetricName``."""
    objectives = service_model.shape_at("CreateAutoMLJobV2", "AutoMLJobObjective.MetricName").enum
    named = {"MetricName": name} if name in objectives else {}
    return {**named, "StandardMetricName": name, "Value": value, "Set": which}


def is_better(candidate: dict[str, Any], than: dict[str, Any]) -> bool:
    """Whether a candidate's objective is better than another's; equals are not."""
    objective, other = (
        found.get("FinalAutoMLJobObjectiveMetric", {}) for found in (candidate, than)
    )
    gain = objective.get("Value", 0.0) - other.get("Value", 0.0)
    return bool(gain < 0 if objective.get("Type") == "Minimize" else gain > 0)


def archive(stage: Stage) -> bytes:
    """Return what a model's artifact is: an archive that holds one stage."""
    pickled = pickle.dumps(stage)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        member = tarfile.TarInfo(STAGE_FILE)
        member.size = len(pickled)
        tar.addfile(member, io.BytesIO(pickled))
    return packed.getvalue()
