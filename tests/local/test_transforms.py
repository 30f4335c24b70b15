"""Transform jobs of the local SageMaker: split, filtered, joined, answered from S3 to S3."""

import gzip
import json
import threading

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.events import Events
from cdk_automlv2.local.sagemaker.faults import TRANSFORM_FAILS, Fault
from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .fake_world import ROLE, wait_for

CSV = {"ContentType": "text/csv", "SplitType": "Line"}
LINES = {"Accept": "text/csv", "AssembleWith": "Line"}


@pytest.fixture
def model(sagemaker, world):
    """A model that puts labels in the place of numbers."""
    world.iam.s3.objects["out/model.tar.gz"] = archive(LabelStage(["no", "yes"]))
    container = {"Image": "registry/image:1", "ModelDataUrl": "s3://out/model.tar.gz"}
    sagemaker.create_model(ModelName="labels", ExecutionRoleArn=ROLE, PrimaryContainer=container)


def start(sagemaker, name="batch", **more):
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/new/"}}
    request = {
        "ModelName": "labels",
        "TransformInput": {"DataSource": source} | CSV | more.pop("given", {}),
        "TransformOutput": {"S3OutputPath": "s3://out/answers"} | LINES | more.pop("output", {}),
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    return sagemaker.create_transform_job(TransformJobName=name, **(request | more))


def ended(sagemaker, name="batch"):
    def look():
        found = sagemaker.describe_transform_job(TransformJobName=name)
        return None if found["TransformJobStatus"] in ("InProgress", "Stopping") else found

    return wait_for(look)


def refusal(call, **request):
    with pytest.raises(ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]


def test_each_object_below_the_prefix_is_answered_beside_its_name(sagemaker, world, model):
    world.iam.s3.objects |= {"in/new/a.csv": b"1\n0\n", "in/new/b/c.csv": b"0\n"}

    arn = start(sagemaker)["TransformJobArn"]

    found = ended(sagemaker)
    assert arn.endswith(":transform-job/batch")
    assert found["TransformJobStatus"] == "Completed"
    assert found["TransformStartTime"] <= found["TransformEndTime"]
    assert world.iam.s3.objects["out/answers/a.csv.out"] == b"yes\nno\n"
    assert world.iam.s3.objects["out/answers/b/c.csv.out"] == b"no\n"


def test_the_columns_of_a_record_are_filtered_and_joined_with_its_answer(sagemaker, world, model):
    world.iam.s3.objects["in/new/a.csv"] = b'7,"x,y",1\n8,z,0\n'
    filters = {"InputFilter": "$[2]", "JoinSource": "Input", "OutputFilter": "$[0,1,-1]"}

    start(sagemaker, DataProcessing=filters)

    ended(sagemaker)
    assert world.iam.s3.objects["out/answers/a.csv.out"] == b'7,"x,y",yes\n8,z,no\n'


@pytest.mark.parametrize("strategy", ["MultiRecord", "SingleRecord"])
def test_how_records_are_batched_shows_nowhere_in_the_answers(sagemaker, world, model, strategy):
    world.iam.s3.objects["in/new/a.csv"] = b"1\r\n0\r\n\r\n1"

    start(sagemaker, BatchStrategy=strategy)

    ended(sagemaker)
    assert world.iam.s3.objects["out/answers/a.csv.out"] == b"yes\nno\nyes\n"


def test_compressed_objects_and_a_single_key_are_read(sagemaker, world, model):
    world.iam.s3.objects["in/new/a.csv.gz"] = gzip.compress(b"1\n")
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/new/a.csv.gz"}}

    start(sagemaker, given={"CompressionType": "Gzip", "DataSource": source})

    ended(sagemaker)
    assert world.iam.s3.objects["out/answers/a.csv.gz.out"] == b"yes\n"


def test_a_manifest_names_what_is_read(sagemaker, world, model):
    world.iam.s3.objects |= {"in/new/a.csv": b"1\n", "in/new/b.csv": b"0\n"}
    manifest = [{"prefix": "s3://in/new/"}, "b.csv"]
    world.iam.s3.objects["in/list"] = json.dumps(manifest).encode()
    source = {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://in/list"}}

    start(sagemaker, given={"DataSource": source})

    ended(sagemaker)
    written = [key for key in world.iam.s3.objects if key.startswith("out/answers/")]
    assert written == ["out/answers/b.csv.out"]


def test_an_object_with_a_bad_record_has_no_answer_and_the_others_have(sagemaker, world, model):
    world.iam.s3.objects |= {"in/new/a.csv": b"1\nx\n", "in/new/b.csv": b"0\n"}

    start(sagemaker)

    found = ended(sagemaker)
    assert found["TransformJobStatus"] == "Failed"
    assert "Too many objects failed" in found["FailureReason"]
    assert "s3://in/new/a.csv" in found["FailureReason"]
    assert "out/answers/a.csv.out" not in world.iam.s3.objects
    assert world.iam.s3.objects["out/answers/b.csv.out"] == b"no\n"


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (None, {}, "No objects found under s3://in/new/"),
        (b"1\n", {"given": {"CompressionType": "Gzip"}}, "not compressed with gzip"),
        (b"1\n", {"DataProcessing": {"InputFilter": "$[3]"}}, "the filter asks for column"),
        (b"1" * 1_100_000, {"MaxPayloadInMB": 1}, "larger than MaxPayloadInMB"),
        (b"1\n", {"given": {"ContentType": "image/png"}}, "is not supported"),
    ],
)
def test_what_fails_is_told(sagemaker, world, model, content, more, words):
    if content is not None:
        world.iam.s3.objects["in/new/a.csv"] = content

    start(sagemaker, **more)

    assert words in ended(sagemaker)["FailureReason"]


