"""Deployments without rollback and in Express mode: no lie about what is ready, nothing left."""

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def sagemaker(cloud):
    return cloud.client("sagemaker")


def served_config(sagemaker, endpoint_name):
    endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_name)
    assert endpoint["EndpointStatus"] == "InService"
    return endpoint["EndpointConfigName"]


def test_an_update_without_rollback_goes_on_where_it_failed(shop, cloud, sagemaker):
    first = shop.must_deploy("--no-rollback")
    before = served_config(sagemaker, first["EndpointName"])
    cloud.plan_fault("UpdateRollsBack", message="canary alarm went off")

    failed = shop.deploy("--no-rollback", max_candidates=2)

    assert failed.returncode != 0
    assert shop.status() == "UPDATE_FAILED"
    assert "rolled back to its former configuration: canary alarm" in shop.reasons()[0]
    assert served_config(sagemaker, first["EndpointName"]) == before

    again = shop.must_deploy("--no-rollback", max_candidates=2)

    after = served_config(sagemaker, again["EndpointName"])
    assert again["JobName"] != first["JobName"]
    configs = sagemaker.list_endpoint_configs()["EndpointConfigs"]
    assert [item["EndpointConfigName"] for item in configs] == [after] != [before]
    described = sagemaker.describe_endpoint_config(EndpointConfigName=after)
    assert described["ProductionVariants"][0]["ModelName"] == again["ModelName"]
    stem = first["JobName"].split("-")[-2][:10]  # The stack's scope and the resource.
    jobs = sagemaker.list_auto_ml_jobs(NameContains=stem)
    assert len(jobs["AutoMLJobSummaries"]) == 2
    # The fixture deletes the stack, and with it the model that no deployment has deleted.


def test_a_failed_update_is_rolled_back_later(shop, cloud, sagemaker):
    first = shop.must_deploy()
    before = served_config(sagemaker, first["EndpointName"])
    cloud.plan_fault("UpdateRollsBack")
    assert shop.deploy("--no-rollback", max_candidates=2).returncode != 0

    done = shop.roll_back()

    assert done.returncode == 0, done.stdout
    assert shop.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert served_config(sagemaker, first["EndpointName"]) == before
    assert [item["ModelName"] for item in sagemaker.list_models()["Models"]] == [first["ModelName"]]


def test_a_creation_without_rollback_is_finished_by_the_next_deployment(shop, cloud, sagemaker):
    cloud.plan_fault("EndpointFails", message="no capacity")

    failed = shop.deploy("--no-rollback")

    assert failed.returncode != 0
    assert shop.status() == "CREATE_FAILED"
    assert "ended as Failed: no capacity" in shop.reasons()[0]
    assert not sagemaker.list_endpoints()["Endpoints"]
    [job] = running_or_done(sagemaker, shop)

    outputs = shop.must_deploy("--no-rollback")

    assert served_config(sagemaker, outputs["EndpointName"])
    assert outputs["JobName"] == job
    assert running_or_done(sagemaker, shop) == [job]


def test_express_mode_says_ready_only_when_it_is(shop, cloud, sagemaker):
    outputs = shop.must_deploy("--express")

    before = served_config(sagemaker, outputs["EndpointName"])
    job = sagemaker.describe_auto_ml_job_v2(AutoMLJobName=outputs["JobName"])
    assert job["AutoMLJobStatus"] == "Completed"

    cloud.plan_fault("UpdateRollsBack")
    failed = shop.deploy("--express", max_candidates=2)

    assert failed.returncode != 0
    assert served_config(sagemaker, outputs["EndpointName"]) == before
    again = shop.must_deploy("--express", max_candidates=2)
    assert served_config(sagemaker, again["EndpointName"]) != before


def running_or_done(sagemaker, shop):
    """Names of the jobs of the stack, by the mark that their names bear."""
    template = shop.cloud.client("cloudformation").get_template(StackName=shop.name)
    [job] = [
        item
        for item in template["TemplateBody"]["Resources"].values()
        if item["Type"] == "Custom::AutoMLJobV2"
    ]
    found = sagemaker.list_auto_ml_jobs(NameContains=job["Properties"]["NameScope"])
    return [item["AutoMLJobName"] for item in found["AutoMLJobSummaries"]]
