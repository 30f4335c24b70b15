"""``automlv2 doctor``: what is looked at, and what would fail."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from cdk_automlv2.local.cloud import toolchain

from .account import JOB, job, refusal


@pytest.fixture(autouse=True)
def no_tools(tmp_path, monkeypatch):
    """Tools take a second each to tell their version."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app(tmp_path):
    """An app that was synthesized: one job, one endpoint, their data in S3."""

    def app(uri="s3://data/train/", kind="ml.m5.large", count=1, cdk="2.1000.0"):
        source = {"DataSource": {"S3DataSource": {"S3Uri": uri}}}
        variant = {"InstanceType": kind, "InitialInstanceCount": count}
        resources = {
            "Job": {
                "Type": "Custom::AutoMLJobV2",
                "Properties": {"AutoMLJobInputDataConfig": [source]},
            },
            "End": {
                "Type": "Custom::AutoMLEndpoint",
                "Properties": {"ProductionVariants": [variant]},
            },
        }
        properties = {"templateFile": "t.json"}
        artifacts = {"Clinic": {"type": "aws:cloudformation:stack", "properties": properties}}
        (tmp_path / "manifest.json").write_text(
            json.dumps({"artifacts": artifacts, "minimumCliVersion": cdk})
        )
        (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}))
        return tmp_path

    return app


@pytest.fixture
def cdk_of_project(tmp_path):
    """A CDK CLI in node_modules that says a version."""

    def install(version):
        tool = tmp_path / "node_modules" / ".bin" / "cdk"
        tool.parent.mkdir(parents=True)
        tool.write_text(f"#!/bin/sh\necho '{version}'\n")
        tool.chmod(0o755)

    return install


@pytest.fixture
def examine(call):
    def examine(folder, *options):
        done = call("doctor", "--app", folder, "--json", *options)
        found = {item["name"]: item for item in json.loads(done.stdout)["checks"]}
        return done, found

    return examine


def test_an_app_that_lacks_nothing_ends_with_0(app, examine):
    done, found = examine(app())

    assert done.exit_code == 0
    names = ("credentials", "Region", "bootstrap", "concurrent jobs", "data")
    assert {found[name]["state"] for name in names} == {"ok"}
    assert found["ml.m5.large for endpoint usage"]["detail"] == "2, this app wants 1"


@pytest.mark.parametrize(
    ("changed", "name", "command"),
    [
        ({"uri": "s3://data/other/"}, "data", "aws s3 cp --recursive FOLDER s3://data/other/"),
        ({"uri": "s3://nowhere/train/"}, "data", "aws s3 mb s3://nowhere"),
        (
            {"count": 3},
            "ml.m5.large for endpoint usage",
            "aws service-quotas request-service-quota-increase --service-code sagemaker "
            "--quota-code L-0 --desired-value 3",
        ),
        ({"cdk": "2.2000.1"}, "CDK CLI", "npm install -g aws-cdk"),
    ],
)
def test_what_the_app_lacks_ends_with_1_and_a_command(
    app, examine, cdk_of_project, changed, name, command
):
    cdk_of_project("2.1234.0 (build 1)")

    done, found = examine(app(**changed))

    assert done.exit_code == 1
    assert found[name]["state"] == "failed"
    assert done.stderr.splitlines()[-1] == f"next: {found[name]['next']}"
    assert found[name]["next"] == command


def test_an_account_that_is_not_bootstrapped_is_told_how(account, app, examine):
    account.parameters.version = None

    done, found = examine(app())

    assert (done.exit_code, found["bootstrap"]["remedy"]) == (1, "cdk bootstrap")


def test_a_job_in_progress_counts_against_the_quota(account, app, examine):
    account.sagemaker.jobs[JOB] = job("InProgress", "ModelTuning")

    done, found = examine(app())

    assert done.exit_code == 0
    assert found["concurrent jobs"]["state"] == "warning"
    assert "1 at once, 1 in progress, this app starts up to 1" in found["concurrent jobs"]["detail"]


