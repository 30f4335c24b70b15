import pytest

from cdk_automlv2 import (
    AutoMLTabularConfig,
    AutoMLTextGenerationConfig,
    BetterThanDeployed,
    LatencyGate,
    ObjectiveGate,
    OptionsError,
    SmokeTest,
)

ROWS = ["1,2"]


@pytest.mark.parametrize(
    ("gate", "request_"),
    [
        (ObjectiveGate(minimum=0), {"Type": "Objective", "Minimum": 0}),
        (
            ObjectiveGate("RMSE", maximum=3.5),
            {"Type": "Objective", "Metric": "RMSE", "Maximum": 3.5},
        ),
        (BetterThanDeployed(), {"Type": "BetterThanDeployed", "By": 0.0}),
        (
            LatencyGate(50, ROWS),
            {
                "Type": "Latency",
                "Milliseconds": 50,
                "Percentile": 90.0,
                "Requests": 20,
                "Rows": ["1,2"],
                "ContentType": "text/csv",
            },
        ),
        (
            SmokeTest([{"inputs": "a question"}]),
            {
                "Type": "SmokeTest",
                "Rows": ['{"inputs":"a question"}'],
                "ContentType": "application/json",
            },
        ),
        (
            SmokeTest([[1, 'say "no", then'], [2, "yes"]], expected=["a", "b"]),
            {
                "Type": "SmokeTest",
                "Rows": ['1,"say ""no"", then"', "2,yes"],
                "Expected": ["a", "b"],
                "ContentType": "text/csv",
            },
        ),
    ],
)
def test_a_gate_says_what_the_function_reads(gate, request_):
    assert gate.to_request() == request_


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: ObjectiveGate(), "minimum: must be given, or maximum"),
        (lambda: ObjectiveGate(minimum=2, maximum=1), "minimum: must be the maximum, 1, or less"),
        (lambda: ObjectiveGate(minimum="0.5"), "minimum: must be a finite number"),
        (lambda: ObjectiveGate(minimum=float("nan")), "minimum: must be a finite number"),
        (lambda: BetterThanDeployed(by=-1), "by: must be 0 or more"),
        (lambda: LatencyGate(0, ROWS), "milliseconds: must be 1 to 60000"),
        (lambda: LatencyGate(5, ROWS, percentile=0), "percentile: must be above 0"),
        (lambda: LatencyGate(5, ROWS, requests=101), "requests: must be 1 to 100"),
        (lambda: LatencyGate(5, []), "rows: must be 1 to 100, got 0"),
        (lambda: SmokeTest(ROWS * 101), "rows: must be 1 to 100, got 101"),
        (lambda: SmokeTest("1,2"), "rows: must be a list"),
        (lambda: SmokeTest(["x" * 9000] * 2), "rows: must have 16,384 characters or less"),
        (lambda: SmokeTest(["1", {"a": 1}]), "rows: must be all dicts, or none"),
        (lambda: SmokeTest(ROWS, expected=["a", "b"]), "expected: must have one response for each"),
    ],
)
def test_a_gate_that_could_not_be_judged_is_refused_when_it_is_made(make, fault):
    with pytest.raises(OptionsError, match=fault):
        make()


@pytest.mark.parametrize(
    ("gate", "config", "faulty"),
    [
        (ObjectiveGate("F1", minimum=0), AutoMLTabularConfig("y"), False),
        (
            ObjectiveGate("F1", minimum=0),
            AutoMLTabularConfig("y", problem_type="Regression"),
            True,
        ),
        (
            ObjectiveGate("RMSE", maximum=1),
            AutoMLTabularConfig("y", problem_type="Regression"),
            False,
        ),
        (ObjectiveGate(minimum=0), AutoMLTextGenerationConfig(), True),
        (BetterThanDeployed("perplexity"), AutoMLTextGenerationConfig(), False),
        (SmokeTest(ROWS), AutoMLTextGenerationConfig(), False),
    ],
)
def test_a_metric_belongs_to_the_problem(gate, config, faulty):
    assert bool(list(gate.metric_problems(config))) is faulty
