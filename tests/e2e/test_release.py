"""A release from its deployment to its end, on the local cloud with rights enforced."""

import json

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .conftest import SHOP, Deployment, answer_of

pytestmark = pytest.mark.e2e

EXAMPLE = SHOP.parents[3] / "examples" / "release"
NAME = "Screening/Diagnosis"


@pytest.fixture
def release(cloud):
    deployment = Deployment(cloud, "Screening", EXAMPLE)
    yield deployment
    deployment.close()


@pytest.fixture
def run(cloud):
    def run(*arguments):
        return CliRunner().invoke(automlv2, arguments, obj=lambda **_: cloud.client)

    return run


def test_a_release_trains_serves_is_trained_again_and_goes_without_a_trace(cloud, release, run):
    endpoint = release.must_deploy()["EndpointName"]
    [started] = json.loads(run("status", NAME, "--json").stdout)
    assert started["state"] in ("started", "trained")

    ended = run("wait", NAME, "--json", "--timeout", "10")

    assert ended.exit_code == 0, ended.stderr
    first = json.loads(ended.stdout)
    assert first["endpoint"] == endpoint
    assert [gate["Verdict"] for gate in first["gates"]] == ["pass", "pass"]
    assert answer_of(cloud, endpoint) in ("benign", "malignant")

    assert run("retrain", NAME).exit_code == 0
    assert run("wait", NAME, "--timeout", "10").exit_code == 0
    second = json.loads(run("history", NAME, "--json").stdout)[0]
    assert second["job"] == first["job"]
    assert "have not changed" in second["reason"]

    app = str(cloud.folder / f"cdk.out.{release.name}")
    [planned] = json.loads(run("plan", "--app", app, "--json").stdout)["changes"]
    assert (planned["id"], planned["action"]) == ("Diagnosis", "keep")
    refused = run("promote", NAME, "--why", "it looks well")
    assert (refused.exit_code, "not undecided" in refused.stderr) == (1, True)
    refused = run("rollback", NAME)
    assert (refused.exit_code, "no release served before" in refused.stderr) == (1, True)
    rolled = json.loads(run("rollback", NAME, "1", "--json").stdout)
    assert run("wait", NAME, "--release", str(rolled["release"])).exit_code == 0

    release.delete()
    assert release.status() == "DELETE_COMPLETE"
    sagemaker = cloud.client("sagemaker")
    assert endpoint not in [one["EndpointName"] for one in sagemaker.list_endpoints()["Endpoints"]]
