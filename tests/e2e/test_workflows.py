"""The workflows of GitHub Actions: their steps as they stand in the files, on the local cloud."""

import json
import shutil
import subprocess

import pytest
import yaml

from .conftest import SHOP, Deployment

pytestmark = pytest.mark.e2e

ROOT = SHOP.parents[3]
EXAMPLE = ROOT / "examples" / "github_actions"
ELSEWHERE = {"Install", "Comment", "Propose"}
"""Steps that need the network or GitHub."""


def steps(workflow, job):
    """Commands of a job by the name of their steps, without what only GitHub can do."""
    text = (EXAMPLE / ".github" / "workflows" / f"{workflow}.yml").read_text()
    listed = yaml.safe_load(text)["jobs"][job]["steps"]
    named = {step["name"]: step["run"] for step in listed if "run" in step}
    return {name: command for name, command in named.items() if name not in ELSEWHERE}


@pytest.fixture
def checkout(tmp_path):
    """The example as a repository of its own, with the data where its file looks for them."""
    folder = tmp_path / "examples" / "github_actions"
    shutil.copytree(EXAMPLE, folder)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


@pytest.fixture
def run(cloud, checkout):
    """Run a job, step by step, as a runner does."""

    def run(workflow, job):
        found = steps(workflow, job)
        for name, command in found.items():
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
                cwd=checkout,
                env=cloud.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return list(found)

    return run


@pytest.fixture
def stacks(cloud):
    yield
    for name in ("Prod", "Dev"):
        Deployment(cloud, name, EXAMPLE).delete()


def jobs_of(cloud):
    pages = cloud.client("sagemaker").get_paginator("list_auto_ml_jobs").paginate()
    return {job["AutoMLJobName"] for page in pages for job in page["AutoMLJobSummaries"]}


def test_a_model_goes_from_a_pull_request_to_prod_by_the_workflows(cloud, checkout, run, stacks):
    assert run("plan", "plan") == ["Validate", "Synthesize", "Plan"]
    plan = (checkout / "plan.md").read_text()
    assert "| Dev | `Diagnosis/Endpoint` | **train** |" in plan

    assert run("release", "deploy") == ["Validate", "Deploy"]
    assert run("release", "lock") == ["Wait", "Lock"]
    locked = json.loads((checkout / "automlv2.lock").read_text())
    jobs = jobs_of(cloud)
    assert locked["source"]["job"] in jobs

    assert run("promote", "promote") == ["Deploy"]
    endpoint = Deployment(cloud, "Prod", EXAMPLE).outputs()["EndpointName"]
    told = cloud.client("sagemaker").describe_endpoint(EndpointName=endpoint)
    assert told["EndpointStatus"] == "InService"
    assert jobs_of(cloud) == jobs, "prod has trained again"
