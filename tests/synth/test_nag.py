"""What cdk-nag finds in an app of somebody who uses this library."""

import importlib
import re
import sys
from types import SimpleNamespace

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2 import (
    AsyncInference,
    AutoMLBatchTransform,
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLOutput,
    AutoMLSettings,
    AutoMLTextGenerationConfig,
    AutoMLV2,
    DataCapture,
    LatencyGate,
    ObjectiveGate,
    VpcConfig,
)
from tests.synth.matrix.options import FACTORS
from tests.synth.matrix.pairs import pairwise
from tests.synth.matrix.subjects import SUBJECTS, make
from tests.synth.release.declared import release

from .helpers import ROLE_ARN, endpoint, job, model, resources, template

COMPLIANCE = ("HIPAASecurityChecks", "NIST80053R4Checks", "NIST80053R5Checks", "PCIDSS321Checks")


@pytest.fixture(scope="module")
def module():
    """Return cdk-nag, which no other test finds imported."""
    found = importlib.import_module("cdk_nag")
    del sys.modules["cdk_nag"]
    return found


@pytest.fixture
def nag(module, monkeypatch):
    monkeypatch.setitem(sys.modules, "cdk_nag", module)
    return module


def findings(nag, app, *packs):
    """Return what packs find, as (rule, path)."""
    app.synth()
    return {
        (violation.rule_name, resource.construct_path)
        for pack in packs
        for violation in getattr(nag, pack)().validate_scope(app).violations
        for resource in violation.violating_resources
    }


THEIRS = re.compile(r"/(Key|User|U|Reader|Looker|JobRole|HostRole)/")


def test_an_app_meets_no_finding_of_ours_whatever_it_is_made_of(nag):
    factors = {name: [*levels] for name, levels in FACTORS.items() if name != "organisation"}
    factors["roles"].remove("of another stack")
    compositions = ["flat", "two stacks", "job in the parent", "job in the nested stack"]
    cases = pairwise({"subject": [*SUBJECTS], "composition": compositions, **factors})
    app = cdk.App()
    for number, case in enumerate(cases[::2]):
        make(app, f"Shop{number}", {**case, "organisation": "none", "roles": case["roles"]})

    found = findings(nag, app, "AwsSolutionsChecks", "ServerlessChecks")

    assert {line for line in found if not THEIRS.search(line[1])} == set()


def test_one_click_and_language_models_meet_none_either(nag, stack):
    config = AutoMLTextGenerationConfig()
    AutoMLV2(stack, "Answers", config, auto_generate_endpoint_name=True).fit("s3://in/train/")
    job(stack, output_kms_key="alias/ml", volume_kms_key="alias/ml")

    assert findings(nag, stack.node.root, "AwsSolutionsChecks", "ServerlessChecks") == set()


def test_a_batch_transform_of_new_objects_meets_none_either(nag, stack):
    nightly = AutoMLBatchTransform(
        stack,
        "Nightly",
        model=AutoMLModel.from_model_name(stack, "Model", "churn"),
        input_data="s3://data/new/",
        output="s3://data/answers/",
        instance_type="ml.m5.large",
    )
    nightly.run_on_new_objects(s3.Bucket.from_bucket_name(stack, "Inbox", "inbox"))
    nightly.run_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(7)))

    assert findings(nag, stack.node.root, "AwsSolutionsChecks", "ServerlessChecks") == set()


def test_policies_that_overflow_meet_none_either(nag, stack):
    for number in range(60):
        channel = AutoMLDataChannel("S3Prefix", f"s3://bucket-{number}/{'x' * 150}/")
        job(stack, f"Job{number}", inputs=channel, output_path="s3://out/", role=ROLE_ARN)

    assert findings(nag, stack.node.root, "AwsSolutionsChecks") == set()
    assert resources(stack, "AWS::IAM::ManagedPolicy")


