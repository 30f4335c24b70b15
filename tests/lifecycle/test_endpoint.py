"""The endpoint resource: created, moved in place, rolled back aloud, gone without a trace."""

import pytest
from automlv2_handlers.errors import RefusedError

from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, OLD, config_of, endpoint
from .fake_aws import PLACE

__all__ = ["MODELS", "endpoint"]


@pytest.fixture
def name(stack):
    return stack.create(TYPE, OLD)["PhysicalResourceId"]


def test_create_answers_once_the_endpoint_is_in_service(stack, aws):
    answer = stack.create(TYPE, OLD)

    name = answer["PhysicalResourceId"]
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"] == {
        "EndpointName": name,
        "EndpointArn": f"{PLACE}:endpoint/{name}",
        "EndpointConfigName": config_of(aws, name),
    }
    assert aws.configs[config_of(aws, name)]["ProductionVariants"][0]["InitialInstanceCount"] == 1


def test_the_same_event_three_times_creates_one_endpoint_and_is_answered_once(stack, aws):
    event = stack.event("Create", TYPE, OLD)
    for _ in range(3):
        stack.deliver(event)
    stack.run()
    stack.deliver(event)
    stack.run()

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert aws.calls["create_endpoint"] == 1


def test_another_model_moves_the_endpoint_in_place_and_the_old_configuration_goes(stack, aws, name):
    before = config_of(aws, name)

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["PhysicalResourceId"] == name
    assert answer["Data"]["EndpointConfigName"] == config_of(aws, name) != before
    assert set(aws.configs) == {config_of(aws, name)}
    assert aws.calls["create_endpoint"] == 1


def test_update_options_reach_the_service_typed(stack, aws, name):
    stack.update(TYPE, name, OLD, NEW | {"RetainAllVariantProperties": True})

    assert aws.endpoints[name]["LastUpdate"]["RetainAllVariantProperties"] is True


def test_an_update_that_is_rolled_back_in_silence_fails_with_the_reason(stack, aws, name):
    aws.update_end = "RolledBack"

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == name
    assert answer["Reason"] == (
        f"endpoint {name!r} was rolled back to its former configuration: canary alarm"
    )


def test_the_rollback_of_the_stack_after_that_needs_no_update_and_cleans_up(stack, aws, name):
    before = config_of(aws, name)
    aws.update_end = "RolledBack"
    stack.update(TYPE, name, OLD, NEW)

    back = stack.update(TYPE, name, NEW, OLD)

    assert back["Status"] == "SUCCESS"
    assert set(aws.configs) == {before}
    assert aws.calls["update_endpoint"] == 1


def test_the_rollback_of_the_stack_moves_a_good_endpoint_back(stack, aws, name):
    before = config_of(aws, name)
    stack.update(TYPE, name, OLD, NEW)

    back = stack.update(TYPE, name, NEW, OLD)

    assert back["Data"]["EndpointConfigName"] == before
    assert set(aws.configs) == {before}


def test_a_failed_creation_leaves_nothing_and_its_later_delete_succeeds(stack, aws):
    aws.endpoint_end = "Failed"

    answer = stack.create(TYPE, OLD)

    assert answer["Status"] == "FAILED"
    assert "ended as Failed: SageMaker gave no reason" in answer["Reason"]
    assert not aws.endpoints
    assert not aws.configs
    assert stack.delete(TYPE, answer["PhysicalResourceId"], OLD)["Status"] == "SUCCESS"


def test_a_creation_that_is_refused_leaves_no_configuration(stack, aws):
    aws.failures["create_endpoint"] = [RefusedError("CreateEndpoint: ValidationException: no")]

    answer = stack.create(TYPE, OLD)

    assert answer["Reason"] == "CreateEndpoint: ValidationException: no"
    assert not aws.configs


def test_a_failed_update_ends_as_failed(stack, aws, name):
    aws.update_end = "UpdateRollbackFailed"

    answer = stack.update(TYPE, name, OLD, NEW)

    assert "ended as UpdateRollbackFailed" in answer["Reason"]


