"""The local Step Functions compares moments as our state machine does."""

import pytest
from ministack.services import stepfunctions

from cdk_automlv2.local.cloud.repairs import state_machines
from tests.lifecycle.stack import ASL

NOW, LATER = "2026-11-26T10:00:00.000Z", "2026-11-26T10:00:01Z"
CONTEXT = {"State": {"EnteredTime": NOW}}


@pytest.fixture
def evaluate(monkeypatch):
    monkeypatch.setattr(stepfunctions, "_evaluate_rule", stepfunctions._evaluate_rule)
    state_machines.apply()
    return stepfunctions._evaluate_rule


@pytest.mark.parametrize(("by", "met"), [(LATER, True), (NOW, False), ("x", False), (None, False)])
def test_our_state_machine_polls_again_as_long_as_there_is_time(evaluate, by, met):
    [rule] = ASL["States"]["IsInTime"]["Choices"]

    assert evaluate(rule, {"AnswerBy": by}, CONTEXT) is met


@pytest.mark.parametrize(
    ("comparison", "met"),
    [
        ("TimestampEqualsPath", False),
        ("TimestampGreaterThanEqualsPath", False),
        ("TimestampGreaterThanPath", False),
        ("TimestampLessThanEqualsPath", True),
        ("TimestampLessThanPath", True),
    ],
)
def test_moments_are_compared_by_path(evaluate, comparison, met):
    rule = {"Variable": "$.a", comparison: "$.b"}

    assert evaluate(rule, {"a": NOW, "b": LATER}) is met
    assert evaluate({"Not": rule}, {"a": NOW, "b": LATER}) is not met


def test_other_rules_are_evaluated_as_before(evaluate):
    [rule] = ASL["States"]["IsSettled"]["Choices"]

    assert evaluate(rule, {"Settled": True}) is True
    assert evaluate(rule, {"Settled": False}) is False
