"""What operations share: which target a request is about, errors, pages."""

from __future__ import annotations

import re
from typing import Final

from cdk_automlv2.local.sagemaker.autoscaling.targets import (
    CONCURRENCY,
    COUNT,
    NAMESPACE,
    Key,
    Target,
)
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import Record, State

_VARIANT: Final = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
_PAGE: Final = 50


def key_of(caller: Caller, request: Record) -> Key:
    """Return which number a request is about.

    Raises:
        ServiceError: ``ValidationException`` for what is no variant of an endpoint.
    """
    dimension = request["ScalableDimension"]
    found = _VARIANT.fullmatch(request["ResourceId"])
    known = request["ServiceNamespace"] == NAMESPACE and dimension in (COUNT, CONCURRENCY)
    if not known or found is None:
        raise validation("Unsupported service namespace, resource type or scalable dimension")
    return Key(caller.place, found[1], found[2], dimension)


def target_of(state: State, caller: Caller, request: Record) -> Target:
    """Return the target that a request is about.

    Raises:
        ServiceError: ``ObjectNotFoundException`` if there is none.
    """
    key = key_of(caller, request)
    with state.lock:
        target = state.scaling.targets.get(key)
    if target is None:
        raise not_found(f"No scalable target registered for {_words(request)}")
    return target


def not_found(words: str) -> ServiceError:
    """Return the error for what is missing."""
    return ServiceError("ObjectNotFoundException", words)


def missing(kind: str, name: str, request: Record) -> ServiceError:
    """Return the error for a policy or action that a target does not have."""
    return not_found(f"No {kind} found for {_words(request)}, name: {name}")


def page(items: list[Record], member: str, name: str, request: Record) -> Record:
    """Return the page of an answer that a request asks for.

    Raises:
        ServiceError: ``InvalidNextTokenException`` for a token of something else.
    """
    listing = Listing(member, name)
    paged = {"MaxResults": _PAGE, **request}
    try:
        return listing.page(items, paged)
    except ServiceError as error:
        raise ServiceError("InvalidNextTokenException", error.message) from error


def is_of(request: Record, shown: Record) -> bool:
    """Whether something is what a Describe request asks for."""
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    return all(request.get(member) in (None, shown[member]) for member in members)


def mine(state: State, caller: Caller) -> list[Target]:
    """Return the caller's targets."""
    with state.lock:
        targets = list(state.scaling.targets.values())
    return [target for target in targets if target.key.place == caller.place]


def _words(request: Record) -> str:
    return (
        f"service namespace: {request['ServiceNamespace']}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {request['ScalableDimension']}"
    )
