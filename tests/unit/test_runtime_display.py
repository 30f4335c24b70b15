"""What a notebook shows of a job's candidates."""

import pytest

from cdk_automlv2.runtime import AutoMLRuntime, Candidates

from .sessions import Session

HOSTILE = "<script>alert(1)</script>"


def candidate(name, value=None, kind="Maximize", **metrics):
    made = {"CandidateName": name, "CandidateStatus": "Completed" if value else "InProgress"}
    if value is not None:
        objective = {"MetricName": "F1", "Type": kind, "Value": value}
        made["FinalAutoMLJobObjectiveMetric"] = objective
    listed = [
        {"StandardMetricName": metric, "Value": number, "Set": which}
        for metric, number in metrics.items()
        for which in ("Train", "Validation")
    ]
    return {**made, "CandidateProperties": {"CandidateMetrics": listed}}


@pytest.mark.parametrize(("kind", "order"), [("Maximize", "bac"), ("Minimize", "abc")])
def test_the_leaderboard_has_the_best_first_and_those_without_a_metric_last(kind, order):
    found = [candidate("c"), candidate("a", 0.1, kind), candidate("b", 0.9, kind)]
    session = Session([{"Candidates": found[:1], "NextToken": "x"}, {"Candidates": found[1:]}])

    board = AutoMLRuntime(session).leaderboard("job-1")

    assert "".join(item["CandidateName"] for item in board) == order


def test_a_table_shows_metrics_of_validation_rows_and_no_script():
    shown = Candidates([candidate(HOSTILE, 0.5, AUC=0.25)])._repr_html_()

    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "<td>0.25</td>" in shown
    assert " id=" not in shown


def test_a_text_is_good_on_its_own():
    assert repr(Candidates()) == "no candidates"
    text = repr(Candidates([candidate("a", 0.5, AUC=0.25)]))
    assert text.splitlines()[1] == "a  Completed  0.5  0.25"


def test_a_chart_comes_with_a_table_and_a_text_and_loads_nothing():
    bundle = Candidates([candidate("a", 0.5), candidate("b")]).chart._repr_mimebundle_()

    spec = bundle["application/vnd.vegalite.v6+json"]
    assert spec["data"] == {"values": [{"candidate": "a", "value": 0.5}]}
    assert spec["encoding"]["x"]["title"] == "F1"
    assert bundle["text/html"].startswith("<table")
    assert "a  Completed" in bundle["text/plain"]


def test_candidates_are_a_list_still():
    found = [candidate("a", 0.5)]

    listed = AutoMLRuntime(Session([{"Candidates": found}])).list_candidates("job-1")

    assert listed == found
    assert listed[0]["CandidateName"] == "a"
