"""The job resource: start once, find again, stop on delete."""

import re

import pytest
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    QuotaError,
    RefusedError,
)

from .events import JOB, MORE_CANDIDATES
from .events import JOB_TYPE as TYPE

__all__ = ["MORE_CANDIDATES"]


def test_create_answers_as_soon_as_the_job_has_started(stack, aws):
    answer = stack.create(TYPE, JOB)

    assert answer["Status"] == "SUCCESS"
    assert list(aws.jobs) == [answer["PhysicalResourceId"]]
    assert answer["Data"]["AutoMLJobName"] == answer["PhysicalResourceId"]
    assert not aws.executions


def test_the_request_has_the_types_of_the_api(stack, aws):
    stack.create(TYPE, JOB)

    [job] = aws.jobs.values()
    config = job["Request"]["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    assert config["CompletionCriteria"] == {"MaxCandidates": 4}
    assert set(job["Request"]) == {
        "AutoMLJobInputDataConfig",
        "AutoMLProblemTypeConfig",
        "OutputDataConfig",
        "RoleArn",
        "Tags",
    }


def test_the_job_carries_the_tags_of_the_user_and_its_marks(stack, aws):
    stack.create(TYPE, JOB)

    [tags] = aws.tags.values()
    assert tags["team"] == "ml"
    assert re.fullmatch(r"abcde/[a-z2-7]{24}", tags["cdk-automlv2:owner"])
    assert set(tags) - {"team"} == {
        "cdk-automlv2:owner",
        "cdk-automlv2:request",
        "cdk-automlv2:resource",
        "cdk-automlv2:fingerprint",
        "cdk-automlv2:since",
        "cdk-automlv2:training",
    }


def test_the_same_event_three_times_starts_one_job(stack, aws):
    event = stack.event("Create", TYPE, JOB)

    for _ in range(3):
        stack.deliver(event)

    answers = stack.answers[event["RequestId"]]
    assert len(aws.jobs) == 1
    assert answers == [answers[0]] * 3


def test_a_redelivered_event_keeps_the_job_that_has_failed_meanwhile(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    event = stack.event("Create", TYPE, JOB)
    stack.deliver(event)
    aws.now += 3600

    stack.deliver(event)

    assert len(aws.jobs) == 1


@pytest.mark.parametrize(
    ("change", "trains"),
    [
        pytest.param({"Tags": [{"Key": "team", "Value": "risk"}]}, False, id="a tag"),
        pytest.param({"RoleArn": "arn:aws:iam::111122223333:role/new"}, False, id="the role"),
        pytest.param({"ServiceToken": "fn2"}, False, id="the function"),
        pytest.param({"Revision": "2"}, True, id="the revision"),
        pytest.param({"OutputDataConfig": {"S3OutputPath": "s3://b/"}}, True, id="the output"),
        pytest.param({"DataSplitConfig": {"ValidationFraction": 0.3}}, True, id="the split"),
        pytest.param(MORE_CANDIDATES, True, id="the number of candidates"),
    ],
)
def test_update_trains_only_for_what_changes_the_training(stack, aws, change, trains):
    first = stack.create(TYPE, JOB)
    aws.now += 3600

    second = stack.update(TYPE, first["PhysicalResourceId"], JOB, JOB | change)

    assert second["Status"] == "SUCCESS"
    assert (second["PhysicalResourceId"] != first["PhysicalResourceId"]) is trains
    assert len(aws.jobs) == (2 if trains else 1)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(MORE_CANDIDATES, id="the number of candidates"),
        pytest.param({"OutputDataConfig": {"S3OutputPath": "s3://shop-1/b/"}}, id="the output"),
    ],
)
def test_update_trains_for_a_change_beside_the_stack_s_own_bucket(stack, aws, change):
    output = {"OutputDataConfig": {"S3OutputPath": "s3://shop-1/a/"}}
    own = JOB | output | {"DefaultBucket": "shop-1"}
    first = stack.create(TYPE, own)["PhysicalResourceId"]
    aws.now += 3600
    changed = own | {key: change[key] for key in change if JOB[key] != change[key]}

    assert stack.update(TYPE, first, own, changed)["PhysicalResourceId"] != first


