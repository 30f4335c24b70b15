"""Releases and whoever uses them in other stacks, nested stacks and stages: none holds another."""

import json
import re
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLRelease,
    AutoMLTabularConfig,
    ObjectiveGate,
)

ENV = cdk.Environment(account="111122223333", region="eu-west-1")
ALL = ("Churn", "Fraud", "Price")


def release_of(scope, id, **more):
    options = {
        "problem_config": AutoMLTabularConfig("y"),
        "inputs": AutoMLDataChannel("S3Prefix", f"s3://in/{id}/"),
        "instance_type": "ml.m5.large",
        **more,
    }
    return AutoMLRelease(scope, id, **options)


def use(scope, release):
    """Use all of a release that others may use."""
    user = iam.User(scope, f"User{release.node.id}")
    release.grant_invoke(user)
    release.metric_invocations().create_alarm(
        scope, f"Alarm{release.node.id}", threshold=1, evaluation_periods=1
    )
    cdk.CfnOutput(scope, f"Name{release.node.id}", value=release.endpoint_name)
    cdk.CfnOutput(scope, f"Arn{release.node.id}", value=release.endpoint_arn)


def apart(app):
    return cdk.Stack(app, "Models", env=ENV), cdk.Stack(app, "Site", env=ENV)


def used_within(app):
    stack = cdk.Stack(app, "Models", env=ENV)
    return stack, cdk.NestedStack(stack, "Site")


def made_within(app):
    stack = cdk.Stack(app, "Site", env=ENV)
    return cdk.NestedStack(stack, "Models"), stack


def both_within(app):
    stack = cdk.Stack(app, "Whole", env=ENV)
    return cdk.NestedStack(stack, "Models"), cdk.NestedStack(stack, "Site")


def staged(app):
    stage = cdk.Stage(app, "Prod", env=ENV)
    return apart(stage)


PLACES = (apart, used_within, made_within, both_within, staged)


def templates(place, names=ALL, **more):
    """Templates by their files, without the names of other templates' assets."""
    app = cdk.App()
    models, site = place(app)
    for name in names:
        use(site, release_of(models, name, **(more if name == "Fraud" else {})))
    cloud = app.synth()
    found = {}
    for assembly in (cloud, *(one.nested_assembly for one in cloud.nested_assemblies)):
        for path in sorted(Path(assembly.directory).glob("*.template.json")):
            found[path.name] = json.loads(re.sub(r"[0-9a-f]{64}", "", path.read_text()))
    return found


def of(template, name):
    """The resources of one release, and of its users."""
    resources = template["Resources"]
    return {
        key: item
        for key, item in resources.items()
        if key.startswith((name, f"User{name}", f"Alarm{name}"))
    }


@cache
def before(place):
    return templates(place)


@pytest.mark.parametrize("place", PLACES)
def test_a_release_that_changes_changes_no_template_but_its_own(place):
    after = templates(
        place,
        revision="2",
        gates=[ObjectiveGate(minimum=0.9)],
        instance_type="ml.c5.large",
        inputs=AutoMLDataChannel("S3Prefix", "s3://other/"),
    )

    [own] = [name for name, template in before(place).items() if template != after[name]]
    for name in ("Churn", "Price"):
        assert of(before(place)[own], name) == of(after[own], name)
    assert of(before(place)[own], "Fraud") != of(after[own], "Fraud")


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_exported_and_no_stack_waits_for_the_other(place):
    for name, template in before(place).items():
        text = json.dumps(template)
        assert "Export" not in text
        assert "Fn::ImportValue" not in text
        assert "AWS::SSM::Parameter" not in json.dumps(template["Resources"])
        if "Site" in name and "nested" in name:
            assert not {key for key in template.get("Parameters", {}) if "Models" in key}


@pytest.mark.parametrize("place", PLACES)
def test_a_release_that_comes_goes_or_moves_in_the_code_changes_nothing_of_others(place):
    after = templates(place, ("Zebra", "Price", "Apples", "Churn"))

    assert before(place).keys() == after.keys()
    for file, template in before(place).items():
        for name in ("Churn", "Price"):
            assert of(template, name) == of(after[file], name)


def test_the_endpoint_of_each_place_has_another_name():
    found = {
        item["Properties"]["Endpoint"]["EndpointName"]
        for place in PLACES
        for template in before(place).values()
        for key, item in template["Resources"].items()
        if item["Type"] == "Custom::AutoMLRelease" and key.startswith("Churn")
    }

    # The stack Models of its own is the same one, whoever uses it.
    assert len(found) == len(PLACES) - 1
