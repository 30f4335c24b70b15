"""Gates within a stack: a resource between the wait for a job and the model of its candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.release.gates import FunctionGate, Gate
from cdk_automlv2.release.option_rules import gates_rule


def in_stack_gates_rule(gates: Sequence[Any] | None, job: Any) -> Iterator[OptionFault]:
    """Gates that need no endpoint, whose metrics the problem has."""
    yield from endpoint_gates_rule(gates)
    yield from gates_rule(gates, job.problem_config)


def endpoint_gates_rule(gates: Sequence[Any] | None) -> Iterator[OptionFault]:
    """No gate that asks an endpoint: within a stack there is none before the model."""
    for index, gate in enumerate(gates or []):
        if gate.invokes_endpoint:
            yield OptionFault(
                f"gates[{index}]",
                "must not ask an endpoint within a stack, where it is asked before there is a "
                "model to serve",
                type(gate).__name__,
                "use AutoMLRelease, or fit(wait=False) and deploy",
            )


def judge_before(
    model: Construct,
    provider: AutoMLProvider,
    gates: Sequence[Gate] | None,
    job_name: cdk.IResolvable | str | None,
    candidate_name: str | None,
    follows: cdk.CfnResource | None,
) -> cdk.CfnResource | None:
    """Make the resource that judges a candidate; ``None`` where there are no gates.

    Args:
        model: Whose candidate it is; the resource is its child ``Gate``.
        provider: Makes it.
        gates: What the candidate must show.
        job_name: Name of the job, known once it has ended.
        candidate_name: The candidate. Default: the best one.
        follows: Resource that decides whether the job exists.
    """
    if not gates:
        return None
    rights = provider.policy.for_user(model)
    for gate in gates:
        if isinstance(gate, FunctionGate):
            rights.invoke_function(gate.fn.function_arn)
    made = provider.resource(
        model,
        "Gate",
        "AutoMLGate",
        follows=follows,
        AutoMLJobName=job_name,
        CandidateName=candidate_name,
        Gates=[gate.to_request() for gate in gates],
    )
    rights.apply_before(made)
    return made
