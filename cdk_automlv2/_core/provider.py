"""One provider a stack: the function and the state machine behind all custom resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_automlv2._core.assets import handlers_dir, waiter_definition
from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2._core.function_policy import FunctionPolicy
from cdk_automlv2._core.identity import digest, identity, name_scope, stack_of
from cdk_automlv2._core.lazy import BeforeRendering, Producer, WhenAspectsHaveRun
from cdk_automlv2._core.made_role import MadeRole
from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import LAMBDA_FUNCTION, STATE_MACHINE
from cdk_automlv2._core.parts import RESOURCE, Detachable, OwnResource
from cdk_automlv2._core.pseudo import account, partition, region
from cdk_automlv2._core.retention import Removal
from cdk_automlv2._core.rights import allow
from cdk_automlv2._core.settings import ProviderSettings
from cdk_automlv2._core.tags import complete_tags
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.errors import OptionsError

_ID = "AutoMLV2Provider"
_BY_STACK: WeakKeyDictionary[cdk.Stack, AutoMLProvider] = WeakKeyDictionary()


class AutoMLProvider(Construct):
    """The function, the state machine, their roles and log groups; shared by a whole stack.

    Takes no options: what a resource needs it adds to ``policy``, and a second resource never
    finds its permissions ignored. ``AutoMLProvider.of(scope)`` makes it at the first use.

    Attributes:
        stack: The stack.
        policy: What the function may do.
        function: The one function.
        state_machine: The one state machine.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.stack = cdk.Stack.of(self)
        self._name_scope = name_scope(self.stack)
        self._made: set[cdk.CfnResource] = set()
        # Its name is known beforehand, so that the function's policy need not refer to it: the
        # state machine refers to the function, and both ways would be a circle.
        machine_name = f"automlv2-{digest(self._identity_of(self), 12)}-{self._name_scope}"
        settings = self._settings = ProviderSettings(self.stack)
        self._acknowledgements = Acknowledgements.of(self.stack)
        role = _role(self, "FunctionRole", "lambda.amazonaws.com")
        log = settings.log_group(self, "FunctionLog")
        arn = f"arn:{partition()}:states:{region()}:{account()}"
        self.policy = FunctionPolicy(
            self,
            role,
            self._name_scope,
            f"{arn}:stateMachine:{machine_name}",
            log.log_group_arn,
            in_vpc=settings.in_vpc,
        )
        self.function = _function(self, role, log, self.policy, settings)
        self._acknowledgements.add(self.function.node.default_child, LAMBDA_FUNCTION)
        self._watched: list[tuple[MadeRole, cdk.CfnResource]] = []
        self._faults: list[str] = []
        self.node.add_validation(WhenAspectsHaveRun(self._validate))
        self._service_token = self.function.function_arn
        self._machines: list[_NamedMachine] = []
        self.state_machine = self.add_state_machine(
            self, "Waiter", machine_name, waiter_definition(), self._complete
        )
        self._state_machine_arn = self.state_machine.attr_arn

    @classmethod
    def of(cls, scope: Construct) -> AutoMLProvider:
        """Return the provider of the stack that ``scope`` is in."""
        stack = stack_of(scope)
        provider = _BY_STACK.get(stack)
        if provider is None:
            provider = _BY_STACK[stack] = cls(stack, _ID)
        return provider

    @property
    def name_pattern(self) -> str:
        """Pattern of the names that this stack generates at deployment."""
        return f"*-{self._name_scope}*"

    def watch(self, role: MadeRole, user: cdk.CfnResource) -> None:
        """Let the function pass a role made here, whatever aspects do to its name.

        Args:
            role: The role.
            user: The custom resource that names it.
        """
        self._watched.append((role, user))

    def _validate(self) -> list[str]:
        self._look_at_names()
        self._acknowledgements.apply()
        return self._faults

    def _look_at_names(self) -> None:
        for role, user in self._watched:
            role.pass_if_renamed(self.policy.role, user)
        for machine in self._machines:
            if machine.keeps_name:
                continue
            what = "" if machine.resource is self.state_machine else machine.resource.node.id
            policy = self.policy.start(machine.resource, what)
            for resource in self._made:
                if policy is not None:
                    resource.add_resource_dependency(policy)
            machine.keeps_name = True

    def add_state_machine(
        self,
        scope: Construct,
        id: str,
        name: str,
        definition: dict[str, Any],
        before: Callable[[], None],
    ) -> sfn.CfnStateMachine:
        """Make a state machine that invokes the function.

        Args:
            scope: Its parent.
            id: Its id; role and log group are called after it.
            name: Its name, by which the function may start it, unless aspects change the name.
            definition: Its definition, with ``${HandlerArn}`` still to be filled in.
            before: Called once everything has been declared and aspects have run.
        """
        late_name = cdk.Lazy.uncached_string(BeforeRendering(name, before))
        made = _state_machine(scope, id, late_name, definition, self._service_token, self._settings)
        self._machines.append(_NamedMachine(made, late_name))
        return made

    def key_of(self, scope: Construct) -> str:
        """Return what identifies one construct of this stack in names and S3 keys."""
        return f"{self._name_scope}-{digest(self._identity_of(scope), 8)}"

    def resource(
        self,
        scope: Construct,
        id: str,
        type: str,
        /,
        *,
        follows: cdk.CfnResource | None = None,
        **properties: Any,
    ) -> cdk.CfnResource:
        """Make a custom resource; properties that are ``None`` are left out.

        Args:
            scope: Its parent.
            id: Its id.
            type: Its type, after ``Custom::``.
            follows: A resource without which it must not exist.
            **properties: Its properties.
        """
        whole = without_none(
            ServiceToken=self._service_token,
            StateMachineArn=self._state_machine_arn,
            NameScope=self._name_scope,
            **properties,
        )
        made: cdk.CfnResource
        kind = f"Custom::{type}"
        if id == RESOURCE and isinstance(scope, Detachable):
            part = scope.part_of(
                properties, lambda: OwnResource(scope, id, type=kind, properties=whole)
            )
            made = cast("cdk.CfnResource", part)
        else:
            made = cdk.CfnResource(scope, id, type=kind, properties=whole)
        self._made.add(made)
        if follows is not None:
            self.follow(made, follows)
        return made

    def follow(self, resource: cdk.CfnResource, followed: cdk.CfnResource) -> None:
        """Let a resource exist only where the one does that it refers to."""
        elsewhere = followed not in self._made
        Conditions.of(self.stack).follow(resource, followed, elsewhere=elsewhere)

    def _complete(self) -> None:
        """Decide what depends on the whole app; what is wrong is reported by its validation."""
        self._faults = [str(fault) for fault in complete_tags(self.stack)]
        try:
            Conditions.of(self.stack).apply()
        except OptionsError as error:
            self._faults.append(str(error))

    def _identity_of(self, scope: Construct) -> str:
        return identity(scope, self.stack)


