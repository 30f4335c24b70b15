"""CloudWatch as Application Auto Scaling uses it: its own alarms there, and others' metrics."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from cdk_automlv2.local.cloud.ask import AskError, ask_json
from cdk_automlv2.local.cloud.service_alarms import ALARMS
from cdk_automlv2.local.cloud.signature import Key as SigningKey
from cdk_automlv2.local.sagemaker.autoscaling.targets import Key

_log = logging.getLogger(__name__)
Record = dict[str, Any]


class Alarms(Protocol):
    """What is asked of CloudWatch."""

    def put(self, key: Key, alarms: Sequence[Mapping[str, Any]]) -> None:
        """Keep alarms."""

    def delete(self, key: Key, names: Sequence[str]) -> None:
        """Delete alarms, as far as they are there."""

    def acting(self, key: Key, arn: str) -> list[Record]:
        """Return the alarms that have an action of that ARN."""

    def value(self, key: Key, metric: Mapping[str, Any]) -> float | None:
        """Return the newest value of a metric; ``None`` if there is none."""

    def show(self, key: Key, states: Mapping[str, str]) -> None:
        """Give alarms a state."""


class NoAlarms:
    """Where there is no CloudWatch: nothing is kept."""

    def put(self, key: Key, alarms: Sequence[Mapping[str, Any]]) -> None:
        """Do nothing."""

    def delete(self, key: Key, names: Sequence[str]) -> None:
        """Do nothing."""

    def acting(self, key: Key, arn: str) -> list[Record]:
        """Return none."""
        return []

    def value(self, key: Key, metric: Mapping[str, Any]) -> float | None:
        """Return none."""
        return None

    def show(self, key: Key, states: Mapping[str, str]) -> None:
        """Do nothing."""


class RemoteAlarms:
    """ministack's CloudWatch.

    Args:
        url: Its base address.
        own: Key of the local cloud itself.
    """

    def __init__(self, url: str, own: SigningKey) -> None:
        self._url = url
        self._own = own

    def put(self, key: Key, alarms: Sequence[Mapping[str, Any]]) -> None:
        """Keep alarms."""
        self._ask(key, put=list(alarms))

    def delete(self, key: Key, names: Sequence[str]) -> None:
        """Delete alarms, as far as they are there."""
        self._ask(key, delete=list(names))

    def acting(self, key: Key, arn: str) -> list[Record]:
        """Return the alarms that have an action of that ARN."""
        found: list[Record] = self._ask(key, acting=arn).get("alarms", [])
        return found

    def value(self, key: Key, metric: Mapping[str, Any]) -> float | None:
        """Return the newest value of a metric; ``None`` if there is none."""
        found: float | None = self._ask(key, metric=dict(metric)).get("value")
        return found

    def show(self, key: Key, states: Mapping[str, str]) -> None:
        """Give alarms a state."""
        self._ask(key, states=dict(states))

    def _ask(self, key: Key, **question: Any) -> Record:
        place = {"account": key.account, "region": key.region}
        try:
            return ask_json(self._own, self._url + ALARMS, {**place, **question})
        except AskError as error:
            _log.warning("CloudWatch of %s: %s", key.resource_id, error)
            return {}
