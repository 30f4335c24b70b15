"""What synth refuses for values, the local SageMaker refuses for what was a token at synth."""

import pytest

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    OptionsError,
)
from cdk_automlv2.errors import raise_if_any
from cdk_automlv2.job import rules
from cdk_automlv2.local.sagemaker.errors import ServiceError

from .fake_world import ask, job_request

CREATE = "CreateAutoMLJobV2"
TABULAR = {"TargetAttributeName": "y"}
SERIES = {
    "ForecastFrequency": "1D",
    "ForecastHorizon": 5,
    "TimeSeriesConfig": {
        "TargetAttributeName": "y",
        "TimestampAttributeName": "t",
        "ItemIdentifierAttributeName": "i",
    },
}
TEXT = {"ContentColumn": "text", "TargetLabelColumn": "label"}
CONFIGS = {
    "TabularJobConfig": AutoMLTabularConfig,
    "ImageClassificationJobConfig": AutoMLImageClassificationConfig,
    "TextClassificationJobConfig": AutoMLTextClassificationConfig,
    "TextGenerationJobConfig": AutoMLTextGenerationConfig,
    "TimeSeriesForecastingJobConfig": AutoMLTimeSeriesForecastingConfig,
}


def channel(kind="training", data_type="S3Prefix", **more):
    source = {"S3DataSource": {"S3DataType": data_type, "S3Uri": f"s3://in/{kind}/"}}
    return {"ChannelType": kind, "DataSource": source, **more}


def series(**more):
    return {"TimeSeriesForecastingJobConfig": {**SERIES, **more}}


def transformed(**more):
    return series(Transformations=more)


def tabular(**more):
    return {"TabularJobConfig": {**TABULAR, **more}}


def algorithms(*names):
    return {"AlgorithmsConfig": [{"AutoMLAlgorithms": list(names)}]}


def language(**more):
    return {"TextGenerationJobConfig": more}


def one(kind):
    """The smallest configuration of a kind."""
    bodies = {"TabularJobConfig": TABULAR, "TextClassificationJobConfig": TEXT}
    bodies["TimeSeriesForecastingJobConfig"] = SERIES
    return {kind: bodies.get(kind, {})}


F1 = {"MetricName": "F1"}
BOTH = [channel(), channel("validation")]
MANY = {"CompletionCriteria": {"MaxCandidates": 2}}

