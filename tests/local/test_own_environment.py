"""The command in an environment of its own: the app's Python runs the app, and finds a Node."""

import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CDK = """
const { execFileSync } = require("child_process");
const code = "import sys; print(sys.prefix)";
console.log(execFileSync("python3", ["-c", code]).toString().trim());
console.log(execFileSync("node", ["--version"]).toString().trim());
"""


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """What pipx makes: an environment that holds the command, and is marked as pipx does."""
    folder = tmp_path_factory.mktemp("pipx") / "cdk-automlv2"
    venv.create(folder, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    installed = "\n".join(map(str, [ROOT, *site.getsitepackages()]))
    (packages / "installed.pth").write_text(installed)
    (folder / "pipx_metadata.json").write_text("{}")
    return folder


@pytest.fixture
def app(tmp_path):
    """A CDK app whose CLI tells which Python and which Node it would run."""
    script = tmp_path / "app" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    script.parent.mkdir(parents=True)
    script.write_text(CDK)
    return tmp_path / "app"


def synthesize(tool, app, servers, **environment):
    python = tool / "bin" / "python"
    arguments = ["-m", "cdk_automlv2.cli", "local", "--folder", servers.folder, "deploy"]
    kept = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        [python, *arguments],
        cwd=app,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    prefix, node = done.stdout.splitlines()
    assert node.startswith("v")
    return prefix


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_the_environment_beside_the_app_runs_it(servers, tool, app, name):
    venv.create(app / name, symlinks=True)

    assert synthesize(tool, app, servers) == str(app / name)


def test_the_active_environment_runs_it_before_all_others(servers, tool, app, tmp_path):
    venv.create(app / ".venv", symlinks=True)
    venv.create(tmp_path / "active", symlinks=True)
    active = {"VIRTUAL_ENV": str(tmp_path / "active"), "PATH": f"{tmp_path}/active/bin:/usr/bin"}

    assert synthesize(tool, app, servers, **active) == str(tmp_path / "active")


@pytest.mark.skipif(shutil.which("python3", path="/usr/bin:/bin") is None, reason="no Python there")
def test_the_commands_own_environment_does_not_run_it(servers, tool, app):
    prefix = synthesize(tool, app, servers)

    assert prefix != str(tool)
    assert prefix != sys.prefix


def test_an_environment_that_the_command_shares_with_the_app_runs_it(servers, tool, app):
    mark = tool / "pipx_metadata.json"
    mark.rename(tool / "elsewhere.json")
    try:
        assert synthesize(tool, app, servers) == str(tool)
    finally:
        (tool / "elsewhere.json").rename(mark)
