"""How many resources a stack needs, against the CDK's Provider framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources

from bench.figure import Figure
from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLRelease,
    AutoMLTabularConfig,
)

_ROLE = "arn:aws:iam::111122223333:role/shop"


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    ours, theirs = _stack(), provider_stack()
    fixed = [name for name in resources(ours) if name.startswith("AutoMLV2Provider")]
    peer = [item for item in resources(theirs).values() if not item["Type"].startswith("Custom")]
    yield Figure(
        "resources of a stack, whatever the number of jobs, against Provider's of every job",
        str(len(fixed)),
        str(len(peer)),
        len(fixed),
        9,
    )
    own = [item["Type"] for name, item in resources(ours).items() if name not in fixed]
    waits = own.count("Custom::AutoMLWait")
    yield Figure(
        "resources of a job with model and endpoint, without its wait links",
        f"{len(own) - waits} + {waits} links",
        "-",
        len(own) - waits,
        3,
    )
    detached = [
        item["Type"]
        for name, item in resources(_detached()).items()
        if not name.startswith("AutoMLV2Provider")
    ]
    yield Figure(
        "resources of a release of job, model and endpoint, however long the job takes",
        str(len(detached)),
        "-",
        len(detached),
        2,
    )


def _detached() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop")
    AutoMLRelease(
        stack,
        "Churn",
        problem_config=AutoMLTabularConfig("churn"),
        inputs=AutoMLDataChannel("S3Prefix", "s3://shop-data/train/"),
        instance_type="ml.m5.large",
        output_path="s3://shop-models/",
        role=_ROLE,
    )
    return stack


def _stack() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop")
    job = AutoMLJobV2(
        stack,
        "Job",
        problem_config=AutoMLTabularConfig("churn", max_total_job_runtime_in_seconds=1200),
        inputs=AutoMLDataChannel("S3Prefix", "s3://shop-data/train/"),
        output_path="s3://shop-models/",
        role=_ROLE,
    )
    model = AutoMLModel(stack, "Model", job=job, role=_ROLE)
    AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")
    return stack


def provider_stack() -> cdk.Stack:
    """Return a stack with the CDK's Provider of two functions."""
    stack = cdk.Stack(cdk.App(), "Shop")
    functions = [
        lambda_.Function(
            stack,
            name,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
        )
        for name in ("OnEvent", "IsComplete")
    ]
    provider = custom_resources.Provider(
        stack,
        "Provider",
        on_event_handler=functions[0],
        is_complete_handler=functions[1],
    )
    cdk.CustomResource(stack, "Job", service_token=provider.service_token)
    return stack


def resources(stack: cdk.Stack) -> dict[str, Any]:
    """Return the resources of a stack's template."""
    app = stack.node.root
    assert isinstance(app, cdk.App)
    found: dict[str, Any] = app.synth().get_stack_by_name("Shop").template["Resources"]
    return found
