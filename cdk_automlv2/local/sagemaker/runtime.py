"""InvokeEndpoint, at once or as a stream, and the errors of the data plane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.sagemaker.caller import Caller, partition_of
from cdk_automlv2.local.sagemaker.capture import Exchange, Message
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.fleets import LIMIT, Fleet
from cdk_automlv2.local.sagemaker.hosting import ANY
from cdk_automlv2.local.sagemaker.state import ENDPOINT, State

_PREFIX = "x-amzn-sagemaker-"
_REFUSED: Mapping[str, str] = {
    "target-model": "a target model needs a multi-model endpoint",
    "target-container-hostname": "a target container needs direct mode",
    "inference-component": "the endpoint has no inference components",
    "enable-explanations": "the endpoint has no explainer",
    "session-id": "the endpoint's containers keep no sessions",
}
"""Headers that no endpoint here can honour, and why."""


AT_ONCE, STREAMING = "InvokeEndpoint", "InvokeEndpointWithResponseStream"


def invoke(
    state: State, headers: Any, name: str, body: bytes, action: str = AT_ONCE
) -> tuple[bytes, dict[str, str]]:
    """Carry out one call of the data plane and return the answer and its headers.

    Raises:
        ServiceError: ``ValidationError`` where the endpoint is missing or not in service,
            ``ModelError`` where a container fails.
    """
    _check_size(body, LIMIT)
    caller = Caller.from_headers(headers)
    arn = caller.arn(ENDPOINT.name, name)
    state.require(caller, action, arn, **_context(headers))
    state.faults.raise_if_planned(action)
    fleet = _fleet(state, caller, arn, name)
    _check_size(body, fleet.limit)
    for header, why in _REFUSED.items():
        if headers.get(_PREFIX + header):
            raise _refused(f"{header} is given, but {why}.")
    variant = fleet.variant_for(headers.get(f"{_PREFIX}target-variant"))
    accept = headers.get(f"{_PREFIX}accept") or headers.get("accept") or ANY
    request = Message(body, headers.get("content-type") or "text/csv")
    with state.lock:
        state.scaling.count_call(arn, variant)
    with fleet.entered(variant):
        try:
            answer = fleet.answer(variant, request, accept)
        except ServiceError as error:
            raise _from_container(error, caller, name) from error
    inference = headers.get(f"{_PREFIX}inference-id")
    fleet.follow_up(Exchange(variant, request, answer, inference or ""), accept)
    shown = {"content-type": answer.content_type, "x-amzn-invoked-production-variant": variant}
    return answer.body, {
        **shown,
        **({f"{_PREFIX}inference-id": inference} if inference else {}),
    }


def _check_size(body: bytes, limit: int) -> None:
    if len(body) > limit:
        raise ServiceError("413", f"HTTP content length exceeded {limit} bytes.", 413)


def _context(headers: Any) -> dict[str, str]:
    """Return the condition keys of InvokeEndpoint."""
    keys = {"target-variant": "TargetVariant", "target-model": "TargetModel"}
    return {
        f"sagemaker:{key}": headers[_PREFIX + header]
        for header, key in keys.items()
        if headers.get(_PREFIX + header)
    }


def _fleet(state: State, caller: Caller, arn: str, name: str) -> Fleet:
    """Return what serves the endpoint; its name has to be written as it was at creation."""
    with state.lock:
        endpoint = state.endpoints.get(arn, {})
        fleet: Fleet | None = state.serving.get(arn)
    if endpoint.get("EndpointName") != name or fleet is None:
        raise _refused(f"Endpoint {name} of account {caller.account} not found.")
    if "AsyncInferenceConfig" in fleet.config:
        raise _refused(f"Endpoint {name} is asynchronous; use InvokeEndpointAsync.")
    return fleet


def _refused(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)


def _from_container(error: ServiceError, caller: Caller, name: str) -> ServiceError:
    """Return a container's error with where its log is."""
    group = f"/aws/sagemaker/Endpoints/{name}"
    console = f"https://{caller.region}.console.aws.amazon.com/cloudwatch/home"
    link = f"{console}?region={caller.region}#logEventViewer:group={group}"
    message = f"{error.message} See {link} in account {caller.account} for more information."
    place = f"{partition_of(caller.region)}:logs:{caller.region}:{caller.account}"
    details = {**error.details, "LogStreamArn": f"arn:{place}:log-group:{group}"}
    return ServiceError(error.code, message, error.status, details)
