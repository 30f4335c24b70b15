"""The reading of candidates: filtered, paged, small enough for an attribute or kept in S3."""

import json

import pytest

TYPE = "AutoMLCandidates"
READ = {"AutoMLJobName": "churn-1", "OutputPath": "s3://out/models/"}


def test_all_pages_become_one_short_list(stack, aws):
    aws.page = 1

    answer = stack.create(TYPE, READ)

    assert json.loads(answer["Data"]["Candidates"]) == [
        {"CandidateName": name, "CandidateStatus": "Completed", "MetricName": "F1", "Value": 0.97}
        for name in ("best", "second")
    ]
    assert answer["Data"]["Count"] == "2"
    assert answer["Data"]["S3Uri"] == ""


def test_filters_reach_the_service_and_no_more_than_asked_for_are_kept(stack, aws):
    aws.page = 1

    first = stack.create(TYPE, READ | {"MaxResults": 1})
    named = stack.create(TYPE, READ | {"CandidateNameEquals": "second"})

    assert first["Data"]["Count"] == "1"
    assert json.loads(named["Data"]["Candidates"])[0]["CandidateName"] == "second"


def test_a_long_list_is_kept_in_s3(stack, aws):
    aws.candidate_names = [f"candidate-{number:03d}-of-a-long-name" for number in range(250)]

    answer = stack.create(TYPE, READ)

    uri = answer["Data"]["S3Uri"]
    assert answer["Data"]["Candidates"] == ""
    assert uri.startswith("s3://out/models/candidates/churn-1-")
    assert len(json.loads(aws.written[uri])) == 250


def test_fails_with_the_remedy_when_a_long_list_has_no_place(stack, aws):
    aws.candidate_names = ["candidate" * 5] * 250

    answer = stack.create(TYPE, {"AutoMLJobName": "churn-1"})

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("lower max_results")


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_later_requests_keep_the_physical_id(stack, kind):
    name = stack.create(TYPE, READ)["PhysicalResourceId"]

    answer = stack.send(stack.event(kind, TYPE, READ, PhysicalResourceId=name))

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == name
