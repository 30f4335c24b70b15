"""Where a call is made, and under which id: refused in words of the library, with all the rest."""

import aws_cdk as cdk
import pytest

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLLimits,
    AutoMLSettings,
    AutoMLTabularConfig,
    AutoMLV2,
)

from .helpers import faults, job

CONFIG = AutoMLTabularConfig("y")


@pytest.mark.parametrize("kind", [AutoMLSettings, AutoMLLimits])
@pytest.mark.parametrize("scope", [None, "Shop", 3])
def test_settings_of_what_is_no_construct_are_refused_by_name(kind, scope):
    [fault] = faults(lambda: kind.of(scope))

    assert fault == f"scope: must be a constructs.Construct, got {scope!r}"


@pytest.mark.parametrize("scope", [cdk.App, lambda: cdk.Stage(cdk.App(), "Prod")])
@pytest.mark.parametrize(
    "make",
    [
        lambda scope: AutoMLV2(scope, "Churn", CONFIG),
        lambda scope: job(scope),
        lambda scope: AutoMLEndpoint.from_endpoint_name(scope, "Churn", "churn"),
        lambda scope: AutoMLJobV2.from_auto_ml_job_name(scope, "Churn", "churn"),
    ],
    ids=["AutoMLV2", "AutoMLJobV2", "from_endpoint_name", "from_auto_ml_job_name"],
)
def test_a_construct_outside_a_stack_is_refused_by_name(make, scope):
    [fault] = faults(lambda: make(scope()))

    assert fault.startswith("scope: must be a stack, or below one, got a ")


def test_a_construct_that_was_refused_outside_a_stack_has_taken_no_id():
    app = cdk.App()

    faults(lambda: AutoMLV2(app, "Churn", CONFIG))

    assert not app.node.children


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("", "id: must have 1 character or more, got ''"),
        (cdk.Aws.REGION, "id: must be known at synth, got 'a token'"),
    ],
    ids=["empty", "a token"],
)
def test_an_id_that_cannot_be_is_refused_by_name(stack, id, text):
    assert faults(lambda: job(stack, id)) == [text]


def test_scope_id_and_options_are_in_one_error():
    said = faults(lambda: job(cdk.App(), "", wait="no"))

    assert [fault.partition(":")[0] for fault in said] == ["wait", "scope", "id"]
