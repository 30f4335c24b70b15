"""Wrong types and values are refused at once, in one error, by the names that were typed."""

from __future__ import annotations

from types import SimpleNamespace

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLV2,
    Deployment,
    ModelRegistration,
    OptionsError,
    VpcConfig,
)

CONFIG = AutoMLTabularConfig("churn")
CHANNEL = AutoMLDataChannel("S3Prefix", "s3://in/train/")


@pytest.fixture(scope="module")
def stack():
    return cdk.Stack(cdk.App(), "Types")


@pytest.fixture(scope="module")
def job(stack):
    return AutoMLJobV2(stack, "Job", problem_config=CONFIG, inputs=CHANNEL)


@pytest.fixture(scope="module")
def model(stack, job):
    return AutoMLModel(stack, "Model", job=job)


def faults(make):
    with pytest.raises(OptionsError) as caught:
        make()
    return [str(fault) for fault in caught.value.problems]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"wait": "no"}, "wait: must be a bool, got 'no'; use False"),
        (
            {"timeout": 7200},
            "timeout: must be a cdk.Duration, got 7200; use cdk.Duration.seconds(7200)",
        ),
        ({"revision": 2}, "revision: must be a str, got 2; use '2'"),
        ({"inputs": "s3://in/x"}, "use AutoMLDataChannel('S3Prefix', 's3://in/x')"),
        ({"inputs": ["s3://in/x"]}, "inputs[0]: must be an AutoMLDataChannel or a"),
        ({"job_objective": "F1"}, "job_objective: must be a dict, got 'F1'"),
        ({"problem_config": "tabular"}, "problem_config: must be a ProblemConfig, got 'tabular'"),
        ({"problem_config": AutoMLTabularConfig}, "call it: AutoMLTabularConfig(…)"),
        ({"tags": ["a"]}, "tags[0]: must be a dict, got 'a'"),
        ({"tags": {"Key": "a", "Value": "b"}}, "write [{'Key': 'a', 'Value': 'b'}]"),
        ({"tags": [{"Key": "a", "Value": "1"}] * 2}, "tags: must have each key once, got 'a'"),
        ({"encrypt_inter_container_traffic": "true"}, "use True"),
        ({"role": iam.ServicePrincipal("x")}, "role: must be an iam.IRole or a str, got a Service"),
        ({"output_kms_key": "not a key"}, "output_kms_key: must be a kms.IKey, the ARN or id"),
        (
            {"vpc_config": {"Subnets": ["sg-1"], "SecurityGroupIds": ["sg-1"]}},
            "such as subnet-0123",
        ),
        ({"timeout": cdk.Duration.seconds(0)}, "timeout: must be 1 minute or more"),
        ({"base_job_name": "Ünï"}, "base_job_name: must be letters, digits and hyphens"),
    ],
)
def test_a_job_refuses(stack, options, expected):
    given = {"problem_config": CONFIG, "inputs": CHANNEL} | options

    [fault] = faults(lambda: AutoMLJobV2(stack, "Refused", **given))

    assert expected in fault


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"removal_policy": "RETAIN"}, "use cdk.RemovalPolicy.RETAIN"),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, "removal_policy: must be one of DESTROY"),
        ({"instance_type": None}, "instance_type: must be a str, got None"),
        ({"instance_type": "m5.large"}, "use 'ml.m5.large'"),
        ({"instance_type": ec2.InstanceType("m5.large")}, "use 'ml.m5.large'"),
        ({"initial_instance_count": True}, "initial_instance_count: must be an int, got True"),
        ({"wait": 0}, "wait: must be a bool, got 0; use False"),
    ],
)
def test_an_endpoint_refuses(stack, model, options, expected):
    given = {"model": model, "instance_type": "ml.m5.large"} | options

    [fault] = faults(lambda: AutoMLEndpoint(stack, "Refused", **given))

    assert expected in fault


def test_a_job_is_not_taken_for_a_model(stack, job):
    [fault] = faults(lambda: AutoMLEndpoint(stack, "X", model=job, instance_type="ml.m5.large"))

    assert fault.startswith("model: must be an")


def test_interfaces_of_the_cdk_are_taken_by_what_their_classes_declare(stack):
    key = kms.Key.from_key_arn(stack, "K", "arn:aws:kms:eu-west-1:111122223333:key/1-2")
    role = iam.Role.from_role_arn(stack, "R", "arn:aws:iam::111122223333:role/r")

    made = AutoMLJobV2(
        stack, "Given", problem_config=CONFIG, inputs=CHANNEL, output_kms_key=key, role=role
    )

    assert made.node.id == "Given"


