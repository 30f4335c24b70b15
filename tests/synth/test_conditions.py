"""A condition on one resource reaches whatever refers to it."""

from pathlib import Path

import aws_cdk as cdk
import jsii
import pytest

from cdk_automlv2 import (
    AutoMLBatchTransform,
    AutoMLCandidates,
    AutoMLDashboard,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLRelease,
    AutoMLTabularConfig,
    Deployment,
    InstanceVariant,
    LocalAutoMLDataChannel,
)

from .helpers import CHANNEL, job, resources, template


def condition(stack, name="Wanted"):
    return cdk.CfnCondition(stack, name, expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "x"))


def everything(stack):
    """A job with a folder to upload and two links, and whatever may use it."""
    channel = LocalAutoMLDataChannel("S3Prefix", str(Path(__file__).parents[1] / "snapshot"))
    made = job(stack, inputs=channel, timeout=cdk.Duration.hours(1))
    served = AutoMLModel(stack, "Model", job=made)
    AutoMLCandidates(stack, "Candidates", job=made)
    hour = cdk.Duration.hours(2)
    AutoMLEndpoint(stack, "Endpoint", model=served, instance_type="ml.m5.large", timeout=hour)
    return made, served


def conditions(stack):
    """Condition of each custom resource, by its construct's ids."""
    return {
        logical_id: item.get("Condition")
        for logical_id, item in template(stack)["Resources"].items()
        if item["Type"].startswith("Custom::")
    }


def test_without_a_condition_nothing_has_one(stack):
    everything(stack)

    assert set(conditions(stack).values()) == {None}


def test_a_condition_of_the_job_reaches_uploads_waits_model_endpoint_and_candidates(stack):
    made, _ = everything(stack)
    made.node.default_child.cfn_options.condition = condition(stack)

    assert len(conditions(stack)) == 9
    assert set(conditions(stack).values()) == {"Wanted"}


def test_alarms_of_an_endpoint_exist_only_where_the_endpoint_does(stack):
    made = job(stack)
    served = AutoMLModel(stack, "Model", job=made)
    watched = Deployment.all_at_once(errors=1)
    instances = {"model": served, "instance_type": "ml.m5.large"}
    AutoMLEndpoint(stack, "Endpoint", **instances, deployment=watched).add_alarms()
    made.node.default_child.cfn_options.condition = condition(stack)

    alarms = resources(stack, "AWS::CloudWatch::Alarm")
    assert [alarm["Condition"] for alarm in alarms] == ["Wanted", "Wanted"]


def test_a_condition_of_the_model_reaches_its_endpoint_and_not_the_job(stack):
    _, served = everything(stack)
    served.node.default_child.cfn_options.condition = condition(stack)

    found = conditions(stack)
    assert {name for name, wanted in found.items() if wanted} == {
        name for name in found if name.startswith(("Model", "Endpoint"))
    }


def test_both_conditions_hold_where_both_are_set(stack):
    made, served = everything(stack)
    made.node.default_child.cfn_options.condition = condition(stack, "One")
    served.node.default_child.cfn_options.condition = condition(stack, "Two")

    found = conditions(stack)
    [both] = {wanted for name, wanted in found.items() if name.startswith(("Model", "Endpoint"))}
    assert template(stack)["Conditions"][both] == {
        "Fn::And": [{"Condition": "One"}, {"Condition": "Two"}]
    }


def test_the_conditions_of_two_jobs_hold_for_an_endpoint_of_both(stack):
    jobs = [job(stack, name) for name in ("First", "Second")]
    for number, one in enumerate(jobs):
        one.node.default_child.cfn_options.condition = condition(stack, f"Wanted{number}")
    served = [AutoMLModel(stack, f"M{number}", job=one) for number, one in enumerate(jobs)]
    pair = [
        InstanceVariant(one, "ml.m5.large", variant_name=f"v{number}")
        for number, one in enumerate(served)
    ]
    AutoMLEndpoint(stack, "Endpoint", variants=pair)

    [made] = resources(stack, "Custom::AutoMLEndpoint")
    assert all_of(stack, made["Condition"]) == {"Wanted0", "Wanted1"}


