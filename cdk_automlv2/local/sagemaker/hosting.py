"""A deployed model: its containers' artifacts, fetched from S3 and called one after another."""

from __future__ import annotations

import io
import pickle
import tarfile
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.training.objects import split_uri

STAGE_FILE = "stage.pickle"
ANY = "*/*"


@dataclass(frozen=True)
class HostedModel:
    """Containers ready to answer.

    Attributes:
        stages: What each container does, with its environment.
    """

    stages: tuple[tuple[Any, dict[str, str]], ...]

    @classmethod
    def fetch(cls, containers: list[dict[str, Any]], s3: Any) -> HostedModel:
        """Load every container's ``ModelDataUrl`` with the rights of ``s3``.

        Raises:
            ValueError: If a container has no artifact that was trained here.
            DataError: If a container names none.
        """
        stages = []
        for container in containers:
            url = container.get("ModelDataUrl", "")
            bucket, key = split_uri(url)
            archive = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            stage = pickle.loads(_stage_in(archive, url))
            stages.append((stage, container.get("Environment", {})))
        return cls(tuple(stages))

    def answer(self, body: bytes, content_type: str, accept: str = ANY) -> tuple[bytes, str]:
        """Return what the last container answers with, and its type.

        Raises:
            ServiceError: ``ModelError`` where a container cannot read its input, or cannot answer
                in a type that is accepted.
        """
        accepts = self.stages[0][0].accepts
        if _bare(content_type) not in accepts:
            words = f"{content_type!r} is not supported: send {' or '.join(accepts)}"
            raise self._error(415, 0, words)
        returns = self.stages[-1][0].returns
        if not _is_accepted(returns, accept):
            words = f"Accept {accept!r} is not supported: the answer is {returns}"
            raise self._error(406, len(self.stages) - 1, words)
        for number, (stage, environment) in enumerate(self.stages):
            try:
                body = stage.invoke(body, environment)
            except Exception as error:
                # What a container cannot read is the client's fault, all else its own.
                status = 400 if isinstance(error, ValueError | OSError) else 500
                words = f"the container failed: {error}"
                raise self._error(status, number, words) from error
        return body, returns

    def _error(self, status: int, number: int, words: str) -> ServiceError:
        """Return the error that SageMaker makes of a container's."""
        name = "primary" if len(self.stages) == 1 else f"container-{number + 1}"
        whose = "client" if status < 500 else "server"
        message = f'Received {whose} error ({status}) from {name} with message "{words}".'
        details = {"OriginalStatusCode": status, "OriginalMessage": words}
        return ServiceError("ModelError", message, 424, details)


def _stage_in(archive: bytes, url: str) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            member = tar.extractfile(STAGE_FILE)
            if member is not None:
                return member.read()
    except (tarfile.TarError, OSError, KeyError) as error:
        raise ValueError(f"{url} is not a model that was trained here: {error}") from error
    raise ValueError(f"{url} is not a model that was trained here")


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _is_accepted(content_type: str, accept: str) -> bool:
    wanted = [_bare(part) for part in accept.split(",")]
    family = content_type.partition("/")[0]
    return accept.strip() == "" or any(
        part in wanted for part in (ANY, content_type, f"{family}/*")
    )
