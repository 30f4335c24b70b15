"""The links of a wait: early answers, hand-over from link to link, the last one's words."""

import math

import pytest

from .events import JOB, LINK
from .fake_aws import PLACE


@pytest.fixture
def link(stack):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    return LINK | {"AutoMLJobName": name}


def test_the_answer_tells_the_best_candidate(stack, link):
    answer = stack.create("AutoMLWait", link)

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"] == {
        "AutoMLJobName": link["AutoMLJobName"],
        "AutoMLJobArn": f"{PLACE}:automl-job/{link['AutoMLJobName']}",
        "AutoMLJobStatus": "Completed",
        "AutoMLJobSecondaryStatus": "Completed",
        "BestCandidateName": "best",
        "ObjectiveMetricName": "F1",
        "ObjectiveMetricValue": "0.97",
    }


def test_a_settled_job_is_answered_without_an_execution(stack, aws, link):
    aws.now += 3600

    stack.create("AutoMLWait", link)

    assert not aws.executions


def test_a_failed_job_fails_with_the_reason_of_the_service(stack, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed", "FailureReason": "Target 'x' does not exist"}
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]

    answer = stack.create("AutoMLWait", LINK | {"AutoMLJobName": name})

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"AutoML job {name!r} failed: Target 'x' does not exist"


def test_a_job_stopped_from_outside_fails_with_the_remedy(stack, aws, link):
    aws.call("stop_auto_ml_job", AutoMLJobName=link["AutoMLJobName"])

    answer = stack.create("AutoMLWait", link)

    assert 'was stopped before its end; set revision="..." to train again' in answer["Reason"]


def test_a_job_without_candidate_fails_with_the_remedy(stack, aws):
    aws.best_candidate = None
    aws.job_end = {
        "AutoMLJobStatus": "Completed",
        "AutoMLJobSecondaryStatus": "MaxAutoMLJobRuntimeReached",
    }
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]

    answer = stack.create("AutoMLWait", LINK | {"AutoMLJobName": name})

    assert answer["Status"] == "FAILED"
    assert "raise max_total_job_runtime_in_seconds" in answer["Reason"]


def test_a_job_that_makes_no_candidate_needs_none(stack, aws):
    aws.best_candidate = None
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]

    answer = stack.create("AutoMLWait", LINK | {"AutoMLJobName": name, "CandidateRequired": False})

    assert answer["Status"] == "SUCCESS"
    assert "BestCandidateName" not in answer["Data"]


def test_a_job_that_does_not_exist_fails(stack):
    answer = stack.create("AutoMLWait", LINK | {"AutoMLJobName": "gone"})

    assert "'gone' does not exist" in answer["Reason"]


def test_a_job_not_seen_yet_is_waited_for(stack, aws, link):
    aws.shows_late("describe_auto_ml_job_v2")

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


def test_a_link_that_is_not_the_last_hands_over_within_the_hour(stack, aws, link):
    aws.job_seconds = 100 * 3600
    began = aws.now

    answer = stack.create("AutoMLWait", link | {"Last": False})

    assert answer["Status"] == "SUCCESS"
    assert 3300 <= aws.now - began < 3600


def test_the_last_link_says_what_was_waited_for_and_what_to_do(stack, aws, link):
    aws.job_seconds = 100 * 3600

    answer = stack.create("AutoMLWait", link | {"TimeoutSeconds": 36000})

    name = link["AutoMLJobName"]
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(
        f"AutoML job {name!r} was still InProgress (ModelTuning) after 600 min; "
    )


@pytest.mark.parametrize("hours", [1 / 6, 3, 40, 5 * 24])
def test_a_chain_of_links_waits_as_long_as_the_job_runs(stack, aws, link, hours):
    aws.job_seconds = hours * 3600
    most = math.ceil(hours * 60 / 55)

    for number in range(1, most + 1):
        answer = stack.create("AutoMLWait", link | {"Last": number == most})
        assert answer["Status"] == "SUCCESS"
        if answer["Data"]:
            break

    assert answer["Data"]["BestCandidateName"] == "best"
    assert stack.longest_history < 25_000 / 50


def test_a_timeout_shorter_than_a_link_is_kept(stack, aws, link):
    aws.job_seconds = 3600
    began = aws.now

    answer = stack.create("AutoMLWait", link | {"LinkSeconds": 120, "TimeoutSeconds": 120})

    assert "still InProgress (ModelTuning) after 2 min" in answer["Reason"]
    assert aws.now - began < 180


def test_a_rolled_back_link_answers_at_once(stack, aws, link):
    answer = stack.create("AutoMLWait", link)
    began = aws.now

    back = stack.update("AutoMLWait", answer["PhysicalResourceId"], link, link)

    assert back["Status"] == "SUCCESS"
    assert back["PhysicalResourceId"] == answer["PhysicalResourceId"]
    assert aws.now == began


def test_delete_of_a_link_succeeds_at_once(stack, aws, link):
    assert stack.delete("AutoMLWait", "wait-Churn", link)["Status"] == "SUCCESS"


def test_deleting_the_job_ends_the_wait_for_it(stack, aws, link):
    waiting = stack.event("Create", "AutoMLWait", link)
    stack.deliver(waiting)
    aws.now += 60

    stack.delete("AutoMLJobV2", link["AutoMLJobName"], JOB)

    assert stack.answer(waiting)["Status"] == "FAILED"


def test_a_link_looks_at_the_job_alone_as_it_makes_nothing(stack, aws, link):
    aws.wait(24 * 3600)
    before = aws.calls["stack_status"]

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"
    assert aws.calls["stack_status"] == before
