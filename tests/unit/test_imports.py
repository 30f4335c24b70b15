"""The layers of the house: who may import whom."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "lambda" / "automlv2_handlers").glob("*.py"))
PACKAGE = ROOT / "cdk_automlv2"
LIBRARY = sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("problem_configs/*.py")])
RUNTIME = PACKAGE / "runtime.py"


def imports(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def roots(path):
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.stem)
def test_handlers_import_the_standard_library_and_themselves(path):
    allowed = sys.stdlib_module_names | {"automlv2_handlers"}
    if path.stem == "gateway":
        allowed |= {"boto3", "botocore"}

    assert roots(path) <= allowed


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.stem)
def test_only_the_gateway_and_the_answer_do_io(path):
    if path.stem not in ("gateway", "cfn_response"):
        assert not roots(path) & {"boto3", "botocore", "urllib", "http", "socket", "subprocess"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_constructs_never_call_aws_nor_the_local_cloud(path):
    names = set(imports(path))

    if path != RUNTIME:
        assert "boto3" not in roots(path)
    assert not {
        name for name in names if name.startswith(("cdk_automlv2.local", "cdk_automlv2.cli"))
    }
    assert "automlv2_handlers" not in roots(path)


def test_the_runtime_client_imports_boto3_and_nothing_of_ours():
    assert roots(RUNTIME) <= sys.stdlib_module_names | {"boto3"}


def test_nothing_in_the_local_cloud_imports_the_command():
    for path in (ROOT / "cdk_automlv2" / "local").rglob("*.py"):
        assert not {name for name in imports(path) if name.startswith("cdk_automlv2.cli")}


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import automlv2_handlers.entry", "boto3"),
        ("import automlv2_handlers.entry", "aws_cdk"),
        ("import cdk_automlv2", "aws_cdk"),
        ("from cdk_automlv2 import AutoMLTabularConfig", "aws_cdk"),
        ("import cdk_automlv2.cli.commands", "aws_cdk"),
        ("import cdk_automlv2.runtime", "aws_cdk"),
        ("import cdk_automlv2.local.training.__main__", "aws_cdk"),
        ("from cdk_automlv2 import AutoMLEndpoint", "cdk_automlv2.local"),
    ],
)
def test_imports_stay_cheap(code, absent):
    check = f"import sys; {code}; sys.exit({absent!r} in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'lambda'}"},
        check=False,
    )

    assert done.returncode == 0


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("cdk_automlv2/**/*.py"), *HANDLERS, *ROOT.glob("tests/**/*.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_files_stay_short(path):
    assert len(path.read_text().splitlines()) < 400
