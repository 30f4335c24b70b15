"""A deployed model: its containers' artifacts, fetched from S3 and called one after another."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.errors import ServiceError

STAGE_FILE = "stage.joblib"


@dataclass(frozen=True)
class HostedModel:
    """Containers ready to answer.

    Attributes:
        stages: What each container does, with its environment.
    """

    stages: tuple[tuple[Any, dict[str, str]], ...]

    @classmethod
    def fetch(cls, containers: list[dict[str, Any]], s3: Any) -> HostedModel:
        """Load every container's ``ModelDataUrl`` with the rights of ``s3``."""
        import joblib

        stages = []
        for container in containers:
            bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
            archive = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
                member = tar.extractfile(STAGE_FILE)
                assert member is not None
                stage = joblib.load(io.BytesIO(member.read()))
            stages.append((stage, container.get("Environment", {})))
        return cls(tuple(stages))

    def answer(self, body: bytes, content_type: str) -> tuple[bytes, str]:
        """Return what the last container answers with, and its type.

        Raises:
            ServiceError: ``ModelError`` where a container cannot read its input.
        """
        accepts = self.stages[0][0].accepts
        if content_type.partition(";")[0] not in accepts:
            words = f"{content_type!r} is not supported: send {' or '.join(accepts)}"
            raise ServiceError("ModelError", words, 424)
        try:
            for stage, environment in self.stages:
                body = stage.invoke(body, environment)
        except Exception as error:
            raise ServiceError("ModelError", f"the container failed: {error}", 424) from error
        return body, self.stages[-1][0].returns
