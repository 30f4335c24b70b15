"""Releases and the model registry: registered, approved, changed since, and promoted by people."""

from contextlib import suppress

import pytest
from automlv2_handlers.domain import packages

from .fake_aws import Crash, FakeAws
from .releases import User, minimum
from .stack import Stack

PENDING = {
    "ModelPackageGroupName": "churn",
    "ModelApprovalStatus": "PendingManualApproval",
    "ContentTypes": ["text/csv"],
    "ResponseTypes": ["text/csv"],
    "Retain": "true",
}
APPROVED = {**PENDING, "ModelApprovalStatus": "Approved"}
UNMEASURED = {"Type": "Objective", "Metric": "AUC", "Minimum": 0.5}


@pytest.fixture
def user(stack, aws):
    aws.winners_differ = True
    return User(stack)


def released(user, **more):
    user.deploy(**more)
    user.run()


def heard(user, arn):
    """Deliver the registry's event, as the rule does."""
    answer = user.ask("Approval", "approval", Package=arn)
    user.run()
    return answer


def only(aws):
    [arn] = aws.packages
    return arn


def test_a_candidate_that_passed_is_registered_with_its_figures_and_serves(user, aws):
    released(user, Registration=APPROVED, Gates=[minimum(0.9)])

    assert user.states == ["in-service"]
    package = aws.packages[only(aws)]
    assert package["ModelApprovalStatus"] == "Approved"
    registered = package["InferenceSpecification"]["Containers"]
    assert package["CustomerMetadataProperties"] | {"job": ""} == {
        "containers": packages.containers_digest(registered),
        "metric": "F1",
        "value": "0.97",
        "stack": "Shop",
        "id": "Churn",
        "release": "1",
        "job": "",
        "candidate": "best",
    }
    [container] = package["InferenceSpecification"]["Containers"]
    [model] = aws.models.values()
    assert container["ModelDataUrl"] == model["Containers"][0]["ModelDataUrl"]
    assert user.release(1).package == only(aws)
    user.check_at_rest()


def test_a_refused_candidate_is_not_registered(user, aws):
    released(user, Registration=APPROVED, Gates=[minimum(0.99)])

    assert user.states == ["refused"]
    assert not aws.packages


def test_nothing_serves_before_somebody_approves_and_then_that_candidate_does(user, aws):
    released(user, Registration=PENDING)
    assert user.states == ["undecided"]
    assert "waits for an approval: model package" in user.release(1).reason
    assert not aws.endpoints

    aws.approve(only(aws))
    assert heard(user, only(aws)) == f"release 2 started: serves {only(aws)}"

    assert user.states == ["undecided", "in-service"]
    assert user.served_job() == user.release(1).job
    assert user.release(2).trigger.by == "arn:aws:iam::111122223333:user/ann"
    user.check_at_rest()


def test_several_events_of_one_approval_start_one_release(user, aws):
    released(user, Registration=PENDING)
    aws.approve(only(aws))
    for _ in range(3):
        user.ask("Approval", "approval", Package=only(aws))
    user.run()
    assert "already" in heard(user, only(aws))

    assert user.states == ["undecided", "in-service"]


def test_a_rejection_leaves_the_former_model_serving(user, aws):
    released(user, Registration=APPROVED)
    released(user, Registration=PENDING, Job={"Revision": "2"})
    arn = user.release(2).package
    aws.approve(arn, "Rejected")

    assert heard(user, arn) == f"nothing to do: {arn} is Rejected"
    assert user.states == ["in-service", "undecided"]
    assert user.served_job() == user.release(1).job


def test_containers_that_were_changed_are_refused_with_the_reason(user, aws):
    released(user, Registration=PENDING)
    arn = only(aws)
    other = {"Image": "evil", "ModelDataUrl": "s3://other/model.tar.gz"}
    specification = aws.packages[arn]["InferenceSpecification"]
    aws.change_package(arn, InferenceSpecification={**specification, "Containers": [other]})
    aws.approve(arn)
    heard(user, arn)

    assert user.states == ["undecided", "refused"]
    assert "somebody has changed them" in user.release(2).reason
    assert not aws.endpoints


def test_containers_changed_after_the_approval_change_nothing_that_serves(user, aws):
    released(user, Registration=PENDING)
    arn = only(aws)
    aws.approve(arn)
    heard(user, arn)
    other = {"Image": "evil", "ModelDataUrl": "s3://other/model.tar.gz"}
    aws.change_package(arn, InferenceSpecification={"Containers": [other]})
    assert heard(user, arn) == f"nothing to do: release 2 serves {arn} already"

    user.deploy(Registration=PENDING)
    user.run()
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_a_package_of_somebody_else_in_the_group_is_left_alone(user, aws):
    released(user, Registration=PENDING)
    aws.create = aws.client("sagemaker").create_model_package(
        ModelPackageGroupName="churn",
        ClientToken="other",
        ModelApprovalStatus="Approved",
        InferenceSpecification={"Containers": [{"Image": "other"}]},
    )
    arn = aws.create["ModelPackageArn"]

    assert heard(user, arn) == f"nothing to do: no release has registered {arn}"
    assert user.states == ["undecided"]


