"""What a job was trained on: a digest of its configuration and of the objects it reads."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers.aws.gateway import Gateway, StoredObject
from automlv2_handlers.domain.job_output import is_output
from automlv2_handlers.domain.names import canonical, digest
from automlv2_handlers.domain.s3_uri import S3Uri
from automlv2_handlers.errors import BusyError, DeniedError, GatewayError, LifecycleError

UNKNOWN: Final = "unknown"
MOST_OBJECTS: Final = 300_000
"""Of all inputs; more might not be listed in the five minutes that the function has."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a job learns from, as a tag says it.

    Attributes:
        value: Equal only for equal configuration and equal data, or ``UNKNOWN``, which is never
            taken for equal.
        why: Why it is unknown; else empty.
    """

    value: str
    why: str = ""


def fingerprint(request: Mapping[str, Any], training: Any, gateway: Gateway) -> Fingerprint:
    """Return the fingerprint of a job's configuration and of the objects it reads.

    Args:
        request: The typed CreateAutoMLJobV2 request.
        training: The part of the request that decides what is trained.
        gateway: Lists the objects.

    Raises:
        DeniedError: If the objects may not be listed, or not yet.
        BusyError: If they cannot be listed now.
    """
    try:
        counter = itertools.count(1)
        output = _output(request)
        data = [_digest_of(_objects(uri, output, counter, gateway)) for uri in _inputs(request)]
    except (DeniedError, BusyError):
        raise
    except (GatewayError, LifecycleError, UnlistableDataError) as error:
        return Fingerprint(UNKNOWN, str(error))
    return Fingerprint(digest(training, data))


class UnlistableDataError(Exception):
    """When the objects that a job reads cannot be listed."""


def _inputs(request: Mapping[str, Any]) -> Iterator[str]:
    for channel in request["AutoMLJobInputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        if source["S3DataType"] != "S3Prefix":
            raise UnlistableDataError(f"{source['S3DataType']} {source['S3Uri']} names the objects")
        yield source["S3Uri"]
    for config in request["AutoMLProblemTypeConfig"].values():
        if "FeatureSpecificationS3Uri" in config:
            yield config["FeatureSpecificationS3Uri"]


def _output(request: Mapping[str, Any]) -> S3Uri | None:
    path = request.get("OutputDataConfig", {}).get("S3OutputPath")
    return S3Uri.parse(path) if path else None


def _objects(
    uri: str, output: S3Uri | None, counter: Iterator[int], gateway: Gateway
) -> Iterator[StoredObject]:
    """Yield the objects under a prefix, without what jobs have written there."""
    source = S3Uri.parse(uri)
    for item in gateway.objects(*source):
        if next(counter) > MOST_OBJECTS:
            raise UnlistableDataError(f"the inputs have more than {MOST_OBJECTS:,} objects")
        if not is_output(output, source, item[0]):
            yield item


def _digest_of(objects: Iterator[StoredObject]) -> str:
    running = hashlib.sha256()
    for item in objects:
        running.update(canonical(item).encode())
    return running.hexdigest()
