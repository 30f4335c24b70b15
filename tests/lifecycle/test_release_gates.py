"""Gates of a release: what each says, and what becomes of the candidate."""

import pytest

from .fake_aws import candidate
from .releases import ENDPOINT_NAME, User

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:judge"
SMOKE = {"Type": "SmokeTest", "Rows": ["1,2", "3,4"], "Expected": ["yes", "yes"]}
LATENCY = {"Type": "Latency", "Rows": ["1,2"], "Milliseconds": 200, "Percentile": 90}


@pytest.fixture
def user(stack, aws):
    aws.winners_differ = True
    return User(stack)


def released(user, *gates):
    user.deploy(Gates=list(gates))
    user.run()
    return user.release(user.head.generation)


def with_f1(value, **more):
    objective = {"MetricName": "F1", "Value": value}
    return candidate("best", FinalAutoMLJobObjectiveMetric=objective, **more)


def with_metrics(f1, auc):
    metrics = [{"MetricName": "AUC", "Value": auc, "Set": "Validation"}]
    return with_f1(f1, CandidateProperties={"CandidateMetrics": metrics})


@pytest.mark.parametrize(
    ("gate", "state", "reason"),
    [
        ({"Minimum": 0.9}, "in-service", ""),
        ({"Minimum": 0.98}, "refused", "gate Objective: F1 is 0.97, below the minimum of 0.98"),
        ({"Maximum": 0.5}, "refused", "gate Objective: F1 is 0.97, above the maximum of 0.5"),
        ({"Metric": "F1", "Minimum": 0.97}, "in-service", ""),
        (
            {"Metric": "AUC", "Minimum": 0.5},
            "undecided",
            "gate Objective: the candidate has no metric AUC",
        ),
    ],
)
def test_an_objective_is_compared_with_fixed_limits(user, gate, state, reason):
    release = released(user, {"Type": "Objective", **gate})

    assert (release.state, release.reason) == (state, reason)


def test_a_metric_beside_the_objective_is_that_of_the_validation(user, aws):
    metrics = [
        {"MetricName": "AUC", "Set": "Train", "Value": 0.99},
        {"MetricName": "AUC", "Set": "Validation", "Value": 0.7},
    ]
    aws.best_candidate = with_f1(0.97, CandidateProperties={"CandidateMetrics": metrics})
    release = released(user, {"Type": "Objective", "Metric": "AUC", "Minimum": 0.8})

    assert release.reason == "gate Objective: AUC is 0.7, below the minimum of 0.8"


def test_what_serves_first_has_nothing_to_be_better_than(user):
    release = released(user, {"Type": "BetterThanDeployed"})

    assert release.state == "in-service"
    assert release.gates[0]["Reason"] == "nothing serves yet to compare with"


@pytest.mark.parametrize(
    ("value", "by", "state"),
    [
        (0.98, 0, "in-service"),
        (0.97, 0, "in-service"),
        (0.96, 0, "refused"),
        (0.98, 0.05, "refused"),
    ],
)
def test_a_candidate_is_compared_with_what_serves(user, aws, value, by, state):
    gate = {"Type": "BetterThanDeployed", "By": by}
    released(user, gate)
    aws.best_candidate = with_f1(value)
    user.deploy(Job={"Revision": "2"}, Gates=[gate])
    user.run()

    assert user.release(2).state == state
    user.check_at_rest()


@pytest.mark.parametrize(
    ("value", "state"), [(0.5, "in-service"), (2.5, "refused")], ids=["lower", "higher"]
)
def test_of_an_error_the_lower_one_is_better(user, aws, value, state):
    gate = {"Type": "BetterThanDeployed"}
    aws.best_candidate = candidate(
        "best", FinalAutoMLJobObjectiveMetric={"MetricName": "RMSE", "Value": 1.0}
    )
    released(user, gate)
    aws.best_candidate = candidate(
        "best", FinalAutoMLJobObjectiveMetric={"MetricName": "RMSE", "Value": value}
    )
    user.deploy(Job={"Revision": "2"}, Gates=[gate])
    user.run()

    assert user.release(2).state == state


def test_the_very_candidate_that_serves_is_not_compared_with_itself(user):
    gate = {"Type": "BetterThanDeployed", "By": 0.01}
    released(user, gate)
    user.ask("Retrain")
    user.run()

    assert user.states == ["in-service", "in-service"]


