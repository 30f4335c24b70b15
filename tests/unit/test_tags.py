"""The owner tag, by which the function's rights and its own checks tell whose a resource is."""

import re

import pytest
from automlv2_handlers.domain import tags
from automlv2_handlers.events import LifecycleEvent


def event(stack="Shop", logical="Churn", scope="abcdefg"):
    raw = {
        "RequestType": "Create",
        "RequestId": "r1",
        "StackId": f"arn:aws:cloudformation:eu-west-1:1:stack/{stack}/uuid",
        "LogicalResourceId": logical,
        "ResourceType": "Custom::AutoMLJobV2",
        "ResponseURL": "https://secret",
        "ResourceProperties": {"NameScope": scope},
    }
    return LifecycleEvent.from_raw(raw)


@pytest.mark.parametrize("logical", ["Churn", "L" * 255])
def test_the_owner_is_short_and_begins_with_the_scope_of_the_stack(logical):
    made = {tag["Key"]: tag["Value"] for tag in tags.with_marks(event(logical=logical))}

    assert re.fullmatch(r"abcdefg/[a-z2-7]{24}", made["cdk-automlv2:owner"])


def test_two_resources_with_long_ids_do_not_pass_as_one():
    one, two = event("S" * 128, "L" * 254 + "a"), event("S" * 128, "L" * 254 + "b")

    assert not tags.is_ours(one, {tags.OWNER: tags.owner(two)})
    assert tags.is_ours(one, {tags.OWNER: tags.owner(one)})


def test_resources_of_another_stack_or_scope_are_not_ours():
    ours = {tags.OWNER: tags.owner(event())}

    assert not tags.is_ours(event(stack="Other"), ours)
    assert not tags.is_ours(event(scope="gfedcba"), ours)


def test_a_nested_stack_made_again_finds_its_own():
    before, after = event("Shop-Nested-1AB2CD3EF4GH"), event("Shop-Nested-ZYXWVU987654")

    assert tags.is_ours(after, {tags.OWNER: tags.owner(before)})
    assert not tags.is_ours(event("Shop-Other-1AB2CD3EF4GH"), {tags.OWNER: tags.owner(before)})
