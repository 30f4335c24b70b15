"""What all batch transforms of a stack share: the state machine that carries their runs."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import arn
from cdk_automlv2._core.assets import transform_definition
from cdk_automlv2._core.identity import digest, identity, name_scope
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.rights import Right
from cdk_automlv2._core.scheduler_role import scheduler_role

EVENT_SOURCE = "cdk.automlv2"

_BY_STACK: WeakKeyDictionary[cdk.Stack, StackTransforms] = WeakKeyDictionary()


class StackTransforms(Construct):
    """The state machine and the rights of all batch transforms of one stack.

    ``StackTransforms.of(provider)`` makes it with the first one; a stack without has none.

    Attributes:
        machine: The state machine that carries a run on.
    """

    def __init__(self, provider: AutoMLProvider) -> None:
        super().__init__(provider, "Transforms")
        self._provider = provider
        self._scheduler_role: iam.Role | None = None
        own = digest(identity(self, provider.stack), 12)
        name = f"automlv2-{own}-{name_scope(provider.stack)}"
        self.machine = provider.add_state_machine(
            self, "Machine", name, transform_definition(), lambda: None
        )
        bus = arn("events", "event-bus/default")
        ours = (("StringEquals", "events:source", EVENT_SOURCE),)
        provider.policy.allow_shared(
            [
                Right(("states:StartExecution",), arn("states", f"stateMachine:{name}")),
                Right(("events:PutEvents",), bus, condition=ours),
            ]
        )

    @classmethod
    def of(cls, provider: AutoMLProvider) -> StackTransforms:
        """Return what the batch transforms of that provider's stack share."""
        found = _BY_STACK.get(provider.stack)
        if found is None:
            found = _BY_STACK[provider.stack] = cls(provider)
        return found

    @property
    def scheduler_role(self) -> iam.Role:
        """The role by which EventBridge Scheduler invokes the function; made at its first use."""
        if self._scheduler_role is None:
            self._scheduler_role = scheduler_role(self, self._provider)
        return self._scheduler_role