def test_a_bucket_is_no_key(stack):
    bucket = s3.Bucket.from_bucket_name(stack, "B", "some-bucket")

    [fault] = faults(
        lambda: AutoMLJobV2(
            stack, "Bad", problem_config=CONFIG, inputs=CHANNEL, output_kms_key=bucket
        )
    )
    assert fault.startswith("output_kms_key: must be a kms.IKey or a str")


def test_auto_ml_v2_refuses_when_it_is_made_what_only_fit_would_use(stack):
    assert faults(lambda: AutoMLV2(stack, "Early", CONFIG, validation_fraction=5)) == [
        "validation_fraction: must be above 0 and below 1, got 5"
    ]


def test_deploy_refuses_everything_of_model_and_endpoint_in_one_error(stack):
    auto_ml = AutoMLV2(stack, "Late", CONFIG)
    auto_ml.fit("s3://in/train/")

    found = faults(
        lambda: auto_ml.deploy(
            0, "m5.large", endpoint_name="Shop", inference_response_keys=["label"], wait="no"
        )
    )

    assert [fault.partition(":")[0] for fault in found] == [
        "wait",
        "inference_response_keys[0]",
        "initial_instance_count",
        "instance_type",
        "endpoint_name",
    ]


def test_fit_names_its_own_option_where_there_is_no_such_file(stack):
    auto_ml = AutoMLV2(stack, "Missing", CONFIG)

    [fault] = faults(lambda: auto_ml.fit("data/nowhere.csv"))

    assert fault.startswith("inputs: must be a file or a folder, got 'data/nowhere.csv'")


def test_fit_after_attach_without_a_problem_is_refused_by_name(stack):
    attached = AutoMLV2.attach(stack, "Attached", "job-1", output_path="s3://out/x")

    [fault] = faults(lambda: attached.fit("s3://in/train/"))

    assert fault.startswith("problem_config: must be given to attach")


def test_a_wait_shorter_than_the_job_is_warned_of():
    stack = cdk.Stack(cdk.App(), "Short")
    config = AutoMLTabularConfig("churn", max_total_job_runtime_in_seconds=3600)

    AutoMLJobV2(
        stack, "Job", problem_config=config, inputs=CHANNEL, timeout=cdk.Duration.minutes(5)
    )

    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "*", cdk.assertions.Match.string_like_regexp("shorter than max_total_job_runtime")
    )
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda s: VpcConfig("vpc-1"), "vpc: must be an ec2.IVpc, got 'vpc-1'"),
        (lambda s: VpcConfig(s.vpc, s.vpc.private_subnets), "subnets: must be an ec2.Subnet"),
        (lambda s: VpcConfig(s.vpc, security_groups=["sg-1"]), "security_groups[0]: must be an"),
        (lambda s: AutoMLOutput(None), "path: must be set, got None"),
        (lambda s: AutoMLOutput(s.bucket), "path: must be a str, got a Bucket"),
        (lambda s: AutoMLOutput("s3://b/p/", kms_key="a b"), "kms_key: must be a kms.IKey, the"),
        (lambda s: AutoMLOutput.from_bucket("b"), "bucket: must be a s3.IBucket, got 'b'"),
        (lambda s: AutoMLOutput.from_bucket(s.bucket, None), "prefix: must be a str, got None"),
        (lambda s: AutoMLDataChannel.from_bucket("b"), "bucket: must be a s3.IBucket, got 'b'"),
        (lambda s: AutoMLDataChannel.from_bucket(s.bucket, 5), "prefix: must be a str, got 5"),
        (
            lambda s: AutoMLDataChannel("S3Prefix", "s3://b/p/", kms_key="a b"),
            "kms_key: must be a kms.IKey, the",
        ),
        (
            lambda s: AutoMLJobV2.from_auto_ml_job_name(s.stack, "A", "a", output_kms_key="a b"),
            "output_kms_key: must be a kms.IKey, the",
        ),
        (
            lambda s: AutoMLEndpoint.from_endpoint_name(s.stack, "E", None),
            "endpoint_name: must be a str, got None",
        ),
        (lambda s: s.model.apply_removal_policy("RETAIN"), "must be a cdk.RemovalPolicy, got"),
    ],
)
def test_what_is_given_beside_a_constructor_crashes_or_is_taken_whatever_it_is(
    stack, model, make, expected
):
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        f"Vpc{len(stack.node.children)}",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-1"],
    )
    bucket = s3.Bucket(stack, f"Bucket{len(stack.node.children)}")
    given = SimpleNamespace(stack=stack, model=model, vpc=vpc, bucket=bucket)

    [fault] = faults(lambda: make(given))

    assert expected in fault


