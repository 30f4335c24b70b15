"""Parts of endpoints and triggers of releases, of what a file describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_automlv2.batch.transform import AutoMLBatchTransform
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.interface import IAutoMLModel
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.hosting.variants import InstanceVariant
from cdk_automlv2.release.model_registration import ModelRegistration
from cdk_automlv2.specs.kinds import RUNNING, SCALING, STOPPING, VARIANTS
from cdk_automlv2.specs.lengths import Length
from cdk_automlv2.specs.parts import PARTS, listed, variant_options

if TYPE_CHECKING:
    from cdk_automlv2.release.release import AutoMLRelease

_TOPICS = ("success_topic", "error_topic", "notify")


def construct_options(scope: Construct, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as constructs have them; ``scope`` is the parent of what is imported."""
    return {name: _value(scope, name, value) for name, value in options.items()}


def _value(scope: Construct, name: str, value: Any) -> Any:
    if isinstance(value, Length):
        return cdk.Duration.millis(value.to_milliseconds()) if value.milliseconds else _whole(value)
    if name in PARTS:
        return PARTS[name](**construct_options(scope, value))
    if name == "register_in" and isinstance(value, Mapping):
        return ModelRegistration(**construct_options(scope, value))
    if name in _TOPICS and isinstance(value, str):
        return topic(scope, value)
    return cdk.RemovalPolicy[value] if name == "removal_policy" else value


def _whole(length: Length) -> cdk.Duration:
    return cdk.Duration.seconds(length.seconds)


def topic(scope: Construct, arn: str) -> sns.ITopic:
    """Return a topic by its ARN; the same one for the same ARN."""
    id_ = f"Topic{arn.rpartition(':')[2]}"
    found: Any = scope.node.try_find_child(id_)
    made: sns.ITopic = found or sns.Topic.from_topic_arn(scope, id_, arn)
    return made


def served_variants(
    scope: Construct, model: AutoMLModel, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options of an endpoint that say which models are behind it."""
    made: dict[str, Any] = {}
    if "variants" in options:
        made["variants"] = [
            _variant(scope, model, VARIANTS[item["kind"]], item) for item in options["variants"]
        ]
    if "shadow_variant" in options:
        shadow = options["shadow_variant"]
        made["shadow_variant"] = _variant(scope, model, InstanceVariant, shadow)
    return made if "variants" in made else {"model": model, **made}


def _variant(scope: Construct, model: AutoMLModel, kind: Any, item: Mapping[str, Any]) -> Any:
    options = construct_options(scope, variant_options(item))
    return kind(model=_model(scope, model, item.get("model_name")), **options)


def _model(scope: Construct, model: AutoMLModel, name: str | None) -> IAutoMLModel:
    if name is None:
        return model
    id_ = f"Model{name}"
    found: Any = scope.node.try_find_child(id_)
    return found or AutoMLModel.from_model_name(scope, id_, name)


def add_alarms(scope: Construct, endpoint: AutoMLEndpoint, given: Mapping[str, Any]) -> None:
    """Make the alarms of an endpoint."""
    options = dict(given)
    told = [
        cloudwatch_actions.SnsAction(topic(scope, arn)) for arn in options.pop("notify", None) or ()
    ]
    alarms = endpoint.add_alarms(**construct_options(scope, options), actions=told)
    for alarm in alarms:
        for action in told:
            alarm.add_ok_action(action)


def add_scaling(endpoint: AutoMLEndpoint, given: Mapping[str, Any]) -> None:
    """Let variants be scaled, as a file says under the names of the methods."""
    for method, (_, ways) in SCALING.items():
        for item in listed(given.get(method)):
            capacities = {name: value for name, value in item.items() if name not in ways}
            target = getattr(endpoint, method)(**capacities)
            for way in ways:
                for options in listed(item.get(way)):
                    getattr(target, way)(**_timed(options))


def add_stops(endpoint: AutoMLEndpoint, given: Mapping[str, Any]) -> None:
    """Let an endpoint be stopped and started, as a file says under the names of the methods."""
    for method in STOPPING:
        for item in listed(given.get(method)):
            getattr(endpoint, method)(**_scheduled(dict(item)))


def _timed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of one way to scale, with what only the CDK has."""
    made = dict(options)
    if "schedule" in made:
        made["schedule"] = appscaling.Schedule.expression(made["schedule"])
    if "time_zone" in made:
        made["time_zone"] = cdk.TimeZone.of(made["time_zone"])
    return made


def add_retraining(
    scope: Construct, release: AutoMLRelease, triggers: Sequence[Mapping[str, Any]]
) -> None:
    """Make what trains a release again."""
    makers: Mapping[str, Callable[..., object]] = {
        "schedule": lambda **options: release.retrain_on_schedule(**_scheduled(options)),
        "new_data": lambda bucket, **options: release.retrain_on_new_data(
            _bucket(scope, bucket), **options
        ),
        "alarm": lambda alarm, **options: release.retrain_on_alarm(_alarm(scope, alarm), **options),
    }
    for item in triggers:
        options = {name: value for name, value in item.items() if name != "kind"}
        makers[item["kind"]](**construct_options(scope, options))


def add_batch_transform(
    scope: Construct, source: AutoMLModel | AutoMLRelease, given: Mapping[str, Any]
) -> None:
    """Make the batch transform of a model or a release, and what lets it run again."""
    options = {name: value for name, value in given.items() if name not in RUNNING}
    name = "model" if isinstance(source, AutoMLModel) else "release"
    options = {name: source, **construct_options(scope, options)}
    made = AutoMLBatchTransform(scope, "BatchTransform", **options)
    for item in listed(given.get("run_on_schedule")):
        made.run_on_schedule(**_scheduled(dict(item)))
    for item in listed(given.get("run_on_new_objects")):
        made.run_on_new_objects(**{**item, "bucket": _bucket(scope, item["bucket"])})


def add_registration(scope: Construct, release: AutoMLRelease, given: Any) -> None:
    """Register what a release has found, where a file says so."""
    options = {"group": given} if isinstance(given, str) else dict(given)
    release.register_in(**construct_options(scope, options))


def _scheduled(options: dict[str, Any]) -> dict[str, Any]:
    zone = options.pop("time_zone", None)
    expression = scheduler.ScheduleExpression.expression(
        options["schedule"], None if zone is None else cdk.TimeZone.of(zone)
    )
    return {**options, "schedule": expression}


def _bucket(scope: Construct, name: str) -> s3.IBucket:
    id_ = f"Bucket{name}"
    found: Any = scope.node.try_find_child(id_)
    return found or s3.Bucket.from_bucket_name(scope, id_, name)


def _alarm(scope: Construct, name: str) -> cloudwatch.IAlarm:
    id_ = f"AlarmOf{name.rpartition(':')[2]}"
    found: Any = scope.node.try_find_child(id_)
    by_arn = name.startswith("arn:")
    make = cloudwatch.Alarm.from_alarm_arn if by_arn else cloudwatch.Alarm.from_alarm_name
    alarm: cloudwatch.IAlarm = found or make(scope, id_, name)
    return alarm
