"""A folder of models, deployed: each answers, and a file that goes takes its own model alone.

Each is a release, which no stack waits for. Shortened: four of the forty files of the example, in
its two stacks; `make bench` deploys all forty, tests/synth/test_forty_models.py synthesizes them.
"""

import csv
import shutil

import boto3
import pytest
from click.testing import CliRunner

from cdk_automlv2.cli import tables
from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.runtime import AutoMLRuntime
from cdk_automlv2.specs.stack_file import read_stack_file

from .conftest import SHOP

pytestmark = pytest.mark.e2e

FORTY = SHOP.parents[3] / "examples" / "forty_models"
FOUR = ("iris-species", "wine-alcohol", "wine-cultivar", "wine-hue")
ALONE = "wine-alcohol"
"""The one of them that has a stack of its own."""


@pytest.fixture
def app(cloud, tmp_path):
    folder = tmp_path / "app"
    shutil.copytree(FORTY, folder)
    for path in folder.glob("models/*/*.automlv2.yaml"):
        if path.name.partition(".")[0] not in FOUR:
            path.unlink()
    yield folder
    for name in names_of_stacks(cloud):
        cloud.client("cloudformation").delete_stack(StackName=name)
        waiter = cloud.client("cloudformation").get_waiter("stack_delete_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    found = tables.inventory(cloud)
    assert {kind for kind, rows in found.items() if rows} <= {"jobs"}


def names_of_stacks(cloud):
    return [row["name"] for row in tables.inventory(cloud)["stacks"]]


def deploy(cloud, app):
    output = ["--output", str(cloud.folder / "cdk.out.forty_models")]
    done = cloud.cdk(
        ["deploy", "--all", "--require-approval", "never", *output], folder=app, quiet=True
    )
    assert done.returncode == 0, done.stdout


def endpoints(cloud):
    """Names of the endpoints by the model that they are of."""
    client = cloud.client("cloudformation")
    outputs = [
        item
        for name in names_of_stacks(cloud)
        for item in client.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    ]
    length = len("EndpointName12345678")
    return {item["OutputKey"][:-length]: item["OutputValue"] for item in outputs}


def wait_for(cloud, app, model):
    """Wait for the release of a model, as a pipeline would."""
    spread = read_stack_file(app / "models")
    place = f"{spread.stack_name(spread.stack_of(model))}/{model}/Endpoint"
    done = CliRunner().invoke(
        automlv2, ["wait", place, "--timeout", "8"], obj=lambda **_: cloud.client
    )
    assert done.exit_code == 0, done.output


def row_of(app, table, without):
    with (app / "data" / f"{table}.csv").open() as file:
        row = next(csv.DictReader(file))
    return [value for column, value in row.items() if column != without], row[without]


def test_a_folder_is_deployed_and_a_file_that_goes_takes_its_model_alone(cloud, app):
    class Session(boto3.Session):
        def client(self, service, **options):
            return cloud.client(service)

    runtime = AutoMLRuntime(Session())

    deploy(cloud, app)

    first = endpoints(cloud)
    assert {"irisspecies", "winealcohol"} <= set(first)
    assert len(first) == len(FOUR)
    for model in FOUR:
        wait_for(cloud, app, model)
    values, species = row_of(app, "iris", "species")
    answer = runtime.predict(first["irisspecies"], [values])
    assert answer[0][0] == species
    values, alcohol = row_of(app, "wine", "alcohol")
    [[guess]] = runtime.predict(first["winealcohol"], [values])
    assert abs(float(guess) - float(alcohol)) < 2
    jobs = len(tables.inventory(cloud)["jobs"])

    [gone] = app.glob(f"models/*/{ALONE}.automlv2.yaml")
    gone.unlink()
    deploy(cloud, app)

    left = endpoints(cloud)
    assert left == {name: value for name, value in first.items() if name in left}
    assert len(left) == len(FOUR) - 1
    assert len(tables.inventory(cloud)["endpoints"]) == len(left)
    assert len(tables.inventory(cloud)["jobs"]) == jobs