REFUSED = {
    "objective without problem type": ({"objective": F1}, "AutoMLJobObjective: must be given"),
    "problem type without objective": (
        {"problem": tabular(ProblemType="Regression")},
        "AutoMLProblemTypeConfig.TabularJobConfig.ProblemType: must be given together with "
        "AutoMLJobObjective",
    ),
    "metric of another problem": (
        {"problem": tabular(ProblemType="Regression"), "objective": F1},
        "must be one of MAE, MSE, R2, RMSE for Regression",
    ),
    "metric of images": ({"problem": one("ImageClassificationJobConfig"), "objective": F1}, "F1"),
    "metric of texts": ({"problem": one("TextClassificationJobConfig"), "objective": F1}, "F1"),
    "metric of forecasts": ({"problem": series(), "objective": F1}, "for TimeSeriesForecasting"),
    "objective of a language model": ({"problem": language(), "objective": F1}, "which has none"),
    "algorithms with AUTO": (
        {"problem": tabular(Mode="AUTO", CandidateGenerationConfig=algorithms("xgboost"))},
        "can be used only with AutoMLProblemTypeConfig.TabularJobConfig.Mode='ENSEMBLING'",
    ),
    "algorithms without a mode": (
        {"problem": tabular(CandidateGenerationConfig=algorithms("xgboost"))},
        "AutoMLAlgorithms: can be used only with",
    ),
    "algorithm of the other mode": (
        {"problem": tabular(Mode="ENSEMBLING", CandidateGenerationConfig=algorithms("mlp"))},
        "AutoMLAlgorithms[0]: must be one of catboost",
    ),
    "no algorithm": (
        {"problem": tabular(Mode="ENSEMBLING", CandidateGenerationConfig=algorithms())},
        "must name 1 algorithm or more",
    ),
    "weights without ensembling": (
        {"problem": tabular(SampleWeightAttributeName="w")},
        "SampleWeightAttributeName: can be used only with",
    ),
    "algorithm of tables for series": (
        {"problem": series(CandidateGenerationConfig=algorithms("xgboost"))},
        "must be one of cnn-qr",
    ),
    "two training channels": ({"channels": [channel(), channel()]}, "one training and one valid"),
    "validation alone": ({"channels": [channel("validation")]}, "ChannelType: must be training"),
    "validation of series": ({"problem": series(), "channels": BOTH}, "must be training for Time"),
    "fraction with validation channel": (
        {"channels": BOTH, "fraction": 0.2},
        "DataSplitConfig.ValidationFraction: cannot be used with a validation channel",
    ),
    "fraction of series": (
        {"problem": series(), "fraction": 0.2},
        "cannot be used with TimeSeries",
    ),
    "fraction of nothing": ({"fraction": 0.0}, "must be above 0 and below 1"),
    "fraction of all": ({"fraction": 1.0}, "must be above 0 and below 1"),
    "other content in each channel": (
        {
            "channels": [
                channel(ContentType="text/csv;header=present"),
                channel("validation", ContentType="x-application/vnd.amazon+parquet"),
            ]
        },
        "AutoMLJobInputDataConfig[1].ContentType: must be that of AutoMLJobInputDataConfig[0]",
    ),
    "content of pictures for tables": (
        {"channels": [channel(ContentType="image/png")]},
        "ContentType: must be text/csv;header=present",
    ),
    "manifest for texts": (
        {
            "problem": one("TextClassificationJobConfig"),
            "channels": [channel(data_type="ManifestFile")],
        },
        "DataSource.S3DataSource.S3DataType: must be one of S3Prefix for TextClassification",
    ),
    "gzip of pictures": (
        {
            "problem": one("ImageClassificationJobConfig"),
            "channels": [channel(CompressionType="Gzip")],
        },
        "CompressionType: can be used only with tabular data",
    ),
    "gzip of a manifest": (
        {"channels": [channel(data_type="ManifestFile", CompressionType="Gzip")]},
        "CompressionType: can be used only with tabular data",
    ),
    "two candidates of pictures": (
        {"problem": {"ImageClassificationJobConfig": MANY}},
        "CompletionCriteria.MaxCandidates: must be 1",
    ),
    "two candidates of texts": (
        {"problem": {"TextClassificationJobConfig": {**TEXT, **MANY}}},
        "CompletionCriteria.MaxCandidates: must be 1",
    ),
    "two candidates of series": ({"problem": series(**MANY)}, "MaxCandidates: must be 1"),
    "two candidates of a language model": ({"problem": language(**MANY)}, "MaxCandidates: must be"),
    "text and class in one column": (
        {
            "problem": {
                "TextClassificationJobConfig": {"ContentColumn": "a", "TargetLabelColumn": "a"}
            }
        },
        "TargetLabelColumn: must be another column than AutoMLProblemTypeConfig."
        "TextClassificationJobConfig.ContentColumn",
    ),
    "horizon too long": ({"problem": series(ForecastHorizon=501)}, "must be 500 or less"),
    "frequency of a larger unit": ({"problem": series(ForecastFrequency="60min")}, "forecastFreq"),
    "a week in days": ({"problem": series(ForecastFrequency="7D")}, "forecastFrequency"),
    "quantile of nothing": ({"problem": series(ForecastQuantiles=["p0"])}, "forecastQuantiles"),
    "quantile of all": ({"problem": series(ForecastQuantiles=["p100"])}, "forecastQuantiles"),
    "six quantiles": (
        {"problem": series(ForecastQuantiles=[f"p{number}0" for number in range(1, 7)])},
        "Member must have length less than or equal to 5",
    ),
    "holidays of two countries": (
        {"problem": series(HolidayConfig=[{"CountryCode": "DE"}, {"CountryCode": "FR"}])},
        "holidayConfig",
    ),
    "holidays of no country": (
        {"problem": series(HolidayConfig=[{"CountryCode": "EN"}])},
        "code of a country",
    ),
    "holidays of a name": (
        {"problem": series(HolidayConfig=[{"CountryCode": "Germany"}])},
        "holidayConfig.1.member.countryCode",
    ),
    "fill by a decimal": (
        {"problem": transformed(Filling={"y": {"backfill": "value", "backfill_value": "1.5"}})},
        "filling.y.member",
    ),
    "base model of a long name": ({"problem": language(BaseModelName="x" * 257)}, "baseModelName"),
    "more candidates than there can be": (
        {"problem": tabular(CompletionCriteria={"MaxCandidates": 751})},
        "Member must have value less than or equal to 750",
    ),
    "six grouping columns": (
        {
            "problem": series(
                TimeSeriesConfig={
                    **SERIES["TimeSeriesConfig"],
                    "GroupingAttributeNames": [f"g{number}" for number in range(6)],
                }
            )
        },
        "groupingAttributeNames",
    ),
    "aggregation of another column": (
        {"problem": transformed(Aggregation={"x": "sum"})},
        "Transformations.Aggregation: must name the target",
    ),
    "frontfill of the target": (
        {"problem": transformed(Filling={"y": {"frontfill": "zero"}})},
        "must be one of none",
    ),
    "frontfill of another column": (
        {"problem": transformed(Filling={"x": {"frontfill": "none"}})},
        "cannot be used for columns other than the target",
    ),
    "futurefill of the target": (
        {"problem": transformed(Filling={"y": {"futurefill": "zero"}})},
        "cannot be used for the target",
    ),
    "unknown fill": (
        {"problem": transformed(Filling={"y": {"backfill": "often"}})},
        "must be one of zero",
    ),
    "fill by a value that is missing": (
        {"problem": transformed(Filling={"y": {"backfill": "value"}})},
        "must come with backfill_value",
    ),
    "licence not accepted": (
        {"problem": language(BaseModelName="Llama2-7B")},
        "ModelAccessConfig.AcceptEula: must be True for Llama2-7B",
    ),
    "licence refused": (
        {
            "problem": language(
                BaseModelName="Llama2-13BChat", ModelAccessConfig={"AcceptEula": False}
            )
        },
        "ModelAccessConfig.AcceptEula: must be True",
    ),
    "unknown hyper-parameter": (
        {"problem": language(TextGenerationHyperParameters={"epochs": "1"})},
        "must be one of epochCount",
    ),
    "hyper-parameter out of range": (
        {"problem": language(TextGenerationHyperParameters={"epochCount": "999"})},
        "must be an integer from 1 to 10",
    ),
    "output path too long": (
        {"output": f"s3://out/{'x' * 600}"},
        "OutputDataConfig.S3OutputPath: must have 512 characters or less",
    ),
}


