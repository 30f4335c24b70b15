"""A batch transform that code starts by itself; see ``AutoMLRuntime.transform``."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Places:
    """Where data lie, where answers go, and how objects are split."""

    source: str
    target: str
    content_type: str
    split_type: str

    def members(self) -> dict[str, Any]:
        """Return the members of CreateTransformJob."""
        place = {"S3DataType": "S3Prefix", "S3Uri": self.source}
        output = {"S3OutputPath": self.target}
        if self.split_type == "Line":
            output |= {"AssembleWith": "Line", "Accept": self.content_type}
        given = {
            "DataSource": {"S3DataSource": place},
            "ContentType": self.content_type,
            "SplitType": self.split_type,
        }
        return {"TransformInput": given, "TransformOutput": output}


def new_name(model_name: str) -> str:
    """Return a name that nobody has used."""
    return f"{model_name[:40].rstrip('-')}-{uuid.uuid4().hex[:12]}"


class InferenceFailedError(Exception):
    """When an asynchronous request or a batch has failed; the text is what SageMaker says of it."""


@dataclass(frozen=True)
class TransformRun:
    """A batch transform that has been started.

    Attributes:
        job_name: Name of the transform job.
        output_location: Where answers go.
    """

    job_name: str
    output_location: str
    sagemaker: Any = field(repr=False, compare=False)

    def result(
        self,
        timeout: float = 6 * 3600.0,
        *,
        every: float = 15.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> str:
        """Wait for the end, and return where the answers lie.

        Args:
            timeout: Longest wait; seconds.
            every: Pause between looks; seconds.
            sleep: Pauses.

        Raises:
            InferenceFailedError: If it has failed, or was stopped.
            TimeoutError: If it has not ended in time; it goes on.
        """
        left = timeout
        while True:
            job = self.sagemaker.describe_transform_job(TransformJobName=self.job_name)
            status = job["TransformJobStatus"]
            if status == "Completed":
                return self.output_location
            if status in ("Failed", "Stopped"):
                reason = job.get("FailureReason") or f"the job is {status}"
                raise InferenceFailedError(f"transform job {self.job_name}: {reason}")
            if left <= 0:
                raise TimeoutError(f"transform job {self.job_name} is {status} after {timeout:g} s")
            sleep(min(every, left))
            left -= every

    def stop(self) -> None:
        """Ask the job to stop."""
        self.sagemaker.stop_transform_job(TransformJobName=self.job_name)
