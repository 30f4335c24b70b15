"""What an endpoint takes, by its kind: how much at once, and by which call.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model.html (6 MB in real time, 4 MB
serverless, 1 GB asynchronous), and ``InvokeEndpointAsync.Body`` of the service's model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

REAL_TIME, SERVERLESS, ASYNCHRONOUS = "real time", "serverless", "asynchronous"

_MIB: Final = 1024 * 1024
_INLINE: Final = 128_000
_LIMITS: Final = {REAL_TIME: 6 * _MIB, SERVERLESS: 4 * _MIB, ASYNCHRONOUS: 1024 * _MIB}
_WORDS: Final = {
    _INLINE: "128,000 bytes",
    **{limit: f"{limit // _MIB} MB" for limit in _LIMITS.values()},
}
_LARGER: Final = (
    "send fewer rows at once, serve the model by an endpoint with async_inference and call "
    "predict_async with input_location (1 GB), or use a batch transform"
)
_REFUSED: Final = ("ValidationError", "ValidationException")


class PayloadTooLargeError(ValueError):
    """When a request is larger than its endpoint takes; nothing has been sent.

    Attributes:
        size: Bytes of the request.
        limit: Most bytes that the endpoint takes.
    """

    def __init__(self, size: int, limit: int, whose: str, instead: str) -> None:
        shown = f"{size:,} bytes" if limit == _INLINE else f"{size / _MIB:.1f} MB"
        super().__init__(f"data: {shown} are more than the {_WORDS[limit]} that {whose}; {instead}")
        self.size = size
        self.limit = limit


class EndpointKindError(TypeError):
    """When an endpoint is called in a way that its kind does not answer."""


class EndpointKinds:
    """What endpoints are, asked once each, and only where it matters: callers need no right to ask.

    Args:
        sagemaker: boto3's client.
    """

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker
        self._known: dict[str, str | None] = {}

    def require_room(self, endpoint_name: str, body: bytes) -> None:
        """Refuse what an endpoint that answers at once does not take.

        Raises:
            PayloadTooLargeError: If it is larger.
        """
        size = len(body)
        if size <= _LIMITS[SERVERLESS]:
            return
        serverless = self.of(endpoint_name) == SERVERLESS
        limit = _LIMITS[SERVERLESS if serverless else REAL_TIME]
        if size > limit:
            whose = (
                "a serverless endpoint takes" if serverless else "an endpoint takes in real time"
            )
            raise PayloadTooLargeError(size, limit, whose, _LARGER)

    def of(self, endpoint_name: str) -> str | None:
        """Return what an endpoint is; ``None`` if that cannot be known."""
        from botocore.exceptions import BotoCoreError, ClientError

        if endpoint_name not in self._known:
            try:
                self._known[endpoint_name] = self._described(endpoint_name)
            except (BotoCoreError, ClientError):
                return None
        return self._known[endpoint_name]

    @contextmanager
    def explained(self, endpoint_name: str, *, queued: bool) -> Iterator[None]:
        """Say which method an endpoint answers, where a call was refused as it is no such endpoint.

        Raises:
            EndpointKindError: If the endpoint is of another kind.
        """
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
            kind = self.of(endpoint_name)
            if kind is None or (kind == ASYNCHRONOUS) == queued:
                raise
            method = "predict" if queued else "predict_async"
            words = f"endpoint {endpoint_name!r} is {kind}: call {method}"
            raise EndpointKindError(words) from error

    def _described(self, endpoint_name: str) -> str:
        endpoint = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        config = self._sagemaker.describe_endpoint_config(
            EndpointConfigName=endpoint["EndpointConfigName"]
        )
        if config.get("AsyncInferenceConfig"):
            return ASYNCHRONOUS
        first = config["ProductionVariants"][0]
        return SERVERLESS if first.get("ServerlessConfig") else REAL_TIME


def require_inline_room(body: bytes) -> None:
    """Refuse what an asynchronous request cannot hold itself.

    Raises:
        PayloadTooLargeError: If it is larger.
    """
    if len(body) > _INLINE:
        instead = "put them into S3 and give input_location, for up to 1 GB"
        raise PayloadTooLargeError(
            len(body), _INLINE, "an asynchronous request holds itself", instead
        )


def require_queued_room(s3: Any, location: str) -> None:
    """Refuse an object that an asynchronous endpoint does not take, where its size can be seen.

    Raises:
        PayloadTooLargeError: If it is larger.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = location.removeprefix("s3://").partition("/")
    try:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    except (BotoCoreError, ClientError):
        return  # Who may call need not be allowed to look; SageMaker says the rest.
    size = next((item.get("Size", 0) for item in listed if item["Key"] == key), 0)
    limit = _LIMITS[ASYNCHRONOUS]
    if size > limit:
        instead = "split it, or use a batch transform"
        raise PayloadTooLargeError(size, limit, "an asynchronous endpoint takes", instead)
