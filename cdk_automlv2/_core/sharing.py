"""Values that change with a training, on their way into another stack.

CloudFormation refuses to change an export in use, so a retraining would fail at its very end; and
under a weak reference the consumer's template stays the same, so that nothing is deployed. An SSM
parameter of the stack that makes the value, read as a parameter of the stack that uses it, does
neither: CloudFormation looks the value up at every deployment, and sees that it has changed.

Within one top-level stack, nested stacks included, the CDK's own references are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
import jsii
from constructs import Construct

from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2._core.identity import digest, identity, name_scope, top_level_stack
from cdk_automlv2._core.refusals import rendered
from cdk_automlv2._core.retention import goes_with_its_stack
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError

_PARAMETER_TYPE: Final = "AWS::SSM::Parameter::Value<String>"
_DELIMITER: Final = "|"
"""Stands before a value that may be empty, which SSM does not take."""


@dataclass(frozen=True, eq=False)
class SharedValue:
    """An attribute of a construct, whichever stack asks for it.

    Attributes:
        owner: The construct, in whose scope an SSM parameter is made if one is needed.
        stack: The stack it is in.
        name: The attribute's name, unique to the owner.
        reference: The value in that stack.
        source: Resource that the value comes from.
        may_be_empty: Whether the value may be an empty text.
    """

    owner: Construct
    stack: cdk.Stack
    name: str
    reference: cdk.IResolvable | str
    source: cdk.CfnResource | None = None
    may_be_empty: bool = False

    def token(self) -> str:
        """Return a text that becomes the right reference in each stack it is used in."""
        return cdk.Lazy.uncached_string(_InItsStack(self))

    def any_token(self) -> cdk.IResolvable:
        """Return the same for properties that are not texts."""
        return cdk.Lazy.uncached_any(_InItsStack(self))

    def in_stack(self, consumer: cdk.Stack) -> cdk.IResolvable | str:
        """Return the value as ``consumer`` may use it.

        Raises:
            OptionsError: If the stacks are of different accounts, Regions or stages.
        """
        if self.stack is consumer:
            return self.reference
        source, target = top_level_stack(self.stack), top_level_stack(consumer)
        if source is target:
            return self.reference
        refuse_apart(self.owner, source, target)
        return self._received(target, self._sent(), source)

    def _sent(self) -> str:
        """Return the name of the SSM parameter, which is made at its first use."""
        from aws_cdk import aws_ssm as ssm

        what = self._what()
        name = f"/automlv2/{name_scope(self.stack)}/{digest(what, 10)}/{self.name}"
        child = f"Shared{self.name}"
        if self.owner.node.try_find_child(child) is None:
            value = text_of(self.reference)
            parameter = ssm.CfnParameter(
                self.owner,
                child,
                name=name,
                type="String",
                value=f"{_DELIMITER}{value}" if self.may_be_empty else value,
                description=f"{what}, for other stacks",
            )
            goes_with_its_stack(parameter)
            self._follow_source(parameter)
        return name

    def _follow_source(self, parameter: cdk.CfnResource) -> None:
        if self.source is not None:
            Conditions.of(self.stack).follow(parameter, self.source)

    def _what(self) -> str:
        return f"{identity(self.owner, self.stack)}.{self.name}"

    def _received(self, target: cdk.Stack, name: str, source: cdk.Stack) -> str:
        child = f"AutoMLV2{self.name}{digest(name, 10)}"
        parameter = target.node.try_find_child(child)
        if parameter is None:
            parameter = cdk.CfnParameter(
                target,
                child,
                type=_PARAMETER_TYPE,
                default=name,
                description=f"Name of the SSM parameter that holds {self._what()}",
            )
            target.add_stack_dependency(source, self._what())
        assert isinstance(parameter, cdk.CfnParameter)
        value = parameter.value_as_string
        if self.may_be_empty:
            return cdk.Fn.select(1, cdk.Fn.split(_DELIMITER, value))
        return value


@jsii.implements(cdk.IStringProducer, cdk.IAnyProducer)
class _InItsStack:
    """Asked by the CDK for the value at each place where it is used."""

    def __init__(self, value: SharedValue) -> None:
        self._value = value

    def produce(self, context: cdk.IResolveContext) -> Any:
        """Return the value for the stack that is being rendered."""
        stack = cdk.Stack.of(context.scope)
        return rendered(context, lambda: text_of(self._value.in_stack(stack)))


def text_of(value: cdk.IResolvable | str) -> str:
    """Return a value as a text that stands for it."""
    return value if isinstance(value, str) else cdk.Token.as_string(value)


def refuse_apart(owner: Construct, source: cdk.Stack, target: cdk.Stack) -> None:
    """Refuse stacks that cannot share what a job has learnt.

    Raises:
        OptionsError: If they are of different accounts, Regions or stages.
    """
    fault = _fault_of(source, target)
    if fault is not None:
        raise OptionsError(owner.node.path, (fault,))


def _fault_of(source: cdk.Stack, target: cdk.Stack) -> OptionFault | None:
    for what, one, other in (
        ("account", source.account, target.account),
        ("region", source.region, target.region),
    ):
        if one != other and not (is_token(one) and is_token(other)):
            return OptionFault(
                "job",
                "job and model must be in one account and Region",
                f"{what} {_shown(one)} of {source.node.path} and {_shown(other)} of "
                f"{target.node.path}",
                "give both stacks the same env, or declare a job in each account and Region",
            )
    if cdk.Stage.of(source) is not cdk.Stage.of(target):
        return OptionFault(
            "job",
            "job and model must be in one stage",
            f"{source.node.path} and {target.node.path}",
            "declare a job in each stage, or give the job a job_name and use "
            "AutoMLJobV2.from_auto_ml_job_name",
        )
    return None


def _shown(value: str) -> str:
    return "(not set)" if is_token(value) else value
