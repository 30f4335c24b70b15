"""`automlv2 local`: starting, stopping and finding a cloud again, whatever has happened to it."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cdk_automlv2.local import LocalCloud, LocalCloudError
from cdk_automlv2.local.cloud import state_file
from cdk_automlv2.local.cloud.processes import Server

from .terminal import (
    COMMAND,
    automlv2,
    local,
    none_runs,
    processes_of,
    starting,
)

pytestmark = pytest.mark.processes


def test_it_tells_its_version_and_its_groups():
    assert re.fullmatch(r"automlv2 \d+\.\d+\.\d+\n", automlv2("--version").stdout)
    assert re.search(r"local +Deploy a CDK app on this machine", automlv2("--help").stdout)


def test_it_says_what_to_install_for_a_group(tmp_path):
    for package in ("psutil", "hypercorn"):
        (tmp_path / f"{package}.py").write_text(f"raise ModuleNotFoundError(name={package!r})")
    done = automlv2("local", "status", env={**os.environ, "PYTHONPATH": f"{tmp_path}:{Path.cwd()}"})

    assert done.stderr == (
        "Error: `automlv2 local` needs psutil\nnext: pip install 'cdk-automlv2[local]'\n"
    )


@pytest.mark.parametrize("speed", ["0", "-1", "inf", "-inf", "nan", "fast"])
def test_a_speed_that_makes_no_sense_is_refused(folder, speed):
    done = local(folder, "start", "--speed", speed)

    assert done.returncode == 2
    assert "--speed" in done.stderr
    assert not folder.exists()


@pytest.mark.parametrize("account", ["1", "12345678901x", ""])
def test_an_account_is_a_number_of_twelve_digits(folder, account):
    done = local(folder, "start", "--account", account)

    assert done.returncode == 1
    assert "twelve digits" in done.stderr


def test_a_folder_that_cannot_be_used_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = local(tmp_path / "file" / "cloud", "start")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot keep the local cloud in ")
    assert done.stderr.endswith("\nnext: automlv2 local --folder OTHER start\n")
    assert done.stderr.count("\n") == 2


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs limits as Linux has")
def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(folder):
    def small_files():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = local(folder, "start", "--no-bootstrap", preexec_fn=small_files)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot keep the local cloud in ")
    assert not processes_of(folder)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '{"ministack": 1}', '{"ministack": {}, "sagemaker": {}}', "\0", "é"],
)
def test_a_state_file_that_is_not_whole_is_told(tmp_path, text):
    (tmp_path / "state.json").write_bytes(text.encode("latin-1"))

    with pytest.raises(LocalCloudError, match="automlv2 local stop"):
        LocalCloud.attach(tmp_path)
    with pytest.raises(LocalCloudError, match="automlv2 local stop"):
        LocalCloud.start(tmp_path, bootstrap=False)
    assert LocalCloud.stop_all(tmp_path)
    assert not (tmp_path / "state.json").exists()


def test_a_broken_state_file_has_a_way_out(folder, detached):
    (folder / "state.json").write_text('{"ministack"')

    for command in (["status"], ["start", "--no-bootstrap", "--detach"]):
        told = local(folder, *command)
        assert told.returncode == 1
        assert told.stderr.endswith(f"next: automlv2 local --folder {folder} stop\n")
        assert told.stderr.count("\n") == 2
    assert local(folder, "stop").stdout == "stopped\n"
    assert not processes_of(folder)
    assert local(folder, "status").stderr == none_runs(folder)


def test_servers_without_a_state_file_are_found_and_stopped(folder, detached):
    (folder / "state.json").unlink()

    with pytest.raises(LocalCloudError, match="automlv2 local stop"):
        LocalCloud.start(folder, bootstrap=False)
    assert LocalCloud.stop_all(folder)
    assert not processes_of(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_state_file_of_another_user_is_not_believed(folder, detached):
    os.chown(folder / "state.json", 12345, -1)

    with pytest.raises(LocalCloudError, match="belongs to another user"):
        LocalCloud.attach(folder)
    os.chown(folder / "state.json", 0, -1)


def test_what_a_cut_off_write_has_left_is_no_state(folder, detached):
    before = (folder / "state.json").read_text()
    (folder / "state.json.cut").write_text("{")

    assert LocalCloud.attach(folder).keys == detached.keys
    assert (folder / "state.json").read_text() == before
    local(folder, "stop")
    assert not list(folder.glob("state.json*"))


def test_a_state_of_processes_long_gone_is_no_running_cloud(folder, detached):
    saved = state_file.load(folder)
    detached.stop()
    others = [Server(os.getpid(), 1.0, 1), Server(1, 1.0, 2)]
    state_file.save(folder, state_file.Saved(*others, saved.keys, 60.0))

    assert local(folder, "status").stderr == none_runs(folder)
    assert local(folder, "stop").returncode == 1
    assert psutil.pid_exists(os.getpid())


def test_a_second_start_in_one_folder_is_refused(folder):
    with starting(folder) as process:
        second = local(folder, "start", "--no-bootstrap", "--detach")
        while not (folder / "state.json").exists() and process.poll() is None:
            time.sleep(0.05)
        third = local(folder, "start", "--no-bootstrap", "--detach")
        refused = [done for done in (second, third) if done.returncode]
        local(folder, "stop")
        process.communicate(timeout=30)

    assert refused
    for done in refused:
        assert "a local cloud is " in done.stderr


def test_the_environment_leads_any_client_to_the_cloud(folder, detached):
    shell = f"{' '.join(COMMAND)} local --folder {folder} env"
    code = (
        "import boto3, os; print(boto3.client('sts').get_caller_identity()['Arn'], "
        "boto3.client('sagemaker').list_models()['Models'], os.environ.get('AWS_PROFILE'))"
    )
    elsewhere = {
        "AWS_PROFILE": "company",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        ["sh", "-c", f'eval "$({shell})"; exec {sys.executable} -c "$CODE"'],
        env={**os.environ, **elsewhere, "CODE": code},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "arn:aws:iam::000000000000:user/automlv2 [] None\n", done.stderr
    found = json.loads(local(folder, "env", "--json").stdout)
    assert found["AWS_ENDPOINT_URL"] == detached.ministack.url
    assert found["AWS_ENDPOINT_URL_SAGEMAKER"] == detached.sagemaker.url
    assert found["AWS_ACCESS_KEY_ID"] == detached.keys.accounts["000000000000"].access_key


def test_each_account_has_a_key_of_its_own(folder):
    accounts = ["111111111111", "222222222222"]
    with LocalCloud.start(folder, accounts=accounts, bootstrap=False) as cloud:
        for account in accounts:
            identity = cloud.client("sts", account).get_caller_identity()
            assert identity["Account"] == account
            cloud.client("ssm", account).put_parameter(Name="p", Value=account, Type="String")
            cloud.client("sagemaker", account).list_models()
        values = [
            cloud.client("ssm", account).get_parameter(Name="p")["Parameter"]["Value"]
            for account in accounts
        ]
        assert values == accounts
        assert cloud.client("sts").get_caller_identity()["Account"] == accounts[0]
        told = local(folder, "env", "--json", "--account", "222222222222")
        key = cloud.keys.accounts["222222222222"]
        assert json.loads(told.stdout)["AWS_ACCESS_KEY_ID"] == key.access_key
        assert "there is no account 3" in local(folder, "env", "--account", "3").stderr


def test_keys_are_new_at_each_start(folder):
    with LocalCloud.start(folder, bootstrap=False) as first:
        pass
    with LocalCloud.start(folder, bootstrap=False) as second:
        assert first.keys != second.keys
    with pytest.raises(LocalCloudError):
        LocalCloud.attach(folder)


def test_a_folder_that_holds_other_things_too_keeps_them(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir(mode=0o755)
    (folder / ".gitignore").write_text("mine\n")
    with LocalCloud.start(folder, bootstrap=False):
        assert stat.S_IMODE((folder / "state.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "tmp").stat().st_mode) == 0o700

    assert (folder / ".gitignore").read_text() == "mine\n"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_status_is_a_table_lines_or_json(folder, detached):
    assert local(folder, "status").stderr == "nothing is deployed\n"
    topics = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    cloudformation = detached.client("cloudformation")
    cloudformation.create_stack(StackName="Topics", TemplateBody=json.dumps(topics))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="Topics", WaiterConfig={"Delay": 0.1}
    )

    assert local(folder, "status").stdout == (
        "kind\tname\tstatus\tsecondary\nstacks\tTopics\tCREATE_COMPLETE\t\n"
    )
    assert json.loads(local(folder, "status", "--json").stdout)["stacks"] == [
        {"name": "Topics", "status": "CREATE_COMPLETE"}
    ]
