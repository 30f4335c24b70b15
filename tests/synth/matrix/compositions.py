"""Ways to compose an app: where the job is, and where what uses it is. A new way is a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import pipelines
from constructs import Construct


@dataclass(frozen=True)
class Place:
    """Where a case puts its constructs.

    Attributes:
        root: The app, or the stage, that holds the stacks.
        learn: Stack of jobs.
        serve: Stack of models, endpoints and candidates; may be the same.
        finish: Called when everything has been declared.
    """

    root: Construct
    learn: cdk.Stack
    serve: cdk.Stack
    finish: Callable[[], object] = lambda: None


Compose = Callable[[cdk.App, str], Place]


def _flat(app: cdk.App, name: str) -> Place:
    stack = cdk.Stack(app, name)
    return Place(app, stack, stack)


def _two_stacks(app: cdk.App, name: str) -> Place:
    return Place(app, cdk.Stack(app, f"{name}Learn"), cdk.Stack(app, f"{name}Serve"))


def _job_in_the_parent(app: cdk.App, name: str) -> Place:
    stack = cdk.Stack(app, name)
    return Place(app, stack, cdk.NestedStack(stack, "Inner"))


def _job_in_the_nested_stack(app: cdk.App, name: str) -> Place:
    stack = cdk.Stack(app, name)
    return Place(app, cdk.NestedStack(stack, "Inner"), stack)


def _siblings(app: cdk.App, name: str) -> Place:
    stack = cdk.Stack(app, name)
    return Place(app, cdk.NestedStack(stack, "Learn"), cdk.NestedStack(stack, "Serve"))


def _nested_in_nested(app: cdk.App, name: str) -> Place:
    inner = cdk.NestedStack(cdk.Stack(app, name), "Inner")
    return Place(app, inner, cdk.NestedStack(inner, "Deeper"))


def _nested_of_two_stacks(app: cdk.App, name: str) -> Place:
    two = _two_stacks(app, name)
    return Place(app, cdk.NestedStack(two.learn, "Inner"), cdk.NestedStack(two.serve, "Inner"))


def _stage(app: cdk.App, name: str) -> Place:
    stage = cdk.Stage(app, "Prod")
    return Place(stage, cdk.Stack(stage, f"{name}Learn"), cdk.Stack(stage, f"{name}Serve"))


def _pipeline(app: cdk.App, name: str) -> Place:
    source = pipelines.CodePipelineSource.connection(
        "shop/models",
        "main",
        connection_arn="arn:aws:codestar-connections:eu-west-1:111122223333:connection/1",
    )
    step = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    pipeline = pipelines.CodePipeline(cdk.Stack(app, "Delivery"), "Pipeline", synth=step)
    stage = cdk.Stage(app, "Prod")
    learn, serve = cdk.Stack(stage, f"{name}Learn"), cdk.Stack(stage, f"{name}Serve")
    return Place(stage, learn, serve, lambda: pipeline.add_stage(stage))


COMPOSITIONS: Mapping[str, Compose] = {
    "flat": _flat,
    "two stacks": _two_stacks,
    "job in the parent": _job_in_the_parent,
    "job in the nested stack": _job_in_the_nested_stack,
    "siblings": _siblings,
    "nested in nested": _nested_in_nested,
    "nested of two stacks": _nested_of_two_stacks,
    "stage": _stage,
    "pipeline": _pipeline,
}
