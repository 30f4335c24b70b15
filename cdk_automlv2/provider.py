"""One provider a stack: the function and the state machine behind all custom resources."""

from __future__ import annotations

import hashlib
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_automlv2._assets import handlers_dir, waiter_definition
from cdk_automlv2._jsii import without_none
from cdk_automlv2._s3 import S3Location

_ID = "AutoMLV2Provider"
_RETENTION = logs.RetentionDays.SIX_MONTHS
_BY_STACK: WeakKeyDictionary[cdk.Stack, AutoMLProvider] = WeakKeyDictionary()


class AutoMLProvider(Construct):
    """The function, the state machine, their roles and log groups; shared by a whole stack.

    Takes no options: what a resource needs it asks for (``allow_…``), and a second resource never
    finds its wish ignored. ``AutoMLProvider.of(scope)`` makes it at the first use.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        self.name_scope = _name_scope(stack)
        self._seen: set[str] = set()
        self._role = _function_role(self)
        self.function = self._make_function()
        self.service_token = self.function.function_arn
        self.state_machine = self._make_state_machine()
        self.state_machine_arn = self.state_machine.attr_arn
        self._start_policy = iam.Policy(
            self,
            "StartPolicy",
            roles=[self._role],
            statements=[
                iam.PolicyStatement(
                    actions=["states:StartExecution"], resources=[self.state_machine_arn]
                )
            ],
        )
        start_policy = self._start_policy.node.default_child
        assert isinstance(start_policy, cdk.CfnResource)
        self._start_policy_id = stack.resolve(start_policy.logical_id)
        self._allow_sagemaker()

    @classmethod
    def of(cls, scope: Construct) -> AutoMLProvider:
        """Return the provider of the stack that ``scope`` is in."""
        stack = cdk.Stack.of(scope)
        provider = _BY_STACK.get(stack)
        if provider is None:
            provider = _BY_STACK[stack] = cls(stack, _ID)
        return provider

    def resource(
        self, scope: Construct, id: str, type: str, /, **properties: Any
    ) -> cdk.CfnResource:
        """Make a custom resource; properties that are ``None`` are left out."""
        resource = cdk.CfnResource(
            scope,
            id,
            type=f"Custom::{type}",
            properties=without_none(
                ServiceToken=self.service_token,
                StateMachineArn=self.state_machine_arn,
                NameScope=self.name_scope,
                **properties,
            ),
        )
        resource.add_override("DependsOn", [self._start_policy_id])
        return resource

    def allow_pass_role(self, role_arn: str) -> None:
        """Let the function hand this role to SageMaker."""
        if self._first("PassRole", role_arn):
            self._allow(
                ["iam:PassRole"],
                [role_arn],
                {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )

    def allow_list(self, location: S3Location) -> None:
        """Let the function list training data, to tell whether it has changed."""
        if self._first("List", location.uri):
            self._role.add_to_policy(location.list_statement())

    def allow_name(self, kind: str, name: str) -> None:
        """Let the function own a thing whose name the user chose; ``kind`` as in its ARN."""
        if self._first(kind, name):
            actions = _ACTIONS_BY_KIND[kind]
            self._allow([f"sagemaker:{action}" for action in actions], [_arn(kind, name.lower())])

    def allow_create_grant(self, key_arn: str) -> None:
        """Let SageMaker, on the function's behalf, use a key for volumes."""
        if self._first("Key", key_arn):
            self._allow(["kms:CreateGrant", "kms:DescribeKey"], [key_arn])

    def _first(self, *wish: str) -> bool:
        key = "\0".join(wish)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _allow(
        self, actions: list[str], resources: list[str], conditions: dict[str, Any] | None = None
    ) -> None:
        self._role.add_to_policy(
            iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
        )

    def _allow_sagemaker(self) -> None:
        for kind, actions in _ACTIONS_BY_KIND.items():
            pattern = _arn(kind, f"*-{self.name_scope}*")
            self._allow([f"sagemaker:{action}" for action in actions], [pattern])
        self._allow(["sagemaker:ListCandidatesForAutoMLJob"], ["*"])
        self._allow(["cloudformation:DescribeStacks"], [cdk.Aws.STACK_ID])

    def _make_function(self) -> lambda_.Function:
        group = logs.LogGroup(
            self, "FunctionLog", retention=_RETENTION, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        group.grant_write(self._role)
        return lambda_.Function(
            self,
            "Function",
            description="Lifecycle of SageMaker AutoML V2 jobs, models and endpoints",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="automlv2_handlers.entry.handler",
            code=lambda_.Code.from_asset(
                str(handlers_dir()), exclude=["**/__pycache__", "*.json", "**/*.pyc"]
            ),
            role=self._role,
            memory_size=512,
            timeout=cdk.Duration.minutes(5),
            log_group=group,
        )

    def _make_state_machine(self) -> sfn.CfnStateMachine:
        group = logs.LogGroup(
            self, "WaiterLog", retention=_RETENTION, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        role = _state_machine_role(self, self.function.function_arn)
        return sfn.CfnStateMachine(
            self,
            "Waiter",
            role_arn=role.role_arn,
            definition=waiter_definition(),
            definition_substitutions={"HandlerArn": self.function.function_arn},
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                # The input holds CloudFormation's pre-signed URL, which belongs in no log.
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=(
                            sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                                log_group_arn=group.log_group_arn
                            )
                        )
                    )
                ],
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )


_TAGGING = ("AddTags", "DeleteTags", "ListTags")
_ACTIONS_BY_KIND = {
    "automl-job": ("CreateAutoMLJobV2", "DescribeAutoMLJobV2", "StopAutoMLJob", *_TAGGING),
    "model": ("CreateModel", "DescribeModel", "DeleteModel", *_TAGGING),
    "endpoint-config": (
        "CreateEndpointConfig",
        "DescribeEndpointConfig",
        "DeleteEndpointConfig",
        "CreateEndpoint",
        "UpdateEndpoint",
        *_TAGGING,
    ),
    "endpoint": (
        "CreateEndpoint",
        "DescribeEndpoint",
        "UpdateEndpoint",
        "DeleteEndpoint",
        *_TAGGING,
    ),
}


def _arn(kind: str, name: str) -> str:
    place = f"{cdk.Aws.PARTITION}:sagemaker:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    return f"arn:{place}:{kind}/{name}"


def _name_scope(stack: cdk.Stack) -> str:
    """Return five characters of [a-z2-7] that mark the names of this stack's things."""
    name = stack.stack_name
    text = stack.node.addr if cdk.Token.is_unresolved(name) else name
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[(number >> 5 * i) & 31] for i in range(5))


def _function_role(scope: Construct) -> iam.Role:
    return iam.Role(scope, "FunctionRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _state_machine_role(scope: Construct, function_arn: str) -> iam.Role:
    log_delivery = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ]
    tracing = [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ]
    document = iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function_arn]),
            iam.PolicyStatement(actions=[*log_delivery, *tracing], resources=["*"]),
        ]
    )
    return iam.Role(
        scope,
        "WaiterRole",
        assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
        inline_policies={"AutoMLV2": document},
    )
