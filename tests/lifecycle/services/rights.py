"""What IAM says to the function's calls, by the policy that the constructs have synthesized."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.iam import Question, calls, evaluate
from tests.lifecycle.naming import scope_of

from .errors import client_error

if TYPE_CHECKING:
    from .account import Account

_CODES = {"s3": "AccessDenied", "cloudformation": "AccessDenied"}
_PLACE = calls.Place()
_UNMARKED = re.compile(r"(^|/)inputs/(?![a-z2-7]+-)")


def refuse_what_is_not_allowed(
    aws: Account, service: str, operation: str, request: Mapping[str, Any]
) -> None:
    """Ask IAM whether the function that is running may make this call.

    Raises:
        ClientError: If it may not.
    """
    assert aws.caller is not None
    documents = aws.caller.documents()
    if documents is None:
        return
    for question in questions(aws, service, operation, request):
        known = repr(question)
        if known not in aws.caller.allowed and not evaluate(documents, question).allowed:
            words = (
                "User: arn:aws:sts::111122223333:assumed-role/function/AutoMLV2 is not authorized "
                f"to perform: {question.action} on resource: {question.resource} because no "
                f"identity-based policy allows the {question.action} action"
            )
            aws.denied.append(f"{operation}: {question}")
            code = _CODES.get(service, "AccessDeniedException")
            raise client_error(calls.action_of(operation), code, words)
        aws.caller.allowed.add(known)


def questions(
    aws: Account, service: str, operation: str, request: Mapping[str, Any]
) -> list[Question]:
    """Return what a call asks IAM."""
    if service == "sagemaker":
        asked = calls.sagemaker(operation, request, _PLACE, aws.tags_seen_by_iam)
        return asked + _of_targets(aws, operation, request)
    if service == "application-autoscaling":
        return _scaling(aws, operation, request)
    if service == "s3":
        key = aws.bucket_keys.get(request["Bucket"], "")
        return calls.s3(operation, _marked(request, aws), key)
    return calls.others(operation, request)


def _of_targets(aws: Account, operation: str, request: Mapping[str, Any]) -> list[Question]:
    """Return what SageMaker asks for its caller before the targets of an endpoint go with it."""
    if operation != "delete_endpoint":
        return []
    start = f"endpoint/{request['EndpointName']}/variant/"
    return [
        question
        for (resource, _), target in aws.targets.items()
        if resource.startswith(start)
        for question in calls.scaling(
            "deregister_scalable_target",
            {},
            target["ScalableTargetARN"],
            aws.tags_seen_by_iam,
            _PLACE,
        )
    ]


def _scaling(aws: Account, operation: str, request: Mapping[str, Any]) -> list[Question]:
    key = request.get("ResourceId"), request.get("ScalableDimension")
    known = aws.targets.get(key, {}).get("ScalableTargetARN", "")
    if not known and operation.startswith(("delete_", "deregister_", "put_")):
        return []  # The service finds no target whose tags IAM could look at.
    return calls.scaling(operation, request, known, aws.tags_seen_by_iam, _PLACE)


def _marked(request: Mapping[str, Any], aws: Account) -> dict[str, Any]:
    """Return a request in which folders that bear no mark at all count as the stack's own."""
    assert aws.caller is not None
    marked = rf"\1inputs/{scope_of(aws.caller.stack_id)}-any/"

    def mark(key: str) -> str:
        return _UNMARKED.sub(marked, key)

    named: dict[str, Any] = {
        name: mark(request[name]) for name in ("Key", "Prefix") if name in request
    }
    if "Delete" in request:
        objects = [{"Key": mark(item["Key"])} for item in request["Delete"]["Objects"]]
        named["Delete"] = {"Objects": objects}
    return {**request, **named}
