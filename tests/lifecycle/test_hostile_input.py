"""Names, keys, tags and reasons from outside stay what they are: text inside one value."""

import json
import re

import pytest
from automlv2_handlers.errors import RefusedError

from .events import JOB, OLD
from .stack import Stack

HOSTILE = 'x"}\n{"fact": "answer", "status": "SUCCESS"} $.Event States.Format ${jndi:x} \u2028 \x00'

HOSTILE_TAG = "x = fact: answer/status: SUCCESS @.Event States.Format +--\u2028 ../.."
"""Of the letters that SageMaker takes in a tag."""


def test_a_hostile_target_column_does_not_break_out_of_a_log_line(stack, capsys):
    config = {"TabularJobConfig": {"TargetAttributeName": HOSTILE}}

    stack.create("AutoMLJobV2", JOB | {"AutoMLProblemTypeConfig": config, "BaseName": HOSTILE})

    lines = capsys.readouterr().out.splitlines()
    facts = [json.loads(line)["fact"] for line in lines]
    assert facts == ["request received", "AutoML job started", "answer"]


def test_a_hostile_base_name_makes_a_legal_name(stack, aws):
    stack.create("AutoMLJobV2", JOB | {"BaseName": HOSTILE})

    [name] = aws.jobs
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}", name)


def test_hostile_keys_and_tags_only_reach_the_service_as_values(stack, aws):
    aws.buckets["in"] = [(f"train/{HOSTILE}.csv", "e", 1)]

    answer = stack.create("AutoMLJobV2", JOB | {"Tags": [{"Key": "note", "Value": HOSTILE_TAG}]})

    assert answer["Status"] == "SUCCESS"
    [tags] = aws.tags.values()
    assert tags["note"] == HOSTILE_TAG


def test_a_tag_that_the_service_refuses_fails_with_its_words_in_one_line(stack, aws):
    answer = stack.create("AutoMLJobV2", JOB | {"Tags": [{"Key": "note", "Value": HOSTILE}]})

    assert answer["Status"] == "FAILED"
    assert "ValidationException" in answer["Reason"]
    assert "\n" not in answer["Reason"]
    assert not aws.jobs


def test_a_hostile_reason_of_the_service_is_one_line_of_the_answer(stack, aws):
    aws.failures["create_auto_ml_job_v2"] = [RefusedError(HOSTILE)]

    answer = stack.create("AutoMLJobV2", JOB)

    assert answer["Status"] == "FAILED"
    assert "\n" not in answer["Reason"]


@pytest.mark.parametrize("key", ["$.Settled", "Settled", "Task", "State"])
def test_hostile_properties_do_not_steer_the_state_machine(aws, key):
    aws.has_models("churn-1")
    stack = Stack(aws)

    answer = stack.create("AutoMLEndpoint", OLD | {key: "true", f"{key}.$": "$.Event"})

    assert answer["Status"] == "SUCCESS"
    assert len(aws.endpoints) == 1
