"""A job is found again by resource and settings: whatever its name began with, whatever it cost."""

import pytest
from automlv2_handlers.errors import BusyError, RefusedError

from . import invariants
from .events import JOB, MORE_CANDIDATES
from .events import JOB_TYPE as TYPE
from .fake_aws import FakeAws
from .stack import STACK_ID, Stack

RENAMED = {"BaseName": "renamed"}


@pytest.fixture
def world():
    """An account in which others meddle, so that not all of the invariants hold at the end."""
    aws = FakeAws()
    return Stack(aws), aws


def test_a_change_back_finds_a_job_whose_base_name_was_another(stack, aws):
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    second = stack.update(TYPE, first, JOB, MORE_CANDIDATES | RENAMED)["PhysicalResourceId"]
    aws.now += 3600

    back = stack.update(TYPE, second, MORE_CANDIDATES | RENAMED, JOB | RENAMED)

    assert back["PhysicalResourceId"] == first
    assert len(aws.jobs) == 2


def test_a_new_stack_with_another_base_name_finds_the_job_on_a_later_page(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    stack.create(TYPE, JOB)
    aws.now += 3600
    aws.job_end = {"AutoMLJobStatus": "Completed"}
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    aws.page = 1

    again = Stack(aws, f"{STACK_ID}2").create(TYPE, JOB | RENAMED)

    assert again["PhysicalResourceId"] == first


def test_a_hundred_nights_of_new_data_have_a_job_each(aws):
    for night in range(105):
        aws.buckets["in"] = [("train/a.csv", f"e{night}", 10)]
        answer = Stack(aws, f"{STACK_ID}{night}").create(TYPE, JOB)
        assert answer["Status"] == "SUCCESS", f"night {night}: {answer['Reason']}"
        aws.now += 86_400

    assert len(aws.jobs) == 105
    assert aws.calls["describe_auto_ml_job_v2"] <= 2 * 105


def test_a_hundred_trainings_of_data_that_cannot_be_listed_have_a_job_each(aws):
    behind = {"S3DataType": "ManifestFile", "S3Uri": "s3://in/all.manifest"}
    job = JOB | {"AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": behind}}]}
    for night in range(105):
        answer = Stack(aws, f"{STACK_ID}{night}").create(TYPE, job)
        assert answer["Status"] == "SUCCESS", f"night {night}: {answer['Reason']}"
        aws.now += 86_400

    assert len(aws.jobs) == 105


def test_ninety_nine_failures_of_the_same_data_are_enough(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    for _ in range(99):
        stack.create(TYPE, JOB)
        aws.now += 3600

    assert (
        "99 AutoML jobs of these settings and data have failed"
        in (stack.create(TYPE, JOB)["Reason"])
    )


def test_a_request_delivered_again_after_the_data_have_changed_keeps_its_job(stack, aws):
    event = stack.event("Create", TYPE, JOB)
    stack.deliver(event)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]

    stack.deliver(event)

    assert len(aws.jobs) == 1
    first, second = stack.answers[event["RequestId"]]
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]


def test_tags_that_show_late_do_not_let_a_job_be_trained_twice(stack, aws):
    event = stack.event("Create", TYPE, JOB)
    stack.deliver(event)
    aws.shows_late("list_tags")

    stack.deliver(event)
    stack.run()

    first, second = stack.answers[event["RequestId"]]
    assert first == second
    assert len(aws.jobs) == 1


def test_a_job_of_a_stack_made_again_in_another_bucket_of_its_own_is_found(stack, aws):
    def job(bucket):
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/job/inputs/1/"}
        aws.buckets[bucket] = [("job/inputs/1/a.csv", "e1", 10)]
        return JOB | {
            "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/job/"},
            "DefaultBucket": bucket,
        }

    first = stack.create(TYPE, job("shop-output-1abc"))
    aws.now += 3600
    again = Stack(aws, f"{STACK_ID}2").create(TYPE, job("shop-output-9xyz"))

    assert again["PhysicalResourceId"] == first["PhysicalResourceId"]
    assert again["Data"]["OutputBucket"] == "shop-output-1abc"


def test_a_given_output_of_another_bucket_is_another_training(stack, aws):
    first = stack.create(TYPE, JOB | {"OutputDataConfig": {"S3OutputPath": "s3://one/job/"}})
    aws.now += 3600
    again = stack.create(TYPE, JOB | {"OutputDataConfig": {"S3OutputPath": "s3://two/job/"}})

    assert again["PhysicalResourceId"] != first["PhysicalResourceId"]
    assert again["Data"]["OutputBucket"] == "two"


def test_an_output_moved_from_the_stack_s_bucket_to_a_given_one_trains(stack, aws):
    own = {"OutputDataConfig": {"S3OutputPath": "s3://shop-1/job/"}, "DefaultBucket": "shop-1"}
    first = stack.create(TYPE, JOB | own)["PhysicalResourceId"]
    aws.now += 3600
    given = JOB | {"OutputDataConfig": {"S3OutputPath": "s3://given/job/"}}

    assert stack.update(TYPE, first, JOB | own, given)["PhysicalResourceId"] != first


def test_a_job_that_is_running_is_found_again_and_no_other_is_trained_beside_it(stack, aws):
    aws.job_seconds = 1e6
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600

    assert stack.create(TYPE, JOB)["PhysicalResourceId"] == first
    assert len(aws.jobs) == 1


