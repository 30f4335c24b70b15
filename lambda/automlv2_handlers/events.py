"""A typed view of CloudFormation's custom-resource request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NESTED_SUFFIX = re.compile(r"-[A-Z0-9]{12,13}$")


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """One request; ``repr`` leaves out the pre-signed URL, so it may be logged.

    Attributes:
        request_type: ``Create``, ``Update`` or ``Delete``.
        physical_id: Name given in an earlier answer; empty on Create, invented by
            CloudFormation when a Create was cancelled.
        properties: The resource's properties; every scalar is a string.
        old_properties: On Update, those before; else empty.
    """

    request_type: str
    request_id: str
    stack_id: str
    logical_id: str
    resource_type: str
    physical_id: str
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]
    response_url: str = field(repr=False)

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> LifecycleEvent:
        """Read the request as CloudFormation sends it."""
        return cls(
            request_type=raw["RequestType"],
            request_id=raw["RequestId"],
            stack_id=raw["StackId"],
            logical_id=raw["LogicalResourceId"],
            resource_type=str(raw.get("ResourceType") or ""),
            physical_id=raw.get("PhysicalResourceId") or "",
            properties=_mapping(raw.get("ResourceProperties")),
            old_properties=_mapping(raw.get("OldResourceProperties")),
            response_url=raw["ResponseURL"],
        )

    @property
    def stack_name(self) -> str:
        """Name of the stack, from its ARN ``arn:…:stack/<name>/<uuid>``."""
        return self.stack_id.split("/")[1] if "/" in self.stack_id else self.stack_id

    @property
    def owner(self) -> str:
        """The resource, distinct from all others of the account and Region.

        CloudFormation ends the name of a nested stack with random characters, new ones each time
        the stack is made; they are left out, so that what a deleted stack has made is found again.
        """
        return f"{_NESTED_SUFFIX.sub('', self.stack_name)}/{self.logical_id}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
