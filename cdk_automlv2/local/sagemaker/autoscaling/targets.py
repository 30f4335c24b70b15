"""What Application Auto Scaling holds: scalable targets, their policies, actions and activities."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cdk_automlv2.local.cloud.schedules import Clocks

Record = dict[str, Any]
NAMESPACE: Final = "sagemaker"
COUNT: Final = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY: Final = "sagemaker:variant:DesiredProvisionedConcurrency"
_MOST_ACTIVITIES: Final = 500


@dataclass(frozen=True, slots=True)
class Key:
    """Which number is scaled, and whose it is.

    Attributes:
        place: ARN of the account and Region, up to the colon before a kind of resource.
        endpoint: The endpoint's name.
        variant: The variant's name.
        dimension: Such as ``sagemaker:variant:DesiredInstanceCount``.
    """

    place: str
    endpoint: str
    variant: str
    dimension: str

    @property
    def endpoint_arn(self) -> str:
        """ARN of the endpoint."""
        return f"{self.place}:endpoint/{self.endpoint.lower()}"

    @property
    def region(self) -> str:
        """The Region."""
        return self.place.split(":")[3]

    @property
    def account(self) -> str:
        """The account."""
        return self.place.split(":")[4]

    @property
    def resource_id(self) -> str:
        """What the service calls the variant."""
        return f"endpoint/{self.endpoint}/variant/{self.variant}"

    @property
    def shown(self) -> Record:
        """The members that name it in every answer."""
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.dimension,
        }

    def arn(self, service: str, kind: str) -> str:
        """Return an ARN of another service in the same account and Region."""
        partition = self.place.split(":")[1]
        return f"arn:{partition}:{service}:{self.region}:{self.account}:{kind}"


@dataclass
class Change:
    """The last time that a policy has changed a capacity.

    Attributes:
        at: Nominal seconds.
        step: By how much.
    """

    at: float
    step: int


@dataclass
class Policy:
    """One policy, and what it has seen.

    Attributes:
        shown: As DescribeScalingPolicies has it.
        seen: Values of its metric, one a nominal minute, the newest last; none where there was
            nothing to see. Of a step policy by the name of each alarm.
        out, back: Its last changes in each direction.
    """

    shown: Record
    seen: dict[str, deque[float | None]] = field(default_factory=dict)
    out: Change | None = None
    back: Change | None = None


@dataclass
class Target:
    """A scalable target.

    Attributes:
        shown: As DescribeScalableTargets has it.
        policies: By name.
        actions: Scheduled actions, by name, as DescribeScheduledActions has them.
    """

    key: Key
    shown: Record
    policies: dict[str, Policy] = field(default_factory=dict)
    actions: dict[str, Record] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """ARN of the target."""
        return str(self.shown["ScalableTargetARN"])

    def clamped(self, capacity: int) -> int:
        """Return the capacity nearest to one that the bounds allow."""
        least, most = int(self.shown["MinCapacity"]), int(self.shown["MaxCapacity"])
        return max(least, min(capacity, most))

    def is_suspended(self, member: str) -> bool:
        """Whether a way to scale is suspended, such as ``ScheduledScalingSuspended``."""
        return bool(self.shown["SuspendedState"].get(member))


@dataclass
class Scaling:
    """All state of the service, kept under the lock of the other one.

    Attributes:
        targets: By what they scale.
        activities: The newest first; they outlive their targets.
        linked: Accounts that have the service-linked role.
        clocks: Of scheduled actions.
        calls: Requests that variants have got since the last look, by endpoint and variant.
    """

    clocks: Clocks
    targets: dict[Key, Target] = field(default_factory=dict)
    activities: deque[Record] = field(default_factory=lambda: deque(maxlen=_MOST_ACTIVITIES))
    linked: set[str] = field(default_factory=set)
    calls: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_endpoint(self, arn: str) -> Iterator[Target]:
        """Yield the targets of an endpoint."""
        for target in list(self.targets.values()):
            if target.key.endpoint_arn == arn:
                yield target

    def count_call(self, endpoint_arn: str, variant: str) -> None:
        """Count one request that a variant got."""
        key = endpoint_arn, variant
        self.calls[key] = self.calls.get(key, 0) + 1

    def forget(self, target: Target) -> None:
        """Forget a target, with its policies and actions."""
        self.targets.pop(target.key, None)
        for action in target.actions.values():
            self.clocks.forget(action["ScheduledActionARN"])

    def note(
        self, target: Target, now: datetime, description: str, cause: str, **more: Any
    ) -> Record:
        """Keep an activity, which may still go on."""
        activity = {
            "ActivityId": str(uuid.uuid4()),
            **target.key.shown,
            "Description": description,
            "Cause": cause,
            "StartTime": now,
            "StatusCode": "InProgress",
            "_place": target.key.place,
            **more,
        }
        self.activities.appendleft(activity)
        return activity
