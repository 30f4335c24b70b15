"""What a job leaves behind: the files, their shapes and their places are those of AWS."""

import csv
import io
import json

import pytest

from cdk_automlv2.local.sagemaker import job_candidates
from cdk_automlv2.local.training import shapley
from cdk_automlv2.local.training.__main__ import main
from cdk_automlv2.local.training.tabular_reports import TabularReports

from . import test_kinds, test_training
from .fake_s3 import FakeS3
from .fake_world import new_world

BINARY_RATES = {
    "true_positive_rate",
    "true_negative_rate",
    "false_positive_rate",
    "false_negative_rate",
}
BINARY_SCORES = {"accuracy", "precision", "recall", "auc", "f0_5", "f1", "f2"}


def run(request, s3, capsys):
    """Train as the local cloud does; return what is reported, by its kind."""
    main(request, s3, in_full=True)
    found = {}
    for line in capsys.readouterr().out.splitlines():
        for kind, report in json.loads(line).items():
            found.setdefault(kind, []).append(report)
    return found


def tabular(table, target, capsys, **config):
    s3 = test_training.bucket(table)
    return run(test_training.spec(target, **config), s3, capsys), s3


def of_kind(kind, member, config, capsys):
    s3 = test_kinds.bucket(kind)
    return run(test_kinds.spec(member, config), s3, capsys), s3


def below(found, member, s3):
    """Return the files below a location, by the path that comes after the candidate's folder."""
    [report] = found["Reported"]
    prefix = report["CandidateProperties"]["CandidateArtifactLocations"][member]
    start = f"{prefix.removeprefix('s3://')}/{report['CandidateName']}/"
    return {key.removeprefix(start): s3.objects[key] for key in s3.objects if start in key}


def two_flowers():
    table = test_training.iris()
    return table[table["species"] != "setosa"]


def test_two_classes_have_matrix_curves_and_the_best_constant_answer(capsys):
    found, s3 = tabular(two_flowers(), "species", capsys)

    statistics = json.loads(below(found, "ModelInsights", s3)["statistics.json"])
    metrics = statistics["binary_classification_metrics"]
    matrix = metrics["confusion_matrix"]
    assert set(matrix) == {"versicolor", "virginica"}
    assert sum(sum(row.values()) for row in matrix.values()) == statistics["dataset"]["item_count"]
    constants = {f"{name}_best_constant_classifier" for name in BINARY_SCORES}
    curves = {"receiver_operating_characteristic_curve", "precision_recall_curve"}
    assert set(metrics) == {
        *("confusion_matrix", *curves, *BINARY_SCORES, *BINARY_RATES, *constants)
    }
    assert metrics["accuracy"]["standard_deviation"] == "NaN"
    assert metrics["accuracy_best_constant_classifier"]["value"] == 0.5
    roc = metrics["receiver_operating_characteristic_curve"]
    assert (roc["false_positive_rates"][0], roc["true_positive_rates"][-1]) == (0, 1)
    [best] = found["Candidate"]
    values = {m["StandardMetricName"]: m for m in best["CandidateProperties"]["CandidateMetrics"]}
    assert metrics["f1"]["value"] == pytest.approx(values["F1"]["Value"])
    assert metrics["auc"]["value"] == pytest.approx(values["AUC"]["Value"])


def test_three_classes_have_weighted_scores_and_no_curves(capsys):
    found, s3 = tabular(test_training.iris(), "species", capsys)

    statistics = json.loads(below(found, "ModelInsights", s3)["statistics.json"])
    metrics = statistics["multiclass_classification_metrics"]
    scores = {"accuracy", *(f"weighted_{name}" for name in ("precision", "recall"))}
    scores |= {f"weighted_{name}" for name in ("f0_5", "f1", "f2")}
    constants = {f"{name}_best_constant_classifier" for name in scores}
    assert set(metrics) == {"confusion_matrix", *scores, *constants}


def test_numbers_have_four_errors_with_deviations_where_there_are_rows_enough(capsys):
    table = test_training.diabetes()
    found, s3 = tabular(table.loc[table.index.repeat(3)], "progression", capsys)

    statistics = json.loads(below(found, "ModelInsights", s3)["statistics.json"])
    metrics = statistics["regression_metrics"]
    assert set(metrics) == {"mae", "mse", "rmse", "r2"}
    assert metrics["rmse"]["value"] == pytest.approx(metrics["mse"]["value"] ** 0.5)
    assert 0 < metrics["mae"]["standard_deviation"] < metrics["mae"]["value"]


def test_columns_are_explained_in_clarifys_form(capsys):
    found, s3 = tabular(test_training.iris(), "species", capsys)

    analysis = json.loads(below(found, "Explainability", s3)["analysis.json"])
    assert analysis["version"] == "1.0"
    labels = analysis["explanations"]["kernel_shap"]
    assert set(labels) == {"label0", "label1", "label2"}
    shares = labels["label2"]["global_shap_values"]
    assert set(shares) == set(test_training.iris().columns) - {"species"}
    assert all(value >= 0 for value in shares.values())
    assert max(shares, key=shares.get).startswith("petal")
    assert shares["garden"] < 0.1 * max(shares.values())
    assert 0 <= labels["label2"]["expected_value"] <= 1


