"""A member of the API that the function's boto3 does not know is refused by its name."""

import pytest
from automlv2_handlers.errors import RefusedError

from .events import NEW, NEW_RUN, OLD, OLD_RUN

MODELS = ("churn-1", "churn-2")
MODEL = {"AutoMLJobName": "churn", "ProcessingUnit": "CPU", "BaseName": "churn"}


KINDS = [
    pytest.param("AutoMLEndpoint", OLD, id="endpoint"),
    pytest.param("AutoMLBatchTransform", OLD_RUN, id="batch transform"),
    pytest.param("AutoMLModel", MODEL, id="model"),
]
WORDS = "MetricsKonfig, Novelty: not known to the function's boto3 as a member of Create"
UNKNOWN = {"Novelty": {"A": "1"}, "MetricsKonfig": {"EnableEnhancedMetrics": True}}


@pytest.mark.parametrize(("kind", "properties"), KINDS)
def test_at_the_creation(stack, aws, kind, properties):
    answer = stack.create(kind, properties | UNKNOWN)

    assert answer["Status"] == "FAILED"
    assert WORDS in answer["Reason"]
    assert not aws.endpoints
    assert not aws.configs
    assert not aws.transforms


@pytest.mark.parametrize(("kind", "properties"), KINDS[:2])
def test_at_an_update_that_changes_nothing_else_and_its_rollback_goes_on(stack, kind, properties):
    made = stack.create(kind, properties)

    answer = stack.update(kind, made["PhysicalResourceId"], properties, properties | UNKNOWN)
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = stack.update(kind, made["PhysicalResourceId"], properties | UNKNOWN, properties)

    assert WORDS in answer["Reason"]
    assert back["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("AutoMLEndpoint", OLD, NEW), ("AutoMLBatchTransform", OLD_RUN, NEW_RUN)],
)
def test_a_rollback_goes_back_to_properties_that_were_deployed_once(stack, kind, old, new):
    made = stack.create(kind, old)
    stack.update(kind, made["PhysicalResourceId"], old, new)
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    assert stack.update(kind, made["PhysicalResourceId"], new, old | UNKNOWN)["Status"] == "SUCCESS"


def test_a_member_that_no_option_reaches_is_sent(stack, aws):
    metrics = {"MetricPublishFrequencyInSeconds": 30}

    stack.create("AutoMLEndpoint", OLD | {"MetricsConfig": metrics})

    [config] = aws.configs.values()
    assert config["MetricsConfig"] == metrics


@pytest.mark.parametrize(
    ("kind", "properties", "name", "meant"),
    [
        ("AutoMLEndpoint", OLD, "KmsKeyID", "KmsKeyId"),
        ("AutoMLModel", MODEL, "EnableNetworkIsolaton", "EnableNetworkIsolation"),
        ("AutoMLBatchTransform", OLD_RUN, "MaxPayloadInMb", "MaxPayloadInMB"),
    ],
)
def test_a_misspelt_single_value_is_left_out_in_silence(stack, kind, properties, name, meant):
    answer = stack.create(kind, properties | {name: "true"})

    assert answer["Status"] == "FAILED"
    assert f"{name} (like {meant}): not known" in answer["Reason"]


@pytest.mark.parametrize("value", ["x", "", "true", "0"])
def test_a_single_value_that_is_like_no_member_fails_a_deployment(stack, value):
    assert stack.create("AutoMLEndpoint", OLD | {"Comment": value})["Status"] == "SUCCESS"


def test_what_an_older_function_let_pass_fails_the_next_deployment(stack):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]

    answer = stack.update("AutoMLEndpoint", name, OLD | UNKNOWN, NEW | UNKNOWN)

    assert answer["Status"] == "SUCCESS"


@pytest.mark.parametrize(("kind", "properties"), KINDS)
@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_a_deletion_is_not_answered(stack, kind, properties, status):
    stack.status = status
    gone = stack.event("Delete", kind, properties | UNKNOWN, PhysicalResourceId="Shop-Churn-ABC")

    assert stack.send(gone)["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("AutoMLEndpoint", OLD, NEW), ("AutoMLBatchTransform", OLD_RUN, NEW_RUN)],
)
def test_a_rollback_whose_stack_cannot_be_seen_fails(stack, aws, kind, old, new):
    made = stack.create(kind, old)
    aws.failures["stack_status"] = [RefusedError("no")] * 99

    assert stack.update(kind, made["PhysicalResourceId"], new, old | UNKNOWN)["Status"] == "SUCCESS"
