import pytest

from cdk_automlv2._core import service_model


def found(path, value, member):
    shape = service_model.shape_at("CreateAutoMLJobV2", member)
    return [str(problem) for problem in service_model.problems(path, value, shape)]


@pytest.mark.parametrize(
    ("value", "member", "text"),
    [
        pytest.param(
            900,
            "AutoMLProblemTypeConfig.TabularJobConfig.CompletionCriteria.MaxCandidates",
            "x: must be 1 to 750, got 900",
            id="range",
        ),
        pytest.param(
            0,
            "AutoMLProblemTypeConfig.TabularJobConfig.CompletionCriteria"
            ".MaxAutoMLJobRuntimeInSeconds",
            "x: must be 1 or more, got 0",
            id="open range",
        ),
        pytest.param(
            "NOPE",
            "AutoMLProblemTypeConfig.TabularJobConfig.Mode",
            "x: must be one of AUTO, ENSEMBLING, HYPERPARAMETER_TUNING, got 'NOPE'",
            id="enumeration",
        ),
        pytest.param(
            "ftp://x",
            "OutputDataConfig.S3OutputPath",
            "x: must match (https|s3)://([^/]+)/?(.*), got 'ftp://x'",
            id="pattern",
        ),
        pytest.param("1", "DataSplitConfig.ValidationFraction", "x: must be a number, got '1'"),
        pytest.param(True, "DataSplitConfig.ValidationFraction", "x: must be a number, got True"),
        pytest.param(1, "Tags[].Key", "x: must be a str, got 1"),
        pytest.param({"A": 1}, "Tags", "x: must be a list, got {'A': 1}"),
        pytest.param([], "SecurityConfig", "x: must be a dict, got []"),
        pytest.param(
            {"Subnets": ["s-1"], "Nets": 1},
            "SecurityConfig.VpcConfig",
            "x.SecurityGroupIds: must be set, got None\n"
            "x.Nets: must be one of SecurityGroupIds, Subnets, got 'Nets'",
            id="members",
        ),
        pytest.param(
            {"SecurityGroupIds": [], "Subnets": ["s-1"]},
            "SecurityConfig.VpcConfig",
            "x.SecurityGroupIds: must have 1 to 5 items, got []",
            id="count",
        ),
        pytest.param(
            {"TabularJobConfig": {"TargetAttributeName": "y"}, "TextGenerationJobConfig": {}},
            "AutoMLProblemTypeConfig",
            "x: must have exactly one of ImageClassificationJobConfig, TextClassificationJobConfig,"
            " TimeSeriesForecastingJobConfig, TabularJobConfig, TextGenerationJobConfig, got"
            " ['TabularJobConfig', 'TextGenerationJobConfig']",
            id="union",
        ),
        pytest.param(
            {"a": {"nofill": "1.5"}},
            "AutoMLProblemTypeConfig.TimeSeriesForecastingJobConfig.Transformations.Filling",
            "x['a'] key: must be one of frontfill, middlefill, backfill, futurefill, "
            "frontfill_value, middlefill_value, backfill_value, futurefill_value, got 'nofill'\n"
            "x['a']['nofill']: must match [a-zA-Z0-9\\_\\-]+, got '1.5'",
            id="map",
        ),
    ],
)
def test_rejects(value, member, text):
    assert "\n".join(found("x", value, member)) == text


@pytest.mark.parametrize(
    ("value", "member"),
    [
        pytest.param(
            "${Token[TOKEN.1]}", "AutoMLProblemTypeConfig.TabularJobConfig.Mode", id="text"
        ),
        (-1.888154589709072e289, "DataSplitConfig.ValidationFraction"),
        (["#{Token[TOKEN.2]}"], "Tags"),
        (None, "AutoMLJobName"),
        pytest.param("s3://${Token[TOKEN.3]}/x", "OutputDataConfig.S3OutputPath", id="path"),
        ("Größe", "Tags[].Key"),
    ],
)
def test_lets_pass_what_cannot_be_known(value, member):
    assert found("x", value, member) == []
