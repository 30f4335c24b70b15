"""A batch transform from S3 to S3, deployed: with the rights that roles have."""

import json
import time
from pathlib import Path

import pytest

from .conftest import Deployment

pytestmark = pytest.mark.e2e

APP = Path(__file__).parent / "apps" / "batch"
BUCKET = "batch-data"
HELD_OUT = Path(__file__).parents[2] / "data" / "diagnosis_held_out.csv"


@pytest.fixture
def batch(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    events = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=events)
    deployment = Deployment(cloud, "Batch", APP)
    yield deployment
    deployment.close()


def rows(count):
    """Patients, each with a number in the place of the diagnosis, which the model does not get."""
    _, *lines = HELD_OUT.read_text().splitlines()
    return [f"p{number}," + line.partition(",")[2] for number, line in enumerate(lines[:count])]


def put(cloud, key, lines):
    body = "".join(f"{line}\n" for line in lines).encode()
    cloud.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def answers(cloud, key):
    """Return the lines of an answer, once it is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        listed = cloud.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=key)
        if listed.get("KeyCount"):
            body = cloud.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
            return body.decode().splitlines()
        time.sleep(0.5)
    raise AssertionError(f"no answer {key}")


def test_files_are_scored_at_deployment_and_as_they_come_and_failures_fail_it(cloud, batch):
    put(cloud, "patients/a.csv", rows(5))

    outputs = batch.must_deploy(bucket=BUCKET)

    scored = answers(cloud, "scores/a.csv.out")
    assert [line.partition(",")[0] for line in scored] == [f"p{number}" for number in range(5)]
    assert {line.partition(",")[2] for line in scored} <= {"benign", "malignant"}
    sagemaker = cloud.client("sagemaker")
    made = sagemaker.describe_transform_job(TransformJobName=outputs["Run"])
    assert made["TransformJobStatus"] == "Completed"
    tags = sagemaker.list_tags(ResourceArn=made["TransformJobArn"])["Tags"]
    assert {"Key": "team", "Value": "ml"} in tags

    put(cloud, "urgent/b c.csv", rows(2))
    assert len(answers(cloud, "scores/b c.csv.out")) == 2

    put(cloud, "patients/bad.csv", ["p1,x"])
    failed = batch.deploy(bucket=BUCKET, output="again/")
    assert failed.returncode != 0
    assert "Too many objects failed" in json.dumps(batch.reasons())
    assert batch.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert batch.outputs()["Run"] == outputs["Run"]
