"""Two roles for the models of a folder, where its file of stacks says so."""

import itertools
import json
import shutil
from pathlib import Path

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import specs
from cdk_automlv2.specs.capacity import sizes
from cdk_automlv2.specs.folder import load_folder
from cdk_automlv2.specs.stack_file import FILE, StackFile, StackFileError
from tests.unit.specs.files import SMALLEST, write

FORTY = Path(__file__).parents[2] / "examples" / "forty_models"
RELEASED = f"""{SMALLEST}output_path: s3://models/NAME/
endpoint:
  instance_type: ml.m5.large
release: {{}}
"""


def folder_of(tmp_path, *names, shared=True, stacks=1):
    folder = tmp_path / ("shared" if shared else "own")
    for name in names:
        text = RELEASED.replace("NAME", name).replace("s3://in/train/", f"s3://{name}/in/")
        write(folder, text, f"{name}.automlv2.yaml")
    (folder / FILE).write_text(StackFile("Shop", stacks, shares_roles=shared).to_json())
    return folder


def resources_of(folder):
    [found] = specs.app(folder).synth().stacks
    return found.template["Resources"]


def roles_of(resources, kind="Jobs"):
    return {
        key: item
        for key, item in resources.items()
        if item["Type"] == "AWS::IAM::Role" and not key.startswith("AutoMLV2Provider")
        if kind in key
    }


def rights(*roles):
    """What roles may do: each action on each resource, with its condition."""
    found = set()
    for role in roles:
        for policy in role["Properties"]["Policies"]:
            for line in policy["PolicyDocument"]["Statement"]:
                found |= set(pairs(line))
    return found


def pairs(line):
    actions = line["Action"] if isinstance(line["Action"], list) else [line["Action"]]
    several = line["Resource"] if isinstance(line["Resource"], list) else [line["Resource"]]
    conditions = [{}]
    if "Condition" in line:
        [(operator, [(key, values)])] = [
            (operator, list(body.items())) for operator, body in line["Condition"].items()
        ]
        values = values if isinstance(values, list) else [values]
        conditions = [{operator: {key: value}} for value in values]
    for action in actions:
        for resource in several:
            for condition in conditions:
                yield json.dumps([action, resource, condition], sort_keys=True)


def test_forty_models_take_two_resources_each_or_fewer():
    stacks = specs.app(FORTY / "models").synth().stacks

    found = [stack.template["Resources"] for stack in stacks]
    assert sum(map(len, found)) <= 2 * 40
    for resources in found:
        assert len(roles_of(resources, "")) == 2


def test_a_shared_role_may_do_what_the_own_ones_may_and_no_more(tmp_path):
    names = ("churn", "fraud", "price")
    own = resources_of(folder_of(tmp_path, *names, shared=False))
    shared = resources_of(folder_of(tmp_path, *names))

    def of(resources, kind, suffix):
        found = [item for key, item in roles_of(resources, kind).items() if suffix in key]
        return {one for one in rights(*found) if "iam:PassRole" not in one}

    assert of(shared, "AutoMLV2Jobs", "") == of(own, "", "JobRole")
    assert of(shared, "AutoMLV2Models", "") == of(own, "", "ModelRole")
    passing = [one for one in rights(*roles_of(shared, "AutoMLV2Jobs").values()) if "Pass" in one]
    assert len(passing) == 1
    assert not [
        one for one in rights(*roles_of(shared, "AutoMLV2Models").values()) if "Pass" in one
    ]


def test_a_file_that_comes_or_goes_changes_nothing_of_other_models_but_what_the_role_may(tmp_path):
    before = resources_of(folder_of(tmp_path, "churn", "fraud", "price"))

    shutil.rmtree(tmp_path / "shared")
    after = resources_of(folder_of(tmp_path, "apples", "churn", "price", "zebra"))

    for key in before:
        if key.startswith(("churn", "price")):
            assert after[key] == before[key]
    for key, role in roles_of(before).items():
        for name in role["Properties"].keys() - {"Policies"}:
            assert after[key]["Properties"][name] == role["Properties"][name]
    assert roles_of(before).keys() == roles_of(after).keys()


def test_a_model_that_has_a_role_given_or_outlives_its_stack_does_not_share_one(tmp_path):
    folder = folder_of(tmp_path, "churn", "fraud", "price")
    given = RELEASED.replace("NAME", "fraud") + "role: arn:aws:iam::111122223333:role/fraud\n"
    write(folder, given, "fraud.automlv2.yaml")
    kept = RELEASED.replace("NAME", "price").replace("large\n", "large\n  removal_policy: RETAIN\n")
    write(folder, kept, "price.automlv2.yaml")

    found = resources_of(folder)

    names = {key.partition("Role")[0] for key in roles_of(found, "")}
    assert names == {"AutoMLV2Jobs", "AutoMLV2Models", "priceEndpointModel"}
    assert (
        found[next(key for key in found if key.startswith("priceEndpointModelRole"))][
            "DeletionPolicy"
        ]
        == "Retain"
    )
    assert "DeletionPolicy" not in next(iter(roles_of(found, "AutoMLV2Models").values()))


