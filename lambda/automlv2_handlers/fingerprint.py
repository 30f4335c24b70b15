"""What a job was trained on: a digest of its configuration and of the objects it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from automlv2_handlers import logs
from automlv2_handlers.errors import GatewayError
from automlv2_handlers.gateway import Gateway
from automlv2_handlers.names import digest

UNKNOWN = "unknown"


def fingerprint(request: Mapping[str, Any], training: Any, gateway: Gateway) -> str:
    """Return a digest that is equal only for equal configuration and equal data.

    Args:
        request: The typed CreateAutoMLJobV2 request.
        training: The part of the request that decides what is trained.
        gateway: Lists the objects.

    Returns:
        ``UNKNOWN`` where the objects cannot be told: no right to list them, or a manifest that
        names them. A job with that mark is never taken for an equal one.
    """
    try:
        data = [list(_objects(uri, gateway)) for uri in _inputs(request)]
    except (GatewayError, _NotAPrefixError) as error:
        logs.fact(
            "input data cannot be fingerprinted; finished jobs are not reused", why=str(error)
        )
        return UNKNOWN
    return digest(training, data)


class _NotAPrefixError(Exception):
    """When the input is a manifest, whose objects are not read here."""


def _inputs(request: Mapping[str, Any]) -> Iterator[str]:
    for channel in request["AutoMLJobInputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        if source["S3DataType"] != "S3Prefix":
            raise _NotAPrefixError(f"{source['S3DataType']} {source['S3Uri']}")
        yield source["S3Uri"]
    for config in request["AutoMLProblemTypeConfig"].values():
        if "FeatureSpecificationS3Uri" in config:
            yield config["FeatureSpecificationS3Uri"]


def _objects(uri: str, gateway: Gateway) -> Iterator[tuple[str, str, int]]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return gateway.objects(bucket, prefix)
