"""The wheel that users install, not the checkout."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import cdk_automlv2

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run(wheel, code):
    environment = {**os.environ, "PYTHONPATH": str(wheel), "CDK_VALIDATION": "false"}
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=wheel,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_handlers_the_state_machine_and_the_types(wheel):
    assert (wheel / "cdk_automlv2/_lambda/automlv2_handlers/entry.py").is_file()
    assert (wheel / "cdk_automlv2/_lambda/release.asl.json").is_file()
    assert (wheel / "cdk_automlv2/_lambda/waiter.asl.json").is_file()
    assert (wheel / "cdk_automlv2/py.typed").is_file()
    assert (wheel / "cdk_automlv2/specs/automlv2.schema.json").is_file()
    assert not list(wheel.rglob("*.pyc"))
    assert not list(wheel.glob("tests*"))


def test_a_stack_synthesizes_from_the_wheel_with_the_handlers_inside_it(wheel):
    code = (
        "import aws_cdk as cdk, cdk_automlv2 as a\n"
        "from cdk_automlv2._core.assets import handlers_dir\n"
        "assert '_lambda' in str(handlers_dir()), handlers_dir()\n"
        "s = cdk.Stack(cdk.App(), 'S')\n"
        "a.AutoMLJobV2(s, 'J', problem_config=a.AutoMLTabularConfig('y'),"
        " inputs=a.AutoMLDataChannel('S3Prefix', 's3://in/'))\n"
        "s.node.root.synth()\n"
    )

    done = run(wheel, code)

    assert done.returncode == 0, done.stderr


def test_every_public_name_is_exported_and_sorted(wheel):
    assert cdk_automlv2.__all__ == sorted(cdk_automlv2.__all__)
    assert dir(cdk_automlv2) == cdk_automlv2.__all__
    code = "from cdk_automlv2 import *; print(AutoMLJobV2.__doc__[:10])"

    assert run(wheel, code).returncode == 0


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'AutoMLJobV3'"):
        _ = cdk_automlv2.AutoMLJobV3


def test_the_version_is_the_one_of_the_project(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert cdk_automlv2.__version__ == project["version"]


def test_the_library_itself_needs_three_packages_only():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    names = {line.partition(">")[0] for line in project["dependencies"]}
    assert names == {"aws-cdk-lib", "constructs", "boto3"}


def test_every_public_name_is_documented():
    for name in cdk_automlv2.__all__:
        public = getattr(cdk_automlv2, name)
        assert public.__doc__, name
        for member in vars(public):
            value = vars(public)[member]
            target = getattr(value, "fget", None) or getattr(value, "__func__", value)
            if not member.startswith("_") and callable(target):
                assert target.__doc__, f"{name}.{member}"
