"""The configurations of an endpoint: by content, whoever set it; tagged as the endpoint is."""

import pytest
from automlv2_handlers.errors import RefusedError

from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, OLD, config_of, endpoint
from .fake_aws import PLACE, FakeAws
from .stack import Stack

__all__ = ["MODELS"]
TEAM = {"Tags": [{"Key": "team", "Value": "ml"}]}
RAW = {
    "ExplainerConfig": {"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {}}}},
    "ShadowProductionVariants": [
        {
            "VariantName": "Shadow",
            "ModelName": "churn-2",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
    ],
    "DataCaptureConfig": {
        "InitialSamplingPercentage": 10,
        "DestinationS3Uri": "s3://out/capture/",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    },
    "KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
    "EnableNetworkIsolation": True,
}


@pytest.fixture
def name(stack):
    return stack.create(TYPE, OLD)["PhysicalResourceId"]


@pytest.mark.parametrize("member", RAW)
def test_whatever_the_api_knows_of_a_configuration_is_sent_and_updated(stack, aws, name, member):
    before = config_of(aws, name)
    changed = OLD | {member: RAW[member]}

    answer = stack.update(TYPE, name, OLD, changed)
    back = stack.update(TYPE, name, changed, OLD)

    assert answer["Data"]["EndpointConfigName"] != before
    assert back["Data"]["EndpointConfigName"] == before
    assert set(aws.configs) == {before}


def test_a_shadow_variant_reaches_the_service(stack, aws, name):
    stack.update(
        TYPE, name, OLD, OLD | {"ShadowProductionVariants": RAW["ShadowProductionVariants"]}
    )

    [shadow] = aws.configs[config_of(aws, name)]["ShadowProductionVariants"]
    assert shadow["ModelName"] == "churn-2"
    assert shadow["InitialInstanceCount"] == 1


def test_an_unknown_member_of_a_variant_is_named(stack, aws, name):
    variant = OLD["ProductionVariants"][0] | {"Novelty": "1"}

    answer = stack.update(TYPE, name, OLD, OLD | {"ProductionVariants": [variant]})

    assert "ProductionVariants[0].Novelty: not known" in answer["Reason"]
    assert stack.update(TYPE, name, OLD | {"ProductionVariants": [variant]}, OLD)["Status"] == (
        "SUCCESS"
    )


def test_changed_tags_reach_the_configuration_too(stack, aws, name):
    stack.update(TYPE, name, OLD, OLD | TEAM)

    assert aws.tags[f"{PLACE}:endpoint-config/{config_of(aws, name)}"]["team"] == "ml"
    stack.update(TYPE, name, OLD | TEAM, OLD)
    assert "team" not in aws.tags[f"{PLACE}:endpoint-config/{config_of(aws, name)}"]
    assert "team" not in aws.tags[f"{PLACE}:endpoint/{name}"]


@pytest.mark.parametrize("change", [OLD, NEW], ids=["tags alone", "another model"])
def test_tags_that_others_put_on_stay(stack, aws, name, change):
    arns = [f"{PLACE}:endpoint/{name}", f"{PLACE}:endpoint-config/{config_of(aws, name)}"]
    for arn in arns:
        aws.tags[arn] |= {"cost-bot": "42", "aws:servicecatalog:applicationName": "shop"}

    answer = stack.update(TYPE, name, OLD, change | TEAM)

    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert aws.tags[arns[0]]["cost-bot"] == "42"
    assert aws.tags[arns[0]]["team"] == "ml"


def test_an_endpoint_not_waited_for_gets_its_tags_though_it_still_moves(stack, aws):
    quick = OLD | {"Wait": False}
    name = stack.create(TYPE, quick)["PhysicalResourceId"]
    aws.wait(3600)
    aws.endpoint_seconds = 1800

    stack.update(TYPE, name, quick, NEW | {"Wait": False} | TEAM)

    assert aws.tags[f"{PLACE}:endpoint/{name}"]["team"] == "ml"
    aws.wait(7200)
    stack.update(TYPE, name, NEW | {"Wait": False} | TEAM, NEW | TEAM | {"Wait": False})


def test_tags_that_show_late_do_not_make_an_endpoint_someone_else_s(stack, aws):
    aws.shows_late("list_tags", after="create_endpoint")

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"


def test_tags_that_show_late_do_not_let_a_delete_leave_an_endpoint(stack, aws, name):
    aws.shows_late("list_tags")

    stack.delete(TYPE, name, OLD)

    assert not aws.endpoints
    assert not aws.configs


def test_a_name_that_another_resource_has_names_that_resource(stack):
    stack.create(TYPE, OLD | {"EndpointName": "shop"}, LogicalResourceId="Other")

    answer = stack.create(TYPE, OLD | {"EndpointName": "shop"})

    assert answer["Reason"] == "endpoint name 'shop' is taken by an endpoint of Shop/Other"


def test_an_endpoint_that_someone_deletes_just_now_is_waited_for():
    aws = FakeAws()
    aws.has_models(*MODELS)
    stack = Stack(aws)
    stack.create(TYPE, OLD | {"EndpointName": "shop"}, LogicalResourceId="Other")
    aws.wait(3600)
    aws.call("delete_endpoint", EndpointName="shop")

    assert stack.create(TYPE, OLD | {"EndpointName": "shop"})["Status"] == "SUCCESS"


def test_a_configuration_of_someone_else_s_under_our_name_is_not_served(stack, aws, name):
    [config] = aws.configs
    aws.tags[f"{PLACE}:endpoint-config/{config}"]["cdk-automlv2:owner"] = "abcde/other"
    aws.endpoints.clear()

    answer = stack.create(TYPE, OLD)

    assert f"configuration name {config!r} is taken by one of Shop/Churn" in answer["Reason"]
    aws.configs.clear()


def test_a_configuration_of_other_content_under_our_name_is_not_served(stack, aws, name):
    [config] = aws.configs
    aws.tags[f"{PLACE}:endpoint-config/{config}"]["cdk-automlv2:content"] = "another"
    aws.endpoints.clear()

    assert "has other content: another" in stack.create(TYPE, OLD)["Reason"]
    aws.configs.clear()


def test_an_update_that_is_refused_leaves_no_configuration(stack, aws, name):
    aws.failures["update_endpoint"] = [RefusedError("UpdateEndpoint: no")]

    assert stack.update(TYPE, name, OLD, NEW)["Status"] == "FAILED"
    assert set(aws.configs) == {config_of(aws, name)}


def test_an_update_whose_configuration_is_never_seen_fails_and_leaves_none(stack, aws, name):
    aws.shows_late("update_endpoint", "Could not find configuration", 99)
    began = aws.now

    answer = stack.update(TYPE, name, OLD, NEW)

    aws.failures["update_endpoint"].clear()
    assert "Could not find configuration" in answer["Reason"]
    assert aws.now - began < 3600
    assert set(aws.configs) == {config_of(aws, name)}


def test_a_model_deleted_by_hand_names_the_remedy(stack, aws, name):
    del aws.models["churn-2"]

    answer = stack.update(TYPE, name, OLD, NEW)

    assert "change a tag of it in the app" in answer["Reason"]


def test_a_creation_whose_configuration_is_not_listed_yet_leaves_none(stack, aws):
    aws.failures["create_endpoint"] = [RefusedError("CreateEndpoint: no")]
    aws._list_endpoint_configs = lambda **_: {"EndpointConfigs": []}

    stack.create(TYPE, OLD)

    assert not aws.configs


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    "mark",
    [{"cdk-automlv2:request": "the next one"}, {"cdk-automlv2:owner": "abcde/somebody"}],
    ids=["the next request", "somebody else"],
)
def test_a_creation_that_fails_leaves_the_configuration_that_has_become_another_s(mark, listed):
    aws = FakeAws()
    aws.has_models(*MODELS)
    create = aws._create_endpoint_config

    def taken_over(**request):
        made = create(**request)
        aws.tags[made["EndpointConfigArn"]] |= mark
        return made

    aws._create_endpoint_config = taken_over
    aws.fail("create_endpoint", "ValidationException", "no")
    aws.lags.lists = 0 if listed else 1e6

    Stack(aws).create(TYPE, OLD)

    assert len(aws.configs) == 1


@pytest.mark.parametrize(
    "properties",
    [{}, {"ProductionVariants": "x"}, {"ProductionVariants": [{"Novelty": "1"}]}, {"Tags": 1}],
    ids=str,
)
@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_delete_needs_no_properties(stack, aws, name, properties, status):
    stack.status = status

    assert stack.delete(TYPE, name, properties)["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs


def test_a_rollback_of_tags_alone_does_not_bar_the_way_back(stack, aws, name):
    stack.update(TYPE, name, OLD, OLD | TEAM)
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    stack.update(TYPE, name, OLD | TEAM, OLD)

    assert "cdk-automlv2:back" not in aws.tags[f"{PLACE}:endpoint/{name}"]


def test_configurations_of_two_models_tell_both(stack, aws, name):
    both = OLD | {"ShadowProductionVariants": RAW["ShadowProductionVariants"]}
    config = stack.update(TYPE, name, OLD, both)["Data"]["EndpointConfigName"]

    assert len(config) <= 63
    other = stack.update(TYPE, name, both, endpoint("churn-2"))["Data"]["EndpointConfigName"]
    assert (
        config.split("-")[-1] == other.split("-")[-1]
        or config.split("-")[-2] == (other.split("-")[-1])
    )
