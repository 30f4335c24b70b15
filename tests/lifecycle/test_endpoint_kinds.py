"""Instances, serverless, asynchronous: one does not become another, a new endpoint comes first."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, OLD, SERVERLESS_VARIANTS, config_of
from .stack import STACK_ID

__all__ = ["MODELS"]

SERVERLESS = {
    "ProductionVariants": SERVERLESS_VARIANTS,
    "BaseName": "churn",
}
ASYNCHRONOUS = OLD | {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://out/a/"}}}
KINDS = {"instances": OLD, "serverless": SERVERLESS, "asynchronous": ASYNCHRONOUS}
CHANGES = [(old, new) for old in KINDS for new in KINDS if old != new]


def deployed(properties):
    return [Resource("Churn", TYPE, lambda _: properties)]


@pytest.fixture
def cloudformation(aws):
    return CloudFormation(aws, STACK_ID)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_another_kind_is_another_endpoint_that_serves_before_the_old_one_goes(
    cloudformation, aws, old, new
):
    seen = []
    delete = aws._delete_endpoint

    def look(EndpointName):  # noqa: N803
        seen.append({name: aws.seen_endpoint(name)["EndpointStatus"] for name in aws.endpoints})
        return delete(EndpointName=EndpointName)

    assert cloudformation.deploy(deployed(KINDS[old]))
    [first] = aws.endpoints
    aws._delete_endpoint = look

    assert cloudformation.deploy(deployed(KINDS[new]))

    [second] = aws.endpoints
    assert second != first
    assert seen == [{first: "InService", second: "InService"}]
    assert len(aws.configs) == 1


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_rollback_returns_to_the_endpoint_that_never_stopped(cloudformation, aws, old, new):
    cloudformation.deploy(deployed(KINDS[old]))
    [first] = aws.endpoints
    aws.endpoint_end = "Failed"

    assert not cloudformation.deploy(deployed(KINDS[new]))

    assert set(aws.endpoints) == {first}
    assert aws.seen_endpoint(first)["EndpointStatus"] == "InService"
    assert set(aws.configs) == {config_of(aws, first)}
    assert aws.calls["update_endpoint"] == 0


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_under_a_given_name_it_is_refused_before_any_call_and_rolled_back(
    cloudformation, aws, old, new
):
    named = {"EndpointName": "shop"}
    cloudformation.deploy(deployed(KINDS[old] | named))
    before = config_of(aws, "shop")
    writes = {"create_endpoint_config", "create_endpoint", "update_endpoint", "delete_endpoint"}
    counted = {call: aws.calls[call] for call in writes}

    assert not cloudformation.deploy(deployed(KINDS[new] | named))

    assert {call: aws.calls[call] for call in writes} == counted
    assert config_of(aws, "shop") == before
    assert cloudformation.deploy(deployed(KINDS[old] | named))


def test_the_refusal_says_what_to_do(stack, aws):
    named = {"EndpointName": "shop"}
    stack.create(TYPE, OLD | named)

    answer = stack.update(TYPE, "shop", OLD | named, SERVERLESS | named)

    assert answer["Reason"] == (
        "endpoint 'shop' is on instances in real time and cannot become serverless; leave "
        "endpoint_name out, so that the new endpoint is in service before the old one is deleted, "
        "or give another one"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_endpoint_is_updated_in_place_within_its_kind(stack, aws, kind):
    old = KINDS[kind]
    [variant] = old["ProductionVariants"]
    new = {**old, "ProductionVariants": [{**variant, "ModelName": "churn-2"}]}
    name = stack.create(TYPE, old)["PhysicalResourceId"]

    answer = stack.update(TYPE, name, old, new)

    assert answer["PhysicalResourceId"] == name
    assert aws.calls["create_endpoint"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_endpoint_of_each_kind_goes_without_a_trace(stack, aws, kind):
    name = stack.create(TYPE, KINDS[kind])["PhysicalResourceId"]

    stack.delete(TYPE, name, KINDS[kind])

    assert not aws.endpoints
    assert not aws.configs


def test_the_name_of_an_endpoint_on_instances_is_what_it_was_before_there_were_kinds(stack):
    answer = stack.create(TYPE, NEW)

    assert answer["PhysicalResourceId"].startswith("churn-")
    assert answer["PhysicalResourceId"] == stack.create(TYPE, OLD)["PhysicalResourceId"]
