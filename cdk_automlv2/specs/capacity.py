"""How much of a stack a model takes: counted in templates, and looked at before they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
import jsii
from constructs import IValidation

from cdk_automlv2._core.wait_times import STACK_LIMIT, links
from cdk_automlv2.job.option_rules import default_timeout_seconds
from cdk_automlv2.specs.kinds import RUNNING, STOPPING
from cdk_automlv2.specs.spec import Spec
from cdk_automlv2.specs.stack_file import MOST_STACKS, StackFile, StackFileError

MOST_OUTPUTS = 200
MOST_BYTES = 1_000_000
_FILL = 0.5
"""How full the fullest stack of a new folder may be, so that there is room for more models."""


@dataclass(frozen=True)
class Size:
    """What counts against the limits of a stack."""

    resources: int
    outputs: int
    bytes: int

    def __add__(self, other: Size) -> Size:
        return Size(
            self.resources + other.resources,
            self.outputs + other.outputs,
            self.bytes + other.bytes,
        )

    def __sub__(self, other: Size) -> Size:
        return Size(
            self.resources - other.resources,
            self.outputs - other.outputs,
            self.bytes - other.bytes,
        )

    def fill(self) -> float:
        """Return how full a stack of this size is; 1 is full."""
        return max(
            self.resources / STACK_LIMIT, self.outputs / MOST_OUTPUTS, self.bytes / MOST_BYTES
        )


def sizes(specs: Sequence[Spec], *, share_roles: bool = False) -> tuple[Size, dict[str, Size]]:
    """Return what any stack takes, and what each model adds to it, by name.

    Found by making a stack of one such model and one of two. Models of the same options take
    the same, so that few are made.
    """
    found: dict[Any, tuple[Size, Size]] = {}
    own: dict[str, Size] = {}
    base = Size(0, 0, 0)
    for spec in specs:
        likeness = _likeness(spec)
        if likeness not in found:
            one, two = (_size([spec] * count, share_roles=share_roles) for count in (1, 2))
            found[likeness] = (one - (two - one), two - one)
        rest, own[spec.name] = found[likeness]
        base = max(base, rest, key=Size.fill)
    return base, own


def stacks_for(base: Size, own: Mapping[str, Size]) -> int:
    """Return how many stacks a new folder is to have, so that each is half empty.

    Raises:
        StackFileError: If no number will do.
    """
    for count in range(1, MOST_STACKS + 1):
        if fullest(StackFile("Models", count), base, own) <= _FILL:
            return count
    raise StackFileError(f"must be fewer models than {MOST_STACKS} stacks can hold")


def fullest(spread: StackFile, base: Size, own: Mapping[str, Size]) -> float:
    """Return how full the fullest stack is."""
    loads: dict[int, Size] = {}
    for name, size in own.items():
        number = spread.stack_of(name)
        loads[number] = loads.get(number, base) + size
    return max((size.fill() for size in loads.values()), default=0)


_MORE_RESOURCES = ("alarms", "deployment", "shadow_variant", "variants", *STOPPING)
"""Options of an endpoint whose values decide how many resources there are."""


def _likeness(spec: Spec) -> Any:
    """Return what models have in common that take the same: their options, channels and waits."""
    job = spec.job
    inputs = [(type(item), Path(getattr(item, "path", ".")).is_dir()) for item in job["inputs"]]
    parts = (job, spec.model, spec.endpoint, spec.release, spec.batch_transform)
    options = [None if part is None else tuple(sorted(part)) for part in parts]
    wait = job.get("timeout")
    seconds = default_timeout_seconds(job["problem_config"]) if wait is None else wait.seconds
    serving = (spec.endpoint or {}).get("timeout")
    more = 0 if serving is None else len(links(serving.seconds))
    problem = type(job["problem_config"])
    parts_of_endpoint = [(spec.endpoint or {}).get(name) for name in _MORE_RESOURCES]
    released = [(spec.release or {}).get(name) for name in ("register_in", "retraining")]
    runs = [(spec.batch_transform or {}).get(name) for name in (*RUNNING, "timeout", "wait")]
    values = repr([*parts_of_endpoint, *released, *runs])
    return (problem, values, tuple(inputs), *options, len(links(seconds)), more, job.get("wait"))


def _size(specs: Sequence[Spec], *, share_roles: bool) -> Size:
    from cdk_automlv2.specs.folder_app import declare_with_output
    from cdk_automlv2.specs.shared_roles import SharedRoles

    with TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder)
        stack = cdk.Stack(app, "Trial")
        roles = SharedRoles(stack) if share_roles else None
        for number, spec in enumerate(specs):
            declare_with_output(stack, replace(spec, name=f"{spec.name}-{number}"), roles)
        made = app.synth().get_stack_by_name("Trial").template
    text = json.dumps(made, indent=1)
    return Size(len(made["Resources"]), len(made.get("Outputs", {})), len(text))


@jsii.implements(IValidation)
class LimitsOfStack:
    """Refuses a stack that CloudFormation would refuse, and says how the folder gets more stacks.

    Args:
        stack: The stack, once aspects have run.
        folder: The folder whose models it holds.
    """

    def __init__(self, stack: cdk.Stack, folder: str) -> None:
        self._stack = stack
        self._folder = folder

    def validate(self) -> list[str]:
        """Return what is too many."""
        parts = self._stack.node.find_all()
        resources = sum(isinstance(part, cdk.CfnResource) for part in parts)
        outputs = sum(isinstance(part, cdk.CfnOutput) for part in parts)
        return [
            f"must have {most} {what} or fewer, and has {count}: `automlv2 stacks {self._folder} "
            "--count NUMBER --move NAME` makes more stacks, and moves models that are not "
            "deployed yet; the others stay where they are"
            for what, count, most in (
                ("resources", resources, STACK_LIMIT - _OF_THE_CDK),
                ("outputs", outputs, MOST_OUTPUTS),
            )
            if count > most
        ]


_OF_THE_CDK = 1
"""Resources that the CDK adds by itself: CDKMetadata."""