def test_what_columns_add_sums_to_the_prediction_less_the_baseline():
    import numpy as np

    rows = np.random.default_rng(1).normal(size=(30, 3))

    [found] = shapley.explain(
        lambda matrix: matrix @ [[3.0], [1.0], [0.0]], rows, {"a": [0], "b": [1], "c": [2]}
    )

    centred = np.abs(rows - rows.mean(axis=0)).mean(axis=0)
    assert found.shares == pytest.approx({"a": 3 * centred[0], "b": centred[1], "c": 0})
    assert found.expected == pytest.approx(float(rows.mean(axis=0) @ [3, 1, 0]))


def test_reports_are_written_of_the_best_candidate_only_and_no_other_promises_any(capsys):
    found, s3 = tabular(
        test_training.iris(), "species", capsys, CompletionCriteria={"MaxCandidates": 4}
    )

    [report] = found["Reported"]
    reports = [key for key in s3.objects if "/documentation/" in key]
    assert len(found["Candidate"]) == 4
    assert len(reports) == 2
    assert all(f"/output/{report['CandidateName']}/" in key for key in reports)
    for candidate in found["Candidate"]:
        assert "CandidateArtifactLocations" not in candidate["CandidateProperties"]
    values = {
        item["CandidateName"]: item["FinalAutoMLJobObjectiveMetric"]["Value"]
        for item in found["Candidate"]
    }
    assert values[report["CandidateName"]] == max(values.values())


def test_a_trial_is_reported_when_it_starts_and_under_the_same_name_when_it_is_done(capsys):
    found, _ = tabular(
        test_training.iris(), "species", capsys, CompletionCriteria={"MaxCandidates": 2}
    )

    assert [item["CandidateName"] for item in found["Started"]] == [
        item["CandidateName"] for item in found["Candidate"]
    ]
    assert {item["CandidateStatus"] for item in found["Started"]} == {"InProgress"}


def test_metrics_are_there_of_the_rows_learnt_from_and_of_those_held_out(capsys):
    found, _ = tabular(test_training.iris(), "species", capsys)

    [candidate] = found["Candidate"]
    sets = {}
    for metric in candidate["CandidateProperties"]["CandidateMetrics"]:
        sets.setdefault(metric["Set"], set()).add(metric["StandardMetricName"])
    assert set(sets) == {"Train", "Validation"}
    assert sets["Validation"] - sets["Train"] == {"InferenceLatency"}


def test_the_data_exploration_notebook_names_what_is_rare_empty_and_repeated(capsys):
    table = test_training.iris()
    table = table[(table["species"] != "virginica") | (table.index % 25 == 0)].astype(object)
    table["<b>|x"] = [None if place % 3 else "a" for place in range(len(table))]
    found, s3 = tabular(table, "species", capsys)

    [attributes] = found["Attributes"]
    uri = attributes["AutoMLJobArtifacts"]["DataExplorationNotebookLocation"]
    notebook = json.loads(s3.objects[uri.removeprefix("s3://")])
    text = "\n".join(cell["source"] for cell in notebook["cells"])
    assert "102 rows with a target, 6 columns beside the target species" in text
    assert "labels below 5% of the rows: virginica" in text
    assert r"**High severity insight:** 66.7% of \<b\>\|x is empty" in text
    assert "repeat another one" in text


def test_words_are_explained_by_what_they_add(capsys):
    found, s3 = of_kind(
        "text_classification", "TextClassificationJobConfig", test_kinds.TEXT, capsys
    )

    samples = json.loads(below(found, "Explainability", s3)["explanations.json"])
    assert 0 < len(samples) <= 20
    sample = samples[0]
    assert set(sample) == {"text", "predicted_label", "probability", "token_scores"}
    words = [item["description"]["partial_text"] for item in sample["token_scores"]]
    assert "".join(words) == sample["text"].replace(" ", "")
    assert any(item["attribution"] > 0 for item in sample["token_scores"])
    statistics = json.loads(below(found, "ModelInsights", s3)["statistics.json"])
    assert "multiclass_classification_metrics" in statistics


def test_pictures_are_explained_by_heat_maps_that_are_there(capsys):
    found, s3 = of_kind("image_classification", "ImageClassificationJobConfig", {}, capsys)

    samples = json.loads(below(found, "Explainability", s3)["explanations.json"])
    assert samples
    for sample in samples:
        assert sample["input_image_uri"].removeprefix("s3://") in s3.objects
        heat_map = s3.objects[sample["heatmap_image_uri"].removeprefix("s3://")]
        assert heat_map.startswith(b"\x89PNG")
        assert isinstance(sample["predicted_label"], int)


