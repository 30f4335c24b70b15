import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import AutoMLTabularConfig, OptionsError

from .helpers import (
    ROLE_ARN,
    job,
    model,
    properties,
    resources,
    statement_for,
    statements,
    template,
)

MODEL = "Custom::AutoMLModel"


def test_the_model_waits_for_the_job(stack):
    model(stack, inference_response_keys=["predicted_label", "labels"], candidate_name="c")

    found = properties(stack, MODEL)
    assert found["AutoMLJobName"]["Fn::GetAtt"][0].startswith("ChurnWait1")
    assert found["InferenceResponseKeys"] == ["predicted_label", "labels"]
    assert found["CandidateName"] == "c"
    assert found["ProcessingUnit"] == "CPU"


def test_the_role_of_the_containers_reads_the_artifacts_and_no_more(stack):
    model(stack, job=job(stack, output_path="s3://out/models/"))

    reading = statement_for(stack, "ChurnModelRole", "s3:GetObject")
    assert "out/models/*" in str(reading["Resource"])
    assert not [line for line in statements(stack, "ChurnModelRole") if "s3:Put" in str(line)]
    assert not [line for line in statements(stack, "ChurnModelRole") if "sagemaker:" in str(line)]


def test_a_given_role_makes_no_other(stack):
    model(stack, role=ROLE_ARN, job=job(stack, role=ROLE_ARN))

    assert properties(stack, MODEL)["ExecutionRoleArn"] == ROLE_ARN


def test_a_vpc_and_isolation_reach_the_request(stack):
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}

    model(stack, vpc_config=vpc, enable_network_isolation=True, name="churn-model")

    found = properties(stack, MODEL)
    assert found["VpcConfig"] == vpc
    assert found["EnableNetworkIsolation"] is True
    assert found["ModelName"] == "churn-model"
    assert statement_for(stack, "ChurnModelRole", "ec2:CreateNetworkInterface")


def test_name_and_arn_are_tokens_of_the_resource(stack):
    made = model(stack)

    assert stack.resolve(made.model_name)["Ref"].startswith("ChurnModel")
    assert stack.resolve(made.model_arn)["Fn::GetAtt"][1] == "ModelArn"


def test_tags_of_the_stack_reach_the_model(stack):
    model(stack)
    cdk.Tags.of(stack).add("team", "ml")

    assert properties(stack, MODEL)["Tags"] == [{"Key": "team", "Value": "ml"}]


def test_the_containers_can_be_granted_more(stack):
    s3.Bucket(stack, "More").grant_read(model(stack))

    assert statement_for(stack, "ChurnModelRoleDefaultPolicy", "s3:GetObject*")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"inference_response_keys": ["label"]},
            r"inference_response_keys\[0\]: must be one of predicted_label, probability, "
            "probabilities, labels, got 'label'",
        ),
        ({"processing_unit": "TPU"}, "processing_unit: must be one of CPU, GPU, got 'TPU'"),
        ({"name": "x" * 64}, "name: must have 0 to 63 characters"),
        ({"vpc_config": {"Subnets": ["s"]}}, "vpc_config.SecurityGroupIds: must be set"),
        ({"tags": [{"Key": "a"}]}, r"tags\[0\].Value: must be set"),
    ],
)
def test_rejects(stack, options, text):
    with pytest.raises(OptionsError, match=text):
        model(stack, **options)


def test_rejects_a_job_that_makes_no_candidate(stack):
    config = AutoMLTabularConfig("y", generate_candidate_definitions_only=True)

    with pytest.raises(OptionsError, match="generate_candidate_definitions_only"):
        model(stack, job=job(stack, problem_config=config))


def test_a_model_goes_with_the_stack_unless_it_is_retained(stack):
    model(stack, removal_policy=cdk.RemovalPolicy.RETAIN)

    [kept] = resources(stack, MODEL)
    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    [role] = [
        item
        for name, item in template(stack)["Resources"].items()
        if name.startswith("ChurnModelRole")
    ]
    assert role["DeletionPolicy"] == "Retain"
    other = cdk.Stack(cdk.App(), "Other")
    model(other, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert "DeletionPolicy" not in resources(other, MODEL)[0]
