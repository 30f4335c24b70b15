"""A job in one stack and its endpoint in another: `cdk deploy --all` serves the new winner."""

from pathlib import Path

import pytest

from cdk_automlv2.cli import tables

from .conftest import validated

pytestmark = pytest.mark.e2e

APP = Path(__file__).parent / "apps" / "train_serve"
STRENGTH = "@aws-cdk/core:defaultCrossStackReferences"


def cdk(cloud, *arguments, **context):
    options = [part for key, value in context.items() for part in ("-c", f"{key}={value}")]
    output = ["--output", str(cloud.folder / "cdk.out.two_stacks")]
    with validated(APP):
        done = cloud.cdk([*arguments, *options, *output], folder=APP, quiet=True)
    assert done.returncode == 0, done.stdout


def deploy(cloud, strength, revision):
    context = {STRENGTH: strength, "revision": revision}
    cdk(cloud, "deploy", "--all", "--require-approval", "never", **context)
    return {name: outputs_of(cloud, name) for name in ("Train", "Serve")}


def outputs_of(cloud, name):
    [stack] = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def served_by(cloud, endpoint_name):
    """Return the model that an endpoint serves, and where its artifacts lie."""
    sagemaker = cloud.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_name)
    name = endpoint["EndpointConfigName"]
    config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
    model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
    return model["ModelName"], model["Containers"][0]["ModelDataUrl"]


@pytest.fixture
def stacks(cloud):
    yield
    cdk(cloud, "destroy", "--all", "--force")
    found = tables.inventory(cloud)
    assert {kind for kind, rows in found.items() if rows} <= {"jobs"}


def test_another_stack_serves_each_new_winner_whatever_the_strength_of_references(cloud, stacks):
    seen = []
    for revision, strength in enumerate(("strong", "weak", "both"), start=1):
        outputs = deploy(cloud, strength, revision)
        train, serve = outputs["Train"], outputs["Serve"]

        assert serve["JobName"] == train["JobName"]
        assert float(serve["Metric"]) > 0.8
        model_name, artifacts = served_by(cloud, serve["EndpointName"])
        assert model_name == serve["ModelName"]
        assert train["JobName"] in artifacts
        seen.append((train["JobName"], model_name, serve["EndpointName"]))

    jobs, models, endpoints = (set(column) for column in zip(*seen, strict=True))
    assert len(jobs) == len(models) == 3
    assert len(endpoints) == 1
    existing = cloud.client("sagemaker").list_models()["Models"]
    assert [item["ModelName"] for item in existing] == [seen[-1][1]]
