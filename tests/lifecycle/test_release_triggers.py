"""Retraining, rolling back and new data: each trigger once, however often it is delivered."""

import pytest

from .releases import KEY, User, endpoint, minimum


@pytest.fixture
def user(stack, aws):
    aws.winners_differ = True
    user = User(stack)
    user.deploy()
    user.run()
    return user


def new_data(aws, etag):
    aws.buckets["in"] = [("train/a.csv", etag, 10)]


def test_retraining_on_new_data_moves_the_endpoint_and_a_later_deployment_keeps_it(user, aws):
    new_data(aws, "2")
    assert user.ask("Retrain") == "release 2 started"
    user.run()
    assert user.served_job() == user.release(2).job != user.release(1).job

    user.deploy()
    user.run()

    assert user.states == ["in-service", "in-service"]
    assert user.served_job() == user.release(2).job
    user.check_at_rest()


def test_retraining_on_the_same_data_trains_nothing_and_says_so(user, aws):
    user.ask("Retrain", "schedule")
    user.run()

    assert aws.calls["create_auto_ml_job_v2"] == 1
    assert user.states == ["in-service", "in-service"]
    assert user.release(2).reason == (
        "settings or data have not changed: the same job and candidate"
    )
    user.check_at_rest()


def test_a_trigger_that_is_delivered_twice_starts_one_release(user, aws):
    trigger = {"Kind": "schedule", "Id": "1"}
    event = {"Task": "Retrain", "Key": KEY, "Trigger": trigger}
    new_data(aws, "2")
    for _ in range(3):
        user.stack._serve(event)
    user.run()
    user.stack._serve(event)
    user.run()

    assert user.states == ["in-service", "in-service"]


def test_a_trigger_whose_function_died_before_the_execution_began_is_made_good(user, aws):
    event = {"Task": "Retrain", "Key": KEY, "Trigger": {"Kind": "command", "Id": "1"}}
    new_data(aws, "2")
    aws.failures["start_execution"] = [RuntimeError("died")]
    with pytest.raises(RuntimeError):
        user.stack._serve(event)
    user.stack._serve(event)
    user.run()

    assert user.states == ["in-service", "in-service"]


def test_retraining_while_a_release_is_under_way_starts_none(user, aws):
    new_data(aws, "2")
    user.ask("Retrain")

    assert user.ask("Retrain") == "not started: release 2 is under way"


def test_new_data_while_a_release_is_under_way_start_the_next_one_after_it(user, aws):
    new_data(aws, "2")
    user.ask("Retrain")
    aws.wait(120)
    new_data(aws, "3")

    assert user.ask("Retrain", "new-data") == "begins when release 2 has ended"

    user.run()

    assert user.states == ["in-service"] * 3
    assert user.served_job() == user.release(3).job
    assert user.release(3).trigger.kind == "new-data"


def test_rolling_back_serves_the_release_before_without_training(user, aws):
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert user.ask("Rollback") == "release 3 started: serves release 1 again"

    user.run()

    assert user.states == ["in-service"] * 3
    assert user.served_job() == user.release(1).job
    assert aws.calls["create_auto_ml_job_v2"] == 2
    user.check_at_rest()


def test_a_rollback_is_not_undone_by_an_unchanged_deployment(user, aws):
    user.deploy(Job={"Revision": "2"})
    user.run()
    user.ask("Rollback")
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert user.served_job() == user.release(1).job
    assert len(user.states) == 3


def test_rolling_back_to_a_number_also_takes_a_refused_release(user, aws):
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.99)])
    user.run()
    assert user.states == ["in-service", "refused"]

    user.ask("Rollback", Number=2)
    user.run()

    assert user.served_job() == user.release(2).job


def test_rolling_back_returns_to_the_former_settings_of_the_endpoint(user, aws):
    user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
    user.run()
    user.ask("Rollback")
    user.run()

    name = user.head.settings.endpoint_name
    config = aws.configs[aws.find("describe_endpoint", EndpointName=name)["EndpointConfigName"]]
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 1


def test_rolling_back_passes_over_releases_that_serve_the_same(user, aws):
    user.deploy(Job={"Revision": "2"})
    user.run()
    user.ask("Retrain")
    user.run()
    assert user.release(3).candidate == user.release(2).candidate
    assert user.release(3).job == user.release(2).job

    assert user.ask("Rollback") == "release 4 started: serves release 1 again"

    user.run()
    assert user.served_job() == user.release(1).job
    user.ask("Rollback")
    user.run()
    assert user.served_job() == user.release(2).job


