"""Tags of stacks, which CloudFormation gives to its own resources and to no custom resource."""

import aws_cdk as cdk
import pytest

from .helpers import endpoint, job, model, properties, template

OURS = ("Custom::AutoMLJobV2", "Custom::AutoMLModel", "Custom::AutoMLEndpoint")


def tags(stack, type="Custom::AutoMLJobV2"):
    listed = properties(stack, type).get("Tags", [])
    assert len({tag["Key"] for tag in listed}) == len(listed)
    return {tag["Key"]: tag["Value"] for tag in listed}


def many(count, prefix="k"):
    return {f"{prefix}{number}": "v" for number in range(count)}


def test_the_tags_of_a_stack_reach_job_model_and_endpoint():
    stack = cdk.Stack(cdk.App(), "Shop", tags={"team": "ml"})
    endpoint(stack)

    assert [tags(stack, kind) for kind in OURS] == [{"team": "ml"}] * 3


@pytest.mark.parametrize("above", ["app", "stage", "stack"])
def test_tags_of_whatever_is_above_reach_them(above):
    root = cdk.Stage(cdk.App(), "Prod") if above == "stage" else cdk.App()
    stack = cdk.Stack(root, "Shop")
    endpoint(stack)
    cdk.Tags.of(stack if above == "stack" else root).add("team", "ml")

    assert [tags(stack, kind) for kind in OURS] == [{"team": "ml"}] * 3


def test_a_nested_stack_has_the_tags_of_those_above_and_its_own_win():
    outer = cdk.Stack(cdk.App(), "Shop", tags={"team": "ml", "cost": "1"})
    inner = cdk.NestedStack(outer, "Inner")
    job(inner)
    inner.tags.set_tag("cost", "2")

    assert tags(inner) == {"team": "ml", "cost": "2"}


def test_the_own_tags_of_a_construct_win():
    stack = cdk.Stack(cdk.App(), "Shop", tags={"team": "all", "cost": "1", "stage": "prod"})
    made = job(stack, tags={"team": "ml"})
    cdk.Tags.of(made).add("cost", "2")

    assert tags(stack) == {"team": "ml", "cost": "2", "stage": "prod"}


def test_tags_known_only_at_deployment_are_left_to_cloudformation():
    stack = cdk.Stack(cdk.App(), "Shop", tags={"team": "ml"})
    stack.tags.set_tag("name", cdk.Aws.STACK_NAME)
    job(stack)

    assert tags(stack) == {"team": "ml"}


def test_the_limit_counts_the_tags_of_the_stack():
    stack = cdk.Stack(cdk.App(), "Shop", tags=many(30))
    job(stack, tags=many(20, "own"))

    with pytest.raises(RuntimeError, match=r"44 or fewer.*50 tags, 30 of them from its stack"):
        template(stack)


def test_the_limit_counts_the_tags_of_tags_of(stack):
    made = job(stack)
    for key in many(60):
        cdk.Tags.of(made).add(key, "v")

    with pytest.raises(RuntimeError, match=r"44 or fewer.*60 tags"):
        template(stack)


def test_a_tag_that_the_construct_has_too_counts_once():
    stack = cdk.Stack(cdk.App(), "Shop", tags=many(44))
    model(stack, tags=many(44))

    assert len(tags(stack, "Custom::AutoMLModel")) == 44