def test_an_approval_while_a_release_is_under_way_waits_for_its_end(user, aws):
    released(user, Registration=PENDING)
    arn = only(aws)
    user.deploy(Registration=PENDING, Job={"Revision": "2"})
    aws.wait(60)
    aws.approve(arn)
    assert user.ask("Approval", "approval", Package=arn) == "begins when release 2 has ended"
    user.run()

    assert user.states == ["undecided", "undecided", "in-service"]
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_new_data_that_came_before_an_approval_are_trained_after_it(user, aws):
    released(user, Registration=PENDING)
    first = only(aws)
    user.deploy(Registration=PENDING, Job={"Revision": "2"})
    aws.wait(60)
    aws.approve(first)
    user.ask("Approval", "approval", Package=first)
    aws.buckets["in"] = [("train/a.csv", "3", 10)]
    user.ask("Retrain", "new-data")
    user.run()

    assert user.states == ["undecided", "undecided", "in-service", "undecided"]
    assert user.release(4).trigger.kind == "new-data"


def test_an_approval_of_earlier_settings_does_not_make_the_same_deployment_train(user, aws):
    released(user, Registration=PENDING)
    aws.job_end = {"AutoMLJobStatus": "Failed", "FailureReason": "bad data"}
    newer = {"Registration": PENDING, "Job": {"Revision": "2"}}
    released(user, **newer)
    aws.approve(only(aws))
    heard(user, only(aws))
    assert user.states == ["undecided", "failed", "in-service"]

    released(user, **newer)

    assert aws.calls["create_auto_ml_job_v2"] == 2


def test_an_older_approval_does_not_take_the_place_of_what_is_newer(user, aws):
    released(user, Registration=PENDING)
    old = only(aws)
    released(user, Registration=APPROVED, Job={"Revision": "2"})
    aws.approve(old)

    assert heard(user, old) == "nothing to do: release 2, which is newer than 1, serves"
    assert user.served_job() == user.release(2).job


def test_the_same_candidate_is_not_registered_twice(user, aws):
    released(user, Registration=PENDING)
    user.ask("Retrain")
    user.run()

    assert user.states == ["undecided", "undecided"]
    assert len(aws.packages) == 1
    aws.approve(only(aws))
    heard(user, only(aws))
    assert user.states[-1] == "in-service"


def test_a_group_that_does_not_exist_ends_the_release_by_name(user):
    released(user, Registration={**APPROVED, "ModelPackageGroupName": "nowhere"})

    assert user.states == ["failed"]
    assert "nowhere does not exist" in user.release(1).reason


@pytest.mark.parametrize(("retain", "left"), [("true", 1), ("false", 0)])
def test_versions_stay_when_the_construct_goes_unless_said_otherwise(user, aws, retain, left):
    released(user, Registration={**APPROVED, "Retain": retain})
    user.delete()

    assert len(aws.packages) == left


def undecided(user):
    released(user, Gates=[UNMEASURED, minimum(0.9)])
    assert user.states == ["undecided"]


def test_a_person_lets_an_undecided_release_pass_and_says_why(user, aws):
    undecided(user)
    answer = user.ask("Promote")
    user.run()

    assert answer == "release 2 started: promotes release 1"
    assert user.states == ["undecided", "in-service"]
    assert user.served_job() == user.release(1).job
    assert [gate["Verdict"] for gate in user.release(2).gates] == ["pass", "pass"]
    assert user.release(2).gates[0]["Reason"] == "promoted by ann"
    assert aws.calls["create_auto_ml_job_v2"] == 1
    user.check_at_rest()


def test_the_gates_after_the_one_that_a_person_decides_are_asked_still(user):
    released(user, Gates=[UNMEASURED, minimum(0.99)])
    user.ask("Promote")
    user.run()

    assert user.states == ["undecided", "refused"]


def test_only_what_is_undecided_is_promoted(user):
    released(user)
    assert "release 1 is in-service, not undecided" in user.ask("Promote")
    assert "there is no release 7" in user.ask("Promote", Number=7)


def test_what_waits_for_an_approval_is_approved_in_the_registry(user, aws):
    released(user, Registration=PENDING)
    assert f"approve {only(aws)} in the model registry" in user.ask("Promote")


def test_what_is_newer_is_not_undone_by_a_promotion(user):
    undecided(user)
    released(user, Job={"Revision": "2"})
    assert "release 2, which is newer than 1, serves" in user.ask("Promote", Number=1)


def play(arrange):
    """Register, approve and serve; faults come once the stack has been deployed."""
    aws = FakeAws()
    aws.winners_differ = True
    user = User(Stack(aws))
    user.deploy(Registration=PENDING)
    before = aws.entered
    arrange(aws)
    user.run()
    for arn in list(aws.packages):
        aws.approve(arn)
        for _ in range(2):  # As AWS Lambda tries again.
            with suppress(Crash):
                user.ask("Approval", "approval", Package=arn)
    user.run()
    calls = aws.entered - before
    user.check_at_rest()
    return user, calls


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_call_registers_and_serves_once(moment):
    _, calls = play(lambda aws: None)
    for number in range(1 if moment == "before" else 2, calls + 1, 2):

        def crash(aws, number=number):
            if moment == "after":
                aws.crash_after = aws.entered + number
                return

            def die():
                raise Crash

            aws.interrupt_at = aws.entered + number
            aws.interrupt = die

        user, _ = play(crash)
        assert len(user.aws.packages) == 1, f"{moment} call {number}"
        assert user.states == ["undecided", "in-service"], f"{moment} call {number}"