def test_a_tuple_of_subnets_crashes_in_jsii(stack):
    vpc = {"Subnets": ("subnet-1",), "SecurityGroupIds": ("sg-1",)}

    AutoMLJobV2(stack, "Tuples", problem_config=CONFIG, inputs=CHANNEL, vpc_config=vpc)


def test_a_token_is_taken_for_a_list_of_objects(stack):
    token = cdk.Lazy.any(_Nothing())

    [fault] = faults(lambda: AutoMLJobV2(stack, "T", problem_config=CONFIG, inputs=token))

    assert fault.startswith("inputs: must be an AutoMLDataChannel or a LocalAutoMLDataChannel")


@jsii.implements(cdk.IAnyProducer)
class _Nothing:
    def produce(self, _context):
        return None


def test_a_duration_is_as_good_as_its_seconds():
    config = AutoMLTabularConfig(
        "churn",
        max_runtime_per_training_job_in_seconds=cdk.Duration.minutes(10),
        max_total_job_runtime_in_seconds=cdk.Duration.hours(1),
    )

    assert config == AutoMLTabularConfig(
        "churn",
        max_runtime_per_training_job_in_seconds=600,
        max_total_job_runtime_in_seconds=3600,
    )


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (cdk.Duration.millis(1500), "must be an int or a cdk.Duration, got 1.5"),
        (cdk.Duration.seconds(0), "must be 1 or more, got 0"),
        ("1h", "must be an int or a cdk.Duration, got '1h'"),
        (True, "must be an int or a cdk.Duration, got True"),
    ],
)
def test_a_duration_that_cannot_be_is_refused_as_its_seconds_are(duration, expected):
    [fault] = faults(
        lambda: AutoMLTabularConfig("churn", max_total_job_runtime_in_seconds=duration)
    )

    assert fault == f"max_total_job_runtime_in_seconds: {expected}"


def test_an_endpoint_takes_durations_where_the_sdk_takes_seconds():
    stack = cdk.Stack(cdk.App(), "Durations")
    auto_ml = AutoMLV2(stack, "Churn", CONFIG)
    auto_ml.fit("s3://in/train/")
    auto_ml.deploy(
        1,
        "ml.m5.large",
        model_data_download_timeout=cdk.Duration.minutes(20),
        container_startup_health_check_timeout=600,
    )

    [made] = (
        cdk.assertions.Template.from_stack(stack).find_resources("Custom::AutoMLEndpoint").values()
    )
    [variant] = made["Properties"]["ProductionVariants"]
    assert variant["ModelDataDownloadTimeoutInSeconds"] == 1200
    assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == 600


def test_a_duration_out_of_range_is_refused_with_the_others(stack, model):
    [fault] = faults(
        lambda: AutoMLEndpoint(
            stack,
            "Long",
            model=model,
            instance_type="ml.m5.large",
            model_data_download_timeout=cdk.Duration.hours(2),
        )
    )

    assert fault == "model_data_download_timeout: must be 60 to 3600, got 7200"


def test_a_duration_is_no_number_of_instances():
    with pytest.raises(OptionsError, match="instance_count: must be an int, got a Duration"):
        Deployment.canary(instance_count=cdk.Duration.seconds(1), wait=cdk.Duration.minutes(5))


def test_a_list_known_only_at_deployment_is_taken(stack):
    types = cdk.CfnParameter(stack, "Types", type="CommaDelimitedList")
    made = ModelRegistration("churn", content_types=types.value)

    assert stack.resolve(made.content_types) == {"Ref": "Types"}


def test_a_content_type_known_only_at_deployment_is_taken(stack):
    kind = cdk.CfnParameter(stack, "Kind")

    channel = AutoMLDataChannel("S3Prefix", "s3://in/train/", content_type=kind.value)

    assert stack.resolve(channel.content_type) == {"Ref": "Kind"}


def test_a_v1_job_known_only_at_deployment_is_refused(stack):
    with pytest.raises(OptionsError) as error:
        AutoMLV2.from_auto_ml(stack, "V1", cdk.Fn.get_att("Other", "Job"))

    assert "auto_ml: must be known at synth" in str(error.value)