def test_changed_tags_are_set_and_removed_in_place(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]
    new = JOB | {"Tags": [{"Key": "cost", "Value": "7"}]}

    stack.update(TYPE, name, JOB, new)

    [tags] = aws.tags.values()
    assert tags["cost"] == "7"
    assert "team" not in tags
    assert "cdk-automlv2:fingerprint" in tags


def test_delete_stops_a_running_job_and_waits_for_it(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]

    answer = stack.delete(TYPE, name, JOB)

    assert answer["Status"] == "SUCCESS"
    assert aws.find("describe_auto_ml_job_v2", AutoMLJobName=name)["AutoMLJobStatus"] == "Stopped"


def test_delete_of_a_finished_job_does_nothing(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600

    assert stack.delete(TYPE, name, JOB)["Status"] == "SUCCESS"
    assert aws.calls["stop_auto_ml_job"] == 0


def test_delete_with_an_invented_id_finds_the_job_by_its_owner(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]

    answer = stack.delete(TYPE, "Shop-Churn-1ABCDEFGH", JOB)

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "Shop-Churn-1ABCDEFGH"
    assert "Stopped" in aws.jobs[name]


def test_delete_of_a_job_that_never_was_succeeds(stack, aws):
    assert stack.delete(TYPE, "Shop-Churn-1ABCDEFGH", JOB)["Status"] == "SUCCESS"


def test_fails_with_the_words_of_the_service_when_it_refuses(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [
        RefusedError("CreateAutoMLJobV2: ValidationException: no such bucket")
    ]

    answer = stack.create(TYPE, JOB)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "CreateAutoMLJobV2: ValidationException: no such bucket"
    assert stack.delete(TYPE, answer["PhysicalResourceId"], JOB)["Status"] == "SUCCESS"


def test_a_throttled_start_is_tried_again_by_the_state_machine(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [BusyError("Rate exceeded")] * 3

    answer = stack.create(TYPE, JOB)

    assert answer["Status"] == "SUCCESS"
    assert len(aws.jobs) == 1


def test_a_job_started_by_an_earlier_delivery_and_not_seen_yet_is_waited_for(stack, aws):
    event = stack.event("Create", TYPE, JOB)
    stack.deliver(event)
    aws.shows_late("describe_auto_ml_job_v2", times=4)

    stack.deliver(event)
    stack.run()

    first, second = stack.answers[event["RequestId"]]
    assert first == second
    assert len(aws.jobs) == 1


def test_a_right_that_comes_late_is_waited_for(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [DeniedError("not authorized")] * 3

    assert stack.create(TYPE, JOB)["Status"] == "SUCCESS"


def test_fails_when_a_right_never_comes(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [DeniedError("not authorized to PassRole")] * 99

    answer = stack.create(TYPE, JOB)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "not authorized to PassRole"


def test_fails_when_a_quota_stays_exhausted_for_most_of_an_hour(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [QuotaError("ResourceLimitExceeded: 4 jobs")] * 999

    answer = stack.create(TYPE, JOB)

    assert answer["Reason"] == (
        "ResourceLimitExceeded: 4 jobs (queued for 50 min); raise that quota in Service Quotas, "
        "or let one construct depend on another"
    )
    assert aws.now - 1_000_000 < 3600


def test_a_fixed_name_that_is_taken_by_other_data_is_refused(stack, aws):
    named = JOB | {"AutoMLJobName": "churn-2026"}
    stack.create(TYPE, named)
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]

    answer = stack.create(TYPE, named)

    assert answer["Status"] == "FAILED"
    assert "job name 'churn-2026' is taken" in answer["Reason"]


def test_a_property_without_an_update_policy_fails_loudly(stack, aws):
    name = stack.create(TYPE, JOB)["PhysicalResourceId"]

    answer = stack.update(TYPE, name, JOB, JOB | {"Novelty": "1"})

    assert answer["Status"] == "FAILED"
    assert "KeyError: 'Novelty'" in answer["Reason"]


def test_a_rename_that_fails_before_anything_is_known_answers_with_the_job_of_the_stack(stack, aws):
    before = stack.create(TYPE, JOB | {"AutoMLJobName": "churn-2025"})["PhysicalResourceId"]
    wrong = JOB | {"AutoMLJobName": "churn-2026", "AutoMLProblemTypeConfig": "no mapping"}

    answer = stack.update(TYPE, before, JOB | {"AutoMLJobName": "churn-2025"}, wrong)

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == before
