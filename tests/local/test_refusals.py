"""What the local SageMaker refuses, in AWS's words: types, constraints of the model, its rules."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from .fake_world import ROLE, error_of, job_request

CONTAINER = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
ARN = "arn:aws:sagemaker:us-east-1:000000000000:"


@pytest.fixture
def model(sagemaker):
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER)
    return sagemaker


def variant(**more):
    return {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", **more}


def serverless(**more):
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, **more}
    return {"VariantName": "v", "ModelName": "m", "ServerlessConfig": config}


def raw(url, target, body):
    """Send a request without boto3's own checks; return the error, or the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    credential = "AWS4-HMAC-SHA256 Credential=test/20261126/us-east-1/sagemaker/aws4_request"
    headers = {"X-Amz-Target": f"SageMaker.{target}", "Authorization": credential}
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.headers, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.headers, json.loads(error.read())


def test_several_broken_constraints_are_told_in_the_models_order(url):
    variants = [variant(VariantName="-x", InstanceType="ml.big"), variant(InitialInstanceCount=0)]

    _, error = raw(
        url,
        "CreateEndpointConfig",
        {"EndpointConfigName": "c" * 64, "ProductionVariants": variants},
    )

    head, *faults = error["message"].split(": ", 1)
    assert head == "5 validation errors detected"
    told = faults[0].split("; ")
    assert [fault.partition(" failed to satisfy constraint: ")[0] for fault in told] == [
        *[f"Value '{'c' * 64}' at 'endpointConfigName'"] * 2,
        "Value '-x' at 'productionVariants.1.member.variantName'",
        "Value 'ml.big' at 'productionVariants.1.member.instanceType'",
        "Value '0' at 'productionVariants.2.member.initialInstanceCount'",
    ]
    assert "Member must have length less than or equal to 63" in told[0]
    assert "Member must satisfy regular expression pattern: [a-zA-Z0-9]" in told[2]
    assert "Member must satisfy enum value set: [ml.t2.medium, ml.t2.large, " in told[3]
    assert "Member must have value greater than or equal to 1" in told[4]


def test_missing_members_are_null_and_unknown_ones_are_ignored(url):
    _, error = raw(url, "CreateEndpoint", {"EndpointName": "e", "Surprise": [1, {"x": None}]})
    assert error["__type"] == "ValidationException"
    assert error["message"] == (
        "1 validation error detected: Value null at 'endpointConfigName' failed to satisfy "
        "constraint: Member must not be null"
    )

    headers, answer = raw(url, "ListModels", {"Surprise": {"deep": [1]}, "NameContains": None})
    assert answer == {"Models": []}
    assert headers["x-amzn-RequestId"]


def test_items_of_a_list_and_values_of_a_map_are_told_together(url):
    container = {"Image": "i", "Environment": {"A": "x" * 1025}}
    body = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    body["VpcConfig"] = {"SecurityGroupIds": ["sg_1"], "Subnets": []}

    _, error = raw(url, "CreateModel", body)

    assert error["message"].startswith("3 validation errors detected: Value '{A=xxx")
    assert (
        "at 'primaryContainer.environment' failed to satisfy constraint: Map value must satisfy "
        "constraint: [Member must have length less than or equal to 1024, "
    ) in error["message"]
    assert (
        "Value '[sg_1]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must have length less than or equal to 32, "
    ) in error["message"]
    assert (
        "Value '[]' at 'vpcConfig.subnets' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1"
    ) in error["message"]


@pytest.mark.parametrize(
    ("target", "body", "text"),
    [
        ("ListModels", {"MaxResults": "5"}, "STRING_VALUE can not be converted to a Integer"),
        ("ListModels", {"MaxResults": True}, "TRUE_VALUE can not be converted to a Integer"),
        ("ListModels", {"MaxResults": 1.5}, "NUMBER_VALUE can not be converted to a Integer"),
        ("ListModels", {"MaxResults": 2**40}, "NUMBER_VALUE can not be converted to a Integer"),
        ("ListModels", {"NameContains": 5}, "NUMBER_VALUE can not be converted to a String"),
        ("ListModels", {"NameContains": "\ud800"}, "STRING_VALUE can not be converted to a String"),
        ("ListModels", {"NameContains": {}}, "Start of structure or map found where not expected"),
        ("ListModels", {"NameContains": []}, "Start of list found where not expected"),
        ("ListModels", {"CreationTimeAfter": 1e300}, "can not be converted to a Timestamp"),
        ("CreateModel", {"PrimaryContainer": "x"}, "STRING_VALUE found where a structure"),
        ("AddTags", {"Tags": {"Key": "a"}}, "Start of structure or map found where not expected"),
    ],
)
def test_a_value_of_a_wrong_type_is_not_readable(url, target, body, text):
    _, error = raw(url, target, body)

    assert error["__type"] == "SerializationException"
    assert text in error["message"]


