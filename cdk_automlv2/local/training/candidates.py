"""A fitted trial as the API describes it, its artifacts written below the output path."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import Any

import joblib

from cdk_automlv2.local.sagemaker.hosting import STAGE_FILE
from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.stages import (
    AlgorithmStage,
    EnsembleStage,
    FeatureStage,
    LabelStage,
)
from cdk_automlv2.local.training.tabular import Fitted

_LABEL_KEYS = "predicted_label,probability,probabilities"
_ALL_KEYS = "predicted_label,probability,probabilities,labels"


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
        output = spec["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        self._root = f"{output}/{spec['AutoMLJobName']}"

    def publish(self, number: int, fitted: Fitted) -> dict[str, Any]:
        """Write the artifacts of the ``number``-th candidate; return its ``AutoMLCandidate``."""
        name = self._name(number, fitted)
        containers = [
            self._container(name, index, stage) for index, stage in enumerate(fitted.stages)
        ]
        metric = self._problem.metric
        return {
            "CandidateName": name,
            "CandidateStatus": "Completed",
            "ObjectiveStatus": "Succeeded",
            "CandidateSteps": [self._step(name)],
            "FinalAutoMLJobObjectiveMetric": {
                "MetricName": metric,
                "StandardMetricName": metric,
                "Type": metrics.direction(metric),
                "Value": fitted.values[metric],
            },
            "InferenceContainers": containers,
            "CandidateProperties": {
                "CandidateArtifactLocations": self._reports(name, fitted),
                "CandidateMetrics": [
                    {
                        "MetricName": key,
                        "StandardMetricName": key,
                        "Value": value,
                        "Set": "Validation",
                    }
                    for key, value in sorted(fitted.values.items())
                ],
            },
        }

    def _name(self, number: int, fitted: Fitted) -> str:
        job = self._spec["AutoMLJobName"]
        mark = hashlib.sha256(f"{job}/{number}".encode()).hexdigest()[:6]
        return f"{job}-{number:03d}-{fitted.trial.algorithm}-{mark}"

    def _step(self, name: str) -> dict[str, str]:
        place = f"arn:aws:sagemaker:{self._spec['Region']}:{self._spec['Account']}"
        return {
            "CandidateStepType": "AWS::SageMaker::TrainingJob",
            "CandidateStepArn": f"{place}:training-job/{name.lower()}",
            "CandidateStepName": name,
        }

    def _container(self, name: str, index: int, stage: Any) -> dict[str, Any]:
        uri = f"{self._root}/sagemaker-automl-candidates/{name}/{index}/model.tar.gz"
        self._put(uri, _archive(stage))
        image, environment = _image(stage, classifies=self._problem.classifies)
        registry = f"{self._spec['Account']}.dkr.ecr.{self._spec['Region']}.amazonaws.com"
        return {
            "Image": f"{registry}/{image}:local-cpu-py3",
            "ModelDataUrl": uri,
            "Environment": environment,
        }

    def _reports(self, name: str, fitted: Fitted) -> dict[str, str]:
        explained = f"{self._root}/documentation/explainability/{name}"
        insights = f"{self._root}/documentation/model_monitor/{name}"
        self._put(f"{explained}/analysis.json", _json(fitted.importance))
        self._put(f"{insights}/statistics.json", _json(fitted.values))
        return {"Explainability": explained, "ModelInsights": insights}

    def _put(self, uri: str, body: bytes) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._s3.put_object(Bucket=bucket, Key=key, Body=body)


def _image(stage: Any, *, classifies: bool) -> tuple[str, dict[str, str]]:
    """Return the image and environment of a container, with the variables that AWS sets."""
    program = {"SAGEMAKER_PROGRAM": "sagemaker_serve"}
    match stage:
        case EnsembleStage():
            speaks = {"SAGEMAKER_INFERENCE_SUPPORTED": _ALL_KEYS} if classifies else {}
            return "autogluon-inference", {**program, **speaks}
        case FeatureStage():
            mode = {"AUTOML_TRANSFORM_MODE": "feature-transform"}
            return "sagemaker-sklearn-automl", {**program, **mode}
        case AlgorithmStage():
            keys = {
                "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label",
                "SAGEMAKER_INFERENCE_SUPPORTED": _LABEL_KEYS,
            }
            return "sagemaker-xgboost", keys if classifies else {}
        case LabelStage():
            return "sagemaker-sklearn-automl", {
                **program,
                "AUTOML_TRANSFORM_MODE": "inverse-label-transform",
                "SAGEMAKER_INFERENCE_INPUT": "predicted_label",
                "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label",
                "SAGEMAKER_INFERENCE_SUPPORTED": _ALL_KEYS,
            }
    raise TypeError(f"no container for {stage!r}")


def _archive(stage: Any) -> bytes:
    pickled = io.BytesIO()
    joblib.dump(stage, pickled)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo(STAGE_FILE)
        member.size = len(pickled.getvalue())
        tar.addfile(member, io.BytesIO(pickled.getvalue()))
    return packed.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode()
