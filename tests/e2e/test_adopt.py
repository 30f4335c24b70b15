"""What was made with boto3 becomes a stack's: same job, same endpoint, no training, no downtime."""

import json
import threading
import time

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .conftest import SHOP, Deployment

pytestmark = pytest.mark.e2e

DATA = SHOP.parents[3] / "data"
JOB, ENDPOINT, BUCKET = "somebodys-job", "somebodys-endpoint", "somebodys-bucket"
APP = """
import aws_cdk as cdk
from mine import declare

app = cdk.App()
stack = cdk.Stack(app, "Mine")
automl = declare(stack)
cdk.CfnOutput(stack, "EndpointName", value=automl.endpoint.endpoint_name)
app.synth()
"""


def soon(look):
    deadline = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    return found


@pytest.fixture
def made(cloud):
    """A job and an endpoint that somebody has made by hand."""
    s3, iam, sagemaker = (cloud.client(name) for name in ("s3", "iam", "sagemaker"))
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(DATA / "diagnosis_train.csv"), BUCKET, "train/data.csv")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust["Principal"] = {"Service": "sagemaker.amazonaws.com"}
    rights = {"Effect": "Allow", "Action": ["s3:*", "iam:PassRole", "ecr:*"], "Resource": "*"}
    document, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [item]}) for item in (trust, rights)
    )
    role = iam.create_role(RoleName="somebodys", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="somebodys", PolicyName="p", PolicyDocument=policy)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train/"}
    completion = {"MaxCandidates": 1, "MaxAutoMLJobRuntimeInSeconds": 600}
    sagemaker.create_auto_ml_job_v2(
        AutoMLJobName=JOB,
        AutoMLJobInputDataConfig=[{"DataSource": {"S3DataSource": source}}],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        AutoMLProblemTypeConfig={
            "TabularJobConfig": {
                "TargetAttributeName": "diagnosis",
                "Mode": "ENSEMBLING",
                "CompletionCriteria": completion,
            }
        },
        RoleArn=role,
    )

    def trained():
        job = sagemaker.describe_auto_ml_job_v2(AutoMLJobName=JOB)
        return job if job["AutoMLJobStatus"] == "Completed" else None

    candidate = soon(trained)["BestCandidate"]
    sagemaker.create_model(
        ModelName="theirs", Containers=candidate["InferenceContainers"], ExecutionRoleArn=role
    )
    one = {"ModelName": "theirs", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    weights = {"Main": 3, "Other": 1}
    variants = [
        {**one, "VariantName": name, "InitialVariantWeight": weight}
        for name, weight in weights.items()
    ]
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=variants)
    sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName="theirs")
    soon(lambda: status(cloud) == "InService")
    yield
    sagemaker.delete_endpoint_config(EndpointConfigName="theirs")
    sagemaker.delete_model(ModelName="theirs")
    for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        s3.delete_object(Bucket=BUCKET, Key=item["Key"])
    s3.delete_bucket(Bucket=BUCKET)
    iam.delete_role_policy(RoleName="somebodys", PolicyName="p")
    iam.delete_role(RoleName="somebodys")


def status(cloud):
    found = cloud.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    return found["EndpointStatus"]


class Customer:
    """Asks the endpoint all along."""

    def __init__(self, cloud):
        _, first, *_ = (DATA / "diagnosis_held_out.csv").read_text().splitlines()
        self._row = first.partition(",")[2]
        self._client = cloud.client("sagemaker-runtime")
        self.answers, self.errors, self._over = set(), [], threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _ask(self):
        request = {"EndpointName": ENDPOINT, "ContentType": "text/csv", "Body": self._row}
        while not self._over.wait(0.5):
            try:
                body = self._client.invoke_endpoint(**request)["Body"].read()
                self.answers.add(body.decode().strip())
            except Exception as error:
                self.errors.append(repr(error))


@pytest.fixture
def stack(cloud, made, tmp_path):
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "cdk.json").write_text('{"app": "python app.py"}')
    deployment = Deployment(cloud, "Mine", tmp_path)
    yield deployment
    deployment.delete()
    assert cloud.client("sagemaker").list_endpoints()["Endpoints"] == []


def names_of_jobs(sagemaker):
    pages = sagemaker.get_paginator("list_auto_ml_jobs").paginate()
    return {job["AutoMLJobName"] for page in pages for job in page["AutoMLJobSummaries"]}


def test_a_job_and_an_endpoint_are_taken_over_while_they_answer(cloud, stack):
    sagemaker = cloud.client("sagemaker")
    before = names_of_jobs(sagemaker)
    code = stack.app / "mine.py"
    arguments = ["adopt", ENDPOINT, "--stack", "Mine", "--id", "Churn", "-o", str(code)]

    def run(*more):
        return CliRunner().invoke(automlv2, [*arguments, *more], obj=lambda **_: cloud.client)

    arn = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    said = run("--dry-run")
    assert said.exit_code == 0, said.stderr
    assert "nothing is trained" in said.stdout
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
    assert not code.exists()

    assert run("--yes").exit_code == 0
    with Customer(cloud) as customer:
        assert stack.must_deploy()["EndpointName"] == ENDPOINT
        shown = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
        assert {one["VariantName"]: one["CurrentWeight"] for one in shown} == {
            "Main": 3,
            "Other": 1,
        }
        code.write_text(code.read_text().replace("instance_count=1", "instance_count=2"))
        stack.must_deploy()
    assert customer.errors == []
    assert len(customer.answers) == 1
    assert names_of_jobs(sagemaker) == before
    shown = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
    assert [one["CurrentInstanceCount"] for one in shown] == [2, 2]
