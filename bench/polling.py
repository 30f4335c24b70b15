"""What an hour of waiting costs, against the CDK's Provider at its defaults."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator

from bench.figure import Figure
from bench.resources import provider_stack, resources
from tests.lifecycle.events import JOB, LINK
from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.stack import Stack

_HOUR = 3600


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    aws = FakeAws()
    aws.job_seconds = 100 * _HOUR
    stack = Stack(aws)
    with contextlib.redirect_stdout(io.StringIO()):
        name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
        began, polls = aws.now, aws.calls["describe_auto_ml_job_v2"]
        stack.create("AutoMLWait", LINK | {"AutoMLJobName": name, "Last": False})
    hours = (aws.now - began) / _HOUR
    ours = (aws.calls["describe_auto_ml_job_v2"] - polls) / hours
    theirs = _HOUR / _provider_interval()
    yield Figure(
        "polls in an hour of waiting, against Provider's default",
        f"{ours:.0f}",
        f"{theirs:.0f}",
        ours / theirs,
        0.1,
    )
    transitions = stack.transitions / hours
    yield Figure(
        "state transitions in an hour of waiting, against Provider's default",
        f"{transitions:.0f}",
        f"{theirs:.0f}",
        transitions / theirs,
        0.25,
    )


def _provider_interval() -> int:
    """Return the seconds between two polls of a Provider, from the template it makes."""
    for item in resources(provider_stack()).values():
        if item["Type"] == "AWS::StepFunctions::StateMachine":
            found = re.search(r'IntervalSeconds\\*":(\d+)', json.dumps(item))
            assert found is not None
            return int(found[1])
    raise AssertionError("the Provider has no state machine")