def test_releases_and_endpoints_for_production_meet_none_either(nag, stack):
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    made = release(
        stack, "Release", gates=[ObjectiveGate(minimum=0.8), LatencyGate(200, ["1,2"])], role=role
    )
    made.retrain_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(7)))
    served = AutoMLModel(stack, "Model", job=job(stack), register_in="churn")
    asynchronous = AsyncInference("s3://answers/churn/")
    AutoMLEndpoint(
        stack, "Queue", model=served, instance_type="ml.m5.large", async_inference=asynchronous
    )
    capture = DataCapture("s3://captured/churn/")
    AutoMLEndpoint(
        stack, "Watched", model=served, instance_type="ml.m5.large", data_capture=capture
    )

    packs = ("AwsSolutionsChecks", "ServerlessChecks")
    found = findings(nag, stack.node.root, *packs)
    assert {line for line in found if not THEIRS.search(line[1])} == set()


def test_what_the_app_itself_grants_is_still_found(nag, stack):
    bucket = s3.Bucket.from_bucket_name(stack, "Other", "other")
    bucket.grant_read(job(stack))

    found = findings(nag, stack.node.root, "AwsSolutionsChecks")

    assert {path for _, path in found} == {"Shop/Churn/Role/DefaultPolicy/Resource"}


def served(stack, key):
    """A job, a model and an endpoint as a regulated account has them."""
    bucket = s3.Bucket.from_bucket_attributes(
        stack, "Bucket", bucket_name="audited", encryption_key=key
    )
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-1"],
    )
    made = job(stack, output=AutoMLOutput.from_bucket(bucket), vpc_config=VpcConfig(vpc))
    endpoint(stack, model=model(stack, job=made))


def test_what_compliance_packs_ask_of_the_function_is_asked_of_the_app(nag, stack):
    served(stack, kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/1"))

    found = findings(nag, stack.node.root, *COMPLIANCE)

    assert {rule.rpartition("-")[2] for rule, _ in found} == {
        "CloudWatchLogGroupEncrypted",
        "LambdaConcurrency",
        "LambdaInsideVPC",
    }


def test_settings_meet_what_compliance_packs_ask(nag, stack):
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/1")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-1"],
    )
    AutoMLSettings.of(stack).configure(
        log_encryption_key=key, vpc=vpc, reserved_concurrent_executions=5
    )
    served(stack, key)

    packs = (*COMPLIANCE, "AwsSolutionsChecks", "ServerlessChecks")
    assert findings(nag, stack.node.root, *packs) == set()


def test_an_app_without_cdk_nag_has_nothing_of_it_in_its_template(stack):
    endpoint(stack)

    text = str(template(stack)).lower().replace("managedpolicy", "")
    assert "nag" not in text


def test_version_2_finds_its_patterns_in_the_template(stack, monkeypatch):
    monkeypatch.setitem(sys.modules, "cdk_nag", SimpleNamespace(NagSuppressions=object))
    key = kms.Key(stack, "Key")
    endpoint(stack, model=model(stack, job=job(stack, output_kms_key=key)))

    from cdk_automlv2._core.nag import wildcards

    judged = 0
    for kind in ("AWS::IAM::Policy", "AWS::IAM::Role"):
        for found in resources(stack, kind):
            body = found["Properties"]
            documents = [policy["PolicyDocument"] for policy in body.get("Policies", [])]
            documents += [body["PolicyDocument"]] if "PolicyDocument" in body else []
            if not documents:
                continue
            rules = found["Metadata"]["cdk_nag"]["rules_to_suppress"]
            patterns = [
                rule["applies_to"][0]["regex"].strip("/")
                for rule in rules
                if rule["id"] == "AwsSolutions-IAM5"
            ]
            for document in documents:
                for finding in wildcards(document):
                    judged += 1
                    assert any(re.search(pattern, finding) for pattern in patterns), finding
    assert judged > 20


def test_a_role_of_the_app_bears_no_acknowledgement_of_ours(stack, monkeypatch):
    monkeypatch.setitem(sys.modules, "cdk_nag", SimpleNamespace(NagSuppressions=object))
    principal = iam.ServicePrincipal("sagemaker.amazonaws.com")
    role = iam.Role(stack, "Given", assumed_by=principal)

    job(stack, role=role)

    [given] = [item for name, item in template(stack)["Resources"].items() if name[:5] == "Given"]
    assert "Metadata" not in given