def test_a_job_of_candidate_definitions_alone_is_found_again(stack, aws):
    aws.best_candidate = None
    aws.job_end = {
        "AutoMLJobStatus": "Completed",
        "AutoMLJobSecondaryStatus": "CandidateDefinitionsGenerated",
    }
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600

    assert stack.create(TYPE, JOB)["PhysicalResourceId"] == first


def test_the_job_of_someone_else_that_bears_our_name_is_left_alone(world):
    stack, aws = world
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.tags[aws.jobs[first]["AutoMLJobArn"]]["cdk-automlv2:owner"] = "another"
    aws.now += 3600

    second = stack.create(TYPE, JOB)["PhysicalResourceId"]
    stack.delete(TYPE, first, JOB)

    assert second != first
    assert "Stopped" not in aws.jobs[first]


def test_an_update_leaves_the_job_of_someone_else_alone(world):
    stack, aws = world
    theirs = stack.create(TYPE, JOB, LogicalResourceId="Other")["PhysicalResourceId"]
    tags = dict(aws.tags[aws.jobs[theirs]["AutoMLJobArn"]])
    aws.now += 3600

    answer = stack.update(TYPE, theirs, JOB, JOB | {"Tags": []})

    assert answer["PhysicalResourceId"] != theirs
    assert aws.tags[aws.jobs[theirs]["AutoMLJobArn"]] == tags


def test_delete_spares_a_running_job_of_someone_else(world):
    stack, aws = world
    theirs = stack.create(TYPE, JOB, LogicalResourceId="Other")["PhysicalResourceId"]

    assert stack.delete(TYPE, theirs, JOB)["Status"] == "SUCCESS"
    assert "Stopped" not in aws.jobs[theirs]


def test_delete_after_a_failure_stops_what_the_answer_did_not_name(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    stack.create(TYPE, JOB)
    aws.now += 3600
    event = stack.event("Create", TYPE, JOB)
    real = aws._create_auto_ml_job_v2

    def turn(**request):
        stack.status = aws.status = "ROLLBACK_IN_PROGRESS"
        return real(**request)

    aws._create_auto_ml_job_v2 = turn
    aws.failures["stop_auto_ml_job"] = [RefusedError("StopAutoMLJob: no")]
    stack.deliver(event)
    stack.run()
    answer = stack.answer(event)

    gone = stack.delete(TYPE, answer["PhysicalResourceId"], JOB)

    assert (answer["Status"], gone["Status"]) == ("FAILED", "SUCCESS")
    assert invariants.running_jobs(aws) == []


def test_delete_with_an_invented_id_stops_a_job_that_is_not_listed_yet(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws._list_auto_ml_jobs = lambda **_: {"AutoMLJobSummaries": []}

    stack.delete(TYPE, "Shop-Churn-1ABCDEFGH", JOB)

    assert "Stopped" in aws.jobs[name]


def test_delete_with_an_invented_id_stops_a_job_of_a_name_the_user_gave(stack, aws):
    given = JOB | {"AutoMLJobName": "churn-2026"}
    stack.create(TYPE, given)

    stack.delete(TYPE, "Shop-Churn-1ABCDEFGH", given)

    assert "Stopped" in aws.jobs["churn-2026"]


@pytest.mark.parametrize(
    "properties",
    [
        {"ServiceToken": "fn"},
        JOB | {"Novelty": "1"},
        JOB | {"AutoMLJobInputDataConfig": "s3://in/"},
        JOB | {"AutoMLProblemTypeConfig": {"QuantumJobConfig": {}}},
        JOB | {"Tags": {"team": "ml"}},
    ],
    ids=["none", "one more", "another shape", "another kind", "other tags"],
)
@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_delete_stops_the_job_of_the_physical_id_whatever_the_properties_are(
    stack, aws, properties, status
):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]
    stack.status = status

    answer = stack.delete(TYPE, name, properties)
    other = stack.delete(TYPE, "Shop-Churn-1ABCDEFGH", properties)

    assert (answer["Status"], other["Status"]) == ("SUCCESS", "SUCCESS")
    assert "Stopped" in aws.jobs[name]


def test_delete_after_a_creation_with_a_property_that_nobody_knows_succeeds(stack):
    answer = stack.create(TYPE, JOB | {"Novelty": "1"})

    assert answer["Status"] == "FAILED"
    gone = stack.delete(TYPE, answer["PhysicalResourceId"], JOB | {"Novelty": "1"})
    assert gone["Status"] == "SUCCESS"


def test_a_name_that_is_taken_and_never_seen_ends_within_the_hour(stack, aws):
    stack.create(TYPE, JOB)
    aws.shows_late("describe_auto_ml_job_v2", times=9999)
    began = aws.now

    answer = stack.create(TYPE, JOB)

    aws.failures["describe_auto_ml_job_v2"] = []
    assert answer["Status"] == "FAILED"
    assert "ResourceInUse" in answer["Reason"]
    assert aws.now - began <= 3600


def test_a_name_the_user_gave_that_another_resource_has_names_that_resource(stack, aws):
    given = JOB | {"AutoMLJobName": "churn-2026"}
    stack.create(TYPE, given, LogicalResourceId="Other")

    answer = stack.create(TYPE, given)

    assert "'churn-2026' is taken by a job of Shop/Other" in answer["Reason"]


def test_a_throttled_list_is_asked_again(stack, aws):
    first = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    aws.failures["list_auto_ml_jobs"] = [BusyError("Rate exceeded")] * 2

    assert stack.create(TYPE, JOB | RENAMED)["PhysicalResourceId"] == first
