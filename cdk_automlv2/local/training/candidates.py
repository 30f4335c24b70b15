"""A fitted trial as the API describes it, its artifacts written below the output path."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import tarfile
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.hosting import STAGE_FILE
from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.errors import doing
from cdk_automlv2.local.training.objects import place, split_uri
from cdk_automlv2.local.training.problem import Problem
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

    def publish(self, number: int, fitted: TrainedCandidate) -> dict[str, Any]:
        """Write the artifacts of the ``number``-th candidate; return its ``AutoMLCandidate``."""
        name = self._name(number, fitted)
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
            "CandidateProperties": {
                "CandidateArtifactLocations": self._reports(name, fitted),
                "CandidateMetrics": [
                    _metric(key, value) for key, value in sorted(fitted.values.items())
                ],
            },
        }

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

    def _name(self, number: int, fitted: TrainedCandidate) -> str:
        job = self._spec["AutoMLJobName"]
        mark = hashlib.sha256(f"{job}/{number}".encode()).hexdigest()[:6]
        return f"{job}-{number:03d}-{fitted.algorithm}-{mark}"

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

    def _reports(self, name: str, fitted: TrainedCandidate) -> dict[str, str]:
        explained = f"{self._root}/documentation/explainability/{name}"
        insights = f"{self._root}/documentation/model_monitor/{name}"
        self._put(f"{insights}/statistics.json", _json(fitted.values))
        for file, content in fitted.reports.items():
            self._put(f"{explained}/{file}", _json(content))
        return {"Explainability": explained, "ModelInsights": insights}

    def _put(self, uri: str, body: bytes) -> None:
        bucket, key = split_uri(uri)
        key_id = self._spec.get("OutputDataConfig", {}).get("KmsKeyId")
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        with doing(f"{uri} cannot be written"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, **encryption)


def _metric(name: str, value: float) -> dict[str, Any]:
    """Return a metric; only those that can be an objective have a ``MetricName``."""
    objectives = service_model.shape_at("CreateAutoMLJobV2", "AutoMLJobObjective.MetricName").enum
    named = {"MetricName": name} if name in objectives else {}
    return {**named, "StandardMetricName": name, "Value": value, "Set": "Validation"}


def archive(stage: Stage) -> bytes:
    """Return what a model's artifact is: an archive that holds one stage."""
    pickled = pickle.dumps(stage)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        member = tarfile.TarInfo(STAGE_FILE)
        member.size = len(pickled)
        tar.addfile(member, io.BytesIO(pickled))
    return packed.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode()
