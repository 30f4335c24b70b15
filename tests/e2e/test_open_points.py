"""The scripts for a real account run; what they print of a local cloud proves nothing of AWS."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e

LOCALLY = ["rates", "names", "stop_finished", "quantile_metric", "output_length", "no_algorithm"]


def run(cloud, script, *options):
    return subprocess.run(
        [sys.executable, "-m", f"bench.aws.{script}", *options],
        env=cloud.environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def role_arn(cloud):
    iam = cloud.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_role(RoleName="trial", AssumeRolePolicyDocument=trust)
    rights = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    iam.put_role_policy(RoleName="trial", PolicyName="s3", PolicyDocument=document)
    yield made["Role"]["Arn"]
    iam.delete_role_policy(RoleName="trial", PolicyName="s3")
    iam.delete_role(RoleName="trial")


def test_points_of_sagemaker_are_tried(cloud, role_arn):
    cloud.client("s3").create_bucket(Bucket="trial-points")
    only = [word for name in LOCALLY for word in ("--only", name)]

    done = run(
        cloud,
        "open_points",
        *("--role-arn", role_arn, "--bucket", "trial-points", "--poll-seconds", "0.5", *only),
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "same name refused: ResourceInUse" in done.stdout
    assert done.stdout.count("not tried: ") == 8


def test_points_of_rights_are_tried(cloud):
    cloud.client("s3").create_bucket(Bucket="trial-rights")

    done = run(cloud, "rights_points", "--bucket", "trial-rights", "--wait-seconds", "0.5")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no --key-arn was given" in done.stdout
    assert "refused" not in done.stdout


def test_points_of_cloudformation_are_tried(cloud):
    points = ["rollback_order", "pending_deletion_of_what_came_back", "creation_tried_again"]
    only = [word for name in points for word in ("--only", name)]

    done = run(cloud, "cloudformation_points", *only)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "UPDATE_ROLLBACK_COMPLETE: Update A to two (id one, UPDATE_IN_PROGRESS)" in done.stdout
    assert "CREATE_FAILED, then UPDATE_COMPLETE: Create A to two" in done.stdout
