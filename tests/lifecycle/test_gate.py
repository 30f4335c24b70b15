"""Gates within a stack: a candidate that does not pass fails the deployment before its model."""

import json

import pytest

TYPE = "AutoMLGate"


def asks(*gates, job="churn-1", **more):
    return {"AutoMLJobName": job, "Gates": list(gates), **more}


def minimum(value):
    return {"Type": "Objective", "Minimum": value}


@pytest.fixture
def stack(stack, aws):
    stack.enforces_rights = False
    for name in ("churn-1", "churn-2"):
        output = {"S3OutputPath": "s3://out/"}
        aws.api("sagemaker", "create_auto_ml_job_v2", AutoMLJobName=name, OutputDataConfig=output)
    aws.now += 7200
    return stack


def test_a_candidate_that_passes_every_gate_lets_the_stack_go_on(stack):
    answer = stack.create(TYPE, asks(minimum(0.5), {"Type": "BetterThanDeployed", "By": 0.1}))

    assert answer["Status"] == "SUCCESS"
    said = [verdict["Gate"] for verdict in json.loads(answer["Data"]["Verdicts"])]
    assert said == ["Objective", "BetterThanDeployed"]


def test_a_refusal_fails_the_deployment_with_verdict_and_figures(stack):
    answer = stack.create(TYPE, asks(minimum(0.5), minimum(0.98)))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(
        "gate Objective refuses candidate 'best': F1 is 0.97, below the minimum of 0.98"
    )


def test_a_gate_that_cannot_measure_fails_the_deployment_as_undecided(stack):
    answer = stack.create(TYPE, asks({"Type": "Objective", "Metric": "AUC", "Minimum": 0.5}))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("gate Objective cannot judge candidate 'best'")


def test_a_candidate_is_compared_with_that_of_the_job_deployed_before(stack):
    better = {"Type": "BetterThanDeployed", "By": 0.01}
    name = stack.create(TYPE, asks(better))["PhysicalResourceId"]

    answer = stack.update(TYPE, name, asks(better), asks(better, CandidateName="second"))

    assert answer["Status"] == "FAILED"
    assert "against 0.97 of what serves; it has to be better by 0.01" in answer["Reason"]


def test_another_gate_judges_the_same_candidate_and_does_not_compare_it_with_itself(stack):
    better = {"Type": "BetterThanDeployed", "By": 0.01}
    name = stack.create(TYPE, asks(minimum(0.5)))["PhysicalResourceId"]

    answer = stack.update(TYPE, name, asks(minimum(0.5)), asks(better))

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", name)


def test_a_stack_on_its_way_back_is_not_judged_again(stack):
    name = stack.create(TYPE, asks(minimum(0.5)))["PhysicalResourceId"]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    answer = stack.update(TYPE, name, asks(minimum(0.5)), asks(minimum(0.99)))

    assert answer["Status"] == "SUCCESS"


def test_deleting_a_gate_asks_nothing(stack, aws):
    name = stack.create(TYPE, asks(minimum(0.5)))["PhysicalResourceId"]
    aws.jobs.clear()

    assert stack.delete(TYPE, name, asks(minimum(0.5)))["Status"] == "SUCCESS"


def test_a_function_of_the_user_s_has_the_last_word(stack, aws):
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:judge"
    asked = []

    def judge(event):
        asked.append(event)
        return {"pass": False, "reason": "unfair to the young"}

    aws.functions[arn] = judge

    answer = stack.create(TYPE, asks({"Type": "Function", "FunctionArn": arn}))

    assert answer["Status"] == "FAILED"
    assert "gate Function refuses candidate 'best': unfair to the young" in answer["Reason"]
    assert asked[0]["job"] == "churn-1"
