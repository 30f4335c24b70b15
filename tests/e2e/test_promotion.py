"""The very candidate of one account, copied to and served in another, with rights enforced."""

import json

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .conftest import OTHER, SHOP, validated

pytestmark = pytest.mark.e2e

APP = SHOP.parent / "promotion"
DATA = SHOP.parents[3] / "data" / "diagnosis_held_out.csv"


class Place:
    """One stack of the app in one account."""

    def __init__(self, cloud, name, account):
        self.cloud, self.name, self.account = cloud, name, account

    def cdk(self, *arguments, **context):
        options = [part for key, value in context.items() for part in ("-c", f"{key}={value}")]
        output = ["--output", str(self.cloud.folder / f"cdk.out.{self.name}")]
        whole = [*arguments, self.name, *options, *output]
        with validated(APP):
            return self.cloud.cdk(whole, folder=APP, quiet=True, account=self.account)

    def deploy(self, **context):
        return self.cdk("deploy", "--require-approval", "never", **context)

    def must_deploy(self, **context):
        done = self.deploy(**context)
        assert done.returncode == 0, done.stdout
        return self.outputs()

    def client(self, service):
        return self.cloud.client(service, self.account)

    def outputs(self):
        [stack] = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}

    def answers(self):
        """What the endpoint says of every row that was held out."""
        rows = "\n".join(line.partition(",")[2] for line in DATA.read_text().splitlines()[1:])
        told = self.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=self.outputs()["EndpointName"], ContentType="text/csv", Body=rows
        )
        return told["Body"].read().decode().split()

    def delete(self, *buckets):
        s3 = self.client("s3")
        for bucket in buckets:
            for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=item["Key"])
        cloudformation = self.client("cloudformation")
        cloudformation.delete_stack(StackName=self.name)
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})


@pytest.fixture
def places(cloud):
    dev, prod = Place(cloud, "Dev", None), Place(cloud, "Prod", OTHER)
    yield dev, prod
    for place in (dev, prod):
        assert place.client("sagemaker").list_endpoints()["Endpoints"] == []


@pytest.fixture
def lock(cloud, tmp_path):
    path = tmp_path / "automlv2.lock"

    def lock(job):
        arguments = ["lock", job, "--job", "-o", str(path)]
        done = CliRunner().invoke(automlv2, arguments, obj=lambda **_: cloud.client)
        assert done.exit_code == 0, done.stderr
        return path

    return lock


def test_another_account_serves_exactly_what_was_locked(cloud, places, lock, tmp_path):
    dev, prod = places
    of_dev = dev.must_deploy()
    path = lock(of_dev["JobName"])

    denied = prod.deploy(lock=path)
    assert denied.returncode != 0
    assert "where it was trained, grant_promotion lets another account read it" in denied.stdout

    dev.must_deploy(target=OTHER)
    changed = json.loads(path.read_text())
    [container] = changed["containers"][""]
    container["artifact"]["sha256"] = "0" * 64
    wrong = tmp_path / "changed.lock"
    wrong.write_text(json.dumps(changed))
    refused = prod.deploy(lock=wrong)
    assert refused.returncode != 0
    assert "is not what was locked" in refused.stdout

    of_prod = prod.must_deploy(lock=path)
    assert prod.answers() == dev.answers()
    [model] = prod.client("sagemaker").list_models()["Models"]
    described = prod.client("sagemaker").describe_model(ModelName=model["ModelName"])
    bucket, _, key = described["Containers"][0]["ModelDataUrl"][5:].partition("/")
    assert bucket == of_prod["Bucket"]
    copied = prod.client("s3").head_object(Bucket=bucket, Key=key)
    assert copied["SSEKMSKeyId"] == of_prod["KeyArn"]

    dev.delete(of_dev["Bucket"])
    prod.must_deploy(lock=path)
    assert len(prod.answers()) > 10
    prod.delete(of_prod["Bucket"])
