"""The main job: deployed, served, left alone, changed, removed; a real `cdk deploy` each time."""

import csv
import io
import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

HELD_OUT = Path(__file__).parents[2] / "data" / "diagnosis_held_out.csv"


def held_out():
    rows = list(csv.reader(io.StringIO(HELD_OUT.read_text())))[1:]
    return [row[0] for row in rows], "\n".join(",".join(row[1:]) for row in rows)


def invoke(cloud, endpoint_name, body):
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint_name, ContentType="text/csv", Body=body.encode()
    )
    return answer["Body"].read().decode().splitlines()


def test_a_deployment_answers_and_changes_only_what_it_must(shop, cloud):
    sagemaker = cloud.client("sagemaker")
    truths, body = held_out()

    first = shop.must_deploy()
    answers = invoke(cloud, first["EndpointName"], body)
    right = sum(truth == answer for truth, answer in zip(truths, answers, strict=True))
    assert right / len(truths) > 0.85
    assert 0.8 < float(first["Metric"]) <= 1
    assert {"Key": "team", "Value": "ml"} in tags_of(sagemaker, "endpoint", first["EndpointName"])

    before = shop.stack().get("LastUpdatedTime")
    assert shop.must_deploy() == first
    assert shop.stack().get("LastUpdatedTime") == before

    tagged = shop.must_deploy(team="risk")
    assert tagged == first
    assert {"Key": "team", "Value": "risk"} in tags_of(sagemaker, "automl-job", first["JobName"])
    assert {"Key": "team", "Value": "risk"} in tags_of(sagemaker, "model", first["ModelName"])

    second = shop.must_deploy(team="risk", max_candidates=3)
    assert second["JobName"] != first["JobName"]
    assert second["EndpointName"] == first["EndpointName"]
    assert len(candidates(sagemaker, second["JobName"])) == 3
    models = [item["ModelName"] for item in sagemaker.list_models()["Models"]]
    assert models == [second["ModelName"]]
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert len(invoke(cloud, second["EndpointName"], body)) == len(truths)

    back = shop.must_deploy(team="risk")
    assert back["JobName"] == first["JobName"]
    stem = first["JobName"].split("-")[1][:7]
    jobs = sagemaker.list_auto_ml_jobs(NameContains=stem)["AutoMLJobSummaries"]
    names = sorted(item["AutoMLJobName"] for item in jobs)
    assert names == sorted([first["JobName"], second["JobName"]])


def test_candidates_of_a_job_that_exists_are_listed_and_deployed(shop, cloud):
    _, body = held_out()
    first = shop.must_deploy()
    job = cloud.client("sagemaker").describe_auto_ml_job_v2(AutoMLJobName=first["JobName"])
    output = job["OutputDataConfig"]["S3OutputPath"]

    both = shop.must_deploy(attach=first["JobName"], output=output)

    [listed] = json.loads(both["Candidates"])
    assert listed["CandidateName"] == job["BestCandidate"]["CandidateName"]
    assert listed["Value"] == pytest.approx(float(first["Metric"]))
    assert invoke(cloud, both["AttachedEndpointName"], body) == invoke(
        cloud, both["EndpointName"], body
    )


def test_a_tuned_candidate_is_served_by_three_containers(shop, cloud):
    truths, body = held_out()

    outputs = shop.must_deploy(mode="HYPERPARAMETER_TUNING")

    model = cloud.client("sagemaker").describe_model(ModelName=outputs["ModelName"])
    assert len(model["Containers"]) == 3
    answers = invoke(cloud, outputs["EndpointName"], body)
    right = sum(truth == answer for truth, answer in zip(truths, answers, strict=True))
    assert right / len(truths) > 0.85


def tags_of(sagemaker, kind, name):
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:{kind}/{name}"
    return sagemaker.list_tags(ResourceArn=arn)["Tags"]


def candidates(sagemaker, job_name):
    return sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName=job_name)["Candidates"]
