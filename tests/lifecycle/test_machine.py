"""The state machine: bounded, and with one answer whatever breaks."""

from dataclasses import replace

import pytest
from automlv2_handlers.errors import BusyError, DeniedError, RefusedError

from .events import JOB, LINK, OLD
from .stack import ASL, Stack


@pytest.fixture
def link(stack):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    return LINK | {"AutoMLJobName": name}


def test_every_path_ends_in_the_answer():
    ends = [name for name, state in ASL["States"].items() if state.get("End")]
    caught = [state["Catch"][0]["Next"] for state in ASL["States"].values() if "Catch" in state]

    assert ends == ["Respond"]
    assert caught == ["IsInTime"]
    assert ASL["States"]["IsInTime"]["Default"] == "Respond"
    assert "TimeoutSeconds" not in ASL


def test_a_poll_that_breaks_down_is_answered(stack, aws, link):
    event = stack.event("Create", "AutoMLWait", link)
    stack.deliver(event)
    for state in aws.executions.values():
        state["Event"]["ResourceType"] = None
        del state["Progress"]

    stack.run()

    assert stack.answer(event)["Reason"].startswith("polling broke down: KeyError")
    assert {error.partition("(")[0] for error in stack.broken} == {"KeyError"}
    stack.broken.clear()


def test_a_bug_in_the_handler_is_answered_in_one_line(stack, aws):
    class Broken(type(aws)):
        def request(self, operation, properties):
            raise ZeroDivisionError("division\nby zero")

    answer = Stack(Broken()).create("AutoMLJobV2", JOB)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "the handler failed: ZeroDivisionError: division by zero"


def test_an_unknown_resource_type_is_answered(stack):
    answer = stack.create("AutoMLNovelty", {})

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == "Churn-not-created"


def test_a_machine_that_cannot_be_started_is_answered(stack, aws, link):
    aws.failures["start_execution"] = [RefusedError("StartExecution: no such machine")]

    answer = stack.create("AutoMLWait", link)

    assert answer["Reason"] == "cannot start the state machine: StartExecution: no such machine"


@pytest.mark.parametrize("error", [DeniedError("not yet"), BusyError("ThrottlingException")])
def test_a_machine_that_may_be_started_within_a_minute_is_started_then(stack, aws, link, error):
    start, moment = aws._start_execution, aws.now + 60

    def late(**request):
        if aws.now < moment:
            raise error
        return start(**request)

    aws._start_execution = late

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


def test_no_look_outlasts_the_function_or_the_time_of_its_request(stack, aws, link):
    aws.job_seconds = 1e6
    began = aws.now

    stack.create("AutoMLWait", link)

    assert len(stack.limits) > 20
    assert all(0 < seconds <= 280 for _, seconds in stack.limits)
    assert all(moment + seconds <= began + 3500 for moment, seconds in stack.limits)
    stack.environment = replace(stack.environment, seconds_left=lambda: 100.0)
    stack.create("AutoMLWait", link)
    looks = [seconds for _, seconds in stack.limits[-20:]]
    assert max(looks) <= 80


def fail_twice_to_put(stack):
    """Let the first two answers get lost; return the URLs of all."""
    puts = []

    def put(url, content):
        puts.append(url)
        if len(puts) < 3:
            raise OSError("no route")
        stack._put(url, content)

    stack.environment = replace(stack.environment, put=put)
    return puts


def test_an_answer_that_does_not_arrive_is_sent_again_by_the_machine(stack, aws):
    puts = fail_twice_to_put(stack)
    aws.has_models("churn-1")

    assert stack.create("AutoMLEndpoint", OLD)["Status"] == "SUCCESS"
    assert len(puts) == len(stack.broken) + 1 == 3
    stack.broken.clear()


def test_an_answer_that_does_not_arrive_at_once_leaves_the_event_to_lambdas_retry(stack, aws):
    fail_twice_to_put(stack)
    event = stack.event("Create", "AutoMLJobV2", JOB)

    stack.invoke(event)
    stack.run()

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert len(aws.jobs) == 1


def test_a_link_costs_few_transitions(stack, aws, link):
    aws.job_seconds = 100 * 3600

    stack.create("AutoMLWait", link)

    assert stack.transitions < 150


def test_no_log_line_holds_the_presigned_url(stack, aws, link, capsys):
    stack.create("AutoMLWait", link)
    aws.failures["describe_auto_ml_job_v2"] = [RefusedError("no")]
    stack.create("AutoMLWait", link)

    out = capsys.readouterr().out
    assert '"request failed"' in out
    assert "Signature" not in out
