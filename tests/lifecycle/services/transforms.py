"""Transform jobs: none ever goes, and a name is used up for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .errors import client_error, invalid
from .models import Models

_STOP_SECONDS = 60


class Transforms(Models):
    """The operations on transform jobs.

    Attributes:
        transform_seconds: How long a transform takes.
        transform_end: How those that are started from now on will end.
        transforms: Every transform job, by its name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.transform_seconds = 600.0
        self.transform_end: dict[str, Any] = {"TransformJobStatus": "Completed"}
        self.transforms: dict[str, dict[str, Any]] = {}

    def _create_transform_job(self, TransformJobName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        operation, kind = "CreateTransformJob", "transform-job"
        if self.key_of(self.transforms, TransformJobName) is not None:
            words = f"Job name must be unique: {TransformJobName} is already existing"
            raise client_error(operation, "ResourceInUse", words)
        self.get(self.models, "model", operation, request["ModelName"])
        arn = self.keep(self.transforms, kind, operation, TransformJobName, request)
        self.transforms[TransformJobName] |= {"Created": self.now, "End": dict(self.transform_end)}
        return {"TransformJobArn": arn}

    def _describe_transform_job(self, TransformJobName: str) -> dict[str, Any]:  # noqa: N803
        job = self.transforms.get(TransformJobName)
        name = TransformJobName
        if job is None or self._is_unseen("transform-job", name, self.lags.describes):
            words = f"Could not find requested job with name: {name}"
            raise invalid("DescribeTransformJob", words)
        shown = {key: value for key, value in job.items() if key[0] != "_"}
        for own in ("Created", "End", "Stopped"):
            shown.pop(own, None)
        began = datetime.fromtimestamp(job["Created"], UTC)
        return {
            "TransformJobName": name,
            "TransformJobArn": self.arn("transform-job", name),
            "CreationTime": began,
            **shown,
            **self._state_of(job, began),
        }

    def _state_of(self, job: dict[str, Any], began: datetime) -> dict[str, Any]:
        if "Stopped" in job:
            ended = self.now - job["Stopped"] >= _STOP_SECONDS
            return {"TransformJobStatus": "Stopped" if ended else "Stopping"}
        if self.now - job["Created"] < self.transform_seconds:
            return {"TransformJobStatus": "InProgress"}
        ended_at = began + timedelta(seconds=self.transform_seconds)
        return {"TransformStartTime": began, "TransformEndTime": ended_at, **job["End"]}

    def _stop_transform_job(self, TransformJobName: str) -> dict[str, Any]:  # noqa: N803
        status = self._describe_transform_job(TransformJobName)["TransformJobStatus"]
        if status != "InProgress":
            raise invalid("StopTransformJob", f"The job cannot be stopped, as it is {status}")
        self.transforms[TransformJobName]["Stopped"] = self.now
        return {}

    def _list_transform_jobs(self, **request: Any) -> dict[str, Any]:
        seen = self.names_listed(self.transforms, "transform-job")
        newest = sorted(seen, key=lambda name: -self.transforms[name]["Created"])
        lag, self.lags.describes = self.lags.describes, 0.0
        try:
            shown = [self._describe_transform_job(name) for name in newest]
        finally:
            self.lags.describes = lag
        status = request.get("StatusEquals")
        found = [job for job in shown if status in (None, job["TransformJobStatus"])]
        return self.page_of(found, "TransformJobSummaries", "TransformJobName", request)

    @property
    def running_transforms(self) -> list[str]:
        """Names of the transform jobs that run now."""
        return [
            name
            for name, job in self.transforms.items()
            if "Stopped" not in job and self.now - job["Created"] < self.transform_seconds
        ]
