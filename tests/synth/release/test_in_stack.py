import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_automlv2 import (
    AutoMLTextGenerationConfig,
    AutoMLV2,
    BetterThanDeployed,
    FunctionGate,
    LatencyGate,
    ObjectiveGate,
    OptionsError,
    SmokeTest,
)
from tests.synth.helpers import job, model, properties, resources, template

from .declared import CONFIG


def ids(stack, kind):
    found = template(stack)["Resources"].items()
    return [name for name, item in found if item["Type"] == f"Custom::{kind}"]


def test_a_gate_stands_between_the_wait_for_the_job_and_the_model(stack):
    model(stack, gates=[ObjectiveGate("F1", minimum=0.8), BetterThanDeployed()])

    gate = properties(stack, "Custom::AutoMLGate")
    [wait], [gate_id] = ids(stack, "AutoMLWait"), ids(stack, "AutoMLGate")
    assert gate["AutoMLJobName"] == {"Fn::GetAtt": [wait, "AutoMLJobName"]}
    assert gate["Gates"] == [
        {"Type": "Objective", "Metric": "F1", "Minimum": 0.8},
        {"Type": "BetterThanDeployed", "By": 0.0},
    ]
    [served] = resources(stack, "Custom::AutoMLModel")
    assert gate_id in served["DependsOn"]


def test_the_candidate_that_is_served_is_the_one_that_is_judged(stack):
    model(stack, gates=[ObjectiveGate(minimum=0.8)], candidate_name="second")

    assert properties(stack, "Custom::AutoMLGate")["CandidateName"] == "second"


def test_a_model_without_gates_has_no_such_resource(stack):
    model(stack)

    assert ids(stack, "AutoMLGate") == []


def test_gates_that_ask_an_endpoint_are_refused_by_name_and_reason_with_the_way_round(stack):
    with pytest.raises(OptionsError) as error:
        model(stack, gates=[ObjectiveGate(minimum=0), SmokeTest(["1"]), LatencyGate(5, ["1"])])

    said = [(fault.path, fault.got) for fault in error.value.problems]
    assert said == [("gates[1]", "SmokeTest"), ("gates[2]", "LatencyGate")]
    assert "must not ask an endpoint within a stack" in str(error.value)
    assert "use AutoMLRelease" in str(error.value)


def test_a_metric_that_the_job_does_not_have_is_refused(stack):
    trained = job(stack, problem_config=AutoMLTextGenerationConfig())

    with pytest.raises(OptionsError, match=r"gates\[0\]\.metric: must be given for .*Generation"):
        model(stack, job=trained, gates=[ObjectiveGate(minimum=0)])


def test_a_function_gate_is_invoked_by_right(stack):
    fn = lambda_.Function.from_function_arn(
        stack, "Judge", "arn:aws:lambda:eu-west-1:111122223333:function:judge"
    )
    model(stack, gates=[FunctionGate(fn)])

    policies = [item for item in resources(stack, "AWS::IAM::Policy") if "judge" in str(item)]
    assert len(policies) == 1


def test_deploy_hands_gates_to_the_model_where_the_job_is_waited_for(stack):
    automl = AutoMLV2(stack, "Churn", CONFIG)
    automl.fit("s3://in/train/")
    automl.deploy(1, "ml.m5.large", gates=[ObjectiveGate(minimum=0.8)])

    assert len(ids(stack, "AutoMLGate")) == 1


def test_deploy_refuses_what_would_ask_an_endpoint_where_the_job_is_waited_for(stack):
    automl = AutoMLV2(stack, "Churn", CONFIG)
    automl.fit("s3://in/train/")

    with pytest.raises(OptionsError, match="must not ask an endpoint within a stack"):
        automl.deploy(1, "ml.m5.large", gates=[SmokeTest(["1"])])