def request_of(problem=None, objective=None, channels=None, fraction=None, output=None):
    request = job_request(AutoMLProblemTypeConfig=problem or tabular())
    request["AutoMLJobInputDataConfig"] = channels or [channel()]
    if objective:
        request["AutoMLJobObjective"] = objective
    if fraction is not None:
        request["DataSplitConfig"] = {"ValidationFraction": fraction}
    if output:
        request["OutputDataConfig"] = {"S3OutputPath": output}
    return request


def at_synth(problem=None, objective=None, channels=None, fraction=None, output=None):
    """Do what the constructs do with the same values."""
    [(kind, body)] = (problem or tabular()).items()
    config = CONFIGS[kind].from_response_dict(body)
    found = [AutoMLDataChannel.from_response_dict(item) for item in channels or [channel()]]
    return [
        *rules.output_problems(output),
        *rules.channel_problems(config, found),
        *rules.objective_problems(config, objective),
        *rules.split_problems(config, found, fraction),
    ]


@pytest.mark.parametrize(("change", "text"), REFUSED.values(), ids=REFUSED)
def test_the_service_refuses_what_synth_refuses(world, change, text):
    with pytest.raises(ServiceError) as caught:
        ask(world, CREATE, request_of(**change))

    assert caught.value.code == "ValidationException"
    assert text in caught.value.message
    assert not world.jobs


@pytest.mark.parametrize("change", [change for change, _ in REFUSED.values()], ids=REFUSED)
def test_synth_refuses_it_too(change):
    with pytest.raises(OptionsError):
        raise_if_any("job", at_synth(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"problem": tabular(Mode="ENSEMBLING", CandidateGenerationConfig=algorithms("xgboost"))},
        {"problem": tabular(ProblemType="BinaryClassification"), "objective": F1},
        {"channels": BOTH},
        {"fraction": 0.3},
        {"problem": transformed(Filling={"y": {"backfill": "value", "backfill_value": "2"}})},
        *({"problem": one(kind)} for kind in CONFIGS),
    ],
)
def test_the_service_takes_what_synth_takes(world, change):
    assert not at_synth(**change)

    assert ask(world, CREATE, request_of(**change))["AutoMLJobArn"]


@pytest.mark.parametrize(
    ("deploy", "is_refused"),
    [
        ({"AutoGenerateEndpointName": True, "EndpointName": "e"}, True),
        ({"AutoGenerateEndpointName": False, "EndpointName": "e"}, False),
        ({"EndpointName": "e"}, False),
        ({"AutoGenerateEndpointName": True}, False),
    ],
)
def test_a_generated_endpoint_name_is_not_given_too(world, deploy, is_refused):
    request = job_request(ModelDeployConfig=deploy)
    if not is_refused:
        assert ask(world, CREATE, request)["AutoMLJobArn"]
        return
    with pytest.raises(ServiceError, match="EndpointName: can be used only with"):
        ask(world, CREATE, request)
