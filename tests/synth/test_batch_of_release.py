"""A batch transform of a release: the model is known when a run begins, and not at synth."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2 import AutoMLBatchTransform, AutoMLRelease, AutoMLTextGenerationConfig
from cdk_automlv2 import AutoMLTabularConfig as Tabular

from .helpers import CHANNEL, faults, may, model, properties, resources, template

BATCH = "Custom::AutoMLBatchTransform"


def release(stack, id="Churn", **options):
    given = {"problem_config": Tabular("churn"), "instance_type": "ml.m5.large"}
    return AutoMLRelease(stack, id, inputs=CHANNEL, **(given | options))


def batch(stack, **options):
    given = {
        "input_data": "s3://data/new/",
        "output": "s3://data/scores/",
        "instance_type": "ml.m5.large",
    }
    return AutoMLBatchTransform(stack, "Nightly", **(given | options))


def test_a_run_is_not_told_where_the_release_is_recorded(stack):
    batch(stack, release=release(stack))

    found = properties(stack, BATCH)
    [table] = [
        name
        for name, item in template(stack)["Resources"].items()
        if item["Type"] == "AWS::DynamoDB::Table"
    ]
    assert found["Release"] == {"Key": "Churn", "TableName": {"Ref": table}}
    assert found["Once"] is False
    assert "ModelName" not in found


def test_a_schedule_lacks_the_release(stack):
    made = batch(stack, release=release(stack))
    made.run_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(1)))

    [found] = resources(stack, "AWS::Scheduler::Schedule")
    request = str(found["Properties"]["Target"]["Input"])
    assert '"Release":{"Key":"Churn"' in request.replace("\\", "")
    assert "ModelName" not in request


def test_the_models_of_a_release_cannot_read_the_data(stack):
    batch(stack, release=release(stack))

    assert may(stack, "ChurnModelRole", "s3:GetObject", "s3://data/new/a.csv")
    assert may(stack, "ChurnModelRole", "s3:PutObject", "s3://data/scores/a.csv.out")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (lambda s: {}, "model: must be given, or else job"),
        (
            lambda s: {"release": release(s, "Other"), "model": model(s)},
            "model: must not be given with release",
        ),
        (lambda s: {"release": release(s), "run_on_deploy": True}, "run_on_deploy: must be False"),
        (
            lambda s: {"release": release(cdk.Stack(cdk.App(), "Other"))},
            "release: must be of the same stack",
        ),
        (
            lambda s: {
                "release": release(
                    s, problem_config=AutoMLTextGenerationConfig(), instance_type="ml.g5.2xlarge"
                ),
                "instance_type": "ml.g5.2xlarge",
            },
            "release: ",
        ),
        (lambda s: {"release": release(s), "candidate_name": "best"}, "candidate_name: must come"),
    ],
)
def test_what_cannot_be_is_not_refused(stack, options, text):
    given = options(stack)

    assert any(text in fault for fault in faults(lambda: batch(stack, **given)))


def test_another_release_of_the_stack_is_refused(stack):
    release(stack, "First")
    batch(stack, release=release(stack, "Second"), run_on_deploy=False)

    assert properties(stack, BATCH)["Release"]["Key"] == "Second"
