"""``automlv2 adopt``: what it writes, what it tags, and what it leaves alone."""

import copy
import json

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from botocore.exceptions import ClientError
from click.testing import CliRunner

from cdk_automlv2 import AutoMLTabularConfig, AutoMLV2
from cdk_automlv2.cli.adopt.marks import Mark
from cdk_automlv2.cli.commands import automlv2
from tests.lifecycle.events import JOB, endpoint
from tests.lifecycle.fake_aws import PLACE, FakeAws

ROLE = "arn:aws:iam::111122223333:role/somebodys"
JOB_ARN, ENDPOINT_ARN = f"{PLACE}:automl-job/old-job", f"{PLACE}:endpoint/old-endpoint"
MEMBERS = ("AutoMLJobInputDataConfig", "AutoMLProblemTypeConfig", "OutputDataConfig")


class Paged:
    """A client whose lists come by pages."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)

    def get_paginator(self, operation):
        self._operation = operation
        return self

    def paginate(self, **request):
        token = {}
        while True:
            page = getattr(self._client, self._operation)(**request, **token)
            yield page
            if "NextToken" not in page:
                return
            token = {"NextToken": page["NextToken"]}


@pytest.fixture
def aws():
    aws = FakeAws()
    aws.page = 1
    aws.winners_differ = True
    sagemaker = aws.client("sagemaker")
    for name in ("other-job", "old-job"):
        settings = {key: copy.deepcopy(JOB[key]) for key in MEMBERS}
        sagemaker.create_auto_ml_job_v2(AutoMLJobName=name, RoleArn=ROLE, **settings)
    aws.wait(7200)
    best = sagemaker.describe_auto_ml_job_v2(AutoMLJobName="old-job")["BestCandidate"]
    containers = copy.deepcopy(best["InferenceContainers"])
    sagemaker.create_model(ModelName="theirs", Containers=containers, ExecutionRoleArn=ROLE)
    variants = endpoint("theirs")["ProductionVariants"]
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=variants)
    sagemaker.create_endpoint(EndpointName="old-endpoint", EndpointConfigName="theirs")
    aws.wait(7200)
    return aws


@pytest.fixture
def run(aws, tmp_path):
    def run(name, *more, id="Churn", input=None):
        arguments = ["adopt", name, "--stack", "Shop", "--id", id, "-o", str(run.path), *more]
        clients = {"sagemaker": Paged(aws.client("sagemaker")), "cloudformation": run.stacks}
        return CliRunner().invoke(
            automlv2, arguments, obj=lambda **_: clients.__getitem__, input=input
        )

    run.path = tmp_path / "churn.automlv2.json"
    run.stacks = Stacks()
    return run


class Stacks:
    """Two stacks: one at the top, and one nested in another."""

    def describe_stacks(self, StackName):  # noqa: N803
        arn = "arn:aws:cloudformation:eu-west-1:111122223333:stack"
        known = {
            "Shop-Serving-1A2B3C4D5E6F": {"RootId": f"{arn}/Shop/1"},
            "Shop-On-production00": {},
        }
        if StackName not in known:
            error = {"Code": "ValidationError", "Message": f"Stack {StackName} does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")
        return {"Stacks": [{"StackName": StackName, **known[StackName]}]}


def test_a_nested_stack_is_refused_by_name_before_anything_is_tagged(aws, run):
    nested = ["--stack", "Shop-Serving-1A2B3C4D5E6F"]

    refused = run("old-endpoint", "--yes", *nested)

    assert refused.exit_code == 1
    assert "stack Shop-Serving-1A2B3C4D5E6F is nested in Shop" in refused.stderr
    assert not run.path.exists()
    assert aws.client("sagemaker").list_tags(ResourceArn=JOB_ARN)["Tags"] == []


@pytest.mark.parametrize("name", ["Shop-On-production00", "Shop-On-tomorrow0000", "Shop"])
def test_a_stack_of_its_own_is_not_taken_for_a_nested_one(run, name):
    assert run("old-endpoint", "--yes", "--stack", name).exit_code == 0


def synthesized(declare):
    stack = cdk.Stack(cdk.App(), "Shop")
    declare(stack)
    return assertions.Template.from_stack(stack).to_json()


def of_spec(path):
    return synthesized(lambda stack: AutoMLV2.from_spec(stack, "Churn", str(path)))


def of_code(path):
    found = {}
    exec(compile(path.read_text(), str(path), "exec"), found)
    return synthesized(found["declare"])


def test_code_and_spec_declare_the_same_constructs_as_what_was_found(run, tmp_path):
    assert run("old-endpoint", "--spec", "--yes").exit_code == 0
    spec = of_spec(run.path)
    run.path = tmp_path / "churn.py"
    assert run("old-endpoint", "--yes").exit_code == 0
    code = of_code(run.path)

    kinds = ("AutoMLJobV2", "AutoMLModel", "AutoMLEndpoint")
    for kind in kinds:
        [one], [other] = (
            [item for item in made["Resources"].values() if item["Type"] == f"Custom::{kind}"]
            for made in (spec, code)
        )
        assert one["Properties"] == other["Properties"]
    [job] = [item for item in code["Resources"].values() if item["Type"] == "Custom::AutoMLJobV2"]
    for member in MEMBERS:
        assert job["Properties"][member] == JOB[member]
    assert job["Properties"]["RoleArn"] == ROLE


@pytest.mark.parametrize("id", ["Churn", "churn-model2", "JobJob"])
def test_the_tags_are_those_that_the_function_of_that_stack_looks_for(id):
    from automlv2_handlers.domain import tags
    from automlv2_handlers.events import LifecycleEvent

    stack = cdk.Stack(cdk.App(), "Shop")
    automl = AutoMLV2(stack, id, AutoMLTabularConfig("y"))
    automl.fit("s3://in/train/")
    automl.deploy(1, "ml.m5.large")
    template = assertions.Template.from_stack(stack).to_json()["Resources"]
    for kind, part in (("AutoMLJobV2", "Job"), ("AutoMLEndpoint", "Endpoint")):
        [(logical_id, resource)] = [
            item for item in template.items() if item[1]["Type"] == f"Custom::{kind}"
        ]
        event = LifecycleEvent.from_raw(
            {
                "RequestType": "Create",
                "RequestId": "r",
                "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1",
                "LogicalResourceId": logical_id,
                "ResourceType": f"Custom::{kind}",
                "ResponseURL": "https://response",
                "ResourceProperties": {"NameScope": resource["Properties"]["NameScope"]},
            }
        )
        mark = Mark.of("arn", "Shop", id, part)
        assert mark.tags[tags.OWNER] == tags.owner(event)
        assert mark.tags[tags.RESOURCE] == event.owner
        assert tags.ADOPTED in mark.tags


def test_job_and_endpoint_are_tagged_and_nothing_else(run, aws):
    assert run("old-endpoint", "--spec", "--yes").exit_code == 0

    tagged = {arn for arn, tags in aws.tags.items() if "cdk-automlv2:adopted" in tags}
    assert tagged == {JOB_ARN, ENDPOINT_ARN}


def test_a_job_alone_has_no_endpoint_in_its_spec(run, aws):
    assert run("old-job", "--spec", "--yes").exit_code == 0

    assert "endpoint" not in json.loads(run.path.read_text())
    assert "cdk-automlv2:adopted" not in aws.tags[ENDPOINT_ARN]


def test_a_dry_run_says_everything_and_does_nothing(run, aws):
    before = copy.deepcopy(aws.tags)
    said = run("old-endpoint", "--dry-run", "--spec")

    assert said.exit_code == 0
    for words in (f"tags {JOB_ARN}", f"tags {ENDPOINT_ARN}", "nothing is trained", "owns the"):
        assert words in said.stdout
    assert (aws.tags, run.path.exists()) == (before, False)


def test_whoever_says_no_has_nothing_done(run, aws):
    before = copy.deepcopy(aws.tags)

    assert run("old-endpoint", "--spec", input="n\n").exit_code == 1
    assert (aws.tags, run.path.exists()) == (before, False)


def test_it_may_be_done_again_for_the_same_construct_and_for_no_other(run, tmp_path):
    assert run("old-endpoint", "--spec", "--yes").exit_code == 0
    assert "exists already" in run("old-endpoint", "--spec", "--yes").stderr
    run.path.unlink()
    assert run("old-endpoint", "--spec", "--yes").exit_code == 0

    run.path = tmp_path / "other.automlv2.json"
    refused = run("old-endpoint", "--spec", "--yes", id="Other")
    assert refused.exit_code == 1
    assert "belongs to Shop/ChurnJob" in refused.stderr


[ONE] = endpoint("theirs")["ProductionVariants"]
TOPIC = "arn:aws:sns:eu-west-1:111122223333:answers"
SERVERLESS = {
    "VariantName": "small",
    "ModelName": "theirs",
    "ServerlessConfig": {"MemorySizeInMB": 3072, "MaxConcurrency": 8, "ProvisionedConcurrency": 2},
}
QUEUE = {
    "OutputConfig": {
        "S3OutputPath": "s3://answers/churn/",
        "S3FailurePath": "s3://answers/failed/",
        "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/a",
        "NotificationConfig": {
            "SuccessTopic": TOPIC,
            "ErrorTopic": TOPIC,
            "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"],
        },
    },
    "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
}


def change(aws, **more):
    aws.configs["theirs"] = {**aws.configs["theirs"], **more}


def shared_traffic(aws):
    """Two of three variants serve the model of the job, the first one another."""
    aws.has_models("champion")
    routed = {"RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}}
    return {
        "ProductionVariants": [
            {**ONE, "VariantName": "old", "ModelName": "champion", "InitialVariantWeight": 9.0},
            {**ONE, "VariantName": "new", "InitialVariantWeight": 1.0, **routed},
            {**ONE, "VariantName": "dark", "InitialVariantWeight": 0.0},
        ]
    }


HOSTED = {
    "several variants": shared_traffic,
    "a variant of another name": lambda aws: {
        "ProductionVariants": [{**ONE, "VariantName": "main"}]
    },
    "serverless": lambda aws: {"ProductionVariants": [SERVERLESS]},
    "asynchronous": lambda aws: {"AsyncInferenceConfig": QUEUE},
}


@pytest.mark.parametrize("kind", HOSTED)
def test_each_kind_of_endpoint_is_declared_as_it_was_found(run, aws, tmp_path, kind):
    found = HOSTED[kind](aws)
    change(aws, **found)
    said = run("old-endpoint", "--spec", "--yes")
    assert said.exit_code == 0, said.stderr
    spec = of_spec(run.path)
    run.path = tmp_path / "churn.py"
    assert run("old-endpoint", "--yes").exit_code == 0
    code = of_code(run.path)

    [one], [other] = (
        [item for item in made["Resources"].values() if item["Type"] == "Custom::AutoMLEndpoint"]
        for made in (spec, code)
    )
    assert one["Properties"] == other["Properties"]
    declared = one["Properties"]
    assert declared.get("AsyncInferenceConfig") == found.get("AsyncInferenceConfig")
    wanted = found.get("ProductionVariants", [ONE])
    for variant, before in zip(declared["ProductionVariants"], wanted, strict=True):
        is_own = isinstance(variant["ModelName"], dict)
        assert is_own == (before["ModelName"] == "theirs")
        left = {"ModelName", "InitialVariantWeight"} if len(wanted) == 1 else {"ModelName"}
        shown = {name: value for name, value in before.items() if name not in left}
        assert {name: variant.get(name) for name in shown} == shown


def test_whose_model_stays_by_its_name_is_said(run, aws):
    change(aws, **shared_traffic(aws))

    said = run("old-endpoint", "--dry-run").stdout

    assert "model champion is served by its name still; it stays yours" in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda aws: change(aws, DataCaptureConfig={"EnableCapture": True}), "DataCaptureConfig"),
        (
            lambda aws: change(aws, ProductionVariants=[{**ONE, "AcceleratorType": "ml.eia2"}]),
            "AcceleratorType",
        ),
        (lambda aws: change(aws, ShadowProductionVariants=[ONE]), "ShadowProductionVariants"),
        (
            lambda aws: change(aws, AsyncInferenceConfig=QUEUE | {"Later": {"Deep": 1}}),
            "the endpoint has Later.Deep",
        ),
        (lambda aws: aws.models["theirs"]["Containers"][0].update(Image="other"), "Image"),
        (
            lambda aws: aws.models["theirs"]["Containers"][0].update(ModelDataUrl="s3://x"),
            "no candidate of an AutoML job",
        ),
    ],
)
def test_what_no_construct_would_be_the_same_as_is_refused_by_name(run, aws, spoil, words):
    spoil(aws)
    refused = run("old-endpoint", "--spec", "--yes")

    assert refused.exit_code == 1
    assert words in refused.stderr
    assert not run.path.exists()


def test_a_name_of_nothing_is_refused(run):
    assert "there is no endpoint and no AutoML job gone" in run("gone", "--yes").stderr


def test_chosen_response_keys_are_written_down(run, aws):
    best = aws.jobs["old-job"]["BestCandidate"]
    supported = {"SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability"}
    best["InferenceContainers"][0]["Environment"] = supported
    chosen = {**supported, "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label,probability"}
    aws.models["theirs"]["Containers"][0]["Environment"] = chosen
    run("old-endpoint", "--spec", "--yes")

    model = json.loads(run.path.read_text())["model"]
    assert model["inference_response_keys"] == ["predicted_label", "probability"]
