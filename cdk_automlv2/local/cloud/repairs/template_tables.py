"""A table of a template has its recovery, time to live and encryption, and its protection holds.

ministack's provisioner leaves them out, and deletes protected tables with their stack. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Properties = Mapping[str, Any]


def apply() -> None:
    """Do what the properties say after the table is made or changed."""
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_whole(logical_id: str, properties: Properties, stack: str) -> Any:
        name, attributes = create(logical_id, properties, stack)
        table = dynamodb._tables[name]
        specification = properties.get("SSESpecification")
        wanted = specification and {"Enabled": specification.get("SSEEnabled"), **specification}
        table["SSEDescription"] = dynamodb._sse_description_from_spec(wanted)
        _set(name, properties)
        return name, attributes

    def update_whole(
        name: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None
    ) -> Any:
        answer = update(name, old, new, stack, logical_id)
        _set(answer[0] if isinstance(answer, tuple) else name, new)
        return answer

    def delete_unprotected(name: str, properties: Properties) -> Any:
        if (dynamodb._tables.get(name) or {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"{name} is protected against deletion; disable that first.")
        dynamodb._ttl_settings.pop(name, None)
        dynamodb._pitr_settings.pop(name, None)
        return delete(name, properties)

    handlers |= {"create": create_whole, "update": update_whole, "delete": delete_unprotected}


def _set(name: str, properties: Properties) -> None:
    from ministack.services import dynamodb

    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    is_on = recovery.get("PointInTimeRecoveryEnabled", False)
    dynamodb._pitr_settings[name] = str(is_on).lower() == "true"
    live = properties.get("TimeToLiveSpecification") or {}
    if live:
        given = {"Enabled": str(live.get("Enabled")).lower() == "true"}
        attribute = {"AttributeName": live.get("AttributeName", "")}
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": {**given, **attribute}})
    else:
        dynamodb._ttl_settings.pop(name, None)