def test_rolling_back_where_only_the_same_has_served_is_refused(user):
    user.ask("Retrain")
    user.run()

    assert user.ask("Rollback") == "refused: cannot roll back: no release served before"


def test_rolling_back_to_nothing_is_refused(user):
    assert user.ask("Rollback") == "refused: cannot roll back: no release served before"
    assert user.ask("Rollback", Number=9) == "refused: cannot roll back: there is no release 9"


def test_aborting_keeps_what_serves_and_stops_the_job(user, aws):
    user.deploy(Job={"Revision": "2"})
    aws.wait(120)

    assert user.ask("Abort") == "release 2 aborted"

    user.run()

    assert user.states == ["in-service", "failed"]
    assert user.release(2).reason == "aborted by ann"
    assert "Stopped" in aws.jobs[user.release(2).job]
    assert user.served_job() == user.release(1).job
    assert user.ask("Abort") == "refused: no release is under way"
    user.check_at_rest()


def test_what_an_aborted_release_has_moved_goes_back(user, aws):
    user.deploy(Endpoint=endpoint(InstanceType="ml.m5.xlarge"))
    aws.run(lambda: user.release(2).progress.get("Serve", {}).get("Requested"))

    told = user.ask("Abort")

    back = "the endpoint, which it was moving, goes back to release 1"
    assert told == f"release 2 aborted; {back}"
    user.run()
    assert user.states == ["in-service", "failed"]
    assert user.head.mover == 0
    user.check_at_rest()


def test_what_follows_an_aborted_release_need_not_wait_for_the_end_of_its_lease(user, aws):
    user.deploy(Endpoint=endpoint(InstanceType="ml.m5.xlarge"))
    aws.run(lambda: user.release(2).progress.get("Serve", {}).get("Requested"))
    until = user.head.mover_until
    user.ask("Abort")
    user.ask("Retrain")

    aws.run(lambda: user.head.mover == 3)

    assert aws.now < until
    user.run()
    assert user.states == ["in-service", "failed", "in-service"]
    user.check_at_rest()


def test_an_alarm_that_rings_again_soon_starts_no_second_release(user, aws):
    new_data(aws, "2")
    user.ask("Retrain", "alarm", CoolDownSeconds="86400")
    user.run()
    aws.wait(3600)

    assert "too recent" in user.ask("Retrain", "alarm", CoolDownSeconds="86400")

    aws.wait(86400)

    assert user.ask("Retrain", "alarm", CoolDownSeconds="86400") == "release 3 started"


def test_sixty_objects_in_a_row_start_one_release_once_they_are_quiet(user, aws):
    for number in range(60):
        new_data(aws, str(number))
        user.ask("NewData", "new-data", QuietSeconds="600")
        aws.wait(30)
    assert user.states == ["in-service"]

    user.run()

    assert user.states == ["in-service", "in-service"]
    assert user.release(2).trigger.kind == "new-data"


def test_a_steady_trickle_of_objects_starts_a_release_at_the_longest_wait(user, aws):
    for number in range(60):
        new_data(aws, str(number))
        user.ask("NewData", "new-data", QuietSeconds="600", MaxWaitSeconds="900")
        aws.wait(60)

    assert len(user.states) > 1


def test_a_waiter_that_was_lost_is_replaced_by_the_next_object(user, aws):
    aws.failures["start_execution"] = [RuntimeError("died")]
    with pytest.raises(RuntimeError):
        user.ask("NewData", "new-data", QuietSeconds="60")
    aws.wait(3600)
    new_data(aws, "2")
    user.ask("NewData", "new-data", QuietSeconds="60")
    user.run()

    assert user.states == ["in-service", "in-service"]


def test_tasks_for_what_there_is_not_are_refused(user, stack):
    event = {"Task": "Retrain", "Key": "Other", "Trigger": {"Kind": "command", "Id": "1"}}

    assert stack._serve(event) == {"Refused": "there is no release of 'Other'"}


def test_a_stack_on_its_way_back_serves_the_former_release_without_training(user, stack, aws):
    before = user.deployed
    user.deploy(Job={"Revision": "2"})
    user.run()
    new_data(aws, "2")
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    user.deploy(**{key: before[key] for key in ("Job", "Model", "Endpoint")})
    user.run()

    assert aws.calls["create_auto_ml_job_v2"] == 2
    assert user.states == ["in-service"] * 3
    assert user.served_job() == user.release(1).job
    user.check_at_rest()


def test_a_release_that_has_ended_by_itself_keeps_no_lease(user, aws):
    user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
    began = aws.now
    aws.run(lambda: user.release(2).is_over)

    assert user.head.mover == 0
    assert aws.now - began < 600