@dataclass(eq=False)
class _NamedMachine:
    """A state machine, and whether it has kept the name that the function's policy has."""

    resource: sfn.CfnStateMachine
    given: str
    keeps_name: bool = False
    removal: Removal = field(init=False)

    def __post_init__(self) -> None:
        self.removal = Removal(self.resource)
        self.resource.add_property_override("StateMachineName", cdk.Lazy.any(Producer(self.name)))

    def name(self) -> str | None:
        """Return the name after aspects have run; none for one that may stay."""
        name = None if self.removal.may_stay() else self.resource.state_machine_name
        self.keeps_name = name == self.given
        return name


def _role(scope: Construct, id: str, service: str, *statements: iam.PolicyStatement) -> iam.Role:
    policies = {"AutoMLV2": iam.PolicyDocument(statements=list(statements))} if statements else None
    principal = iam.ServicePrincipal(service)
    return iam.Role(scope, id, assumed_by=principal, inline_policies=policies)


def _function(
    scope: Construct,
    role: iam.Role,
    log: logs.LogGroup,
    policy: FunctionPolicy,
    settings: ProviderSettings,
) -> lambda_.Function:
    function = lambda_.Function(
        scope,
        "Function",
        description="Lifecycle of SageMaker AutoML V2 jobs, models and endpoints",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="automlv2_handlers.entry.handler",
        code=lambda_.Code.from_asset(
            str(handlers_dir()), exclude=["**/__pycache__", "*.json", "**/*.pyc"]
        ),
        role=role.without_policy_updates(),
        tracing=lambda_.Tracing.ACTIVE,
        memory_size=512,
        timeout=cdk.Duration.minutes(5),
        # The function serves its own stack alone: whoever knows its ARN may ask it for anything.
        environment={"STACK_ID": cdk.Aws.STACK_ID},
        log_group=log,
        **settings.function_options(),
    )
    resource = function.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    policy.attach(resource)
    # The CDK lets a function depend on its role though a reference says so already.
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
    return function


def _state_machine(
    scope: Construct,
    id: str,
    name: str,
    definition: dict[str, Any],
    function_arn: str,
    settings: ProviderSettings,
) -> sfn.CfnStateMachine:
    statements = [
        allow(("lambda:InvokeFunction",), [function_arn]),
        allow((*_LOG_DELIVERY, *_TRACING), ["*"]),
    ]
    role = _role(
        scope,
        f"{id}Role",
        "states.amazonaws.com",
        *(iam.PolicyStatement.from_json(statement) for statement in statements),
    )
    Acknowledgements.of(cdk.Stack.of(scope)).add(
        role.node.default_child, STATE_MACHINE, lambda: {"Statement": statements}
    )
    destination = sfn.CfnStateMachine.LogDestinationProperty(
        cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
            log_group_arn=settings.log_group(scope, f"{id}Log").log_group_arn
        )
    )
    return sfn.CfnStateMachine(
        scope,
        id,
        state_machine_name=name,
        role_arn=role.role_arn,
        definition=definition,
        definition_substitutions={"HandlerArn": function_arn},
        logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
            level="ALL",
            # The input holds CloudFormation's pre-signed URL, which belongs in no log.
            include_execution_data=False,
            destinations=[destination],
        ),
        tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
    )


_LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_TRACING = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
