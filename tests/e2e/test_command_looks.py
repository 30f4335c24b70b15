"""The commands that look at AWS, on the local cloud as boto3 finds it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def automlv2(cloud):
    def automlv2(*arguments, **options):
        return subprocess.run(
            [sys.executable, "-m", "cdk_automlv2.cli", *arguments],
            env=cloud.environment,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    return automlv2


def test_a_deployed_stack_is_watched_described_ranked_and_asked(shop, automlv2):
    outputs = shop.must_deploy()

    watched = automlv2("watch", shop.name, "--exit-status", "--json")
    described = automlv2("describe", shop.name, "--json")
    ranked = automlv2("candidates", shop.name)
    asked = automlv2("invoke", shop.name, input=",".join(["1"] * 30))

    assert watched.returncode == 0, watched.stderr
    events = [json.loads(line) for line in watched.stdout.splitlines()]
    assert events[0]["state"] == "CREATE_COMPLETE"
    assert events[-1]["state"] == "succeeded"
    constructs = json.loads(described.stdout)["constructs"]
    assert outputs["EndpointName"] in [item["name"] for item in constructs]
    assert {item["status"] for item in constructs} >= {"Completed", "InService"}
    assert len(ranked.stdout.splitlines()) > 1
    assert asked.stdout.strip() in ("benign", "malignant")


def test_a_stack_that_failed_is_explained_with_the_job_and_the_remedy(shop, automlv2):
    assert shop.deploy(target="no_such_column").returncode != 0

    told = json.loads(automlv2("explain", shop.name, "--json").stdout)

    assert told["status"] == "ROLLBACK_COMPLETE"
    assert "no_such_column" in told["cause"]["reason"]
    assert next(item["source"] for item in told["evidence"]) == "job"
    assert "set another revision" in told["remedy"]
