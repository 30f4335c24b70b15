"""What the service holds, and what its operations share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from cdk_automlv2.local.cloud.schedules import Clocks
from cdk_automlv2.local.sagemaker.autoscaling.alarms import Alarms, NoAlarms
from cdk_automlv2.local.sagemaker.autoscaling.targets import Scaling
from cdk_automlv2.local.sagemaker.caller import Caller, Iam
from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.errors import not_found
from cdk_automlv2.local.sagemaker.events import Events
from cdk_automlv2.local.sagemaker.faults import Faults
from cdk_automlv2.local.sagemaker.rates import Rates

Record = dict[str, Any]
"""A model, configuration, endpoint or job, in the form of its Describe answer."""


@dataclass(frozen=True)
class Kind:
    """A kind of resource that the service holds.

    Attributes:
        name: As ARNs have it.
        words: As errors have it.
    """

    name: str
    words: str


JOB = Kind("automl-job", "AutoML job")
MODEL = Kind("model", "model")
CONFIG = Kind("endpoint-config", "endpoint configuration")
ENDPOINT = Kind("endpoint", "endpoint")
GROUP = Kind("model-package-group", "model package group")
PACKAGE = Kind("model-package", "model package")
TRANSFORM = Kind("transform-job", "transform job")


@dataclass
class State:
    """All state of the service; lives as long as the process.

    Everything is kept by ARN: accounts and Regions are apart, and names differ by more than case.

    Attributes:
        lock: Held by whoever reads or changes the stores.
    """

    iam: Iam
    clock: Clock
    faults: Faults
    rates: Rates
    lock: threading.RLock = field(default_factory=threading.RLock)
    jobs: dict[str, Record] = field(default_factory=dict)
    candidates: dict[str, list[Record]] = field(default_factory=dict)
    stops: dict[str, threading.Event] = field(default_factory=dict)
    models: dict[str, Record] = field(default_factory=dict)
    configs: dict[str, Record] = field(default_factory=dict)
    endpoints: dict[str, Record] = field(default_factory=dict)
    serving: dict[str, Any] = field(default_factory=dict)
    queues: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, Record] = field(default_factory=dict)
    packages: dict[str, Record] = field(default_factory=dict)
    transforms: dict[str, Record] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    alarms: Alarms = field(default_factory=NoAlarms)
    scaling: Scaling = field(init=False)

    def __post_init__(self) -> None:
        self.scaling = Scaling(Clocks(self.clock.speed))

    def store_of(self, kind: Kind) -> dict[str, Record]:
        """Return where resources of a kind are kept."""
        stores = {
            JOB: self.jobs,
            MODEL: self.models,
            CONFIG: self.configs,
            ENDPOINT: self.endpoints,
            GROUP: self.groups,
            PACKAGE: self.packages,
            TRANSFORM: self.transforms,
        }
        return stores[kind]

    def find(self, caller: Caller, action: str, kind: Kind, name: str) -> Record:
        """Return the caller's resource of that name, if the caller may do ``action`` with it."""
        arn = caller.arn(kind.name, name)
        self.require(caller, action, arn)
        with self.lock:
            found = self.store_of(kind).get(arn)
        if found is None:
            raise not_found(kind.words, arn)
        return found

    def mine(self, caller: Caller, kind: Kind) -> list[Record]:
        """Return all resources of a kind in the caller's account and Region; a copy of each."""
        start = f"{caller.place}:{kind.name}/"
        with self.lock:
            return [
                dict(item) for arn, item in self.store_of(kind).items() if arn.startswith(start)
            ]

    def require(self, caller: Caller, action: str, arn: str, **context: Any) -> None:
        """Refuse unless the caller may do ``action`` with ``arn``, whose tags policies may name."""
        with self.lock:
            tags = dict(self.tags.get(arn, {}))
        known = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        self.iam.require(caller, f"sagemaker:{action}", arn, {**known, **context})

    def require_create(
        self, caller: Caller, action: str, arn: str, request: Record, *others: str
    ) -> None:
        """Refuse unless the caller may create ``arn``, and tag it where tags are given."""
        context = request_tags(request.get("Tags", []))
        self.iam.require(caller, f"sagemaker:{action}", arn, context)
        for resource in others:
            self.require(caller, action, resource, **context)
        if context:
            context["sagemaker:TaggingAction"] = action
            self.iam.require(caller, "sagemaker:AddTags", arn, context)

    def keep_tags(self, arn: str, request: Record) -> None:
        """Store the tags of a resource just made."""
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def request_tags(tags: list[dict[str, str]]) -> dict[str, Any]:
    """Return the condition keys of the tags in a request; none if there are none."""
    if not tags:
        return {}
    given = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return {**given, "aws:TagKeys": [tag["Key"] for tag in tags]}