def test_a_planned_fault_fails_the_transform(sagemaker, world, model):
    world.faults.add(Fault(TRANSFORM_FAILS, message="InternalServerError: try again"))

    start(sagemaker)

    assert ended(sagemaker)["FailureReason"] == "InternalServerError: try again"


def test_a_transform_is_stopped_while_its_instances_start(sagemaker, world, model):
    world.clock = Clock(speed=400)
    start(sagemaker)

    sagemaker.stop_transform_job(TransformJobName="batch")

    assert ended(sagemaker)["TransformJobStatus"] == "Stopped"
    error = refusal(sagemaker.stop_transform_job, TransformJobName="batch")
    assert error["Code"] == "ValidationException"
    assert "is Stopped" in error["Message"]


def test_a_name_is_used_up_for_ever(sagemaker, world, model):
    start(sagemaker)
    ended(sagemaker)

    with pytest.raises(ClientError, match="Job name must be unique") as caught:
        start(sagemaker)
    assert caught.value.response["Error"]["Code"] == "ResourceInUse"


def test_what_is_not_there_is_named(sagemaker, world):
    for call in (sagemaker.describe_transform_job, sagemaker.stop_transform_job):
        error = refusal(call, TransformJobName="none")
        assert error["Message"] == "Could not find requested job with name: none"
    with pytest.raises(ClientError, match="Could not find model"):
        start(sagemaker)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"given": {"SplitType": "None"}, "BatchStrategy": "SingleRecord"}, "BatchStrategy"),
        ({"MaxPayloadInMB": 60, "MaxConcurrentTransforms": 2}, "must not exceed 100 MB"),
        (
            {"DataProcessing": {"JoinSource": "Input"}, "output": {"Accept": "application/json"}},
            "must be of the same format",
        ),
        (
            {"DataProcessing": {"JoinSource": "Input"}, "output": {"AssembleWith": "None"}},
            "must both be Line",
        ),
        ({"DataProcessing": {"InputFilter": "$.age"}}, "not supported for CSV"),
        (
            {
                "TransformResources": {
                    "InstanceType": "ml.g5.xlarge",
                    "InstanceCount": 1,
                    "VolumeKmsKeyId": "key",
                }
            },
            "local storage",
        ),
        ({"TransformResources": {"InstanceType": "ml.t2.medium", "InstanceCount": 1}}, "enum"),
    ],
)
def test_members_that_do_not_go_together_are_refused(sagemaker, world, model, more, words):
    with pytest.raises(ClientError, match=words) as caught:
        start(sagemaker, **more)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_transforms_are_listed_by_status_and_part_of_their_names(sagemaker, world, model):
    for name in ("night-1", "night-2", "day-1"):
        start(sagemaker, name)
        ended(sagemaker, name)

    listed = sagemaker.list_transform_jobs(NameContains="night", StatusEquals="Failed")
    names = [item["TransformJobName"] for item in listed["TransformJobSummaries"]]
    assert names == ["night-2", "night-1"]
    assert not sagemaker.list_transform_jobs(StatusEquals="InProgress")["TransformJobSummaries"]


def test_tags_go_with_a_transform(sagemaker, world, model):
    arn = start(sagemaker, Tags=[{"Key": "team", "Value": "ml"}])["TransformJobArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])

    tags = {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
    assert tags == {"team": "ml", "a": "b"}


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("CreateTransformJob", None),
        ("DescribeTransformJob", {"TransformJobName": "batch"}),
        ("StopTransformJob", {"TransformJobName": "batch"}),
        ("ListTransformJobs", {}),
    ],
)
def test_each_call_needs_its_right(sagemaker, world, model, call, request_):
    if request_ is not None:
        start(sagemaker)
    world.iam.denied.add(f"sagemaker:{call}")
    verb = call.removesuffix("Jobs").removesuffix("Job").removesuffix("Transform").lower()

    ending = "jobs" if call.endswith("Jobs") else "job"
    ask = getattr(sagemaker, f"{verb}_transform_{ending}") if request_ is not None else None

    with pytest.raises(ClientError, match="not authorized") as caught:
        start(sagemaker) if ask is None else ask(**request_)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_each_change_of_status_is_an_event(sagemaker, world, model):
    told = []
    done = threading.Event()

    def hear(event):
        told.append((event["detail_type"], event["detail"]["TransformJobStatus"]))
        if len(told) == 2:
            done.set()

    world.events = Events(hear)
    start(sagemaker)

    assert done.wait(10)
    assert told == [
        ("SageMaker Transform Job State Change", "InProgress"),
        ("SageMaker Transform Job State Change", "Failed"),
    ]