def test_a_model_whose_artifacts_only_its_job_knows_waits_for_no_other_job(tmp_path):
    folder = folder_of(tmp_path, "churn", "fraud")
    for name in ("churn", "fraud"):
        text = RELEASED.replace("output_path: s3://models/NAME/\n", "").replace("release: {}\n", "")
        write(folder, text, f"{name}.automlv2.yaml")

    found = resources_of(folder)

    shared = json.dumps(roles_of(found, "AutoMLV2"))
    assert "OutputBucket" not in shared
    assert {key.partition("Role")[0] for key in roles_of(found, "")} == {
        "AutoMLV2Jobs",
        "churnEndpointModel",
        "fraudEndpointModel",
    }


@jsii.implements(cdk.IAspect)
class Renamed:
    def visit(self, node):
        if isinstance(node, iam.CfnRole):
            node.role_name = None


def test_every_model_waits_for_the_right_to_pass_a_role_that_has_lost_its_name(tmp_path):
    app = specs.app(folder_of(tmp_path, "churn", "fraud"))
    cdk.Aspects.of(app).add(Renamed())

    [stack] = app.synth().stacks

    found = stack.template["Resources"]
    policies = {key for key in found if "Pass" in key}
    assert len(policies) == 2
    for item in found.values():
        if item["Type"] == "Custom::AutoMLRelease":
            assert policies <= set(item["DependsOn"])


def test_every_model_waits_for_all_that_its_role_may_do_however_many_share_it(tmp_path):
    names = [f"model-{number:03}-of-a-name-that-is-long" for number in range(40)]

    found = resources_of(folder_of(tmp_path, *names))

    managed = {key: item for key, item in found.items() if item["Type"].endswith("ManagedPolicy")}
    assert managed
    for name in names:
        holding = {
            key
            for key, item in managed.items()
            if key.startswith("AutoMLV2") and f":::{name}/" in json.dumps(item)
        }
        [release] = [
            item
            for key, item in found.items()
            if item["Type"] == "Custom::AutoMLRelease" and key.startswith(name.replace("-", ""))
        ]
        assert holding <= set(release.get("DependsOn", []))


def holders(resources):
    """The policies of the role of all jobs, by their ids: what each allows."""
    found = {"": rights(*roles_of(resources).values())}
    for key, item in resources.items():
        if item["Type"] == "AWS::IAM::ManagedPolicy" and key.startswith("AutoMLV2Jobs"):
            lines = item["Properties"]["PolicyDocument"]["Statement"]
            found[key] = {pair for line in lines for pair in pairs(line)}
    return found


def test_no_right_is_missing_for_a_moment_while_the_role_shrinks(tmp_path):
    names = [f"model-{number:03}-of-a-name-that-is-long" for number in range(90)]
    former = resources_of(folder_of(tmp_path, *names))
    shutil.rmtree(tmp_path / "shared")
    resources = resources_of(folder_of(tmp_path, *names[20:]))
    before, after = holders(former), holders(resources)
    policies = list(after)
    for one, next_one in itertools.pairwise(policies[1:]):
        assert one in resources[next_one]["DependsOn"]
    assert len(policies) > 2
    staying = set().union(*before.values()) & set().union(*after.values())
    moved = {right for right in staying if any(right in before[key] - after[key] for key in after)}
    assert moved

    now = dict(before)
    for key in policies:  # The role first, which they refer to; what has gone is deleted last.
        now[key] = after[key]
        assert staying <= set().union(*now.values()), key


def test_what_a_model_takes_is_counted_with_the_roles_that_it_shares(tmp_path):
    folder = folder_of(tmp_path, "churn", "fraud")

    base, own = sizes(load_folder(folder), share_roles=True)

    assert {size.resources for size in own.values()} == {1}
    assert base.resources + 2 == len(resources_of(folder))


@pytest.mark.parametrize("value", ["none", True, 2, None])
def test_a_file_of_stacks_says_own_or_shared(tmp_path, value):
    folder = folder_of(tmp_path, "churn")
    (folder / FILE).write_text(
        json.dumps({"version": 1, "prefix": "Shop", "stacks": 1, "roles": value})
    )

    with pytest.raises(StackFileError, match="roles must be own or shared"):
        specs.app(folder)
