"""The endpoint resource waits: for the service, for quotas, and never longer than it may."""

import pytest
from automlv2_handlers.aws.classify import classify
from automlv2_handlers.errors import BusyError, QuotaError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.resources.endpoint import KIND, WAIT_SECONDS

from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, OLD, config_of
from .services.errors import client_error

__all__ = ["MODELS"]


@pytest.fixture
def name(stack):
    return stack.create(TYPE, OLD)["PhysicalResourceId"]


def test_cleaning_up_after_a_failed_creation_does_not_outlast_the_hour(stack, aws):
    aws.endpoint_seconds = 50 * 60
    aws.endpoint_end = "Failed"
    began = aws.now

    answer = stack.create(TYPE, OLD)

    assert "ended as Failed" in answer["Reason"]
    assert aws.now - began < 3600


def test_a_stuck_creation_is_handed_on_to_the_links(stack, aws):
    aws.endpoint_seconds = 2 * 3600
    began = aws.now

    answer = stack.create(TYPE, OLD | {"MoreLinks": True})

    assert answer["Status"] == "SUCCESS"
    assert aws.now - began < 3600
    link = {
        "Target": "Endpoint",
        "EndpointName": answer["PhysicalResourceId"],
        "EndpointConfigName": answer["Data"]["EndpointConfigName"],
        "LinkSeconds": 3300,
        "TimeoutSeconds": 9900,
    }
    first = stack.create("AutoMLWait", link | {"Last": False})
    last = stack.create("AutoMLWait", link | {"Last": True})
    assert first["Data"] == {}
    assert last["Data"] == {"EndpointName": answer["PhysicalResourceId"]}


def test_a_stuck_creation_without_links_fails_within_the_hour(stack, aws):
    aws.endpoint_seconds = 2 * 3600
    began = aws.now

    answer = stack.create(TYPE, OLD)

    assert "was still Creating after 55 min; raise its timeout" in answer["Reason"]
    assert aws.now - began < 3600


def test_a_timeout_shorter_than_a_link_is_kept_and_leaves_time_to_clean_up(stack, aws):
    aws.endpoint_seconds = 1200
    began = aws.now

    answer = stack.create(TYPE, OLD | {"WaitSeconds": 600})

    assert "was still Creating after 10 min; raise its timeout" in answer["Reason"]
    assert 1200 < aws.now - began < 3600
    assert not aws.endpoints


def test_a_link_tells_of_a_silent_rollback(stack, aws, name):
    link = {"Target": "Endpoint", "EndpointName": name, "EndpointConfigName": "other"}

    answer = stack.create(
        "AutoMLWait", link | {"LinkSeconds": 1, "TimeoutSeconds": 1, "Last": True}
    )

    assert "was rolled back to its former configuration" in answer["Reason"]


def test_a_throttled_call_is_tried_again(stack, aws):
    aws.failures["create_endpoint"] = [BusyError("Rate exceeded")] * 2

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"


def test_an_endpoint_that_is_not_waited_for_is_answered_while_it_is_created(stack, aws):
    answer = stack.create(TYPE, OLD | {"Wait": False})

    name = answer["PhysicalResourceId"]
    assert answer["Status"] == "SUCCESS"
    assert aws.find("describe_endpoint", EndpointName=name)["EndpointStatus"] == "Creating"
    assert answer["Data"]["EndpointName"] == name


def test_a_configuration_not_seen_yet_is_waited_for(stack, aws):
    aws.shows_late("create_endpoint", "Could not find endpoint configuration")

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"


def test_fails_when_a_configuration_is_never_seen(stack, aws):
    aws.shows_late("create_endpoint", "Could not find endpoint configuration", 99)

    assert "Could not find endpoint configuration" in stack.create(TYPE, OLD)["Reason"]


def test_a_model_not_seen_yet_is_waited_for(stack, aws):
    aws.shows_late("create_endpoint_config", "Could not find model")

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"


def test_an_endpoint_not_seen_yet_is_waited_for(stack, aws):
    aws.shows_late("describe_endpoint", after="create_endpoint")

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"
    assert aws.calls["create_endpoint"] == 1


@pytest.fixture
def blinking(aws):
    """Let three looks of four not see an endpoint that takes a while."""
    describe, looks = aws._describe_endpoint, []

    def now_and_then(**request):
        looks.append(request)
        if aws.endpoints and len(looks) % 4:
            raise client_error("DescribeEndpoint", "ValidationException", "Could not find it")
        return describe(**request)

    aws._describe_endpoint = now_and_then
    aws.endpoint_seconds = 1200
    yield
    aws._describe_endpoint = describe


@pytest.mark.usefixtures("blinking")
def test_looks_that_see_no_endpoint_now_and_then_do_not_end_its_creation(stack):
    answer = stack.create(TYPE, OLD)

    assert answer["Status"] == "SUCCESS", answer["Reason"]


@pytest.mark.usefixtures("blinking")
def test_looks_that_see_no_endpoint_now_and_then_do_not_end_a_link(stack):
    made = stack.create(TYPE, OLD | {"Wait": False})
    link = {"Target": "Endpoint", "LinkSeconds": 3300, "TimeoutSeconds": 3300, "Last": True}
    names = {key: made["Data"][key] for key in ("EndpointName", "EndpointConfigName")}

    assert stack.create("AutoMLWait", link | names)["Status"] == "SUCCESS"


def test_a_quota_that_is_full_is_queued_for(stack, aws):
    aws.failures["create_endpoint"] = [QuotaError("ResourceLimitExceeded: 4 instances")] * 9

    assert stack.create(TYPE, OLD)["Status"] == "SUCCESS"


def test_a_quota_too_small_for_the_endpoint_fails_at_once_and_names_it(stack, aws):
    message = (
        "The account-level service limit 'ml.p4d.24xlarge for endpoint usage' is 0 Instances, with "
        "current utilization of 0 Instances and a request delta of 1 Instances."
    )
    refusal = classify("ResourceLimitExceeded", message, "CreateEndpoint")
    aws.failures["create_endpoint"] = [refusal] * 99
    began = aws.now

    answer = stack.create(TYPE, OLD)

    assert "'ml.p4d.24xlarge for endpoint usage' is 0 Instances" in answer["Reason"]
    assert aws.now - began < 60


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
@pytest.mark.parametrize("after", [OLD, NEW], ids=["as it was", "of another model"])
def test_an_endpoint_out_of_service_is_made_again(stack, aws, name, after, status):
    stack.status = status
    aws.take_out_of_service(name)

    answer = stack.update(TYPE, name, NEW if after is OLD else OLD, after)

    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"
    assert list(aws.configs) == [config_of(aws, name)]
    [variant] = aws.configs[config_of(aws, name)]["ProductionVariants"]
    assert variant["ModelName"] == after["ProductionVariants"][0]["ModelName"]


def test_maintenance_is_waited_for_before_an_update(stack, aws, name):
    aws.endpoints[name] |= {"During": "SystemUpdating", "After": "InService", "Since": aws.now}

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["EndpointConfigName"] == config_of(aws, name)


def test_a_deletion_waits_as_long_as_it_may_whatever_the_creation_was_given(stack):
    short = OLD | {"WaitSeconds": 60}
    delete = stack.event("Delete", TYPE, short, PhysicalResourceId="churn")
    create = stack.event("Create", TYPE, short)

    assert KIND.patience(LifecycleEvent.from_raw(create)) == 60
    assert KIND.patience(LifecycleEvent.from_raw(delete)) == WAIT_SECONDS