def test_an_endpoint_deleted_during_its_creation_fails(stack, aws):
    event = stack.event("Create", TYPE, OLD)
    stack.deliver(event)
    stack.environment.gateway.failures["describe_endpoint"] = []
    original = aws._create_endpoint

    def vanish(**request):
        original(**request)
        aws.endpoints.clear()
        return {}

    aws._create_endpoint = vanish
    stack.run()

    assert "was deleted by someone else" in stack.answer(event)["Reason"]


def test_an_endpoint_deleted_out_of_band_is_made_again_by_an_update(stack, aws, name):
    aws.endpoints.clear()

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["Status"] == "SUCCESS"
    assert config_of(aws, name) == answer["Data"]["EndpointConfigName"]


def test_rejects_a_name_that_someone_else_uses(stack, aws):
    aws.call("create_endpoint_config", EndpointConfigName="c", Tags=[])
    aws.call("create_endpoint", EndpointName="shop", EndpointConfigName="c", Tags=[])

    answer = stack.create(TYPE, OLD | {"EndpointName": "shop"})

    assert answer["Reason"] == "endpoint name 'shop' is taken by an endpoint of someone else"
    assert stack.delete(TYPE, "shop", OLD | {"EndpointName": "shop"})["Status"] == "SUCCESS"
    assert "shop" in aws.endpoints


def test_delete_waits_until_the_endpoint_is_gone_and_takes_its_configuration(stack, aws, name):
    answer = stack.delete(TYPE, name, OLD)

    assert answer["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs


def test_delete_waits_for_an_endpoint_that_is_still_being_created(stack, aws):
    event = stack.event("Create", TYPE, OLD)
    stack.deliver(event)
    aws.endpoint_seconds = 1200
    state = next(iter(aws.executions.values()))
    stack.deliver({"Task": "Poll", "State": state})

    answer = stack.delete(TYPE, "Shop-Churn-INVENTED", OLD)

    assert answer["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs


def test_delete_of_what_is_gone_succeeds(stack, aws):
    assert stack.delete(TYPE, "Shop-Churn-INVENTED", OLD)["Status"] == "SUCCESS"


def test_tags_changed_twice_in_a_row_are_those_of_the_last_update_though_tags_show_late(
    stack, aws, name
):
    team_a, team_b = (OLD | {"Tags": [{"Key": "team", "Value": value}]} for value in ("a", "b"))
    stack.update(TYPE, name, OLD, team_a)
    aws.wait(60)
    aws.lags.tags = 5.0
    stack.update(TYPE, name, team_a, team_b)
    stack.update(TYPE, name, team_b, team_a)

    assert aws.tags[f"{PLACE}:endpoint/{name}"]["team"] == "a"


def test_changed_tags_are_set_in_place(stack, aws, name):
    stack.update(TYPE, name, OLD, OLD | {"Tags": [{"Key": "team", "Value": "ml"}]})

    assert aws.tags[f"{PLACE}:endpoint/{name}"]["team"] == "ml"
    assert aws.calls["update_endpoint"] == 0


def test_another_endpoint_name_is_another_endpoint(stack, aws, name):
    renamed = OLD | {"EndpointName": "shop"}

    answer = stack.update(TYPE, name, OLD, renamed)
    stack.delete(TYPE, name, OLD)

    assert answer["PhysicalResourceId"] == "shop"
    assert set(aws.endpoints) == {"shop"}
    assert len(aws.configs) == 1


def test_a_failed_rename_leaves_the_old_endpoint_alone(stack, aws, name):
    aws.endpoint_end = "Failed"

    answer = stack.update(TYPE, name, OLD, OLD | {"EndpointName": "shop"})

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == name
    assert set(aws.endpoints) == {name}
    assert set(aws.configs) == {config_of(aws, name)}


def test_a_configuration_deleted_out_of_band_is_made_again(stack, aws, name):
    config = config_of(aws, name)
    aws.configs.clear()

    answer = stack.update(TYPE, name, OLD, OLD | {"Tags": [{"Key": "a", "Value": "1"}]})

    assert answer["Status"] == "SUCCESS"
    assert set(aws.configs) == {config}


def test_an_endpoint_whose_rollback_failed_is_updated_again(stack, aws, name):
    aws.update_end = "UpdateRollbackFailed"
    stack.update(TYPE, name, OLD, NEW)
    aws.update_end = "InService"

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["Status"] == "SUCCESS"
