"""``automlv2 validate`` and ``automlv2 schema``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.specs.walk import schema_text
from tests.unit.specs.files import SMALLEST, write

ROOT = Path(__file__).parents[3]


def run(*arguments):
    return CliRunner().invoke(automlv2, [str(argument) for argument in arguments])


def test_a_valid_folder_is_said_to_be_valid(tmp_path):
    write(tmp_path, SMALLEST)

    done = run("validate", tmp_path)

    assert (done.exit_code, done.output) == (0, "1 file, valid\n")


def test_a_fault_fails_with_its_line_as_editors_and_pipelines_read_it(tmp_path):
    path = write(tmp_path, f"{SMALLEST}wait: no\n")

    done = run("validate", tmp_path)

    assert done.exit_code == 1
    assert done.stdout == f"{path}:5:7: wait: must be true or false, got 'no'; use false\n"
    assert done.stderr.splitlines()[0] == "1 fault; 1 file checked"


def test_faults_are_given_as_json(tmp_path):
    path = write(tmp_path, f"{SMALLEST}wait: no\n")

    done = run("validate", "--json", path)

    assert json.loads(done.stdout) == [
        {
            "file": str(path),
            "line": 5,
            "column": 7,
            "path": "wait",
            "rule": "must be true or false",
            "got": "no",
            "fix": "use false",
        }
    ]


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path):
    assert run("validate", tmp_path / "nowhere").exit_code == 2


def test_the_schema_is_printed_as_it_is_shipped():
    assert run("schema").output == schema_text()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("from cdk_automlv2.cli.__main__ import main; main()", "cdk-automlv2[cli,specs]"),
        ("from cdk_automlv2 import specs; specs.load('x')", "pip install 'cdk-automlv2[specs]'"),
    ],
)
def test_without_the_parser_the_extra_to_install_is_named(tmp_path, code, said):
    hide = "import sys; sys.modules['yaml'] = None; sys.argv = ['automlv2', 'validate', '.']; "

    done = subprocess.run(
        [sys.executable, "-c", hide + code],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert said in done.stderr


def test_forty_files_are_checked_without_the_cdk_and_without_node(tmp_path):
    code = (
        "import sys; from cdk_automlv2.specs.folder import check_folder; from pathlib import Path\n"
        "specs, faults = check_folder(Path('examples/forty_models/models'))\n"
        "assert (len(specs), faults) == (40, []), faults\n"
        "assert not {'aws_cdk', 'jsii', 'constructs'} & set(sys.modules)\n"
    )

    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        check=True,
    )


def test_a_file_that_cannot_be_read_counts_as_checked(tmp_path):
    write(tmp_path, "")

    done = run("validate", tmp_path)

    assert done.stderr.splitlines()[0] == "1 fault; 1 file checked"


def test_a_line_feed_in_the_name_of_a_file_does_not_break_the_line_of_its_fault(tmp_path):
    write(tmp_path, SMALLEST, "a\nb.automlv2.yaml")

    done = run("validate", tmp_path)

    assert done.stdout.count("\n") == 1
    assert "a\\nb.automlv2.yaml:1:1: name: must be" in done.stdout