@pytest.mark.parametrize(
    ("returned", "state", "reason"),
    [
        ({"pass": True}, "in-service", ""),
        ({"pass": False, "reason": "unfair"}, "refused", "gate Function: unfair"),
        ({"pass": None, "reason": "no data"}, "undecided", "gate Function: no data"),
        ({}, "undecided", "gate Function: no reason given"),
        ("yes", "undecided", "must return"),
        ({"pass": "true"}, "undecided", "must return"),
    ],
)
def test_a_function_of_the_users_is_asked(user, aws, returned, state, reason):
    asked = []
    aws.functions[FUNCTION] = lambda payload: asked.append(payload) or returned
    release = released(user, {"Type": "Function", "FunctionArn": FUNCTION})

    assert release.state == state
    assert reason in release.reason
    assert asked[0]["job"] == release.job
    assert asked[0]["candidate"]["CandidateName"] == "best"


def test_a_function_that_fails_decides_nothing(user, aws):
    aws.functions[FUNCTION] = lambda payload: 1 / 0
    release = released(user, {"Type": "Function", "FunctionArn": FUNCTION})

    assert release.state == "undecided"
    assert "division by zero" in release.reason


def test_a_smoke_test_asks_before_the_traffic_moves_and_leaves_no_endpoint(user, aws):
    release = released(user, SMOKE)

    assert release.state == "in-service"
    assert release.gates[0]["Reason"] == "2 rows answered as expected"
    assert aws.calls["create_endpoint"] == 2
    user.check_at_rest()


def test_a_smoke_test_refuses_with_the_row_and_its_answer(user, aws):
    aws.answers["3,4"] = "no,0.9"
    release = released(user, SMOKE)

    assert release.state == "refused"
    assert release.reason == "gate SmokeTest: 1 of 2 rows; row 2: 'no,0.9', expected 'yes'"
    assert ENDPOINT_NAME not in aws.endpoints
    user.check_at_rest()


def test_a_model_that_never_serves_is_refused_before_the_traffic_moves(user, aws):
    released(user)
    aws.endpoint_end = "Failed"
    user.deploy(Job={"Revision": "2"}, Gates=[SMOKE])
    user.run()

    assert user.states == ["in-service", "refused"]
    assert "the trial endpoint never served" in user.release(2).reason
    user.check_at_rest()


@pytest.mark.parametrize(("seconds", "state"), [(0.1, "in-service"), (0.3, "refused")])
def test_latency_is_measured_on_an_endpoint_of_its_own(user, aws, seconds, state):
    aws.answer_seconds = seconds
    release = released(user, LATENCY)

    assert release.state == state
    assert release.gates[0]["Figures"]["Milliseconds"] == seconds * 1000


def test_gates_that_ask_share_one_endpoint(user, aws):
    release = released(user, SMOKE, LATENCY)

    assert release.state == "in-service"
    assert [gate["Gate"] for gate in release.gates] == ["SmokeTest", "Latency"]
    assert aws.calls["create_endpoint"] == 2


@pytest.mark.parametrize("seconds", range(600, 2100, 100))
def test_a_release_that_is_superseded_while_it_is_tried_leaves_no_endpoint(user, aws, seconds):
    user.deploy(Gates=[SMOKE])
    aws.wait(seconds)
    user.deploy(Job={"Revision": "2"})
    user.run()

    user.check_at_rest()


def test_the_first_gate_that_refuses_ends_it(user, aws):
    aws.functions[FUNCTION] = lambda payload: {"pass": True}
    gates = [
        {"Type": "Objective", "Minimum": 0.99},
        {"Type": "Function", "FunctionArn": FUNCTION},
    ]

    assert released(user, *gates).state == "refused"
    assert aws.calls["invoke"] == 0


def test_a_gate_that_the_function_does_not_know_fails_by_name(user):
    release = released(user, {"Type": "Novelty"})

    assert release.state == "failed"
    assert release.reason == "this function does not know the gate 'Novelty'"


def test_a_metric_that_is_named_is_the_one_compared(user, aws):
    gate = {"Type": "BetterThanDeployed", "Metric": "AUC"}
    aws.best_candidate = with_metrics(f1=0.9, auc=0.8)
    released(user, gate)
    aws.best_candidate = with_metrics(f1=0.8, auc=0.9)
    user.deploy(Job={"Revision": "2"}, Gates=[gate])
    user.run()

    assert user.release(2).state == "in-service"
    assert user.release(2).gates[0]["Figures"]["Metric"] == "AUC"
