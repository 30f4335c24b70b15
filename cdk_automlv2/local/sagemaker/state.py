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

    def require_create(
        self, caller: Caller, action: str, arn: str, request: Record, *others: str
    ) -> None:
        """Refuse unless the caller may create ``arn``, and tag it where tags are given."""
        given = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        context: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in given.items()}
        if given:
            context["aws:TagKeys"] = list(given)
        for resource in (arn, *others):
            self.iam.require(caller, f"sagemaker:{action}", resource, context)
        if given:
            self.iam.require(caller, "sagemaker:AddTags", arn, context)

    def keep_tags(self, arn: str, request: Record) -> None:
        """Store the tags of a thing just made."""
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def arn_of(kind: str, name: str, region: str) -> str:
    """Return an ARN; its name is in lower case, as the service writes it."""
    return f"arn:aws:sagemaker:{region}:{ACCOUNT}:{kind}/{name.lower()}"