def test_back_tests_hold_every_step_with_its_quantiles_and_the_errors_of_every_series(capsys):
    found, s3 = of_kind(
        "time_series_forecasting", "TimeSeriesForecastingJobConfig", test_kinds.SERIES, capsys
    )

    files = below(found, "BacktestResults", s3)
    rows = list(csv.DictReader(io.StringIO(files["predictions.csv"].decode())))
    assert len(rows) == 3 * 14
    assert list(rows[0]) == ["shop", "day", "demand", "p10", "p50", "p90"]
    assert all(float(row["p10"]) <= float(row["p90"]) for row in rows)
    series = list(csv.DictReader(io.StringIO(files["accuracy_metrics.csv"].decode())))
    assert {row["shop"] for row in series} == {row["shop"] for row in rows}
    assert all(float(row["WAPE"]) < 0.2 for row in series)
    assert len(json.loads(files["backtest.json"])) == 6


def test_a_language_model_promises_no_reports(capsys):
    found, s3 = of_kind("text_generation", "TextGenerationJobConfig", {}, capsys)

    assert "Reported" not in found
    assert not [key for key in s3.objects if "/documentation/" in key]
    sets = {
        item["StandardMetricName"]: item["Set"]
        for item in found["Candidate"][0]["CandidateProperties"]["CandidateMetrics"]
    }
    assert sets == {
        "TrainingLoss": "Train",
        "Perplexity": "Validation",
        "ValidationLoss": "Validation",
    }


class ReadOnlyReports(FakeS3):
    """Lets nobody write reports."""

    def put_object(self, Bucket, Key, Body, **more):  # noqa: N803
        if "/documentation/" in Key:
            raise PermissionError("Access Denied")
        super().put_object(Bucket, Key, Body, **more)


def test_a_report_that_cannot_be_written_is_a_partial_failure_and_promises_nothing(capsys):
    s3 = ReadOnlyReports(test_training.bucket(test_training.iris()).objects)

    found = run(test_training.spec("species"), s3, capsys)

    [attributes] = found["Attributes"]
    [reason] = attributes["PartialFailureReasons"]
    assert "Access Denied" in reason["PartialFailureMessage"]
    assert "Reported" not in found
    assert "Failure" not in found


JOB = {"AutoMLJobArn": "arn", "AutoMLJobName": "job-1"}


def candidates_of(*reports, job):
    world = new_world()
    world.candidates["arn"] = []
    known = job_candidates.JobCandidates(world, job)
    for report in reports:
        known.add(report)
    return known, world.candidates["arn"]


def test_a_candidate_has_its_start_and_its_end():
    started = {"CandidateName": "a", "CandidateStatus": "InProgress"}
    job = dict(JOB)

    known, listed = candidates_of(started, job=job)
    [before] = listed
    assert "EndTime" not in before
    assert "BestCandidate" not in job
    known.add({"CandidateName": "a", "CandidateStatus": "Completed"})

    [after] = listed
    assert after["CreationTime"] == before["CreationTime"] < after["EndTime"]
    assert job["BestCandidate"] == after


def test_a_candidate_in_progress_ends_with_its_job():
    started = {"CandidateName": "a", "CandidateStatus": "InProgress"}

    known, listed = candidates_of(started, job=dict(JOB))
    known.end("Failed", "no memory")

    [candidate] = listed
    assert candidate["CandidateStatus"] == "Failed"
    assert candidate["FailureReason"] == "no memory"
    assert "EndTime" in candidate


def test_the_best_candidate_of_the_job_gets_the_locations_of_its_reports():
    done = {
        "CandidateName": "a",
        "CandidateStatus": "Completed",
        "CandidateProperties": {"CandidateMetrics": [{"Value": 1.0}]},
    }
    locations = {"CandidateArtifactLocations": {"Explainability": "s3://out/x"}}
    job = dict(JOB)

    candidates_of(done, {"CandidateName": "a", "CandidateProperties": locations}, job=job)

    properties = job["BestCandidate"]["CandidateProperties"]
    assert properties == {"CandidateMetrics": [{"Value": 1.0}], **locations}


def test_a_class_that_validation_lacks_does_not_spoil_the_report():
    from sklearn.dummy import DummyClassifier

    class Pipeline(DummyClassifier):
        pass

    from cdk_automlv2.local.training.problem import Problem

    pipeline = Pipeline().fit([[0], [1]], [0, 1])
    problem = Problem("BinaryClassification", "Accuracy", "y")
    reports = TabularReports(problem, None, ["no", "yes"], pipeline, [[0]] * 3, [0, 0, 0])

    metrics = json.loads(reports.insights()["statistics.json"])["binary_classification_metrics"]

    assert metrics["true_positive_rate"]["value"] == "NaN"
    assert "auc" not in metrics
