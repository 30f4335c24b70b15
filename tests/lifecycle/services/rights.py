"""What IAM says to the function's calls, by the policy that the constructs have synthesized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.iam import Question, calls, evaluate

from .errors import client_error

if TYPE_CHECKING:
    from .account import Account

_CODES = {"s3": "AccessDenied", "cloudformation": "AccessDenied"}
_PLACE = calls.Place()


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
        if not evaluate(documents, question).allowed:
            words = (
                "User: arn:aws:sts::111122223333:assumed-role/function/AutoMLV2 is not authorized "
                f"to perform: {question.action} on resource: {question.resource} because no "
                f"identity-based policy allows the {question.action} action"
            )
            aws.denied.append(f"{operation}: {question}")
            code = _CODES.get(service, "AccessDeniedException")
            raise client_error(calls.action_of(operation), code, words)


def questions(
    aws: Account, service: str, operation: str, request: Mapping[str, Any]
) -> list[Question]:
    """Return what a call asks IAM."""
    if service == "sagemaker":
        return calls.sagemaker(operation, request, _PLACE, aws.tags_seen_by_iam)
    if service == "s3":
        return calls.s3(operation, request, aws.bucket_keys.get(request["Bucket"], ""))
    return calls.others(operation, request)
