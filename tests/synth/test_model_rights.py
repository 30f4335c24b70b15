"""A model reads the artifacts where they lie, and is served on what it was made for."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLImageClassificationConfig,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLV2,
    OptionsError,
)

from .helpers import endpoint, job, model, properties, resources, statements, template

MODEL = "Custom::AutoMLModel"
IMAGE = AutoMLImageClassificationConfig()
TEXT = AutoMLTextClassificationConfig("text", "label")
CHAT = AutoMLTextGenerationConfig()


def given_role(stack):
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def test_the_stack_s_own_bucket_is_told_from_a_given_output(stack):
    job(stack)
    job(stack, "Other", output_path="s3://out/models/")

    own, given = resources(stack, "Custom::AutoMLJobV2")
    assert own["Properties"]["DefaultBucket"]["Ref"].startswith("AutoMLV2Output")
    assert "DefaultBucket" not in given["Properties"]


def test_a_model_reads_where_the_job_that_is_served_wrote(stack):
    model(stack)

    [bucket] = [
        line["Resource"]
        for line in statements(stack, "ChurnModelRole")
        if line["Action"] == "s3:GetObject"
    ]
    assert "OutputBucket" in json.dumps(bucket)
    assert json.dumps(bucket).endswith('"/churn/*"]]}')


@pytest.mark.parametrize("who", ["model", "endpoint"])
def test_what_is_kept_keeps_its_right_to_the_artifacts(stack, who):
    policy = {"removal_policy": cdk.RemovalPolicy.RETAIN}
    endpoint(stack, **policy) if who == "endpoint" else model(stack, **policy)

    kept = {
        name: item
        for name, item in template(stack)["Resources"].items()
        if item.get("DeletionPolicy") == "Retain" and item["Type"].startswith("AWS::IAM::")
    }
    text = json.dumps(list(kept.values()))
    assert {item["Type"] for item in kept.values()} == {"AWS::IAM::Role"}
    assert "OutputBucket" in text


def test_one_role_of_job_and_model_makes_no_circle(stack):
    role = given_role(stack)
    model(stack, role=role, job=job(stack, role=role))

    # Template.from_stack refuses a circle.
    reading = [
        line for line in statements(stack, "Artifacts") if "OutputBucket" in json.dumps(line)
    ]
    assert {line["Action"] for line in reading} == {"s3:GetObject", "s3:ListBucket"}


def test_whoever_reads_the_output_may_read_that_of_the_job_found_again(stack):
    reader = iam.User(stack, "Reader")
    job(stack).grant_read_output(reader)

    assert "OutputBucket" in json.dumps(statements(stack, "ReaderDefaultPolicy"))


def test_a_condition_of_the_job_is_that_of_the_role_that_refers_to_it(stack):
    made = job(stack)
    condition = cdk.CfnCondition(stack, "Wanted", expression=cdk.Fn.condition_equals("a", "b"))
    made.node.find_child("Resource").cfn_options.condition = condition
    model(stack, job=made)

    [role] = [
        item
        for name, item in template(stack)["Resources"].items()
        if name.startswith("ChurnModelRole")
    ]
    assert role["Condition"] == "Wanted"


@pytest.mark.parametrize("kind", ["model", "deploy"])
def test_a_name_of_the_model_is_warned_of(stack, kind):
    if kind == "model":
        model(stack, name="prod")
    else:
        automl = AutoMLV2(stack, "Churn", TEXT)
        automl.fit("s3://in/")
        automl.deploy(1, "ml.m5.large", name="prod")

    told = assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp("each retraining.*leave the name out")
    )
    assert len(told) == 1


def test_a_name_of_the_model_of_a_job_that_exists_already_is_not_warned_of(stack):
    attached = AutoMLJobV2.from_auto_ml_job_name(
        stack, "Attached", "churn-1", output_path="s3://out/"
    )
    model(stack, job=attached, name="prod")

    assertions.Annotations.from_stack(stack).has_no_warning(
        "*", assertions.Match.string_like_regexp("leave the name out")
    )


def test_a_language_model_made_by_hand_is_served_on_a_gpu(stack):
    made = model(stack, job=job(stack, problem_config=CHAT))
    endpoint(stack, model=made, instance_type="ml.g5.2xlarge")

    assert properties(stack, MODEL)["ProcessingUnit"] == "GPU"


def test_rejects_cpu_containers_for_a_language_model(stack):
    with pytest.raises(OptionsError, match="processing_unit: must be GPU for a language model"):
        model(stack, job=job(stack, problem_config=CHAT), processing_unit="CPU")


def test_rejects_a_language_model_on_a_cpu(stack):
    made = model(stack, job=job(stack, problem_config=CHAT))

    with pytest.raises(OptionsError, match="instance_type: must have a GPU to serve a language"):
        endpoint(stack, model=made)


def test_a_language_model_of_the_sdk_s_words_needs_no_instance_type(stack):
    automl = AutoMLV2(stack, "Chat", CHAT)
    automl.fit("s3://in/")
    automl.create_model()

    assert properties(stack, MODEL)["ProcessingUnit"] == "GPU"


@pytest.mark.parametrize("config", [IMAGE, TEXT], ids=["image", "text"])
@pytest.mark.parametrize(
    ("instance_type", "unit"), [("ml.g5.xlarge", "GPU"), ("ml.m5.large", "CPU")]
)
def test_a_model_made_by_hand_has_the_containers_for_its_endpoint(
    stack, config, instance_type, unit
):
    made = model(stack, job=job(stack, problem_config=config))
    endpoint(stack, model=made, instance_type=instance_type)

    assert properties(stack, MODEL)["ProcessingUnit"] == unit


def test_rejects_containers_for_a_gpu_on_a_cpu(stack):
    made = model(stack, job=job(stack, problem_config=IMAGE), processing_unit="GPU")

    with pytest.raises(OptionsError, match="as the containers of the model are those for a GPU"):
        endpoint(stack, model=made)


def test_rejects_a_second_endpoint_on_other_processors(stack):
    made = model(stack, job=job(stack, problem_config=IMAGE))
    endpoint(stack, model=made, instance_type="ml.g5.xlarge")

    with pytest.raises(OptionsError, match="must have a GPU"):
        AutoMLEndpoint(stack, "Second", model=made, instance_type="ml.m5.large")


def test_containers_that_were_chosen_stay_whatever_the_endpoint_runs_on(stack):
    made = model(stack, job=job(stack, problem_config=IMAGE), processing_unit="CPU")
    endpoint(stack, model=made, instance_type="ml.g5.xlarge")

    assert properties(stack, MODEL)["ProcessingUnit"] == "CPU"


def test_tabular_models_have_one_set_of_containers_for_all(stack):
    made = model(stack)
    endpoint(stack, model=made, instance_type="ml.g5.xlarge")
    AutoMLEndpoint(stack, "Second", model=made, instance_type="ml.m5.large")

    assert properties(stack, MODEL)["ProcessingUnit"] == "CPU"


def test_a_job_of_another_kind_than_known_follows_its_endpoint(stack):
    attached = AutoMLJobV2.from_auto_ml_job_name(
        stack, "Attached", "chat-1", output_path="s3://out/"
    )
    made = AutoMLModel(stack, "Made", job=attached)
    endpoint(stack, model=made, instance_type="ml.g5.xlarge")

    assert properties(stack, MODEL)["ProcessingUnit"] == "GPU"