@pytest.mark.parametrize(
    ("variants", "text"),
    [
        (
            [{"VariantName": "v", "ModelName": "m"}],
            "Value null at 'productionVariants.1.member.instanceType' failed to satisfy "
            "constraint: Member must not be null",
        ),
        ([variant(), variant()], "Duplicate variant names are not allowed: v."),
        (
            [serverless(MemorySizeInMB=1500)],
            "Value '1500' at 'productionVariants.1.member.serverlessConfig.memorySizeInMB' failed "
            "to satisfy constraint: Member must satisfy enum value set: "
            "[1024, 2048, 3072, 4096, 5120, 6144]",
        ),
        (
            [serverless(MemorySizeInMB=8192)],
            "memorySizeInMB' failed to satisfy constraint: Member must have value less than or "
            "equal to 6144",
        ),
        ([serverless(ProvisionedConcurrency=6)], "provisionedConcurrency' failed to satisfy"),
        ([serverless() | {"InstanceType": "ml.m5.large"}], "Member must be null where serverless"),
        ([serverless(), variant(VariantName="w")], "A serverless endpoint has exactly one variant"),
        ([variant(ModelName="none")], f'Could not find model "{ARN}model/none".'),
    ],
)
def test_variants_that_cannot_be_are_refused(model, variants, text):
    with pytest.raises(ClientError) as caught:
        model.create_endpoint_config(EndpointConfigName="c", ProductionVariants=variants)

    code, message = error_of(caught)
    assert code == "ValidationException"
    assert text in message


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "Exactly one of Containers and PrimaryContainer"),
        ({"Containers": []}, "must have 1 container or more"),
        ({"PrimaryContainer": {"ModelDataUrl": "s3://b/k"}}, "must have Image or ModelPackageName"),
        (
            {"Containers": [CONTAINER, {**CONTAINER, "ContainerHostname": "b"}]},
            "ContainerHostname must be given for all",
        ),
        (
            {
                "Containers": [
                    {**CONTAINER, "Environment": {f"K{number}": "x" * 1000 for number in range(20)}}
                ]
                * 2
            },
            "the limit is 32 KB",
        ),
    ],
)
def test_models_that_cannot_be_are_refused(sagemaker, more, text):
    with pytest.raises(ClientError, match=text):
        sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, **more)


def test_a_pipeline_is_not_serverless(sagemaker):
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, Containers=[CONTAINER] * 2)

    with pytest.raises(ClientError, match="does not support inference pipelines"):
        sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[serverless()])


def tags(*keys):
    return [{"Key": key, "Value": "x"} for key in keys]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (tags("a", "a"), "Duplicate tag keys found: a."),
        (tags("aws:x"), "aws: prefixed tag key names are not allowed"),
        (tags("AWS:x"), "aws: prefixed tag key names are not allowed"),
        (tags(*map(str, range(51))), "at 'tags' failed to satisfy constraint"),
        (tags("a\0"), "at 'tags.1.member.key' failed to satisfy constraint"),
        (tags(""), "at 'tags.1.member.key' failed to satisfy constraint"),
    ],
)
def test_tags_that_cannot_be_are_refused_wherever_they_are_given(model, url, given, text):
    requests = {
        "AddTags": {"ResourceArn": f"{ARN}model/m", "Tags": given},
        "CreateModel": {"ModelName": "n", "ExecutionRoleArn": ROLE, "PrimaryContainer": CONTAINER},
        "CreateEndpointConfig": {"EndpointConfigName": "c", "ProductionVariants": [variant()]},
        "CreateEndpoint": {"EndpointName": "e", "EndpointConfigName": "c"},
        "CreateAutoMLJobV2": job_request(),
    }
    for target, request in requests.items():
        _, error = raw(url, target, {"Tags": given, **request})
        assert error["__type"] == "ValidationException", target
        assert text in error["message"], target
    assert model.list_tags(ResourceArn=f"{ARN}model/m")["Tags"] == []


def test_a_resource_never_has_more_than_fifty_tags(model):
    arn = f"{ARN}model/m"
    model.add_tags(ResourceArn=arn, Tags=tags(*(f"a{number}" for number in range(50))))

    with pytest.raises(ClientError, match="would have 51 tags") as caught:
        model.add_tags(ResourceArn=arn, Tags=tags("one more"))

    assert error_of(caught)[0] == "ValidationException"
    model.add_tags(ResourceArn=arn, Tags=tags("a1"))
    assert len(model.list_tags(ResourceArn=arn)["Tags"]) == 50


@pytest.mark.parametrize(
    "arn", ["model/none", "endpoint/none", "endpoint-config/none", "pipeline/none", "model"]
)
def test_what_is_not_there_has_no_tags(sagemaker, arn):
    requests = (
        ("add_tags", {"Tags": tags("a")}),
        ("delete_tags", {"TagKeys": ["a"]}),
        ("list_tags", {}),
    )
    for operation, request in requests:
        with pytest.raises(ClientError, match="Could not find") as caught:
            getattr(sagemaker, operation)(ResourceArn=f"{ARN}{arn}", **request)
        assert error_of(caught)[0] == "ValidationException"


def test_tags_of_a_deleted_model_do_not_come_back(model):
    arn = f"{ARN}model/m"
    model.add_tags(ResourceArn=arn, Tags=tags("a"))
    model.delete_model(ModelName="m")
    model.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER)

    assert model.list_tags(ResourceArn=arn)["Tags"] == []


def test_the_describe_of_the_first_version_does_not_know_jobs_of_the_second(sagemaker):
    with pytest.raises(ClientError) as caught:
        sagemaker.describe_auto_ml_job(AutoMLJobName="churn")
    assert error_of(caught)[0] == "ResourceNotFound"

    sagemaker.create_auto_ml_job_v2(**job_request())
    with pytest.raises(ClientError, match="cannot be described by DescribeAutoMLJob"):
        sagemaker.describe_auto_ml_job(AutoMLJobName="churn")
