"""What all releases of a stack share: the table of their records, and what carries them on."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import arn
from cdk_automlv2._core.assets import release_definition
from cdk_automlv2._core.identity import digest, identity, name_scope
from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import TABLE
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.rights import Right
from cdk_automlv2._core.scheduler_role import scheduler_role

EVENT_SOURCE = "cdk.automlv2"
TABLE_VARIABLE = "RELEASES_TABLE"

_BY_STACK: WeakKeyDictionary[cdk.Stack, StackReleases] = WeakKeyDictionary()


class StackReleases(Construct):
    """The table, the state machine and the rights of all releases of one stack.

    ``StackReleases.of(provider)`` makes it with the first release; a stack without has none.

    Attributes:
        table: Records of releases, heads and triggers.
        machine: The state machine that carries a release on.
    """

    def __init__(self, provider: AutoMLProvider) -> None:
        super().__init__(provider, "Releases")
        self._provider = provider
        self._scheduler_role: iam.Role | None = None
        self._late: list[Callable[[], object]] = []
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_key("pk"),
            sort_key=_key("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        Acknowledgements.of(provider.stack).add(self.table.node.default_child, TABLE)
        own = digest(identity(self, provider.stack), 12)
        name = f"automlv2-{own}-{name_scope(provider.stack)}"
        self.machine = provider.add_state_machine(
            self, "Machine", name, release_definition(), self._complete
        )
        provider.function.add_environment(TABLE_VARIABLE, self.table.table_name)
        provider.policy.allow_shared(_rights(self.table.table_arn, name))

    @classmethod
    def of(cls, provider: AutoMLProvider) -> StackReleases:
        """Return what the releases of that provider's stack share."""
        found = _BY_STACK.get(provider.stack)
        if found is None:
            found = _BY_STACK[provider.stack] = cls(provider)
        return found

    def keep_history(self) -> None:
        """Let the records outlive the stack."""
        self.table.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def before_rendering(self, act: Callable[[], object]) -> None:
        """Have something done once everything has been declared and aspects have run."""
        self._late.append(act)

    @property
    def scheduler_role(self) -> iam.Role:
        """The role by which EventBridge Scheduler invokes the function; made at its first use."""
        if self._scheduler_role is None:
            self._scheduler_role = scheduler_role(self, self._provider)
        return self._scheduler_role

    def _complete(self) -> None:
        late, self._late = self._late, []
        for act in late:
            act()


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _rights(table_arn: str, machine_name: str) -> list[Right]:
    """What the function needs for releases, whatever their number."""
    executions = arn("states", f"execution:{machine_name}:*")
    return [
        Right(_RECORDS, table_arn),
        Right(("states:StartExecution",), arn("states", f"stateMachine:{machine_name}")),
        Right(("states:StopExecution",), executions),
        Right(
            ("events:PutEvents",),
            arn("events", "event-bus/default"),
            condition=(("StringEquals", "events:source", EVENT_SOURCE),),
        ),
    ]


_RECORDS = (
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