def test_a_quota_that_is_not_listed_is_not_known(app, examine):
    _, found = examine(app(kind="ml.m5.lager"))

    assert found["ml.m5.lager for endpoint usage"]["state"] == "unknown"


def test_no_credentials_end_it_before_anything_is_asked(account, app, examine):
    account.identity.fault = NoCredentialsError()

    done, found = examine(app())

    assert done.exit_code == 1
    assert found["credentials"]["state"] == "failed"
    assert "Region" not in found


def test_a_region_without_sagemaker_is_said(account, app, examine):
    account.sagemaker.faults = [EndpointConnectionError(endpoint_url="https://x")]

    done, found = examine(app())

    assert done.exit_code == 1
    assert found["Region"]["detail"] == "SageMaker does not answer in eu-west-1"


def test_a_right_that_is_missing_makes_a_check_unknown_not_the_command_fail(account, app, examine):
    def denied(**_):
        raise refusal("AccessDeniedException", "no", "GetServiceQuota")

    account.quotas.get_service_quota = denied

    done, found = examine(app())

    assert done.exit_code == 0
    assert found["concurrent jobs"]["detail"] == "GetServiceQuota is not allowed"


def test_without_an_app_the_account_is_examined_all_the_same(tmp_path, examine):
    done, found = examine(tmp_path)

    assert done.exit_code == 0
    assert "nothing is synthesized" in found["app"]["detail"]
    assert found["bootstrap"]["state"] == "ok"


def test_tools_that_are_not_there_are_a_warning_with_the_way_to_get_them(app, examine):
    _, found = examine(app())

    assert found["CDK CLI"]["state"] == "warning"
    assert found["CDK CLI"]["remedy"] == "npm install -g aws-cdk"
    assert found["boto3"]["state"] == "ok"


def test_a_tool_of_the_project_is_found_as_npx_finds_it(app, examine, cdk_of_project):
    cdk_of_project("2.1234.0 \033[31m")

    done, found = examine(app())

    assert found["CDK CLI"]["state"] == "ok"
    assert found["CDK CLI"]["detail"].startswith("2.1234.0")
    assert "\x1b" not in done.stdout


def test_a_local_deployment_is_told_of_the_tools_that_it_would_run(app, examine):
    done, found = examine(app(), "--local")

    assert done.exit_code == 0, done.stderr
    assert found["CDK CLI"]["state"] == "ok"  # Of this checkout; none is on the PATH.
    assert found["Node"]["state"] == "ok"


def test_a_local_deployment_is_told_that_there_is_no_cli(app, examine, monkeypatch):
    def none(folder):
        raise toolchain.ToolMissingError("no CDK CLI found", "npm install aws-cdk")

    monkeypatch.setattr(toolchain, "cdk_command", none)

    done, found = examine(app(), "--local")

    assert (done.exit_code, found["CDK CLI"]["state"]) == (1, "failed")
    assert done.stderr.splitlines()[-1] == "next: npm install aws-cdk"


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ((), "cdk bootstrap"),
        (("--profile", "prod", "--region", "eu-west-1"), "cdk bootstrap --profile prod"),
        (("--local",), "automlv2 local stop"),
    ],
)
def test_what_bootstraps_is_of_the_same_aws(account, app, examine, options, command):
    account.parameters.version = "5"

    done, _ = examine(app(), *options)

    assert done.stderr.splitlines()[-1] == f"next: {command}"


@pytest.mark.parametrize("command", ["doctor", "plan"])
@pytest.mark.parametrize("content", ["", "[]", "null", '{"artifacts": 1}', '{"name": "My page"}'])
def test_a_manifest_that_is_not_the_cdks_is_said_in_words(call, tmp_path, content, command):
    (tmp_path / "manifest.json").write_text(content)

    done = call(command, "--app", tmp_path)

    assert isinstance(done.exception, SystemExit), done.exception
    assert "manifest.json is not what `cdk synth` writes" in done.stderr
    assert done.stderr.splitlines()[-1] == "next: cdk synth --quiet"
