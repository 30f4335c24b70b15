"""A detached release: the stack has its answer at once, the endpoint moves when it is time."""

import pytest

from .releases import ENDPOINT_NAME, User, endpoint, minimum


@pytest.fixture
def user(stack, aws):
    aws.winners_differ = True
    return User(stack)


def test_the_stack_is_answered_at_once_and_the_endpoint_serves_later(user, aws):
    began = aws.now
    answer = user.deploy()

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["EndpointName"] == ENDPOINT_NAME
    assert answer["Data"]["Release"] == "1"
    assert aws.now - began < 60
    assert user.release(1).state == "started"

    user.run()

    assert user.release(1).state == "in-service"
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_the_same_settings_deployed_again_train_nothing(user, aws):
    user.deploy()
    user.run()
    user.deploy()
    user.run()

    assert user.states == ["in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_other_settings_train_and_the_endpoint_moves(user, aws):
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"})

    assert user.served_job() == user.release(1).job

    user.run()

    assert user.states == ["in-service", "in-service"]
    assert user.served_job() == user.release(2).job != user.release(1).job
    assert user.head.previous == 1
    user.check_at_rest()


def test_a_release_under_way_is_superseded_and_its_job_stopped(user, aws):
    user.deploy()
    aws.wait(120)
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert user.states == ["superseded", "in-service"]
    first = user.release(1)
    assert first.reason == "superseded by release 2"
    assert "Stopped" in aws.jobs[first.job]
    assert user.served_job() == user.release(2).job
    user.check_at_rest()


def test_a_release_that_is_superseded_by_another_endpoint_size_keeps_its_job(user, aws):
    user.deploy()
    aws.wait(120)
    user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
    user.run()

    assert user.states == ["superseded", "in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1
    user.check_at_rest()


def test_a_refused_candidate_leaves_the_old_one_serving(user, aws):
    user.deploy(Gates=[minimum(0.9)])
    user.run()
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.99)])
    user.run()

    assert user.states == ["in-service", "refused"]
    refused = user.release(2)
    assert refused.reason == "gate Objective: F1 is 0.97, below the minimum of 0.99"
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_a_changed_gate_judges_anew_without_training(user, aws):
    user.deploy(Gates=[minimum(0.99)])
    user.run()
    assert user.states == ["refused"]
    assert not aws.endpoints

    user.deploy(Gates=[minimum(0.9)])
    user.run()

    assert user.states == ["refused", "in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1
    user.check_at_rest()


def test_gates_that_were_changed_are_those_of_the_next_retraining(user, aws):
    user.deploy(Gates=[minimum(0.9)])
    user.run()
    user.deploy(Gates=[minimum(0.99)])
    user.run()

    user.ask("Retrain")
    user.run()

    assert user.states == ["in-service", "refused", "refused"]
    assert user.head.settings.judged_by == user.release(2).settings.judged_by


def test_gates_that_were_changed_back_judge_again(user, aws):
    user.deploy(Gates=[minimum(0.99)])
    user.run()
    user.deploy(Gates=[minimum(0.98)])
    user.run()
    user.deploy(Gates=[minimum(0.99)])
    user.run()
    user.deploy(Gates=[minimum(0.9)])
    user.run()

    assert user.states == ["refused", "refused", "refused", "in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_other_gates_after_a_rollback_judge_a_candidate_of_the_deployed_settings(user, aws):
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()
    user.ask("Rollback")
    user.run()
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.9)])
    user.run()

    assert user.served_job() == user.release(2).job
    assert user.release(4).source == 0
    assert user.states == ["in-service"] * 4
    user.check_at_rest()


def test_a_job_that_fails_ends_its_release_with_the_reason(user, aws):
    aws.job_end = {"AutoMLJobStatus": "Failed", "FailureReason": "bad data"}
    user.deploy()
    user.run()

    assert user.states == ["failed"]
    assert user.release(1).reason.endswith("failed: bad data")
    assert not aws.endpoints
    user.check_at_rest()


@pytest.mark.parametrize(
    ("end", "state"),
    [("RolledBack", "rolled-back"), ("UpdateRollbackFailed", "failed"), ("Failed", "failed")],
)
def test_a_move_that_fails_is_told_and_the_old_candidate_serves_again(user, aws, end, state):
    user.deploy()
    user.run()
    aws.update_end = end
    user.deploy(Job={"Revision": "2"})
    aws.run(lambda: user.release(2).is_over)
    aws.update_end = "InService"
    user.run()

    assert user.states == ["in-service", state]
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_an_endpoint_that_never_serves_is_told_and_taken_away(user, aws):
    aws.endpoint_end = "Failed"
    user.deploy()
    user.run()

    assert user.states == ["failed"]
    assert not [name for name in aws.endpoints if aws.find("describe_endpoint", EndpointName=name)]
    user.check_at_rest()


def test_delete_takes_everything_away(user, aws):
    user.deploy()
    user.run()
    answer = user.delete()
    user.run()

    assert answer["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs
    assert not aws.models
    assert user.head.gone


def test_delete_while_it_trains_stops_the_job_and_records_the_end(user, aws):
    user.deploy()
    aws.wait(120)
    answer = user.delete()
    user.run()

    assert answer["Status"] == "SUCCESS"
    assert user.states == ["deleted"]
    assert "Stopped" in aws.jobs[user.release(1).job]
    assert not aws.endpoints


@pytest.mark.parametrize("seconds", range(0, 1500, 75))
def test_delete_at_every_moment_leaves_nothing(user, aws, seconds):
    user.deploy()
    aws.wait(seconds)
    assert user.delete()["Status"] == "SUCCESS"
    user.run()

    assert not aws.endpoints
    assert not aws.configs
    assert not aws.models
    assert all(state in ("deleted", "in-service") for state in user.states)


@pytest.mark.parametrize("seconds", range(0, 1500, 75))
def test_supersede_at_every_moment_serves_the_newest(user, aws, seconds):
    user.deploy()
    aws.wait(seconds)
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert user.states[-1] == "in-service"
    assert user.served_job() == user.release(2).job
    user.check_at_rest()


@pytest.mark.parametrize("seconds", range(0, 1500, 75))
def test_a_successor_that_is_refused_at_every_moment_leaves_what_passed(user, aws, seconds):
    user.deploy()
    aws.wait(seconds)
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.99)])
    user.run()

    assert user.states[-1] == "refused"
    user.check_at_rest()


def test_an_endpoint_of_another_name_serves_before_the_old_one_goes(user, aws):
    user.deploy()
    user.run()
    user.deploy(Endpoint=endpoint("churn-abcdeaaacccc"))
    user.run()

    assert user.served_job("churn-abcdeaaacccc") == user.release(1).job
    assert list(aws.endpoints) == ["churn-abcdeaaacccc"]


def test_a_job_name_is_refused_as_a_release_trains_more_than_once(user):
    answer = user.deploy(Job={"AutoMLJobName": "churn"})

    assert answer["Status"] == "FAILED"
    assert "leave job_name out" in answer["Reason"]