def all_of(stack, name):
    """Return the conditions that a condition is made of."""
    found = template(stack)["Conditions"][name]
    if "Fn::And" not in found:
        return {name}
    return set().union(*(all_of(stack, part["Condition"]) for part in found["Fn::And"]))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_dashboard_exists_only_where_all_that_it_shows_does(stack, count):
    jobs = [job(stack, f"Job{number}") for number in range(count)]
    for number, one in enumerate(jobs):
        one.node.default_child.cfn_options.condition = condition(stack, f"Wanted{number}")
    served = AutoMLModel(stack, "Model", job=jobs[0])
    made = AutoMLEndpoint(stack, "Endpoint", model=served, instance_type="ml.m5.large")
    nightly = AutoMLBatchTransform(
        stack,
        "Nightly",
        model=served,
        input_data="s3://in/new/",
        output="s3://out/answers/",
        instance_type="ml.m5.large",
    )
    AutoMLDashboard(stack, "D", endpoints=[made], batch_transforms=[nightly], jobs=jobs)

    [shown] = resources(stack, "AWS::CloudWatch::Dashboard")
    wanted = {f"Wanted{number}" for number in range(count)}
    assert all_of(stack, shown["Condition"]) == wanted


def test_a_dashboard_of_a_release_has_the_condition_of_the_release(stack):
    release = AutoMLRelease(
        stack,
        "Release",
        problem_config=AutoMLTabularConfig("y"),
        inputs=CHANNEL,
        instance_type="ml.m5.large",
    )
    AutoMLDashboard(stack, "D", endpoints=[release.endpoint])
    release.node.default_child.cfn_options.condition = condition(stack)

    [shown] = resources(stack, "AWS::CloudWatch::Dashboard")
    assert shown["Condition"] == "Wanted"


def test_the_waits_of_an_attached_job_exist_only_where_what_names_it_does(stack):
    made = job(stack)
    hours = cdk.Duration.hours(3)
    attached = AutoMLJobV2.from_auto_ml_job_name(
        stack, "Attached", made.job_name, timeout=hours, output_path="s3://out/"
    )
    AutoMLModel(stack, "Model", job=attached)
    made.node.default_child.cfn_options.condition = condition(stack)

    assert len(conditions(stack)) > 5
    assert set(conditions(stack).values()) == {"Wanted"}


@jsii.implements(cdk.IAspect)
class OnJobs:
    """As an aspect of an organisation would."""

    def visit(self, node):
        if isinstance(node, cdk.CfnResource) and node.cfn_resource_type == "Custom::AutoMLJobV2":
            node.cfn_options.condition = condition(cdk.Stack.of(node))


def test_a_condition_set_by_an_aspect_reaches_them_too(stack):
    everything(stack)
    cdk.Aspects.of(stack).add(OnJobs())

    assert set(conditions(stack).values()) == {"Wanted"}


def test_a_second_synthesis_changes_nothing(stack):
    made, served = everything(stack)
    made.node.default_child.cfn_options.condition = condition(stack, "One")
    served.node.default_child.cfn_options.condition = condition(stack, "Two")
    app = stack.node.root

    first = app.synth(force=True).get_stack_by_name("Shop").template
    assert app.synth(force=True).get_stack_by_name("Shop").template == first


@pytest.mark.parametrize("nested", [False, True])
def test_a_conditional_job_in_another_stack_is_refused_unless_its_user_has_a_condition(nested):
    app = cdk.App()
    train = cdk.Stack(app, "Train")
    serve = cdk.NestedStack(train, "Serve") if nested else cdk.Stack(app, "Serve")
    made = job(train)
    served = AutoMLModel(serve, "Model", job=made)
    made.node.default_child.cfn_options.condition = condition(train)

    with pytest.raises(RuntimeError, match="must be set here too"):
        template(serve)

    served.node.default_child.cfn_options.condition = condition(serve)
    assert template(serve)


def test_the_ssm_parameter_exists_only_where_the_job_does():
    app = cdk.App()
    train, serve = cdk.Stack(app, "Train"), cdk.Stack(app, "Serve")
    made = job(train)
    cdk.CfnOutput(serve, "Best", value=made.best_candidate_name)
    made.node.default_child.cfn_options.condition = condition(train)

    [parameter] = resources(train, "AWS::SSM::Parameter")
    assert parameter["Condition"] == "Wanted"
