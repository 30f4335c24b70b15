"""Registered, approved and served, with rights enforced; what was changed since is refused.

A version serves in the same stack without a release, and an ordinary model is registered there.
"""

import json
import time

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .conftest import SHOP, Deployment, answer_of

pytestmark = pytest.mark.e2e

APP = SHOP.parent / "registry"
NAME = "Approved/Diagnosis"


@pytest.fixture
def release(cloud):
    deployment = Deployment(cloud, "Approved", APP)
    yield deployment
    deployment.close()
    assert (
        cloud.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    )


@pytest.fixture
def run(cloud):
    def run(*arguments):
        return CliRunner().invoke(automlv2, arguments, obj=lambda **_: cloud.client)

    return run


def ended(run, number, status):
    """Return a release at its end, once an event has started it."""
    for _ in range(60):
        done = run("wait", NAME, "--release", str(number), "--json", "--timeout", "10")
        if "has no release" not in done.stderr:
            break
        time.sleep(0.5)
    assert done.exit_code == status, done.stderr
    return json.loads(done.stdout)


def test_an_approved_version_serves_and_a_changed_one_does_not(cloud, release, run):
    sagemaker = cloud.client("sagemaker")
    endpoint = release.must_deploy()["EndpointName"]
    first = ended(run, 1, 6)
    assert first["reason"].endswith("is PendingManualApproval")
    package = sagemaker.describe_model_package(ModelPackageName=first["package"])
    assert package["CustomerMetadataProperties"]["job"] == first["job"]

    assert "in the model registry" in run("promote", NAME, "--why", "no time").stderr
    sagemaker.update_model_package(ModelPackageArn=first["package"], ModelApprovalStatus="Approved")
    assert ended(run, 2, 0)["trigger"] == "approval"
    assert answer_of(cloud, endpoint) in ("benign", "malignant")

    more = release.must_deploy(revision="2", version=first["package"], job=first["job"])
    assert answer_of(cloud, more["OfVersionName"]) == answer_of(cloud, endpoint)
    registered = sagemaker.describe_model_package(ModelPackageName=more["RegisteredArn"])
    assert registered["ModelApprovalStatus"] == "PendingManualApproval"
    assert registered["CustomerMetadataProperties"]["job"] == first["job"]
    third = ended(run, 3, 6)
    specification = sagemaker.describe_model_package(ModelPackageName=third["package"])[
        "InferenceSpecification"
    ]
    for container in specification["Containers"]:
        container["Environment"] = {"CHANGED": "since"}
    sagemaker.update_model_package(
        ModelPackageArn=third["package"], InferenceSpecification=specification
    )
    sagemaker.update_model_package(ModelPackageArn=third["package"], ModelApprovalStatus="Approved")
    refused = ended(run, 4, 3)
    assert "somebody has changed them" in refused["reason"]
    [serving] = [one for one in json.loads(run("history", NAME, "--json").stdout) if one["serving"]]
    assert serving["release"] == 2
