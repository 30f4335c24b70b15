"""A pairwise sample of tests/synth/matrix, deployed on the local cloud: `make test-deployed`.

``DEPLOYED=6`` deploys six of them.
"""

import os
from pathlib import Path

import pytest

from cdk_automlv2.cli import tables
from tests.synth.matrix.pairs import pairwise

from .conftest import validated

pytestmark = [pytest.mark.e2e, pytest.mark.deployed]

APP = Path(__file__).parent / "apps" / "matrix"
DATA = Path(__file__).parents[1] / "synth" / "matrix" / "data" / "train.csv"
SAMPLE = {
    "composition": ["flat", "two stacks", "job in the parent", "job in the nested stack", "stage"],
    "subject": ["job", "endpoint", "candidates", "job of a folder", "AutoMLV2"],
    "roles": ["own", "given", "of another stack"],
    "texts": ["defaults", "literals", "tokens"],
    "organisation": ["none", "names of roles", "tags"],
}
"""Levels that the local cloud has all that is needed for."""


@pytest.fixture(scope="module")
def buckets(cloud):
    s3 = cloud.client("s3")
    for name in ("shop-in", "shop-out"):
        s3.create_bucket(Bucket=name)
    s3.put_object(Bucket="shop-in", Key="train/train.csv", Body=DATA.read_bytes())


def cdk(cloud, case, name, *arguments):
    given = {"name": name, **case}
    context = [part for key, value in given.items() for part in ("-c", f"{key}={value}")]
    stacks = ["Prod/*"] if case["composition"] == "stage" else ["--all"]
    output = ["--output", str(cloud.folder / f"cdk.out.{name}")]
    with validated(APP):
        done = cloud.cdk([*arguments, *stacks, *context, *output], folder=APP, quiet=True)
    assert done.returncode == 0, done.stdout


STEP = 0.7548776662
"""Puts neighbours far apart, so that a few cases have every composition and every subject."""
ALL = sorted(enumerate(pairwise(SAMPLE)), key=lambda case: case[0] * STEP % 1)
CASES = ALL[: int(os.environ.get("DEPLOYED", len(ALL)))]


@pytest.mark.parametrize(
    ("number", "case"), CASES, ids=[", ".join(case.values()) for _, case in CASES]
)
def test_it_is_deployed_and_deleted(cloud, buckets, number, case):
    name = f"Matrix{number}"

    cdk(cloud, case, name, "deploy", "--require-approval", "never")
    if case["subject"] in ("endpoint", "AutoMLV2"):
        statuses = {row["status"] for row in tables.inventory(cloud)["endpoints"]}
        assert statuses == {"InService"}
    cdk(cloud, case, name, "destroy", "--force")

    found = tables.inventory(cloud)
    assert {kind for kind, rows in found.items() if rows} <= {"jobs", "buckets"}
