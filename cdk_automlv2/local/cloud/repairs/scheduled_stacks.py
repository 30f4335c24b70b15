"""A schedule of a template has all the properties that its API has, and is refused as there.

ministack's provisioner leaves out the time zone, the window's dates and what comes after, and
overlooks that the schedule was refused. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_TYPE = "AWS::Scheduler::Schedule"
Properties = Mapping[str, Any]


def apply() -> None:
    """Create and update by the API's own operations."""
    from ministack.services import scheduler
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]

    def create(logical_id: str, properties: Properties, stack: str) -> Any:
        name = properties.get("Name") or provisioners._physical_name(stack, logical_id, max_len=64)
        return name, _done(scheduler._create_schedule(name, dict(properties)), name, properties)

    def update(name: str, _old: Properties, properties: Properties, stack: str) -> Any:
        wanted = properties.get("Name") or name
        group = properties.get("GroupName") or "default"
        if f"{group}/{wanted}" not in scheduler._schedules:
            return create("", {**properties, "Name": wanted}, stack)
        return name, _done(scheduler._update_schedule(name, dict(properties)), name, properties)

    handlers["create"] = create
    handlers["update"] = update


def _done(answer: Any, name: str, properties: Properties) -> dict[str, str]:
    """Return the attributes of a schedule.

    Raises:
        ValueError: If it was refused.
    """
    from ministack.services import scheduler

    status, _, body = answer
    if status >= 400:
        raise ValueError(json.loads(body)["Message"])
    return {"Arn": scheduler._schedule_arn(properties.get("GroupName") or "default", name)}
