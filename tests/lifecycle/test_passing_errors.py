"""Waiting bears everything but a clear no."""

from __future__ import annotations

import pytest
from automlv2_handlers.aws.classify import classify
from automlv2_handlers.errors import BusyError, DeniedError, QuotaError

from .events import JOB, LINK, OLD

MODELS = ("churn-1", "churn-2")
DENIED = DeniedError("DescribeAutoMLJobV2: AccessDeniedException: explicit deny")
HOUR = 3600


@pytest.fixture
def link(stack, aws):
    aws.job_seconds = 3000
    return LINK | {"AutoMLJobName": stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]}


@pytest.fixture
def flaky(aws):
    """Let a call fail, or see nothing, as its moment (seconds from now) or number says."""

    def arrange(call, error, when):
        real, began, number = getattr(aws, call), aws.now, [0]

        def called(*args, **request):
            number[0] += 1
            if when(aws.now - began, number[0]):
                if error is None:
                    return None
                raise error
            return real(*args, **request)

        setattr(aws, call, called)

    return arrange


@pytest.mark.parametrize("minutes", [5, 20, 40])
@pytest.mark.parametrize("error", [DENIED, BusyError("DescribeAutoMLJobV2: 503")])
def test_a_glitch_of_any_length_ends_no_wait_that_goes_on(stack, aws, link, flaky, error, minutes):
    flaky("find", error, lambda age, _: 60 < age < 60 + minutes * 60)

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


def test_a_right_that_comes_an_age_after_the_job_is_waited_for(stack, aws, link, flaky):
    flaky("find", DENIED, lambda age, _: age < 30 * 60)

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


@pytest.mark.parametrize("last", [True, False])
def test_a_right_that_never_comes_fails_the_link_at_its_end_and_is_named(
    stack, aws, link, flaky, last
):
    flaky("find", DENIED, lambda age, _: True)
    began = aws.now

    answer = stack.create("AutoMLWait", link | {"Last": last})

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == str(DENIED)
    assert 3300 <= aws.now - began < 3400


@pytest.mark.parametrize("error", [DENIED, BusyError("Rate exceeded"), None])
def test_a_link_that_cannot_see_at_its_end_hands_over(stack, aws, link, flaky, error):
    aws.job_seconds = 1e6
    flaky("find", error, lambda age, _: age > 2000)

    answer = stack.create("AutoMLWait", link | {"Last": False})

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"] == {}


@pytest.mark.parametrize("error", [DENIED, BusyError("Rate exceeded")])
def test_the_last_link_that_cannot_see_at_its_end_says_why(stack, aws, link, flaky, error):
    aws.job_seconds = 1e6
    flaky("find", error, lambda age, _: age > 2000)

    answer = stack.create("AutoMLWait", link)

    assert answer["Status"] == "FAILED"
    assert str(error) in answer["Reason"]


def test_a_job_that_ends_while_the_last_look_fails_is_seen_a_moment_later(stack, aws, link, flaky):
    aws.job_seconds = 3290
    flaky("find", BusyError("Rate exceeded"), lambda age, _: 3280 < age < 3310)

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


def test_a_short_link_that_sees_nothing_keeps_to_its_time(stack, aws, link, flaky):
    flaky("find", BusyError("Rate exceeded"), lambda age, _: True)
    began = aws.now

    answer = stack.create("AutoMLWait", link | {"LinkSeconds": 5, "ServiceTimeout": 245})

    assert answer["Status"] == "FAILED"
    assert aws.now - began <= 125


def test_denials_now_and_then_do_not_add_up(stack, aws, flaky):
    aws.endpoint_seconds = 3000
    flaky("find", DeniedError("now and then"), lambda _, number: number % 3 == 0 and number < 40)

    assert stack.create("AutoMLEndpoint", OLD)["Status"] == "SUCCESS"


def test_a_right_missing_for_some_minutes_does_not_undo_an_endpoint_in_creation(stack, aws, flaky):
    aws.endpoint_seconds = 3000
    flaky("find", DENIED, lambda age, _: 1000 < age < 1800)

    assert stack.create("AutoMLEndpoint", OLD)["Status"] == "SUCCESS"


def test_a_right_taken_away_while_an_endpoint_is_created_is_named_in_the_end(stack, aws, flaky):
    aws.endpoint_seconds = 3000
    flaky("find", DENIED, lambda age, _: 600 < age < 2400)
    began = aws.now

    answer = stack.create("AutoMLEndpoint", OLD)

    assert answer["Reason"] == str(DENIED)
    assert aws.now - began < HOUR


def test_a_right_that_is_missing_before_anything_is_made_fails_after_a_minute(stack, aws):
    aws.failures["create_endpoint"] = [DeniedError("CreateEndpoint: explicit deny")] * 9
    began = aws.now

    answer = stack.create("AutoMLEndpoint", OLD)

    aws.failures["create_endpoint"] = []
    assert answer["Reason"] == "CreateEndpoint: explicit deny"
    assert 60 <= aws.now - began < 180


def test_one_throttle_late_in_the_hour_does_not_end_an_endpoint_in_creation(stack, aws, flaky):
    aws.endpoint_seconds = 3250
    flaky("find", BusyError("Rate exceeded"), lambda age, _: 3020 < age < 3240)

    assert stack.create("AutoMLEndpoint", OLD)["Status"] == "SUCCESS"


def test_one_throttle_late_in_the_hour_does_not_end_a_deletion(stack, aws, flaky):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += HOUR
    aws.endpoint_seconds = 3250
    flaky("find", BusyError("Rate exceeded"), lambda age, _: 3020 < age < 3240)

    assert stack.delete("AutoMLEndpoint", name, OLD)["Status"] == "SUCCESS"
    assert not aws.endpoints


def test_a_full_quota_is_queued_for_fifty_minutes_and_not_longer(stack, aws):
    aws.failures["create_endpoint"] = [QuotaError("ResourceLimitExceeded: 4 instances")] * 99
    began = aws.now

    answer = stack.create("AutoMLEndpoint", OLD)

    aws.failures["create_endpoint"] = []
    assert "(queued for 50 min); raise that quota" in answer["Reason"]
    assert 3000 < aws.now - began < 3400


PASSING = ["InternalError", "ExpiredToken", "RequestTimeout", "ThrottledException", "502"]


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize("times", [1, 5])
def test_a_passing_error_does_not_make_the_data_unknown(stack, aws, code, times):
    aws.failures["objects"] = [classify(code, "try again", "ListObjectsV2")] * times

    answer = stack.create("AutoMLJobV2", JOB)

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["DataFingerprint"] != "unknown"


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize(
    "call", ["create_auto_ml_job_v2", "describe_auto_ml_job_v2", "list_tags", "stack_status"]
)
def test_a_passing_error_does_not_fail_the_start_of_a_job(stack, aws, call, code):
    aws.failures[call] = [classify(code, "try again", call)]

    assert stack.create("AutoMLJobV2", JOB)["Status"] == "SUCCESS"
    assert len(aws.jobs) == 1
