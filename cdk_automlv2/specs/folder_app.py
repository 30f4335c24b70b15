"""``app``: a folder of specs as an app, spread over stacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2.automl import AutoMLV2
from cdk_automlv2.specs.build import declare
from cdk_automlv2.specs.capacity import LimitsOfStack
from cdk_automlv2.specs.folder import load_folder
from cdk_automlv2.specs.shared_roles import SharedRoles
from cdk_automlv2.specs.spec import Spec
from cdk_automlv2.specs.stack_file import read_stack_file


def app(folder: str | Path, **stack_options: Any) -> cdk.App:
    """Return an app with the models of a folder; ``specs.app("models").synth()``.

    Args:
        folder: The folder; ``automlv2.stacks.json`` in it says how many stacks there are.
        **stack_options: Options of each ``cdk.Stack``, such as ``env`` and ``tags``.

    Raises:
        SpecError: With everything that is wrong in any file.
        StackFileError: If the folder has no ``automlv2.stacks.json``.
    """
    made = cdk.App()
    stacks(made, folder, **stack_options)
    return made


def stacks(scope: Construct, folder: str | Path, **stack_options: Any) -> list[cdk.Stack]:
    """Make the stacks of a folder's models in an app or a Stage, and return them.

    All stacks that the folder has are made, empty ones too, so that the next deployment deletes
    the last model of a stack as any other.

    Args:
        scope: The app or Stage.
        folder: As for ``app``.
        **stack_options: As for ``app``.

    Raises:
        SpecError: With everything that is wrong in any file.
        StackFileError: If the folder has no ``automlv2.stacks.json``.
    """
    specs = load_folder(folder)
    spread = read_stack_file(Path(folder))
    made = [
        cdk.Stack(scope, spread.stack_name(number), **stack_options)
        for number in range(spread.count)
    ]
    for stack in made:
        stack.node.add_validation(LimitsOfStack(stack, str(folder)))
    roles = [SharedRoles(stack) if spread.shares_roles else None for stack in made]
    for spec in specs:
        number = spread.stack_of(spec.name)
        declare_with_output(made[number], spec, roles[number])
    return made


def declare_with_output(stack: cdk.Stack, spec: Spec, roles: SharedRoles | None) -> AutoMLV2:
    """Make the constructs of one file, and one output: its endpoint, or its job without one."""
    model = declare(AutoMLV2, stack, spec.name, spec if roles is None else roles.given(spec))
    if model.endpoint is not None:
        cdk.CfnOutput(model, "EndpointName", value=model.endpoint.endpoint_name)
    else:
        job = model.describe_auto_ml_job()
        cdk.CfnOutput(model, "JobName", value=job.job_name)
    return model
