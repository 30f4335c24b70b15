"""A local cloud with data in it, and the clients' own environments below ``.clients``."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.local.gateway import allow, role, running

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BUCKET = "clients"


def pytest_collection_modifyitems(items):
    if os.environ.get("CLIENTS"):
        return
    skip = pytest.mark.skip(reason="make test-clients runs it")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    with running(tmp_path_factory.mktemp("clients")) as found:
        yield found


@pytest.fixture(scope="session")
def place(cloud):
    """The bucket with everybody's data, and the role that reads and writes it."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(ROOT / "data" / "diagnosis_train.csv"), BUCKET, "tabular/train.csv")
    for kind in ("image_classification", "text_classification", "text_generation"):
        upload(s3, kind)
    upload(s3, "time_series_forecasting")
    held_out = (ROOT / "data" / "diagnosis_held_out.csv").read_text().splitlines()
    header, first, *_ = held_out
    target = header.split(",").index("diagnosis")
    cells = first.split(",")
    asked = {
        "tabular": ",".join([*cells[:target], *cells[target + 1 :]]) + "\n",
        "text_classification": '"my parcel, it never came"\n',
        "text_generation": json.dumps({"inputs": "how do I return a parcel"}),
        "time_series_forecasting": history(),
    }
    for kind, body in asked.items():
        s3.put_object(Bucket=BUCKET, Key=f"ask/{kind}", Body=body.encode())
    picture = next((ROOT / "examples/image_classification/data/2").glob("*.png"))
    s3.upload_file(str(picture), BUCKET, "ask/image_classification")
    arn = role(cloud, "clients", allow("s3:*"))
    return {"bucket": BUCKET, "role": arn}


def upload(s3, kind):
    data = ROOT / "examples" / kind / "data"
    for path in sorted(item for item in data.rglob("*") if item.is_file()):
        s3.upload_file(str(path), BUCKET, f"{kind}/{path.relative_to(data).as_posix()}")


def history():
    [path] = (ROOT / "examples/time_series_forecasting/data").glob("*.csv")
    return path.read_text()


@pytest.fixture(scope="session")
def python_of(cloud):
    """Run a script of this folder with a client's own Python; returns what it prints."""

    def run(name, script, given, timeout=420):
        python = ROOT / ".clients" / name / "bin" / "python"
        kept = {key: value for key, value in cloud.environment.items() if key != "PYTHONPATH"}
        done = subprocess.run(
            [str(python), str(HERE / script)],
            input=json.dumps(given),
            env=kept,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run
