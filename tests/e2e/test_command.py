"""The command: what it says and with which exit status."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e


def run(cloud_folder, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "cdk_automlv2.cli", "local", "--folder", cloud_folder, *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_status_tells_what_there_is_as_a_table_and_as_json(shop, cloud):
    assert run(cloud.folder, "status").returncode == 0
    done = run(cloud.folder, "status", "--json")

    assert done.returncode == 0
    assert '"endpoints": []' in done.stdout


def test_deploy_invoke_and_destroy_work_on_any_app(shop, cloud, tmp_path):
    app = str(shop.app / "app.py")
    options = ["--app", f"{sys.executable} {app}", "-c", f"stack={shop.name}"]
    options += ["--output", str(tmp_path)]

    assert run(cloud.folder, "deploy", *options, cwd=shop.app).returncode == 0
    endpoint = shop.outputs()["EndpointName"]
    row = ",".join(["1"] * 30)
    answered = run(cloud.folder, "invoke", endpoint, row)
    piped = run(cloud.folder, "invoke", endpoint, "--file", "-", input=row)
    refused = run(cloud.folder, "invoke", endpoint, "1,2")
    destroyed = run(cloud.folder, "destroy", *options, cwd=shop.app)

    assert answered.stdout.strip() in ("benign", "malignant")
    assert piped.stdout == answered.stdout
    assert refused.returncode == 1
    assert "row 1 has 2 values, the model has 30 features" in refused.stderr
    assert destroyed.returncode == 0


@pytest.mark.parametrize("command", ["status", "stop", "deploy"])
def test_says_that_no_cloud_is_running(tmp_path, command):
    done = run(tmp_path, command)

    assert done.returncode == 1
    following = f"automlv2 local --folder {tmp_path} start --detach"
    assert done.stderr == f"Error: no local cloud is running here\nnext: {following}\n"


def test_refuses_to_start_a_second_cloud_in_one_folder(cloud):
    done = run(cloud.folder, "start", "--detach")

    assert done.returncode == 1
    assert "a local cloud is running already" in done.stderr


def test_refuses_a_speed_that_is_none(tmp_path):
    done = run(tmp_path, "start", "--speed", "0")

    assert done.returncode == 2
    assert "must be more than 0" in done.stderr


def test_a_detached_cloud_is_stopped_and_leaves_no_process(tmp_path):
    from cdk_automlv2.local import LocalCloud

    started = run(tmp_path, "start", "--detach")
    assert started.returncode == 0, started.stderr
    cloud = LocalCloud.attach(tmp_path)

    stopped = run(tmp_path, "stop")

    assert stopped.stdout == "stopped\n"
    assert not cloud.ministack.is_running()
    assert not cloud.sagemaker.is_running()


def test_ctrl_c_stops_the_cloud_and_all_its_processes(tmp_path):
    import signal

    from cdk_automlv2.local import LocalCloud, LocalCloudError

    with subprocess.Popen(
        [sys.executable, "-m", "cdk_automlv2.cli", "local", "--folder", tmp_path, "start"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        cloud = LocalCloud.attach(tmp_path)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0

    assert not cloud.ministack.is_running()
    assert not cloud.sagemaker.is_running()
    with pytest.raises(LocalCloudError):
        LocalCloud.attach(tmp_path)
