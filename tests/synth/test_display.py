"""What constructs show of themselves in a notebook and to help(): settings, never tokens."""

import inspect

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

import cdk_automlv2
from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLLimits,
    AutoMLModel,
    AutoMLOutput,
    AutoMLSettings,
    AutoMLTabularConfig,
    AutoMLV2,
    Deployment,
    VpcConfig,
)

CONSTRUCTS = [
    found
    for name in cdk_automlv2.__all__
    if isinstance(found := getattr(cdk_automlv2, name), type) and issubclass(found, Construct)
]
HOSTILE = "<script>alert(1)</script>"


def job_of(stack, target="churned", **more):
    return AutoMLJobV2(
        stack,
        "Job",
        problem_config=AutoMLTabularConfig(target, max_candidates=3),
        inputs=AutoMLDataChannel("S3Prefix", "s3://in/train/"),
        **more,
    )


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda found: found.__name__)
def test_the_signature_of_a_construct_is_that_of_its_constructor(construct):
    names = list(inspect.signature(construct).parameters)

    assert names[:2] == ["scope", "id"] or names[:1] == ["scope"]
    assert not {"args", "kwargs"} & set(names)
    assert names == list(inspect.signature(construct.__init__).parameters)[1:]


def test_a_subclass_has_the_signature_of_its_own_constructor():
    class Own(AutoMLModel):
        def __init__(self, scope, id, *, colour):
            super().__init__(scope, id, job=colour)

    assert list(inspect.signature(Own).parameters) == ["scope", "id", "colour"]


def test_help_shows_what_a_constructor_takes():
    import pydoc

    text = pydoc.plain(pydoc.render_doc(AutoMLEndpoint)).replace("\n", " ")

    assert "AutoMLEndpoint(scope: 'Construct', id: 'str', *, model: " in " ".join(text.split())


def test_a_job_shows_its_settings(stack):
    text = repr(job_of(stack, validation_fraction=0.2))

    assert text.startswith("AutoMLJobV2('Shop/Job', problem_config=AutoMLTabularConfig(")
    assert "'churned'" in text
    assert "max_candidates=3" in text
    assert "validation_fraction=0.2" in text
    assert "None" not in text


def test_tokens_are_never_shown(stack):
    target = cdk.CfnParameter(stack, "Target").value_as_string
    job = job_of(stack, output_path=f"s3://{target}/x", tags={"team": target})
    model = AutoMLModel(stack, "Model", job=job)

    for construct in (job, model):
        for text in (repr(construct), construct._repr_html_()):
            assert "Token[" not in text
    assert "output_path=<known at deployment>" in repr(job)
    assert "job=AutoMLJobV2 Shop/Job" in repr(model)


def test_a_setting_in_a_notebook_is_text_and_nothing_else(stack):
    shown = job_of(stack, HOSTILE)._repr_html_()

    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert " id=" not in shown


def test_a_construct_that_is_being_made_shows_itself_too(stack):
    class Watched(AutoMLV2):
        def __init__(self, scope, id):
            self.seen = repr(self)
            super().__init__(scope, id, AutoMLTabularConfig("churned"))

    assert Watched(stack, "Automl").seen == "Watched('')"
    assert repr(Watched(stack, "Other")).startswith("Watched('Shop/Other'")


def test_what_scales_an_endpoint_shows_between_what_and_by_what(stack):
    job = job_of(stack)
    model = AutoMLModel(stack, "Model", job=job)
    endpoint = AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")
    scaling = endpoint.auto_scale_instance_count(min_capacity=1, max_capacity=4)
    scaling.scale_on_invocations(max_requests_per_second=20)

    assert repr(scaling) == (
        "ScalableInstanceCount('AllTraffic', min_capacity=1, max_capacity=4, "
        "policies=['invocations'])"
    )
    assert "<th" in scaling._repr_html_()


def test_settings_and_limits_show_their_scope_and_what_was_set():
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    vpc = ec2.Vpc(stack, "Vpc")
    AutoMLSettings.of(app).configure(log_retention=logs.RetentionDays.ONE_YEAR)
    AutoMLSettings.of(stack).configure(vpc=vpc, reserved_concurrent_executions=5)
    AutoMLLimits.of(stack).configure(max_candidates=50)

    assert repr(AutoMLSettings.of(app)) == (
        "AutoMLSettings(App, log_retention=RetentionDays.ONE_YEAR)"
    )
    assert repr(AutoMLSettings.of(stack)) == (
        "AutoMLSettings(Stack Shop, reserved_concurrent_executions=5, vpc=Vpc Shop/Vpc)"
    )
    assert repr(AutoMLLimits.of(stack)) == "AutoMLLimits(Stack Shop, max_candidates=50)"


def test_options_that_hold_constructs_tokens_and_times_show_them_in_words(stack):
    secret = cdk.CfnParameter(stack, "Secret").value_as_string
    shown = [
        VpcConfig(ec2.Vpc(stack, "Vpc")),
        AutoMLOutput(f"s3://{secret}/out"),
        Deployment.canary(percent=10, wait=cdk.Duration.minutes(10), alarms=["errors"]),
    ]

    assert [repr(item) for item in shown] == [
        "VpcConfig(vpc=Vpc Shop/Vpc)",
        "AutoMLOutput(path=<known at deployment>)",
        "Deployment(strategy='canary', percent=10, wait=10 minutes, alarms=['errors'])",
    ]
