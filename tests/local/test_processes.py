"""Whatever ends the command or its servers, nothing of the local cloud is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cdk_automlv2.local import LocalCloud
from cdk_automlv2.local.cloud.processes import Server, listener

from .terminal import (
    COMMAND,
    local,
    none_runs,
    processes_of,
    starting,
    wait_until_gone,
    wait_until_it_runs,
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_end_the_command_ends_all_its_processes(folder, number):
    with starting(folder) as process:
        wait_until_it_runs(process)
        process.send_signal(number)
        assert process.wait(timeout=30) == 0

    assert not processes_of(folder)
    assert not (folder / "state.json").exists()


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.5, 3.0])
def test_an_interrupt_at_any_moment_of_the_start_leaves_nothing(folder, seconds):
    with starting(folder) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)

    assert not processes_of(folder)
    assert not (folder / "state.json").exists()


def test_a_command_that_is_killed_leaves_nothing_running(folder):
    with starting(folder) as process:
        wait_until_it_runs(process)
        process.kill()
        process.communicate(timeout=30)

    deadline = time.monotonic() + 15
    while processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not processes_of(folder)
    assert local(folder, "status").stderr == none_runs(folder)


def test_a_detached_cloud_outlives_the_command(folder):
    assert local(folder, "start", "--no-bootstrap", "--detach").returncode == 0
    assert local(folder, "status").stderr == "nothing is deployed\n"


def test_a_stop_elsewhere_ends_the_command_too(folder):
    with starting(folder) as process:
        wait_until_it_runs(process)
        assert local(folder, "stop").stdout == "stopped\n"
        said, failed = process.communicate(timeout=30)

    assert (process.returncode, failed) == (0, "")
    assert said.endswith("stopped\n")
    assert not processes_of(folder)


@pytest.mark.parametrize("name", ["ministack", "sagemaker"])
def test_a_server_that_is_killed_ends_the_command_and_is_named(folder, name):
    with starting(folder) as process:
        wait_until_it_runs(process)
        os.kill(getattr(LocalCloud.attach(folder), name).pid, signal.SIGKILL)
        _, failed = process.communicate(timeout=60)

    assert process.returncode == 1
    assert f"{name}.log" in failed
    assert not processes_of(folder)


@pytest.mark.parametrize("name", ["ministack", "sagemaker"])
def test_a_stop_ends_the_server_that_is_left(folder, detached, name):
    os.kill(getattr(detached, name).pid, signal.SIGKILL)
    wait_until_gone(getattr(detached, name))

    told = local(folder, "status")
    assert (told.returncode, told.stderr.count("\n")) == (1, 2)
    assert f"{name}.log" in told.stderr
    assert "running already" in local(folder, "start", "--no-bootstrap", "--detach").stderr
    assert local(folder, "stop").stdout == "stopped\n"
    assert not processes_of(folder)
    assert local(folder, "stop").stderr == none_runs(folder)


def test_what_a_killed_server_has_started_is_ended_with_it(tmp_path):
    code = (
        "import subprocess, sys, time;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', sys.argv[1]]);"
        "time.sleep(99)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    server = Server.start(command, listener(), os.environ, tmp_path / "log", "")
    while len(processes_of(tmp_path)) < 2:
        time.sleep(0.05)
    os.kill(server.pid, signal.SIGKILL)
    wait_until_gone(server)
    assert processes_of(tmp_path)

    server.stop()

    assert not processes_of(tmp_path)


def test_an_interrupted_deployment_says_that_it_goes_on(folder, detached, tmp_path):
    script = tmp_path / "app" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    script.parent.mkdir(parents=True)
    script.write_text("console.log('deploying'); setTimeout(() => {}, 60000)")
    command = [*COMMAND, "local", "--folder", str(folder), "deploy"]
    with subprocess.Popen(
        command,
        cwd=tmp_path / "app",
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == "deploying\n"
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "the stack goes on in the local cloud" in told
    assert "Traceback" not in told
