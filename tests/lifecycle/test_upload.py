"""A folder on its way to S3: unpacked before the job, removed after the job has moved on."""

import pytest
from automlv2_handlers.errors import DeniedError

TYPE = "AutoMLInput"
OLD = {"AssetBucket": "assets", "AssetKey": "1.zip", "S3Uri": "s3://out/inputs/1/"}
NEW = {"AssetBucket": "assets", "AssetKey": "2.zip", "S3Uri": "s3://out/inputs/2/"}


def test_files_lie_below_the_prefix_once_it_is_answered(stack, aws):
    answer = stack.create(TYPE, OLD)

    assert answer["PhysicalResourceId"] == OLD["S3Uri"]
    assert answer["Data"] == {"S3Uri": OLD["S3Uri"]}
    assert aws.written == {"s3://out/inputs/1/0.csv": b"assets/1.zip"}


def test_other_content_is_another_prefix_and_the_old_one_goes_last(stack, aws):
    old = stack.create(TYPE, OLD)["PhysicalResourceId"]

    new = stack.update(TYPE, old, OLD, NEW)["PhysicalResourceId"]

    assert new == NEW["S3Uri"]
    assert len(aws.written) == 2
    stack.delete(TYPE, old, OLD)
    assert set(aws.written) == {"s3://out/inputs/2/0.csv"}


def test_delete_with_an_invented_id_removes_what_the_cancelled_creation_has_unpacked(stack, aws):
    stack.create(TYPE, OLD)

    assert stack.delete(TYPE, "Shop-Input-ABC", OLD)["Status"] == "SUCCESS"
    assert not aws.written


def test_a_folder_that_takes_longer_than_the_function_has_is_unpacked_in_parts(stack, aws):
    aws.folder_files = 450

    answer = stack.create(TYPE, OLD)

    assert answer["Status"] == "SUCCESS"
    assert len(aws.written) == 450
    assert aws.calls["unpack"] == 5


def test_a_folder_of_too_many_files_fails_within_the_hour_and_leaves_none(stack, aws):
    aws.folder_files = 1_000_000

    answer = stack.create(TYPE, OLD)

    assert "the folder has too many files: " in answer["Reason"]
    assert not aws.written


def test_fails_when_the_asset_may_not_be_read(stack, aws):
    aws.failures["unpack"] = [DeniedError("GetObject: AccessDenied")] * 99

    assert stack.create(TYPE, OLD)["Reason"] == "GetObject: AccessDenied"


FOLDER = {"Folder": "s3://out/inputs/shop/"}
OWN = OLD | FOLDER | {"S3Uri": "s3://out/inputs/shop/1/"}
ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_delete_of_a_folder_whose_bucket_is_gone_succeeds(stack, aws, status):
    name = stack.create(TYPE, OWN)["PhysicalResourceId"]
    aws.gone_buckets.add("out")
    aws.written.clear()
    stack.status = status

    assert stack.delete(TYPE, name, OWN)["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "properties", [{}, FOLDER, {"S3Uri": None}, {"S3Uri": ["s3://out/"]}, {"Folder": ""}], ids=str
)
@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_delete_needs_no_properties(stack, aws, properties, status):
    name = stack.create(TYPE, OWN)["PhysicalResourceId"]
    stack.status = status

    gone = stack.delete(TYPE, name, properties)
    other = stack.delete(TYPE, "Shop-Input-ABC", properties)

    assert (gone["Status"], other["Status"]) == ("SUCCESS", "SUCCESS")
    assert not aws.written


def test_delete_removes_nothing_out_of_its_own_folder(stack, aws):
    aws.written["s3://out/inputs/other/1/0.csv"] = b"theirs"

    for place in ("s3://out/inputs/other/1/", "s3://out/", "s3://elsewhere/"):
        assert stack.delete(TYPE, place, OWN)["Status"] == "SUCCESS"

    assert set(aws.written) == {"s3://out/inputs/other/1/0.csv"}


def test_a_rollback_does_not_unpack_again(stack, aws):
    old = stack.create(TYPE, OLD)["PhysicalResourceId"]
    new = stack.update(TYPE, old, OLD, NEW)["PhysicalResourceId"]
    stack.status = ROLLBACK
    before = aws.calls["unpack"]

    back = stack.update(TYPE, new, NEW, OLD)

    assert back["PhysicalResourceId"] == old
    assert aws.calls["unpack"] == before
