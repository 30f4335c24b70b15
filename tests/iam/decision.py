"""The decision on one question: an explicit Deny wins, then any Allow, else no.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .conditions import PolicyError, hold
from .patterns import matches, matches_arn

Document = Mapping[str, Any]
_ELEMENTS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)


@dataclass(frozen=True)
class Question:
    """May somebody do this?

    Attributes:
        action: Such as ``sagemaker:CreateEndpoint``.
        resource: ARN, or ``*`` where the action knows no resources.
        context: Condition keys and their values, whatever their case; a list where a key has
            many.
    """

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """The answer.

    Attributes:
        allowed: Whether it may.
        denied: Whether a statement says that it may not.
        by: The statement that decides, if any.
    """

    allowed: bool
    denied: bool = False
    by: Mapping[str, Any] | None = None


def evaluate(
    documents: Iterable[Document], question: Question, boundary: Iterable[Document] | None = None
) -> Decision:
    """Decide a question.

    Args:
        documents: The policies of whoever asks.
        question: What is asked.
        boundary: Its permissions boundary; what that does not allow is not allowed.
    """
    decision = _decide(documents, question)
    if boundary is None or not decision.allowed:
        return decision
    limit = _decide(boundary, question)
    return decision if limit.allowed else limit


def _decide(documents: Iterable[Document], question: Question) -> Decision:
    context = {key.lower(): value for key, value in question.context.items()}
    allowed: Mapping[str, Any] | None = None
    for document in documents:
        for statement in _statements(document):
            if not _applies(statement, question, context):
                continue
            if statement["Effect"] == "Deny":
                return Decision(False, True, statement)
            allowed = statement
    return Decision(allowed is not None, False, allowed)


def _statements(document: Document) -> list[Mapping[str, Any]]:
    if document.get("Version") != "2012-10-17":
        raise PolicyError(f"a policy without variables: Version {document.get('Version')}")
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def _applies(statement: Mapping[str, Any], question: Question, context: dict[str, Any]) -> bool:
    if unknown := statement.keys() - _ELEMENTS:
        raise PolicyError(f"unknown elements of a statement: {sorted(unknown)}")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise PolicyError(f"unknown effect {statement['Effect']}")
    return (
        _is_action(statement, question.action)
        and _is_resource(statement, question.resource, context)
        and hold(statement.get("Condition", {}), context)
    )


def _is_action(statement: Mapping[str, Any], action: str) -> bool:
    named = statement.get("Action", statement.get("NotAction"))
    found = any(matches(pattern, action, {}, case=False) for pattern in _list(named))
    return found is ("Action" in statement)


def _is_resource(statement: Mapping[str, Any], arn: str, context: dict[str, Any]) -> bool:
    named = statement.get("Resource", statement.get("NotResource"))
    found = any(_names(pattern, arn, context) for pattern in _list(named))
    return found is ("Resource" in statement)


def _names(pattern: str, arn: str, context: dict[str, Any]) -> bool:
    """Whether a pattern names a resource; what knows no resources is named by ``*`` only."""
    return pattern == "*" or (arn != "*" and matches_arn(pattern, arn, context))


def _list(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else [str(value)]
