import pytest

from cdk_automlv2 import AutoMLDataChannel, AutoMLTabularConfig, OptionsError

from .helpers import CHANNEL, job


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        pytest.param(
            {"job_objective": {"MetricName": "F1"}},
            ["job_objective: must be given together with problem_config.problem_type, got 'F1'"],
            id="objective without problem type",
        ),
        pytest.param(
            {"problem_config": AutoMLTabularConfig("y", problem_type="Regression")},
            [
                "problem_config.problem_type: must be given together with job_objective, "
                "got 'Regression'"
            ],
            id="problem type without objective",
        ),
        pytest.param(
            {
                "problem_config": AutoMLTabularConfig("y", problem_type="Regression"),
                "job_objective": {"MetricName": "F1"},
            },
            [
                "job_objective['MetricName']: must be one of MAE, MSE, R2, RMSE for Regression, "
                "got 'F1'"
            ],
            id="metric of another problem",
        ),
        pytest.param(
            {"validation_fraction": 1.0, "job_name": "x" * 33, "tags": {"aws:x": "1"}},
            [
                f"job_name: must have 1 to 32 characters, got '{'x' * 33}'",
                f"job_name: must match [a-zA-Z0-9](-*[a-zA-Z0-9]){{0,31}}, got '{'x' * 33}'",
                "tags: must not begin with aws: or cdk-automlv2:, which are reserved, got 'aws:x'",
                "validation_fraction: must be above 0 and below 1, got 1.0",
            ],
            id="several at once",
        ),
        pytest.param(
            {
                "inputs": [CHANNEL, AutoMLDataChannel("S3Prefix", "s3://in/v/", "validation")],
                "validation_fraction": 0.2,
            },
            [
                "validation_fraction: cannot be used with a validation channel, got 0.2; "
                "drop one of them"
            ],
            id="fraction with validation channel",
        ),
        pytest.param(
            {"inputs": [CHANNEL, CHANNEL]},
            [
                "inputs: must be one training and one validation channel, "
                "got ['training', 'training']"
            ],
            id="two training channels",
        ),
        pytest.param(
            {"inputs": AutoMLDataChannel("S3Prefix", "s3://in/v/", "validation")},
            [
                "inputs[0].channel_type: must be training where it is alone, got 'validation'",
            ],
            id="validation alone",
        ),
        pytest.param(
            {"tags": {f"key{number}": "x" for number in range(46)}},
            ["tags: must be 44 or fewer: of AWS's 50 the library needs some itself, got '46 tags'"],
            id="more tags than are left",
        ),
        pytest.param({"inputs": []}, ["inputs: must have 1 to 2 channels, got 0"], id="no channel"),
        pytest.param(
            {"output_path": "out/"},
            ["output_path: must match (https|s3)://([^/]+)/?(.*), got 'out/'"],
            id="output without scheme",
        ),
    ],
)
def test_rejects_with_every_fault_and_the_users_own_words(stack, options, texts):
    with pytest.raises(OptionsError) as caught:
        job(stack, **options)

    assert [str(problem) for problem in caught.value.problems] == texts
    assert str(caught.value).startswith("AutoMLJobV2 'Churn': invalid options:")


def test_rejects_channels_of_different_content(stack):
    channels = [
        AutoMLDataChannel("S3Prefix", "s3://in/t/", content_type="text/csv;header=present"),
        AutoMLDataChannel("S3Prefix", "s3://in/v/", "validation"),
    ]

    with pytest.raises(
        OptionsError, match=r"inputs\[1\].content_type: must be that of inputs\[0\]"
    ):
        job(stack, inputs=channels)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"s3_data_type": "Folder"}, "s3_data_type: must be one of ManifestFile, S3Prefix, Augm"),
        ({"s3_uri": "in/train"}, "s3_uri: must match"),
        ({"compression_type": "Zip"}, "compression_type: must be one of None, Gzip"),
        ({"channel_type": "test"}, "channel_type: must be one of training, validation"),
        ({"s3_uri": None}, "s3_uri: must be set"),
    ],
)
def test_rejects_a_channel(options, text):
    with pytest.raises(OptionsError, match=text):
        AutoMLDataChannel(**({"s3_data_type": "S3Prefix", "s3_uri": "s3://in/"} | options))


def test_a_channel_comes_back_from_its_request():
    channel = AutoMLDataChannel("S3Prefix", "s3://in/", "training", "Gzip", "text/csv")

    assert AutoMLDataChannel.from_response_dict(channel.to_request_dict()) == channel
