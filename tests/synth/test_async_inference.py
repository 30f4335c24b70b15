"""Asynchronous endpoints: the request, who is granted what, what is refused."""

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLEndpoint,
    AutoMLTabularConfig,
    AutoMLTextGenerationConfig,
    DataCapture,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import actions, endpoint, job, may, model, properties, statement_for, statements

ENDPOINT = "Custom::AutoMLEndpoint"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/a"
ROLE = "ChurnModelRole"


def config(stack):
    return properties(stack, ENDPOINT)["AsyncInferenceConfig"]


def caller(stack):
    return iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())


def test_an_output_is_all_that_is_needed(stack):
    endpoint(stack, async_inference=AsyncInference("s3://answers/churn/"))

    assert config(stack) == {
        "OutputConfig": {
            "S3OutputPath": "s3://answers/churn/",
            "S3FailurePath": "s3://answers/churn/failures/",
        }
    }


def test_options_are_members_of_the_request(stack):
    done, failed = sns.Topic(stack, "Done"), sns.Topic(stack, "Failed")
    asynchronous = AsyncInference(
        "s3://answers/churn/",
        failure="s3://failures/churn/",
        success_topic=done,
        error_topic=failed,
        include_inference_response_in=["ERROR_NOTIFICATION_TOPIC"],
        max_concurrent_invocations_per_instance=4,
        kms_key=KEY,
    )

    endpoint(stack, async_inference=asynchronous)

    found = config(stack)
    topics = found["OutputConfig"].pop("NotificationConfig")
    assert topics["SuccessTopic"]["Ref"].startswith("Done")
    assert topics["ErrorTopic"]["Ref"].startswith("Failed")
    assert topics["IncludeInferenceResponseIn"] == ["ERROR_NOTIFICATION_TOPIC"]
    assert found == {
        "OutputConfig": {
            "S3OutputPath": "s3://answers/churn/",
            "S3FailurePath": "s3://failures/churn/",
            "KmsKeyId": KEY,
        },
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
    }


def test_the_models_role_reads_inputs_and_writes_answers_and_no_more(stack):
    asynchronous = AsyncInference(
        "s3://answers/churn/",
        failure="s3://failures/churn/",
        inputs=["s3://asked/churn/"],
        kms_key=KEY,
    )

    endpoint(stack, async_inference=asynchronous)

    assert may(stack, ROLE, "s3:GetObject", "s3://asked/churn/1.csv")
    assert not may(stack, ROLE, "s3:PutObject", "s3://asked/churn/1.csv")
    assert may(stack, ROLE, "s3:PutObject", "s3://answers/churn/1.out")
    assert may(stack, ROLE, "s3:PutObject", "s3://answers/churn/failures/1.out")
    assert may(stack, ROLE, "s3:PutObject", "s3://failures/churn/1.out")
    assert not may(stack, ROLE, "s3:PutObject", "s3://failures/other/1.out")
    assert may(stack, ROLE, "kms:GenerateDataKey", KEY)


def test_the_models_role_may_tell_the_topics_with_their_key(stack):
    key = kms.Key(stack, "Key")
    topic = sns.Topic(stack, "Done", master_key=key)

    endpoint(stack, async_inference=AsyncInference("s3://answers/churn/", success_topic=topic))

    assert statement_for(stack, ROLE, "sns:Publish")["Resource"]["Ref"].startswith("Done")
    granted = statement_for(stack, ROLE, "kms:GenerateDataKey*")
    assert granted["Resource"]["Fn::GetAtt"][0].startswith("Key")


def test_who_invokes_it_may_write_requests_and_read_what_becomes_of_them(stack):
    asynchronous = AsyncInference("s3://answers/churn/", inputs=["s3://asked/churn/"])
    user = caller(stack)

    endpoint(stack, async_inference=asynchronous).grant_invoke(user)

    invoking = statement_for(stack, "Caller", "sagemaker:InvokeEndpointAsync")
    assert actions(invoking) == {"sagemaker:InvokeEndpointAsync"}
    assert may(stack, "Caller", "s3:PutObject", "s3://asked/churn/1.csv")
    assert may(stack, "Caller", "s3:GetObject", "s3://answers/churn/1.out")
    assert may(stack, "Caller", "s3:GetObject", "s3://answers/churn/failures/1.out")
    assert not may(stack, "Caller", "s3:PutObject", "s3://answers/churn/1.out")


def test_a_language_model_may_be_asked_for_a_stream(stack):
    served = model(stack, job=job(stack, problem_config=AutoMLTextGenerationConfig()))
    user = caller(stack)

    endpoint(stack, model=served, instance_type="ml.g5.12xlarge").grant_invoke(user)

    [statement] = statements(stack, "Caller")
    assert actions(statement) == {
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointWithResponseStream",
    }


def test_an_endpoint_of_unknown_kind_may_be_invoked_in_each_way(stack):
    user = caller(stack)

    AutoMLEndpoint.from_endpoint_name(stack, "Other", "shop").grant_invoke(user)

    [statement] = statements(stack, "Caller")
    assert actions(statement) == {
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointAsync",
        "sagemaker:InvokeEndpointWithResponseStream",
    }


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"output": "answers"}, "output: must "),
        ({"failure": "failures"}, "failure: must "),
        ({"inputs": ["s3://asked/", "asked"]}, r"inputs\[1\]: must "),
        ({"success_topic": "arn:aws:sns:x"}, "success_topic: must be a"),
        (
            {"include_inference_response_in": ["SUCCESS_NOTIFICATION_TOPIC"]},
            "must not hold SUCCESS_NOTIFICATION_TOPIC without success_topic",
        ),
        ({"include_inference_response_in": ["ALL"]}, r"response_in\[0\]: must be one of SUCCESS"),
        ({"max_concurrent_invocations_per_instance": 1001}, "must be 1 to 1000"),
        ({"kms_key": "no key"}, "kms_key: must be a kms.IKey"),
    ],
)
def test_rejects(options, text):
    with pytest.raises(OptionsError, match=text):
        AsyncInference(**{"output": "s3://answers/churn/", **options})


def test_what_an_asynchronous_endpoint_cannot_have_is_refused(stack):
    config = AutoMLTabularConfig("y", mode="ENSEMBLING")
    served = model(stack, job=job(stack, problem_config=config))
    asynchronous = AsyncInference("s3://answers/churn/")

    with pytest.raises(OptionsError) as serverless:
        endpoint_of(stack, [ServerlessVariant(served)], async_inference=asynchronous)
    with pytest.raises(OptionsError) as others:
        endpoint_of(
            stack,
            [InstanceVariant(served, "ml.m5.large")],
            async_inference=asynchronous,
            shadow_variant=InstanceVariant(served, "ml.m5.large"),
            data_capture=DataCapture("s3://seen/"),
        )

    [fault] = serverless.value.problems
    assert str(fault).startswith("async_inference: must not be given for a ServerlessVariant")
    assert [fault.path for fault in others.value.problems] == ["shadow_variant", "data_capture"]


def endpoint_of(stack, variants, **options):
    return AutoMLEndpoint(stack, "Endpoint", variants=variants, **options)
