"""What cdk-nag finds in the resources of this library and why that is right, rule by rule.

An app that checks itself with cdk-nag meets no finding that its owner can do nothing about. Nothing
here needs cdk-nag: where an app has imported it, acknowledgements are written as it reads them.
Version 3 takes them finding by finding, from the metadata of constructs, once policies have been
rendered; version 2 takes patterns, from the metadata of resources, before.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from cdk_automlv2._core.nag_reasons import Reason

Document = Callable[[], Any]
"""Returns a policy document, which may hold tokens."""

_BY_STACK: WeakKeyDictionary[cdk.Stack, Acknowledgements] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Noted:
    resource: cdk.CfnResource
    reasons: Sequence[Reason]
    document: Document | None


class Acknowledgements:
    """What is acknowledged in one stack.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self._noted: list[_Noted] = []
        self._acknowledged: set[tuple[cdk.CfnResource, str]] = set()

    @classmethod
    def of(cls, stack: cdk.Stack) -> Self:
        """Return those of a stack."""
        found = _BY_STACK.get(stack)
        if found is None:
            found = _BY_STACK[stack] = cls(stack)
        assert isinstance(found, cls)
        return found

    def add(
        self,
        resource: Any,
        reasons: Sequence[Reason],
        document: Document | None = None,
    ) -> None:
        """Acknowledge what cdk-nag will find in a resource.

        Args:
            resource: The resource; what is none, as of a precreated role, is left alone.
            reasons: What may be found, and why it stands.
            document: The policy that is judged statement by statement, if it is one.
        """
        if not isinstance(resource, cdk.CfnResource):
            return
        self._noted.append(_Noted(resource, reasons, document))
        if _version() == 2:
            rules = [rule for reason in reasons for rule in _as_version_2(reason)]
            resource.add_metadata("cdk_nag", {"rules_to_suppress": rules})

    def apply(self) -> None:
        """Write what version 3 reads; called when policies have all their statements."""
        if _version() != 3:
            return
        for noted in self._noted:
            rules = [
                cdk.Acknowledgment(id=rule, reason=reason)
                for rule, reason in self._found(noted)
                if (noted.resource, rule) not in self._acknowledged
            ]
            if rules:
                self._acknowledged |= {(noted.resource, rule.id) for rule in rules}
                cdk.Validations.of(noted.resource).acknowledge(*rules)

    def _found(self, noted: _Noted) -> Iterator[tuple[str, str]]:
        document = None if noted.document is None else self._stack.resolve(noted.document())
        found = list(wildcards(document)) if document else []
        for reason in noted.reasons:
            for rule in reason.rules:
                if reason.finding is None:
                    yield rule, reason.text
                    continue
                for finding in found:
                    if re.fullmatch(reason.finding, finding):
                        yield f"{rule}[{finding}]", reason.text


def wildcards(document: dict[str, Any]) -> Iterator[str]:
    """Yield what cdk-nag calls the wildcards of a resolved policy: ``Resource::arn:…/*``."""
    for statement in document["Statement"]:
        for kind in ("Action", "Resource"):
            listed = statement.get(kind, [])
            for item in listed if isinstance(listed, list) else [listed]:
                if "*" in (text := flat(item)):
                    yield f"{kind}::{text}"


def flat(value: Any) -> str:
    """Return a reference as cdk-nag writes it: ``<Bucket.Arn>/*``."""
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(flat(part) for part in parts)
        case {"Fn::Sub": inner} | {"Fn::ImportValue": inner}:
            return flat(inner)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{flat(resource)}.{flat(attribute)}>"
        case {"Ref": name}:
            return f"<{flat(name)}>"
    return json.dumps(value, separators=(",", ":"))


def _version() -> int | None:
    """Return the version of cdk-nag that the app has imported; ``None`` if it has not."""
    module = sys.modules.get("cdk_nag")
    if module is None:
        return None
    return 2 if hasattr(module, "NagSuppressions") else 3


def _as_version_2(reason: Reason) -> Iterator[dict[str, Any]]:
    for rule in reason.rules:
        entry: dict[str, Any] = {"id": rule, "reason": reason.text}
        if reason.finding is not None:
            pattern = reason.finding.replace("/", r"\/")
            entry["applies_to"] = [{"regex": f"/^{pattern}$/"}]
        yield entry
