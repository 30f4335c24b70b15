"""What goes wrong is said in the stack's events, and nothing is left behind."""

import threading
import time

import pytest

from cdk_automlv2.local import LocalCloud

from .conftest import SPEED, Deployment

pytestmark = pytest.mark.e2e


def test_a_missing_target_column_rolls_the_stack_back(shop):
    done = shop.deploy(target="churned")

    assert done.returncode != 0
    [reason] = shop.reasons()
    assert "failed: Target attribute name 'churned' does not exist in the dataset" in reason
    assert shop.stack()["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_role_that_may_not_read_the_data_fails_the_job(shop):
    done = shop.deploy(powerless_role="yes")

    assert done.returncode != 0
    [reason] = shop.reasons()
    assert "The job's role could not reach its data" in reason
    assert "s3:ListBucket" in reason


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ("CreateAutoMLJobV2", "CreateAutoMLJobV2: AccessDeniedException: User: "),
        ("CreateModel", "CreateModel: AccessDeniedException: User: "),
        ("CreateEndpoint", "CreateEndpoint: AccessDeniedException: User: "),
    ],
)
def test_one_permission_less_breaks_the_deployment(shop, action, line):
    done = shop.deploy(without=action)

    assert done.returncode != 0
    [reason] = shop.reasons()
    assert reason.startswith(line)
    assert f"is not authorized to perform: sagemaker:{action}" in reason


@pytest.fixture
def own_cloud(tmp_path):
    """ministack ends a creation and its deletion side by side; others must not see what is left."""
    with LocalCloud.start(tmp_path, speed=SPEED) as cloud:
        yield cloud


def test_deleting_the_stack_stops_the_running_job(own_cloud):
    cloud, shop = own_cloud, Deployment(own_cloud, "Shop")
    cloud.plan_fault("JobHangs")
    deploying = threading.Thread(target=shop.deploy)
    deploying.start()
    sagemaker = cloud.client("sagemaker")
    job = wait_for(lambda: running_job(sagemaker))
    # Before the job resource has answered, ministack would send no Delete for it, as AWS does.
    wait_for(lambda: is_waiting(shop))

    cloud.client("cloudformation").delete_stack(StackName=shop.name)
    deploying.join(timeout=120)

    ended = wait_for(
        lambda: sagemaker.describe_auto_ml_job_v2(AutoMLJobName=job)["AutoMLJobStatus"] == "Stopped"
    )
    assert ended
    assert not deploying.is_alive()
    assert not sagemaker.list_endpoints()["Endpoints"]


def test_a_silent_rollback_of_the_endpoint_fails_the_update(shop, cloud):
    first = shop.must_deploy()
    sagemaker = cloud.client("sagemaker")
    before = sagemaker.describe_endpoint(EndpointName=first["EndpointName"])
    cloud.plan_fault("UpdateRollsBack", message="canary alarm went off")

    done = shop.deploy(max_candidates=2)

    assert done.returncode != 0
    assert any("rolled back to its former configuration: canary alarm" in r for r in shop.reasons())
    assert shop.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    after = sagemaker.describe_endpoint(EndpointName=first["EndpointName"])
    assert after["EndpointConfigName"] == before["EndpointConfigName"]
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert len(sagemaker.list_models()["Models"]) == 1


def test_a_stack_deleted_after_its_endpoint_has_failed_does_not_train_again(shop, cloud):
    sagemaker = cloud.client("sagemaker")
    before = number_of_jobs(sagemaker)
    cloud.plan_fault("EndpointFails", message="the container did not answer")
    assert shop.deploy().returncode != 0
    shop.delete()
    cloud.clear_faults()

    # The new stack has another bucket: the model's role reads that of the stack before.
    made = shop.must_deploy()

    assert number_of_jobs(sagemaker) == before + 1
    endpoint = sagemaker.describe_endpoint(EndpointName=made["EndpointName"])
    assert endpoint["EndpointStatus"] == "InService"


def number_of_jobs(sagemaker):
    """Count on every page: the cloud is shared, and a page has ten."""
    pages = sagemaker.get_paginator("list_auto_ml_jobs").paginate()
    return sum(len(page["AutoMLJobSummaries"]) for page in pages)


def test_throttled_calls_do_not_fail_the_deployment(shop, cloud):
    for operation in ("CreateAutoMLJobV2", "CreateModel", "CreateEndpointConfig", "CreateEndpoint"):
        cloud.plan_fault(operation, times=4)

    assert shop.must_deploy()["EndpointName"]


def test_logs_are_there_to_be_searched_and_tell_of_no_doubt(shop):
    shop.must_deploy()
    shop.must_deploy(max_candidates=2)

    lines = shop.logged()
    assert any('"fact": "answer"' in line for line in lines)
    # The function may look at its stack, and finds that it is wanted.
    assert not [line for line in lines if "cannot be read" in line or "does not seem" in line]


def running_job(sagemaker):
    for job in sagemaker.list_auto_ml_jobs(StatusEquals="InProgress")["AutoMLJobSummaries"]:
        return job["AutoMLJobName"]
    return None


def is_waiting(shop):
    found = shop.cloud.client("cloudformation").describe_stack_events(StackName=shop.name)
    return any(event["ResourceType"] == "Custom::AutoMLWait" for event in found["StackEvents"])


def wait_for(look):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("did not happen within two minutes")
