"""The tags that a user may give leave room for those of the library, on everything it makes."""

from cdk_automlv2._core.tags import MOST_TAGS

from .events import JOB, MODEL, OLD
from .fake_aws import PLACE

MODELS = ("churn-1", "churn-2")
MANY = {"Tags": [{"Key": f"key-{n}", "Value": "v"} for n in range(MOST_TAGS)]}
KEPT = {"Retained": True}


def test_everything_takes_as_many_tags_as_synth_lets_pass(stack, aws):
    job = stack.create("AutoMLJobV2", JOB | MANY, LogicalResourceId="Job")["PhysicalResourceId"]
    aws.now += 3600
    model = MODEL | {"AutoMLJobName": job} | MANY | KEPT
    answer = stack.create("AutoMLModel", model, LogicalResourceId="Model")
    name = stack.create("AutoMLEndpoint", OLD | MANY | KEPT)["PhysicalResourceId"]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    changed = OLD | MANY | KEPT | {"KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}
    back = stack.update("AutoMLEndpoint", name, OLD | MANY | KEPT, changed)

    assert (answer["Status"], back["Status"]) == ("SUCCESS", "SUCCESS"), back["Reason"]
    assert len(aws.tags[f"{PLACE}:automl-job/{job}"]) <= 50
    assert "cdk-automlv2:back" in aws.tags[f"{PLACE}:endpoint/{name}"]


def test_a_rollback_goes_well_though_there_is_no_room_for_its_mark(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD | MANY | KEPT)["PhysicalResourceId"]
    others = {f"bot-{n}": "1" for n in range(50 - len(aws.tags[f"{PLACE}:endpoint/{name}"]))}
    aws.tags[f"{PLACE}:endpoint/{name}"] |= others
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    changed = OLD | MANY | KEPT | {"KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}

    back = stack.update("AutoMLEndpoint", name, OLD | MANY | KEPT, changed)

    assert back["Status"] == "SUCCESS"
    assert "cdk-automlv2:back" not in aws.tags[f"{PLACE}:endpoint/{name}"]
