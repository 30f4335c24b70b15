"""What a stack is, in every composition: names that stay, differ, and are legal."""

import ast
import re
from pathlib import Path

import aws_cdk as cdk
import pytest

from cdk_automlv2 import AutoMLModel, LocalAutoMLDataChannel
from cdk_automlv2._core.identity import digest, identity, name_scope, stack_identity

from .helpers import job, resources, template

PACKAGE = Path(__file__).parents[2] / "cdk_automlv2"


def pipeline_of(stack):
    """One of everything that has a name: a job with an uploaded folder, its role, a model."""
    made = job(stack, inputs=LocalAutoMLDataChannel("S3Prefix", str(Path(__file__).parent)))
    return AutoMLModel(stack, "Model", job=made)


def names_in(stack):
    """Every name of the stack's template that is made at synth."""
    found = template(stack)["Resources"].values()
    keys = ("RoleName", "StateMachineName", "NameScope", "Folder")
    return {
        str(item["Properties"][key]) for item in found for key in keys if key in item["Properties"]
    }


def flat(name="Shop"):
    stack = cdk.Stack(cdk.App(), "Id", stack_name=name)
    pipeline_of(stack)
    return stack


def nested(name="Shop", depth=1):
    stack = cdk.Stack(cdk.App(), "Id", stack_name=name)
    for _ in range(depth):
        stack = cdk.NestedStack(stack, "Nested")
    pipeline_of(stack)
    return stack


def staged(name="Shop"):
    stage = cdk.Stage(cdk.Stage(cdk.App(), "Org"), "Prod")
    stack = cdk.Stack(stage, "OtherId", stack_name=name)
    pipeline_of(stack)
    return stack


def nested_in_stage(name="Shop"):
    stack = cdk.NestedStack(
        cdk.Stack(cdk.Stage(cdk.App(), "Prod"), "Id", stack_name=name), "Nested"
    )
    pipeline_of(stack)
    return stack


def test_a_stack_that_moves_into_a_stage_keeps_every_name():
    assert names_in(staged()) == names_in(flat())
    assert names_in(nested_in_stage()) == names_in(nested())


def test_a_nested_stack_has_the_same_names_at_every_synth():
    assert names_in(nested()) == names_in(nested())


@pytest.mark.parametrize("build", [flat, nested, staged, nested_in_stage])
def test_one_app_under_two_stack_names_shares_no_name(build):
    assert not names_in(build("Blue")) & names_in(build("Green"))


def test_a_nested_stack_shares_no_name_with_its_parent_or_with_one_deeper():
    made = [names_in(flat()), names_in(nested()), names_in(nested(depth=2))]

    assert len(set().union(*made)) == sum(len(names) for names in made)


def test_a_stack_of_a_stack_that_is_not_nested_goes_by_its_own_name():
    outer = cdk.Stack(cdk.App(), "Outer")

    assert stack_identity(cdk.Stack(outer, "Inner", stack_name="Mine")) == "Mine"


def test_identities_are_the_ids_below_the_outermost_stack():
    stack = cdk.Stack(cdk.Stage(cdk.App(), "Prod"), "Id", stack_name="Shop")
    inner = cdk.NestedStack(cdk.NestedStack(stack, "A"), "B")

    assert stack_identity(inner) == "Shop/A/B"
    assert identity(pipeline_of(inner), inner) == "Shop/A/B/Model"


@pytest.mark.parametrize("name", ["S", "A" * 128])
@pytest.mark.parametrize("build", [flat, nested])
def test_names_stay_legal_however_long_the_stack_name(build, name):
    stack = build(name)

    for item in resources(stack, "AWS::IAM::Role"):
        role = str(item["Properties"].get("RoleName", ""))
        assert len(role.replace("{'Fn::Join': ['', ['", "").partition("'")[0]) + 20 <= 64
    [machine] = resources(stack, "AWS::StepFunctions::StateMachine")
    assert len(machine["Properties"]["StateMachineName"]) <= 80
    assert re.fullmatch("[a-z2-7]{7}", name_scope(stack))


@pytest.mark.parametrize(
    "text", [cdk.Aws.STACK_NAME, f"Shop/{cdk.Aws.REGION}/x"], ids=["whole", "part"]
)
def test_a_digest_of_what_is_known_only_at_deployment_is_refused(text):
    with pytest.raises(ValueError, match="known only at deployment"):
        digest(text, 7)


NAMING = {"addr", "stack_name", "unique_id", "stack_id", "hexdigest", "unique_resource_name"}
"""Attributes whose text may hold a token, or changes when a stack moves."""

OTHERWISE = {
    # Events and metrics are filtered by the stack's own name; no name or digest is made of it.
    "release/events.py": {"stack_name"},
    # As releases: for people who read events and metrics.
    "batch/events.py": {"stack_name"},
    # A name for one call of a person's, which no template has.
    "transform_runs.py": {"uuid"},
    # Files know no construct: which stack a model goes to follows from its name in the file.
    "specs/folder_app.py": {"stack_name"},
    "specs/stack_file.py": {"hashlib"},
}


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"local", "cli"} & set(path.relative_to(PACKAGE).parts) and path.stem != "identity"
    ],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_identity_makes_names_and_digests(path):
    tree = ast.parse(path.read_text())
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    may = OTHERWISE.get(path.relative_to(PACKAGE).as_posix(), set())

    assert not imported & {"hashlib", "uuid", "random", "zlib"} - may
    assert not read & NAMING - may
    assert "hash" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
