"""Alarms of CloudWatch, as far as the function and SageMaker look at them."""

from __future__ import annotations

from typing import Any

from .account import Account


class Alarms(Account):
    """The operation on alarms.

    Attributes:
        alarms: State of each alarm, by its name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.alarms: dict[str, str] = {}

    def rings(self, deployment: dict[str, Any]) -> bool:
        """Whether an alarm of a DeploymentConfig rings now."""
        listed = deployment.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        return any(self.alarms.get(item["AlarmName"]) == "ALARM" for item in listed)

    def _describe_alarms(self, AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        found = [
            {"AlarmName": name, "StateValue": self.alarms[name]}
            for name in AlarmNames
            if name in self.alarms
        ]
        return {"MetricAlarms": found if "MetricAlarm" in AlarmTypes else []}
