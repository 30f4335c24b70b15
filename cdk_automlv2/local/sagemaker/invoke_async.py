"""InvokeEndpointAsync: takes a request for the queue, and names the location of its response."""

from __future__ import annotations

import json
import uuid
from typing import Any

from cdk_automlv2.local.sagemaker.async_queue import AsyncRequest, queue_of
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.fleets import Fleet
from cdk_automlv2.local.sagemaker.hosting import ANY
from cdk_automlv2.local.sagemaker.state import ENDPOINT, State

LONGEST_BODY = 128_000
DEFAULT_TTL_SECONDS = 6 * 3600
_PREFIX = "x-amzn-sagemaker-"
_SHORTEST, _LONGEST = 60, 21_600


def invoke_async(
    state: State, headers: Any, name: str, body: bytes
) -> tuple[bytes, dict[str, str]]:
    """Queue one request; return the answer of the call and its headers.

    Raises:
        ServiceError: ``ValidationError`` where the endpoint is missing or not asynchronous, or the
            request has no input or two.
    """
    caller = Caller.from_headers(headers)
    arn = caller.arn(ENDPOINT.name, name)
    state.require(caller, "InvokeEndpointAsync", arn)
    state.faults.raise_if_planned("InvokeEndpointAsync")
    output = _output_of(state, caller, arn, name)
    location = _header(headers, "inputlocation")
    if bool(location) == bool(body):
        raise _refused("Exactly one of InputLocation and Body must be given.")
    if len(body) > LONGEST_BODY:
        raise _refused(f"Body must have {LONGEST_BODY} bytes or less.")
    inference = _header(headers, "inference-id") or str(uuid.uuid4())
    extension = _header(headers, "s3outputpathextension").strip("/")
    file = _header(headers, "filename") or f"{uuid.uuid4()}.out"
    request = AsyncRequest(
        arn=arn,
        endpoint=name,
        region=caller.region,
        inference_id=inference,
        body=body,
        input_location=location,
        content_type=_header(headers, "content-type") or "text/csv",
        accept=_header(headers, "accept") or ANY,
        output_location=_below(output["S3OutputPath"], extension, file),
        failure_location=_failure(output, extension, file),
        received=state.clock.now(),
        expires_at=state.clock.seconds() + _ttl(headers),
    )
    queue_of(state, arn).put(request)
    places = {
        f"{_PREFIX}outputlocation": request.output_location,
        f"{_PREFIX}failurelocation": request.failure_location,
    }
    shown = {key: value for key, value in places.items() if value}
    return json.dumps({"InferenceId": inference}).encode(), shown


def _output_of(state: State, caller: Caller, arn: str, name: str) -> dict[str, Any]:
    with state.lock:
        endpoint = state.endpoints.get(arn, {})
        fleet: Fleet | None = state.serving.get(arn)
    if endpoint.get("EndpointName") != name or fleet is None:
        raise _refused(f"Endpoint {name} of account {caller.account} not found.")
    if "AsyncInferenceConfig" not in fleet.config:
        raise _refused(f"Endpoint {name} does not support this inference type; use InvokeEndpoint.")
    output: dict[str, Any] = fleet.config["AsyncInferenceConfig"]["OutputConfig"]
    return output


def _header(headers: Any, name: str) -> str:
    return str(headers.get(f"{_PREFIX}{name}") or "")


def _ttl(headers: Any) -> int:
    given = _header(headers, "requestttlseconds")
    if not given:
        return DEFAULT_TTL_SECONDS
    if not given.isdecimal() or not _SHORTEST <= int(given) <= _LONGEST:
        raise _refused(f"RequestTTLSeconds must be {_SHORTEST} to {_LONGEST}.")
    return int(given)


def _below(place: str, *parts: str) -> str:
    return "/".join([place.rstrip("/"), *(part for part in parts if part)])


def _failure(output: dict[str, Any], extension: str, file: str) -> str:
    place = output.get("S3FailurePath")
    if not place:
        return ""
    stem, _, ending = file.rpartition(".")
    return _below(place, extension, f"{stem or ending}-error.out")


def _refused(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)
