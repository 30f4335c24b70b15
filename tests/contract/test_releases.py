"""What constructs and function say of releases is the same."""

from automlv2_handlers import logs
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.releases import gates, tell, trial

from cdk_automlv2 import BetterThanDeployed, FunctionGate, LatencyGate, ObjectiveGate, SmokeTest
from cdk_automlv2.release import events
from cdk_automlv2.release.gates import MOST_ROWS


def test_the_constructs_know_the_states_of_the_function():
    assert tuple(state.value for state in ReleaseState) == events.STATES


def test_the_rules_listen_to_what_the_function_sends():
    assert (events.SOURCE, events.DETAIL_TYPE) == (tell.SOURCE, tell.DETAIL_TYPE)


def test_the_metric_is_the_one_that_the_function_writes(capsys):
    logs.metric(events.METRIC_NAME, 0.9, {"Stack": "Shop", "Release": "Churn"}, 0)

    assert f'"Namespace": "{events.METRIC_NAMESPACE}"' in capsys.readouterr().out


def test_the_function_judges_every_gate_that_may_be_declared():
    kinds = {BetterThanDeployed, FunctionGate, LatencyGate, ObjectiveGate, SmokeTest}

    assert {kind.type for kind in kinds} == gates.GATES.keys() | trial.GATES.keys()
    assert {kind.type for kind in kinds if kind.invokes_endpoint} == trial.GATES.keys()
    assert trial.MOST_REQUESTS == MOST_ROWS
