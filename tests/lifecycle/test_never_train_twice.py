"""What finished is found again, what changed is trained anew, and what cannot be told is said."""

from automlv2_handlers.domain.fingerprint import MOST_OBJECTS
from automlv2_handlers.errors import BusyError, DeniedError

from .events import JOB, MORE_CANDIDATES
from .events import JOB_TYPE as TYPE
from .stack import Stack


def test_an_equal_create_after_a_failed_deployment_finds_the_finished_job(stack, aws):
    first = stack.create(TYPE, JOB)
    aws.now += 3600
    stack.delete(TYPE, first["PhysicalResourceId"], JOB)

    again = Stack(aws, "arn:aws:cloudformation:eu-west-1:1:stack/Shop/another").create(TYPE, JOB)

    assert again["PhysicalResourceId"] == first["PhysicalResourceId"]
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_a_job_found_again_gets_the_tags_of_now(stack, aws):
    first = stack.create(TYPE, JOB)
    aws.now += 3600

    again = stack.create(TYPE, JOB | {"Tags": [{"Key": "team", "Value": "risk"}]})

    assert again["PhysicalResourceId"] == first["PhysicalResourceId"]
    [tags] = aws.tags.values()
    assert tags["team"] == "risk"


def test_changed_data_under_the_same_prefix_train_anew(stack, aws):
    first = stack.create(TYPE, JOB)
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]

    second = stack.create(TYPE, JOB)

    assert second["PhysicalResourceId"] != first["PhysicalResourceId"]
    assert second["PhysicalResourceId"].endswith("-1")


def test_data_that_cannot_be_listed_are_said_and_never_taken_for_equal(stack, aws):
    aws.failures["objects"] = [DeniedError("ListObjectsV2: AccessDenied: the bucket")] * 99
    first = stack.create(TYPE, JOB)
    aws.now += 3600

    second = stack.create(TYPE, JOB)

    assert second["PhysicalResourceId"] != first["PhysicalResourceId"]
    assert first["Status"] == second["Status"] == "SUCCESS"
    assert first["Data"]["DataFingerprint"] == "unknown"
    assert first["Reason"] == ("this job cannot be reused: ListObjectsV2: AccessDenied: the bucket")


def test_data_behind_a_manifest_are_said_and_never_taken_for_equal(stack, aws):
    source = {"S3DataType": "ManifestFile", "S3Uri": "s3://in/all.manifest"}
    behind = JOB | {"AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}]}
    first = stack.create(TYPE, behind)
    aws.now += 3600

    second = stack.create(TYPE, behind)

    assert second["PhysicalResourceId"] != first["PhysicalResourceId"]
    assert first["Reason"].endswith("ManifestFile s3://in/all.manifest names the objects")


def test_a_right_to_list_that_comes_late_is_waited_for(stack, aws):
    aws.failures["objects"] = [DeniedError("not yet")] * 3

    answer = stack.create(TYPE, JOB)

    assert answer["Reason"] == ""
    assert answer["Data"]["DataFingerprint"] != "unknown"


def test_a_throttled_listing_is_tried_again(stack, aws):
    aws.failures["objects"] = [BusyError("SlowDown")] * 9

    assert stack.create(TYPE, JOB)["Data"]["DataFingerprint"] != "unknown"


def test_more_objects_than_can_be_listed_in_time_are_said(stack, aws):
    aws.buckets["in"] = [("train/a.csv", "e1", 10)] * (MOST_OBJECTS + 1)

    answer = stack.create(TYPE, JOB)

    assert answer["Data"]["DataFingerprint"] == "unknown"
    assert answer["Reason"].endswith("the inputs have more than 300,000 objects")


def test_a_failed_job_is_not_reused_but_followed_by_another_attempt(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    first = stack.create(TYPE, JOB)
    aws.now += 3600

    second = stack.create(TYPE, JOB)

    assert first["PhysicalResourceId"].endswith("-1")
    assert second["PhysicalResourceId"].endswith("-2")


def test_a_completed_job_without_candidate_is_not_reused(stack, aws):
    aws.best_candidate = None
    first = stack.create(TYPE, JOB)
    aws.now += 3600

    second = stack.create(TYPE, JOB)

    assert second["PhysicalResourceId"] != first["PhysicalResourceId"]


def test_a_rollback_returns_to_the_old_job_even_if_the_data_have_changed(stack, aws):
    old = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    new = stack.update(TYPE, old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    back = stack.update(TYPE, new, MORE_CANDIDATES, JOB)
    stack.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    gone = stack.delete(TYPE, new, MORE_CANDIDATES)

    assert back["PhysicalResourceId"] == old
    assert gone["Status"] == "SUCCESS"
    assert aws.calls["create_auto_ml_job_v2"] == 2
    assert "Stopped" in aws.jobs[new]
    assert "Stopped" not in aws.jobs[old]


def test_a_rollback_returns_to_the_last_of_several_jobs_of_equal_settings(stack, aws):
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    other = stack.update(TYPE, first, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    second = stack.update(TYPE, other, MORE_CANDIDATES, JOB)["PhysicalResourceId"]
    aws.now += 3600
    failed = stack.update(TYPE, second, JOB, JOB | {"Revision": "2"})["PhysicalResourceId"]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    back = stack.update(TYPE, failed, JOB | {"Revision": "2"}, JOB)

    assert second != first
    assert back["PhysicalResourceId"] == second


def test_a_rollback_returns_to_a_job_that_a_later_stack_found_again(stack, aws):
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    other = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e1", 10)]
    again = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    failed = stack.update(TYPE, again, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    back = stack.update(TYPE, failed, MORE_CANDIDATES, JOB)

    assert again == first != other
    assert back["PhysicalResourceId"] == first


def test_a_rollback_never_trains(stack, aws):
    old = stack.create(TYPE, JOB | {"Revision": "1"})["PhysicalResourceId"]
    aws.now += 3600
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    answer = stack.update(TYPE, old, JOB | {"Revision": "1"}, JOB | {"Revision": "2"})

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "rollback failed: no earlier job matches the previous configuration"
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_a_change_back_finds_the_first_job_again(stack, aws):
    old = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    new = stack.update(TYPE, old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.now += 3600
    stack.delete(TYPE, old, JOB)

    back = stack.update(TYPE, new, MORE_CANDIDATES, JOB)["PhysicalResourceId"]

    assert back == old
    assert aws.calls["create_auto_ml_job_v2"] == 2


def test_an_update_given_up_without_rollback_is_carried_out_by_the_next(stack, aws):
    old = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600

    # CloudFormation tells the properties of the update that failed as the old ones.
    answer = stack.update(TYPE, old, MORE_CANDIDATES, MORE_CANDIDATES)

    assert answer["PhysicalResourceId"] != old
    job = aws.jobs[answer["PhysicalResourceId"]]
    config = job["Request"]["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    assert config["CompletionCriteria"] == {"MaxCandidates": 9}


def test_an_update_of_tags_alone_keeps_the_job_and_says_that_the_data_has_changed(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]

    answer = stack.update("AutoMLJobV2", name, JOB, JOB | {"Tags": []})

    assert answer["PhysicalResourceId"] == name
    assert answer["Reason"].startswith("the data has changed since the job was trained; set")
    assert len(aws.jobs) == 1


def test_an_update_of_tags_alone_says_nothing_of_data_that_is_the_same(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)

    assert stack.update("AutoMLJobV2", name, JOB, JOB | {"Tags": []})["Reason"] == ""
