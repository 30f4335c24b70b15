import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import AutoMLEndpoint, OptionsError

from .helpers import (
    endpoint,
    may,
    model,
    properties,
    resources,
    scope_of,
    statement_for,
    statements,
)

ENDPOINT = "Custom::AutoMLEndpoint"


def test_the_variant_is_the_request_of_the_api(stack):
    endpoint(
        stack,
        initial_instance_count=2,
        volume_size=20,
        model_data_download_timeout=600,
        container_startup_health_check_timeout=900,
        retain_all_variant_properties=True,
    )

    found = properties(stack, ENDPOINT)
    [variant] = found["ProductionVariants"]
    assert variant.pop("ModelName")["Ref"].startswith("ChurnModel")
    assert variant == {
        "VariantName": "AllTraffic",
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.large",
        "VolumeSizeInGB": 20,
        "ModelDataDownloadTimeoutInSeconds": 600,
        "ContainerStartupHealthCheckTimeoutInSeconds": 900,
    }
    assert found["RetainAllVariantProperties"] is True


def test_the_first_fifty_five_minutes_need_no_link(stack):
    made = endpoint(stack)

    assert "MoreLinks" not in properties(stack, ENDPOINT)
    assert stack.resolve(made.endpoint_name)["Fn::GetAtt"][0].startswith("ChurnEndpoint")


def test_a_wait_shorter_than_a_link_is_kept(stack):
    endpoint(stack, timeout=cdk.Duration.minutes(10))

    found = properties(stack, ENDPOINT)
    assert found["WaitSeconds"] == 600
    assert "MoreLinks" not in found


def test_a_longer_wait_goes_on_in_links(stack):
    made = endpoint(stack, timeout=cdk.Duration.hours(2))

    links = [
        item["Properties"]
        for item in resources(stack, "Custom::AutoMLWait")
        if item["Properties"]["Target"] == "Endpoint"
    ]
    assert properties(stack, ENDPOINT)["MoreLinks"] is True
    assert [link["LinkSeconds"] for link in links] == [3300, 600]
    assert {link["TimeoutSeconds"] for link in links} == {7200}
    assert links[0]["EndpointConfigName"]["Fn::GetAtt"][1] == "EndpointConfigName"
    assert stack.resolve(made.endpoint_name)["Fn::GetAtt"][0].startswith("ChurnEndpointWait2")


def test_grant_invoke_allows_one_action_on_one_endpoint(stack):
    role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())

    endpoint(stack).grant_invoke(role)

    [statement] = statements(stack, "Caller")
    assert statement["Action"] == "sagemaker:InvokeEndpoint"
    assert statement["Resource"]["Fn::GetAtt"][1] == "EndpointArn"


def test_an_imported_endpoint_has_grants_and_metrics(stack):
    role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    imported = AutoMLEndpoint.from_endpoint_name(stack, "Other", "shop")

    imported.grant_invoke(role)

    [statement] = statements(stack, "Caller")
    assert str(statement["Resource"]).endswith(":endpoint/shop']]}")
    assert imported.metric("Invocations").dimensions["EndpointName"] == "shop"


@pytest.mark.parametrize(
    ("method", "name", "statistic"),
    [
        ("metric_invocations", "Invocations", "Sum"),
        ("metric_invocation_4xx_errors", "Invocation4XXErrors", "Sum"),
        ("metric_invocation_5xx_errors", "Invocation5XXErrors", "Sum"),
        ("metric_model_latency", "ModelLatency", "Average"),
        ("metric_overhead_latency", "OverheadLatency", "Average"),
    ],
)
def test_metrics_are_those_of_the_service(stack, method, name, statistic):
    imported = AutoMLEndpoint.from_endpoint_name(stack, "Other", "shop")

    metric = getattr(imported, method)()

    assert (metric.namespace, metric.metric_name, metric.statistic) == (
        "AWS/SageMaker",
        name,
        statistic,
    )
    assert metric.dimensions == {"EndpointName": "shop", "VariantName": "AllTraffic"}
    assert getattr(imported, method)(statistic="p99").statistic == "p99"


def test_a_volume_key_reaches_the_request_and_the_roles(stack):
    key = "arn:aws:kms:eu-west-1:1:key/v"

    endpoint(stack, volume_kms_key=key)

    assert properties(stack, ENDPOINT)["KmsKeyId"] == key
    assert statement_for(stack, "ChurnModelRole", "kms:CreateGrant")["Resource"] == key
    assert statement_for(stack, "FunctionPolicy", "kms:CreateGrant")["Resource"] == key


def test_a_named_endpoint_is_named_and_allowed(stack):
    endpoint(stack, endpoint_name="shop")

    assert properties(stack, ENDPOINT)["EndpointName"] == "shop"
    owner = f"{scope_of(stack)}/x"
    assert may(stack, "function", "sagemaker:CreateEndpoint", ":endpoint/shop", owner_asked=owner)
    assert may(stack, "function", "sagemaker:DeleteEndpoint", ":endpoint/shop", owner=owner)


def test_tags_of_the_stack_reach_the_endpoint(stack):
    endpoint(stack, tags=[{"Key": "a", "Value": "1"}])
    cdk.Tags.of(stack).add("team", "ml")

    assert {tag["Key"] for tag in properties(stack, ENDPOINT)["Tags"]} == {"a", "team"}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"initial_instance_count": 0}, "initial_instance_count: must be 0 or more|1 or more"),
        ({"instance_type": "ml.huge"}, "instance_type: must be one of .*, got 'ml.huge'"),
        (
            {"instance_type": "ml.m7g.large"},
            "instance_type: must have x86_64 processors, .*; use a family such as ml.m5",
        ),
        ({"volume_size": 513}, "volume_size: must be 1 to 512, got 513"),
        ({"model_data_download_timeout": 59}, "model_data_download_timeout: must be 60 to 3600"),
        ({"endpoint_name": "Shop"}, "endpoint_name: must be in lower case"),
        ({"endpoint_name": "a_b"}, "endpoint_name: must match"),
    ],
)
def test_rejects(stack, options, text):
    served = model(stack)

    with pytest.raises(OptionsError, match=text):
        endpoint(stack, model=served, **options)


def test_a_retained_endpoint_keeps_its_model_and_the_role_of_its_containers(stack):
    endpoint(stack, removal_policy=cdk.RemovalPolicy.RETAIN)

    assert resources(stack, ENDPOINT)[0]["DeletionPolicy"] == "Retain"
    assert resources(stack, "Custom::AutoMLModel")[0]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize("policy", ["RETAIN", "RETAIN_ON_UPDATE_OR_DELETE"])
def test_the_function_knows_what_is_retained(stack, policy):
    endpoint(stack, removal_policy=cdk.RemovalPolicy[policy])

    for kind in (ENDPOINT, "Custom::AutoMLModel"):
        [found] = resources(stack, kind)
        assert found["Properties"]["Retained"] is True
        assert found["DeletionPolicy"].startswith("Retain")


def test_an_endpoint_goes_with_the_stack_by_default(stack):
    endpoint(stack)

    assert "DeletionPolicy" not in resources(stack, ENDPOINT)[0]
