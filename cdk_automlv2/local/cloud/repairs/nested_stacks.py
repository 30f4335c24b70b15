"""An update of a nested stack keeps the attributes of what did not change.

ministack's nested update does not hand the old attributes on, so that a resource without changes
loses them, and what reads one fails: "Requested attribute Arn does not exist in schema for
AWS::S3::Bucket". A flat stack's update hands them on.
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    """Look the old attributes up where they are not given."""
    from ministack.services.cloudformation import provisioners

    update = provisioners._update_resource

    def update_with_attributes(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Any:
        if attributes is None:
            attributes = _attributes(stack_name, logical_id)
        return update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)

    provisioners._update_resource = update_with_attributes


def _attributes(stack_name: str, logical_id: str | None) -> dict[str, Any]:
    from ministack.services.cloudformation import _stacks

    resources = (_stacks.get(stack_name) or {}).get("_resources", {})
    found: dict[str, Any] = (resources.get(logical_id) or {}).get("Attributes") or {}
    return found
