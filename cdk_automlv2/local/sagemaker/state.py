"""What the service holds, and what its operations share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from cdk_automlv2.local.sagemaker.caller import ACCOUNT, Caller, Iam
from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.faults import Faults
from cdk_automlv2.local.sagemaker.rates import Rates

Record = dict[str, Any]
"""A model, configuration, endpoint or job, in the form of its Describe answer."""


@dataclass
class State:
    """All state of the service; lives as long as the process.

    Attributes:
        lock: Held by whoever reads or changes the stores.
        jobs: By lower-case name, as job names differ by more than case.
        tags: By ARN.
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
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

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
        """Store the tags of a thing just made."""
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def request_tags(tags: list[dict[str, str]]) -> dict[str, Any]:
    """Return the condition keys of the tags in a request; none if there are none."""
    if not tags:
        return {}
    given = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return {**given, "aws:TagKeys": [tag["Key"] for tag in tags]}


def arn_of(kind: str, name: str, region: str) -> str:
    """Return an ARN; its name is in lower case, as the service writes it."""
    return f"arn:aws:sagemaker:{region}:{ACCOUNT}:{kind}/{name.lower()}"
