"""Weights, scaling and counts that cannot be set fail no rollback, and keep no endpoint."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import COUNT, MODELS, NEW, OLD, scaled
from .events import ENDPOINT_TYPE as TYPE
from .failing import broken_after, deployed
from .stack import STACK_ID

__all__ = ["MODELS"]

SCALED = scaled(OLD)
SCALING = (
    "register_scalable_target",
    "describe_scalable_targets",
    "put_scaling_policy",
    "deregister_scalable_target",
    "list_tags_for_resource",
)
THROTTLED = ("ThrottlingException", "Rate exceeded")
ALWAYS = 100_000


def sized(count, *, other=1):
    [variant] = OLD["ProductionVariants"]
    pair = zip(("AllTraffic", "other"), (count, other), strict=True)
    listed = [variant | {"VariantName": name, "InitialInstanceCount": n} for name, n in pair]
    return OLD | {"ProductionVariants": listed}


def weighted(weight):
    first, other = sized(1)["ProductionVariants"]
    return OLD | {"ProductionVariants": [first, other | {"InitialVariantWeight": weight}]}


def trouble(aws, name):
    return aws.tags[aws.endpoints[name]["EndpointArn"]].get("cdk-automlv2:trouble", "")


def scale_by_hand(aws, name):
    """Deregister what the stack has registered, and register anew without its tags."""
    aws.forget_scaling(name)
    place = {"ResourceId": f"endpoint/{name}/variant/AllTraffic", "ScalableDimension": COUNT}
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**place, MinCapacity=3, MaxCapacity=3)


@pytest.mark.parametrize("new", [scaled(NEW), scaled(OLD, 2, 8), NEW])
def test_scaling_that_somebody_has_taken_over_does_not_end_a_rollback(aws, new):
    stack, name = deployed(aws, SCALED)
    scale_by_hand(aws, name)

    assert not stack.deploy(broken_after(new))

    assert "is scaled by someone else" in trouble(aws, name)
    [target] = aws.targets.values()
    assert target["MinCapacity"] == 3


def test_the_next_deployment_that_goes_well_takes_the_trouble_off(aws):
    stack, name = deployed(aws, SCALED)
    scale_by_hand(aws, name)
    stack.deploy(broken_after(NEW))
    aws.forget_scaling(name)

    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: scaled(NEW))])

    assert trouble(aws, name) == ""


@pytest.mark.parametrize(
    "fault",
    [
        (
            "ResourceLimitExceeded",
            "'ml.m5.large for endpoint usage' is 4 Instances, with a request delta of 2 Instances",
        ),
        ("AccessDeniedException", "not authorized to perform this"),
        ("ValidationException", "not now"),
        THROTTLED,
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [(sized(3), sized(1)), (sized(3, other=4), sized(1)), (weighted(9), weighted(1))],
)
def test_counts_and_weights_that_are_refused_do_not_end_a_rollback(aws, old, new, fault):
    stack, name = deployed(aws, old)
    operation = "update_endpoint_weights_and_capacities"
    stack.before_rollback = lambda: aws.fail(operation, *fault, times=ALWAYS)

    assert not stack.deploy(broken_after(new))

    assert fault[0] in trouble(aws, name)
    aws.failures.clear()
    stack.before_rollback = lambda: None
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: old | {"Wait": False})])


def test_a_quota_that_is_full_for_a_moment_is_waited_for_in_a_rollback(aws):
    stack, name = deployed(aws, sized(3))
    operation = "update_endpoint_weights_and_capacities"
    stack.before_rollback = lambda: aws.fail(operation, "ResourceLimitExceeded", times=5)

    assert not stack.deploy(broken_after(sized(1)))

    assert aws.counts_of(name)["AllTraffic"] == 3
    assert trouble(aws, name) == ""


def test_a_count_that_scaling_in_trouble_hinders_comes_back_in_a_rollback(aws):
    [first, other] = sized(1, other=5)["ProductionVariants"]
    old = scaled(OLD | {"ProductionVariants": [first, other]})
    new = scaled(OLD | {"ProductionVariants": [first, other | {"InitialInstanceCount": 2}]}, 2, 8)
    stack, name = deployed(aws, old)

    def broken():
        for operation in SCALING:
            aws.fail(operation, *THROTTLED, times=ALWAYS)

    stack.before_rollback = broken

    assert not stack.deploy(broken_after(new))

    assert aws.counts_of(name)["other"] == 5
    assert "ThrottlingException" in trouble(aws, name)


@pytest.mark.parametrize("operation", SCALING)
def test_a_service_that_is_busy_throughout_fails_a_deployment_and_ends_its_rollback(aws, operation):
    stack, name = deployed(aws, SCALED)
    aws.fail(operation, *THROTTLED, times=ALWAYS)
    large = [OLD["ProductionVariants"][0] | {"InstanceType": "ml.m5.xlarge"}]

    stack.deploy(broken_after(scaled(OLD | {"ProductionVariants": large}, 2, 8)))

    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"


def test_a_creation_that_cannot_be_scaled_for_an_hour_leaves_nothing(aws):
    stack = CloudFormation(aws, STACK_ID)
    for operation in SCALING:
        aws.fail(operation, *THROTTLED, times=ALWAYS)

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: SCALED)])

    aws.wait(3600)
    assert not aws.endpoints
    assert not aws.configs


@pytest.mark.parametrize("operation", SCALING)
def test_an_endpoint_is_deleted_though_its_scaling_cannot_be_ended(aws, operation):
    stack, _ = deployed(aws, SCALED)
    aws.fail(operation, *THROTTLED, times=ALWAYS)

    stack.delete()

    assert not aws.endpoints
    assert not aws.targets


def test_a_target_that_is_being_changed_by_somebody_is_waited_for(stack, aws):
    aws.fail("put_scaling_policy", "ConcurrentUpdateException", "a pending update", times=3)

    assert stack.create(TYPE, SCALED)["Status"] == "SUCCESS"
