"""The AWS CLI against the local cloud: documents, pages, waiters, errors."""

import json
import subprocess

import pytest

from .conftest import ROOT


@pytest.fixture(scope="session")
def aws(cloud, tmp_path_factory):
    folder = tmp_path_factory.mktemp("aws")

    def run(*arguments):
        command = [str(ROOT / ".clients" / "cli" / "bin" / "aws"), *arguments, "--output", "json"]
        kept = {key: value for key, value in cloud.environment.items() if key != "PYTHONPATH"}
        return subprocess.run(
            command, env=kept, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def read(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def request(place):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{place['bucket']}/text_classification/"}
    config = {"ContentColumn": "message", "TargetLabelColumn": "department"}
    return {
        "AutoMLJobName": "cli",
        "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{place['bucket']}/out/cli/"},
        "AutoMLProblemTypeConfig": {"TextClassificationJobConfig": config},
        "RoleArn": place["role"],
    }


def test_the_command_line_trains_deploys_waits_pages_and_invokes(aws, place, tmp_path, cloud):
    document = json.dumps(request(place))
    read(aws("sagemaker", "create-auto-ml-job-v2", "--cli-input-json", document))
    sagemaker = cloud.client("sagemaker")
    job = wait_until(lambda: finished(sagemaker))
    [container] = job["BestCandidate"]["InferenceContainerDefinitions"]["CPU"]
    made = aws(
        *("sagemaker", "create-model", "--model-name", "cli-0"),
        *("--execution-role-arn", place["role"], "--containers", json.dumps([container])),
    )
    read(made)
    for number in range(1, 12):
        sagemaker.create_model(
            ModelName=f"cli-{number}", ExecutionRoleArn=place["role"], Containers=[container]
        )
    variant = "VariantName=v,ModelName=cli-0,InstanceType=ml.m5.large,InitialInstanceCount=1"
    named = ("--endpoint-config-name", "cli")
    read(aws("sagemaker", "create-endpoint-config", *named, "--production-variants", variant))
    read(aws("sagemaker", "create-endpoint", "--endpoint-name", "cli", *named))
    assert aws("sagemaker", "wait", "endpoint-in-service", "--endpoint-name", "cli").returncode == 0

    listed = read(aws("sagemaker", "list-models", "--name-contains", "cli-"))
    assert len(listed["Models"]) == 12
    some = read(aws("sagemaker", "list-models", "--name-contains", "cli-", "--max-items", "5"))
    assert len(some["Models"]) == 5
    assert some["NextToken"]
    out = tmp_path / "answer"
    told = read(
        aws(
            *("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "cli"),
            *("--content-type", "text/csv", "--body", "my parcel never came", str(out)),
        )
    )
    assert told["InvokedProductionVariant"] == "v"
    assert out.read_text() == "delivery\n"

    assert read(aws("sagemaker", "delete-endpoint", "--endpoint-name", "cli")) is None
    assert aws("sagemaker", "wait", "endpoint-deleted", "--endpoint-name", "cli").returncode == 0


def test_the_command_line_tells_errors_as_those_of_aws(aws):
    missing = aws("sagemaker", "describe-endpoint", "--endpoint-name", "none")
    invoked = aws(
        *("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "none"),
        *("--body", "1", "/dev/null"),
    )

    assert "(ValidationException) when calling the DescribeEndpoint operation" in missing.stderr
    assert "(ValidationError) when calling the InvokeEndpoint operation" in invoked.stderr


def finished(sagemaker):
    job = sagemaker.describe_auto_ml_job_v2(AutoMLJobName="cli")
    assert job["AutoMLJobStatus"] != "Failed", job
    return job if job["AutoMLJobStatus"] == "Completed" else None


def wait_until(look):
    import time

    deadline = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found
