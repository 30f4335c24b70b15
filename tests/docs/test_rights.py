"""The page of permissions says what the templates say."""

import copy
import html
import json

import aws_cdk as cdk
import pytest

from docs.builder import rights
from tests.synth.matrix.options import FACTORS
from tests.synth.matrix.subjects import SUBJECTS, make

PLAIN = {factor: next(iter(levels)) for factor, levels in FACTORS.items()}
SAVED = {
    name: json.loads((rights.TEMPLATES / f"{name}.json").read_text())["Resources"]
    for name in rights.APPS
}


@pytest.fixture
def templates():
    return copy.deepcopy(SAVED)


def documents(resources):
    for item in resources.values():
        if item["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            yield item["Properties"]["PolicyDocument"]
        elif item["Type"] == "AWS::IAM::Role":
            for policy in item["Properties"].get("Policies", ()):
                yield policy["PolicyDocument"]


def actions_of(statement):
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def test_each_right_of_each_role_is_on_the_page(site):
    page = html.unescape((site / "permissions.html").read_text())

    for resources in SAVED.values():
        for document in documents(resources):
            for statement in document["Statement"]:
                for action in actions_of(statement):
                    assert f">{action}<" in page, action


@pytest.mark.parametrize("key", ["Action", "Resource", "Condition", "Effect"])
def test_another_right_is_another_page(templates, key):
    before = rights.text(templates)
    [*_, document] = documents(templates["TumourDiagnosis"])
    other = {"Condition": {"StringEquals": {"aws:x": "y"}}, "Effect": "Deny"}.get(key, "s3:x")
    document["Statement"][0][key] = other

    assert rights.text(templates) != before


def test_a_role_that_nobody_is_given_fails_the_build(templates):
    role = {"Type": "AWS::IAM::Role", "Properties": {}}
    templates["Screening"]["OtherRole"] = role

    with pytest.raises(rights.RoleWithoutSectionError, match="OtherRole"):
        rights.text(templates)


def test_a_role_of_another_kind_fails_the_build(templates):
    templates["Screening"]["OtherRole"] = {"Type": "AWS::IAM::Role", "Properties": {}}
    arn = {"Fn::GetAtt": ["OtherRole", "Arn"]}
    templates["Screening"]["Pipe"] = {"Type": "AWS::Pipes::Pipe", "Properties": {"RoleArn": arn}}

    with pytest.raises(rights.RoleWithoutSectionError, match="OtherRole: RoleArn of Pipe"):
        rights.text(templates)


def test_every_role_that_anything_public_makes_has_a_section(tmp_path):
    app = cdk.App(outdir=str(tmp_path))
    for number, subject in enumerate(SUBJECTS):
        make(app, f"Shop{number}", {"composition": "flat", "subject": subject, **PLAIN})
    page = rights.text()

    for stack in app.synth().stacks:
        for role, title in rights.titles(stack.template.get("Resources", {})).items():
            assert f"#### {title}\n" in page, role
