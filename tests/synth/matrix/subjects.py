"""What is composed: every public construct, and every way to make one. A new one is a line here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2 import (
    AsyncInference,
    AutoMLBatchTransform,
    AutoMLCandidates,
    AutoMLDashboard,
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLRelease,
    AutoMLTabularConfig,
    AutoMLV2,
    BetterThanDeployed,
    DataCapture,
    Deployment,
    InstanceVariant,
    LocalAutoMLDataChannel,
    ObjectiveGate,
    ServerlessVariant,
    SmokeTest,
)

from .compositions import COMPOSITIONS, Place
from .options import FACTORS, Options

FOLDER = str(Path(__file__).with_name("data"))
CONFIG = AutoMLTabularConfig(
    "churn", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
)


def _channel(options: Options) -> AutoMLDataChannel:
    return AutoMLDataChannel("S3Prefix", options.text("s3://shop-in/train/"))


def _job(place: Place, options: Options, **more: Any) -> AutoMLJobV2:
    given = options.of_job | more
    given.setdefault("inputs", _channel(options))
    return AutoMLJobV2(place.learn, "Job", problem_config=CONFIG, **given)


def _model(place: Place, options: Options, job: Any = None) -> AutoMLModel:
    made = job or _job(place, options)
    return AutoMLModel(place.serve, "Model", job=made, **options.of_model)


def _job_alone(place: Place, options: Options) -> None:
    job = _job(place, options)
    cdk.CfnOutput(place.learn, "Name", value=job.auto_ml_job_name)
    cdk.CfnOutput(place.serve, "Best", value=f"{job.best_candidate_name} of {job.auto_ml_job_arn}")
    cdk.CfnOutput(place.serve, "Metric", value=job.objective_metric_value)


def _job_not_waited_for(place: Place, options: Options) -> None:
    job = _job(place, options, wait=False)
    cdk.CfnOutput(place.serve, "Name", value=job.auto_ml_job_name)
    cdk.CfnOutput(place.serve, "Data", value=job.data_fingerprint)


def _job_of_a_folder(place: Place, options: Options) -> None:
    job = _job(place, options, inputs=LocalAutoMLDataChannel("S3Prefix", FOLDER))
    job.grant_read_output(iam.User(place.serve, "Reader"))
    job.grant_describe(iam.User(place.serve, "Looker"))
    job.grant_promotion("444455556666")


def _endpoint(place: Place, options: Options) -> None:
    model = _model(place, options)
    endpoint = AutoMLEndpoint(
        place.serve, "Endpoint", model=model, instance_type="ml.m5.large", **options.of_endpoint
    )
    endpoint.grant_invoke(iam.User(place.learn if place.learn is place.serve else place.serve, "U"))
    cdk.CfnOutput(place.serve, "EndpointName", value=endpoint.endpoint_name)


def _endpoint_that_waits_in_links(place: Place, options: Options) -> None:
    hours = cdk.Duration.hours(2)
    model = _model(place, options)
    AutoMLEndpoint(place.serve, "Endpoint", model=model, instance_type="ml.m5.large", timeout=hours)


def _endpoint_of_variants(place: Place, options: Options) -> None:
    model = _model(place, options)
    other = AutoMLModel(place.serve, "Other", job=model.job, **_unnamed(options.of_model))
    variants = [
        InstanceVariant(item, "ml.m5.large", variant_name=item.node.id) for item in (model, other)
    ]
    capture = DataCapture(options.text("s3://shop-seen/churn/"))
    endpoint = AutoMLEndpoint(
        place.serve, "Endpoint", variants=variants, data_capture=capture, **options.of_endpoint
    )
    scaled = endpoint.auto_scale_instance_count(max_capacity=3, variant_name=model.node.id)
    scaled.scale_on_invocations(max_requests_per_second=20)


def _endpoint_with_a_shadow(place: Place, options: Options) -> None:
    model = _model(place, options)
    shadow = AutoMLModel(place.serve, "Shade", job=model.job, **_unnamed(options.of_model))
    AutoMLEndpoint(
        place.serve,
        "Endpoint",
        model=model,
        instance_type="ml.m5.large",
        shadow_variant=InstanceVariant(shadow, "ml.m5.large"),
        deployment=Deployment.canary(percent=50, wait=cdk.Duration.minutes(5), errors=1),
        **options.of_endpoint,
    )


def _serverless_endpoint(place: Place, options: Options) -> None:
    given = {key: value for key, value in options.of_model.items() if key != "vpc_config"}
    model = AutoMLModel(place.serve, "Model", job=_job(place, options), **given)
    variants = [ServerlessVariant(model, max_concurrency=5, provisioned_concurrency=1)]
    endpoint = AutoMLEndpoint(place.serve, "Endpoint", variants=variants, **options.of_endpoint)
    scaled = endpoint.auto_scale_provisioned_concurrency(max_capacity=4)
    scaled.scale_on_utilization(target=0.7)


def _asynchronous_endpoint(place: Place, options: Options) -> None:
    asynchronous = AsyncInference(
        options.text("s3://shop-answers/churn/"), inputs=[options.text("s3://shop-asked/churn/")]
    )
    endpoint = AutoMLEndpoint(
        place.serve,
        "Endpoint",
        model=_model(place, options),
        instance_type="ml.m5.large",
        async_inference=asynchronous,
        **options.of_endpoint,
    )
    workers = endpoint.auto_scale_instance_count(min_capacity=0, max_capacity=2)
    workers.scale_on_backlog(backlog_per_instance=5)
    endpoint.stop_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(7)))
    endpoint.start_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(6)))
    endpoint.grant_invoke(iam.User(place.serve, "User"))


def _unnamed(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "name"}


def _nightly(place: Place, options: Options, **source: Any) -> AutoMLBatchTransform:
    transform = AutoMLBatchTransform(
        place.serve,
        "Nightly",
        input_data=options.text("s3://shop-in/new/"),
        output=options.text("s3://shop-answers/nightly/"),
        instance_type="ml.m5.large",
        volume_kms_key=options.of_endpoint.get("volume_kms_key"),
        tags=options.of_endpoint.get("tags"),
        **source,
    )
    transform.run_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(7)))
    transform.grant_run(iam.User(place.serve, "User"))
    return transform


def _batch_transform(place: Place, options: Options) -> None:
    transform = _nightly(place, options, model=_model(place, options))
    cdk.CfnOutput(place.serve, "Run", value=transform.transform_job_name)


def _dashboard(place: Place, options: Options) -> None:
    job = _job(place, options)
    endpoint = AutoMLEndpoint(
        place.serve,
        "Endpoint",
        model=_model(place, options, job),
        instance_type="ml.m5.large",
        **options.of_endpoint,
    )
    other = AutoMLEndpoint.from_endpoint_name(place.serve, "Other", options.text("other"))
    AutoMLDashboard(place.serve, "Dashboard", endpoints=[endpoint, other], jobs=[job])


def _candidates(place: Place, options: Options) -> None:
    listed = AutoMLCandidates(place.serve, "Candidates", job=_job(place, options))
    cdk.CfnOutput(place.serve, "Listed", value=f"{listed.count}: {listed.candidates}")


def _attached_job(place: Place, options: Options) -> None:
    job = AutoMLJobV2.from_auto_ml_job_name(
        place.learn, "Old", options.text("somebodys-job"), output_path="s3://shop-out/"
    )
    _model(place, options, job)


def _attached_from_another_stack(place: Place, options: Options) -> None:
    job = _job(place, options, output_path="s3://shop-out/", output_kms_key=None)
    attached = AutoMLV2.attach(
        place.serve, "Attached", job.auto_ml_job_name, output_path="s3://shop-out/"
    )
    attached.deploy(1, "ml.m5.large")
    attached.list_candidates()


def _automl(place: Place, options: Options) -> None:
    known = ("output_path", "role", "output_kms_key", "volume_kms_key", "vpc_config", "tags")
    given = {key: value for key, value in options.of_job.items() if key in known}
    automl = AutoMLV2(place.learn, "AutoML", CONFIG, **given)
    job = automl.fit(options.text("s3://shop-in/train/"))
    automl.deploy(1, "ml.m5.large")
    automl.list_candidates()
    AutoMLModel(place.serve, "Model", job=job, **options.of_model)


def _judged(place: Place, options: Options) -> None:
    gates = [ObjectiveGate(minimum=0.5), BetterThanDeployed()]
    made = _job(place, options)
    model = AutoMLModel(
        place.serve, "Model", job=made, gates=gates, register_in="churn", **options.of_model
    )
    cdk.CfnOutput(place.serve, "Version", value=model.model_package_arn)


PACKAGE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/3"
"""A version that is approved in the model registry."""


def _packaged(place: Place, options: Options) -> None:
    model = AutoMLModel.from_model_package(
        place.serve,
        "Model",
        options.text(PACKAGE),
        artifacts=AutoMLOutput("s3://shop-models/"),
        **{key: options.of_model[key] for key in _OF_PACKAGES if key in options.of_model},
    )
    AutoMLEndpoint(place.serve, "Endpoint", model=model, instance_type="ml.m5.large")


_OF_PACKAGES = ("role", "vpc_config", "tags")


def _one_click(place: Place, options: Options) -> None:
    AutoMLV2(place.learn, "AutoML", CONFIG, auto_generate_endpoint_name=True).fit(
        "s3://shop-in/train/"
    )
    imported = AutoMLEndpoint.from_endpoint_name(place.serve, "Other", "other")
    imported.grant_invoke(iam.User(place.serve, "User"))


def _release(place: Place, options: Options) -> None:
    given = {key: value for key, value in options.of_job.items() if key != "job_name"}
    names = {key: value for key, value in options.of_endpoint.items() if key == "endpoint_name"}
    release = AutoMLRelease(
        place.serve,
        "Release",
        problem_config=CONFIG,
        inputs=_channel(options),
        instance_type="ml.m5.large",
        gates=[ObjectiveGate(minimum=0.5), BetterThanDeployed()],
        **(given | names),
    )
    release.grant_invoke(iam.User(place.learn if place.learn is place.serve else place.serve, "U"))
    release.retrain_on_schedule(scheduler.ScheduleExpression.rate(cdk.Duration.days(7)))
    release.register_in("churn", approval_status="Approved")
    cdk.CfnOutput(place.serve, "EndpointName", value=release.endpoint_name)


def _batch_transform_of_a_release(place: Place, options: Options) -> None:
    release = AutoMLRelease(
        place.serve,
        "Release",
        problem_config=CONFIG,
        inputs=_channel(options),
        instance_type="ml.m5.large",
    )
    _nightly(place, options, release=release)


def _release_of_a_folder(place: Place, options: Options) -> None:
    automl = AutoMLV2(place.learn, "AutoML", CONFIG)
    automl.fit(LocalAutoMLDataChannel("S3Prefix", FOLDER), wait=False)
    endpoint = automl.deploy(1, "ml.m5.large", gates=[SmokeTest(["1,2"])])
    endpoint.grant_invoke(iam.User(place.serve, "User"))


SUBJECTS: Mapping[str, Callable[[Place, Options], None]] = {
    "job": _job_alone,
    "job not waited for": _job_not_waited_for,
    "job of a folder": _job_of_a_folder,
    "endpoint": _endpoint,
    "endpoint that waits in links": _endpoint_that_waits_in_links,
    "endpoint of several variants": _endpoint_of_variants,
    "endpoint with a shadow": _endpoint_with_a_shadow,
    "serverless endpoint": _serverless_endpoint,
    "asynchronous endpoint": _asynchronous_endpoint,
    "batch transform": _batch_transform,
    "batch transform of a release": _batch_transform_of_a_release,
    "candidates": _candidates,
    "dashboard": _dashboard,
    "attached job": _attached_job,
    "job attached from another stack": _attached_from_another_stack,
    "AutoMLV2": _automl,
    "judged and registered": _judged,
    "model of the registry": _packaged,
    "one click": _one_click,
    "release": _release,
    "release of a folder": _release_of_a_folder,
}


def make(app: cdk.App, name: str, case: Mapping[str, str]) -> None:
    """Declare what a case is made of, by composition, subject and the level of each factor."""
    place = COMPOSITIONS[case["composition"]](app, name)
    options = Options()
    for factor, levels in FACTORS.items():
        levels[case[factor]](place, options)
    SUBJECTS[case["subject"]](place, options)
    place.finish()


def _plain_job(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLJobV2:
    channel = AutoMLDataChannel("S3Prefix", "s3://shop-in/train/")
    config = CONFIG
    if "job_objective" in given:
        config = dataclasses.replace(CONFIG, problem_type="BinaryClassification")
    return AutoMLJobV2(stack, id, **({"problem_config": config, "inputs": channel} | given))


def _plain_model(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLModel:
    job = _plain_job(stack, f"{id}Job", {"role": "arn:aws:iam::111122223333:role/given"})
    return AutoMLModel(stack, id, job=job, **given)


def _plain_endpoint(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLEndpoint:
    model = _plain_model(stack, f"{id}Model", {"role": "arn:aws:iam::111122223333:role/given"})
    return AutoMLEndpoint(stack, id, model=model, **({"instance_type": "ml.m5.large"} | given))


def _plain_transform(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLBatchTransform:
    plain = {
        "input_data": "s3://shop-in/new/",
        "output": "s3://shop-answers/",
        "instance_type": "ml.m5.large",
    }
    role = "arn:aws:iam::111122223333:role/given"
    if "candidate_name" in given:
        plain["job"] = _plain_job(stack, f"{id}Job", {"role": role})
    else:
        plain["model"] = _plain_model(stack, f"{id}Model", {"role": role})
    return AutoMLBatchTransform(stack, id, **(plain | given))


def _plain_candidates(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLCandidates:
    return AutoMLCandidates(stack, id, job=_plain_job(stack, f"{id}Job", {}), **given)


def _plain_dashboard(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLDashboard:
    served = AutoMLEndpoint.from_endpoint_name(stack, f"{id}Endpoint", "other")
    return AutoMLDashboard(stack, id, endpoints=[served], **given)


def _plain_release(stack: cdk.Stack, id: str, given: dict[str, Any]) -> AutoMLRelease:
    channel = AutoMLDataChannel("S3Prefix", "s3://shop-in/train/")
    config = CONFIG
    if "job_objective" in given:
        config = dataclasses.replace(CONFIG, problem_type="BinaryClassification")
    plain = {"problem_config": config, "inputs": channel, "instance_type": "ml.m5.large"}
    return AutoMLRelease(stack, id, **(plain | given))


PLAIN: Mapping[str, Callable[[cdk.Stack, str, dict[str, Any]], Any]] = {
    "AutoMLJobV2": _plain_job,
    "AutoMLModel": _plain_model,
    "AutoMLEndpoint": _plain_endpoint,
    "AutoMLBatchTransform": _plain_transform,
    "AutoMLCandidates": _plain_candidates,
    "AutoMLDashboard": _plain_dashboard,
    "AutoMLRelease": _plain_release,
}
"""A construct with what it must be given, and one option more."""
