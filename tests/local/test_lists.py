"""Lists of the local SageMaker: pages, order, filters, and the product's own paging over them."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from automlv2_handlers.aws.boto3_gateway import Boto3Gateway
from automlv2_handlers.resources import candidates
from botocore.exceptions import ClientError, ParamValidationError

from cdk_automlv2.cli import tables
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.runtime import AutoMLRuntime

from .fake_world import ROLE, FakeTrainer, ask, client, ended, error_of, job_request, wait_for

NUMBERS = range(25)
KINDS = {
    "list_auto_ml_jobs": ("AutoMLJobSummaries", "AutoMLJobName"),
    "list_models": ("Models", "ModelName"),
    "list_endpoint_configs": ("EndpointConfigs", "EndpointConfigName"),
    "list_endpoints": ("Endpoints", "EndpointName"),
}


def fill(sagemaker, numbers=NUMBERS):
    """Make models, configurations, endpoints and jobs named ``thing-00`` and so on."""
    container = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    for number in numbers:
        name = f"thing-{number:02}"
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        variant = {"VariantName": "v", "ModelName": name, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        sagemaker.create_auto_ml_job_v2(**job_request(name))


def pages(sagemaker, operation, **filters):
    member, name = KINDS[operation]
    found = sagemaker.get_paginator(operation).paginate(**filters)
    return [[item[name] for item in page[member]] for page in found]


@pytest.fixture
def full(sagemaker):
    fill(sagemaker)
    return sagemaker


def test_every_list_has_three_pages_of_ten_the_newest_or_last_name_first(full):
    expected = [f"thing-{number:02}" for number in reversed(NUMBERS)]

    for operation in KINDS:
        found = pages(full, operation)
        assert [len(page) for page in found] == [10, 10, 5], operation
        assert list(itertools.chain(*found)) == expected, operation


def test_a_page_has_the_size_asked_for_and_other_orders(full):
    for operation in KINDS:
        ordered = {"SortBy": "Name", "SortOrder": "Ascending"}
        found = pages(full, operation, **ordered, PaginationConfig={"PageSize": 7})
        assert [len(page) for page in found] == [7, 7, 7, 4]
        assert list(itertools.chain(*found)) == [f"thing-{number:02}" for number in NUMBERS]


def test_filters_by_name_status_and_time_choose(full):
    now = datetime.now(UTC)
    for operation in KINDS:
        assert [len(page) for page in pages(full, operation, NameContains="G-1")] == [10]
        assert pages(full, operation, CreationTimeAfter=now + timedelta(hours=1)) == [[]]
        assert len(pages(full, operation, CreationTimeBefore=now + timedelta(hours=1))) == 3
        assert pages(full, operation, CreationTimeBefore=now - timedelta(hours=1)) == [[]]
    wait_for(lambda: len(pages(full, "list_endpoints", StatusEquals="Failed")) == 3)
    assert pages(full, "list_endpoints", StatusEquals="InService") == [[]]
    wait_for(lambda: len(pages(full, "list_auto_ml_jobs", StatusEquals="Completed")) == 3)


@pytest.mark.parametrize("operation", KINDS)
def test_a_token_that_was_not_given_for_this_list_is_refused(full, operation):
    other = next(name for name in KINDS if name != operation)
    foreign = getattr(full, other)()["NextToken"]
    own = getattr(full, operation)()["NextToken"]

    for token in ("x", "ä", "AAAA", foreign, own[:-4] + "AAAA"):
        with pytest.raises(ClientError, match="pagination token is invalid") as caught:
            getattr(full, operation)(NextToken=token)
        assert error_of(caught)[0] == "ValidationException"
    with pytest.raises(ClientError, match="pagination token is invalid"):
        getattr(full, operation)(NextToken=own, NameContains="other")


def test_what_comes_or_goes_between_two_pages_neither_repeats_nor_hides_others(full):
    first = full.list_models()
    for name in ("thing-24", "thing-15"):
        full.delete_model(ModelName=name)
    container = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    full.create_model(ModelName="late", ExecutionRoleArn=ROLE, PrimaryContainer=container)

    second = full.list_models(NextToken=first["NextToken"])

    assert [item["ModelName"] for item in second["Models"]][:3] == [
        "thing-14",
        "thing-13",
        "thing-12",
    ]


@pytest.mark.parametrize("size", [0, 101])
def test_a_page_of_an_impossible_size_is_refused(sagemaker, size):
    with pytest.raises((ClientError, ParamValidationError), match=r"maxResults|MaxResults"):
        sagemaker.list_models(MaxResults=size)


def test_the_products_own_paging_reads_all_candidates(sagemaker, url, monkeypatch):
    monkeypatch.setattr(FakeTrainer, "values", tuple(number / 100 for number in NUMBERS))
    sagemaker.create_auto_ml_job_v2(**job_request())
    wait_for(lambda: ended(sagemaker, "churn"))

    class Session:
        @staticmethod
        def client(service):
            return client(service, url)

    runtime = AutoMLRuntime(Session)
    found = runtime.list_candidates("churn")
    assert [item["CandidateName"] for item in found] == [f"candidate-{n:02}" for n in NUMBERS]
    best = runtime.list_candidates("churn", sort_by="FinalObjectiveMetricValue", max_results=12)
    assert len(best) == 12


def test_the_functions_own_paging_reads_all_candidates(sagemaker, monkeypatch):
    monkeypatch.setattr(FakeTrainer, "values", tuple(number / 100 for number in NUMBERS))
    sagemaker.create_auto_ml_job_v2(**job_request())
    wait_for(lambda: ended(sagemaker, "churn"))
    properties = {"ServiceToken": "x", "AutoMLJobName": "churn"}
    event = SimpleNamespace(
        request_type="Create", logical_id="C", physical_id=None, properties=properties
    )
    context = SimpleNamespace(gateway=Boto3Gateway(lambda _service: sagemaker))

    done = candidates.step(event, context)

    found = json.loads(done.data["Candidates"])
    assert [item["CandidateName"] for item in found] == [f"candidate-{n:02}" for n in NUMBERS]


def test_the_commands_inventory_reads_all_pages(full):
    found = tables.all_pages(full, "list_endpoints", "Endpoints")

    assert len(found) == len(NUMBERS)


def test_regions_are_apart_and_names_differ_by_more_than_case(sagemaker, url):
    fill(sagemaker, range(1))
    abroad = client("sagemaker", url, "eu-west-1")

    assert abroad.list_models()["Models"] == []
    with pytest.raises(ClientError, match="Could not find model"):
        abroad.describe_model(ModelName="thing-00")
    container = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    made = abroad.create_model(
        ModelName="thing-00", ExecutionRoleArn=ROLE, PrimaryContainer=container
    )
    assert made["ModelArn"] == "arn:aws:sagemaker:eu-west-1:000000000000:model/thing-00"
    with pytest.raises(ClientError, match="already existing model"):
        sagemaker.create_model(
            ModelName="THING-00", ExecutionRoleArn=ROLE, PrimaryContainer=container
        )
    with pytest.raises(ClientError, match="already existing endpoint"):
        sagemaker.create_endpoint(EndpointName="Thing-00", EndpointConfigName="thing-00")


def test_accounts_are_apart(world):
    model = {"ModelName": "m", "ExecutionRoleArn": ROLE}
    model["PrimaryContainer"] = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    ask(world, "CreateModel", model)

    made = ask(world, "CreateModel", model, account="111122223333")["ModelArn"]

    assert made == "arn:aws:sagemaker:us-east-1:111122223333:model/m"
    for account in ("", "111122223333"):
        assert len(ask(world, "ListModels", {}, account)["Models"]) == 1
    with pytest.raises(ServiceError, match="Could not find model"):
        ask(world, "AddTags", {"ResourceArn": made, "Tags": []})
    assert ask(world, "ListTags", {"ResourceArn": made}, "111122223333") == {"Tags": []}
