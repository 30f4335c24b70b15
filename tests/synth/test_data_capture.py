"""What is captured: the request, the grants, what is refused."""

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    DataCapture,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import endpoint, job, may, model, properties, statement_for

ENDPOINT = "Custom::AutoMLEndpoint"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/c"


def config(stack):
    return properties(stack, ENDPOINT)["DataCaptureConfig"]


def test_text_is_kept_as_text_by_default(stack):
    endpoint(stack, data_capture=DataCapture("s3://seen/churn/"))

    assert config(stack) == {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://seen/churn/",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }


def test_options_are_members_of_the_request(stack):
    capture = DataCapture(
        "s3://seen/churn/",
        20,
        capture_modes=["Output"],
        csv_content_types=["text/csv", "text/plain"],
        json_content_types=["application/jsonlines"],
        kms_key=KEY,
        enable_capture=False,
    )

    endpoint(stack, data_capture=capture)

    found = config(stack)
    assert found["InitialSamplingPercentage"] == 20
    assert found["CaptureOptions"] == [{"CaptureMode": "Output"}]
    assert found["CaptureContentTypeHeader"]["CsvContentTypes"] == ["text/csv", "text/plain"]
    assert found["KmsKeyId"] == KEY
    assert found["EnableCapture"] is False


def test_the_models_role_may_write_there_with_the_key_and_nowhere_else(stack):
    endpoint(stack, data_capture=DataCapture("s3://seen/churn/", kms_key=KEY))

    role = "ChurnModelRole"
    assert may(stack, role, "s3:PutObject", "s3://seen/churn/a.jsonl")
    assert not may(stack, role, "s3:PutObject", "s3://seen/other/a.jsonl")
    assert may(stack, role, "kms:GenerateDataKey", KEY)


def test_the_shadows_role_may_write_there_too(stack):
    served = model(stack)
    shadow = AutoMLModel(stack, "Shade", job=served.job)

    endpoint(
        stack,
        model=served,
        shadow_variant=InstanceVariant(shadow, "ml.m5.large"),
        data_capture=DataCapture("s3://seen/churn/"),
    )

    assert may(stack, "ShadeRole", "s3:PutObject", "s3://seen/churn/a.jsonl")


def test_a_bucket_brings_its_key(stack):
    bucket = s3.Bucket(stack, "Seen", encryption_key=kms.Key(stack, "Key"))

    endpoint(stack, data_capture=DataCapture(AutoMLOutput.from_bucket(bucket, "churn/")))

    assert str(config(stack)["DestinationS3Uri"]).endswith("'/churn/']]}")
    granted = statement_for(stack, "ChurnModelRole", "kms:GenerateDataKey*")
    assert granted["Resource"]["Fn::GetAtt"][0].startswith("Key")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"destination": "seen"}, "destination: must "),
        ({"initial_sampling_percentage": 101}, "initial_sampling_percentage: must be 0 to 100"),
        ({"capture_modes": []}, "capture_modes: must be Input, Output or both"),
        ({"capture_modes": ["Both"]}, r"capture_modes\[0\]: must be one of Input, Output"),
        ({"csv_content_types": ["text/csv;header=present"]}, r"csv_content_types\[0\]: must match"),
        ({"json_content_types": []}, "json_content_types: must have 1 to 10 items"),
        ({"kms_key": "no key"}, "kms_key: must be a kms.IKey"),
    ],
)
def test_rejects(options, text):
    with pytest.raises(OptionsError, match=text):
        DataCapture(**{"destination": "s3://seen/churn/", **options})


def test_a_serverless_endpoint_cannot_capture(stack):
    config = AutoMLTabularConfig("y", mode="ENSEMBLING")
    served = model(stack, job=job(stack, problem_config=config))

    with pytest.raises(OptionsError, match="data_capture: must not be given for a Serverless"):
        AutoMLEndpoint(
            stack,
            "Endpoint",
            variants=[ServerlessVariant(served)],
            data_capture=DataCapture("s3://seen/churn/"),
        )
