from automlv2_handlers.domain import packages

REGISTRATION = {
    "ModelPackageGroupName": "churn",
    "ModelApprovalStatus": "Approved",
    "ContentTypes": ["text/csv"],
    "ResponseTypes": ["text/csv"],
}
REPORTS = {"ModelInsights": "s3://out/insights/"}


def figures(candidate):
    """What people read of a candidate, beside the digest of its containers."""
    properties = registered(candidate)["CustomerMetadataProperties"]
    return {key: value for key, value in properties.items() if key != "containers"}


def registered(candidate):
    return packages.request(REGISTRATION, [], {"CandidateName": "best", **candidate}, {}, "token")


def test_a_candidate_without_an_objective_is_registered_without_figures():
    assert figures({}) == {}


def test_an_objective_without_a_value_is_no_figure():
    metric = {"FinalAutoMLJobObjectiveMetric": {"MetricName": "F1"}}

    assert figures(metric) == {"metric": "F1"}


def test_a_candidate_without_reports_is_registered_without_metrics():
    assert "ModelMetrics" not in registered({"CandidateProperties": {}})


def test_a_report_is_looked_for_below_its_location():
    found = registered({"CandidateProperties": {"CandidateArtifactLocations": REPORTS}})

    quality = found["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert quality["S3Uri"] == "s3://out/insights/statistics.json"
