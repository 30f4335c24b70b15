"""Rules between the options of a batch transform, each named after the options it judges.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdk_automlv2._core import common_rules
from cdk_automlv2._core.options import Rule, limits
from cdk_automlv2._core.s3_uri import normalized, uri_problems
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.batch.data_format import PATHS, format_of, input_uri, output_uri
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.destinations import destination_faults
from cdk_automlv2.hosting.instance_types import has_own_storage
from cdk_automlv2.hosting.option_rules import instance_type_rule, unit_rule
from cdk_automlv2.problem_configs.batch import BatchFormat

_CSV_PATH = re.compile(r"\$(\[(-?\d+|-?\d*:-?\d*)(,-?\d+)*\])?")
_MOST = 100
"""Instances of one transform, and MB that an instance takes at once; no model says so."""

_JOINABLE = ("text/csv", "application/json", "application/jsonlines")


def model_of(model: Any, job: Any, release: Any) -> Any:
    """Return what says which kind of problem it is, and which containers: one of the three."""
    if release is not None:
        return release.endpoint._models[0]
    return model if model is not None else job


def _usual(model: Any, job: Any, release: Any) -> BatchFormat:
    """Return the format of the kind of problem."""
    return format_of(getattr(model_of(model, job, release), "problem_config", None))


def model_rule(
    model: Any, job: Any, release: Any, candidate_name: str | None
) -> Iterator[OptionFault]:
    """A model, a job whose candidate becomes one, or a release."""
    if release is not None:
        for name, value in (("model", model), ("job", job)):
            if value is not None:
                yield OptionFault(name, "must not be given with release", f"a {name}")
    elif (model is None) == (job is None):
        got = None if model is None else "model and job"
        yield OptionFault("model", "must be given, or else job, and not both", got)
    if candidate_name is not None and job is None:
        yield OptionFault("candidate_name", "must come with job", candidate_name)


def release_rule(release: Any, run_on_deploy: bool | None, scope: Any) -> Iterator[OptionFault]:
    """A release of the same stack, whose records its function reads, and no run without a model."""
    if release is None:
        return
    # Files are judged by the other rules of a batch transform, without the CDK.
    import aws_cdk as cdk

    from cdk_automlv2._core.provider import AutoMLProvider

    if AutoMLProvider.of(scope) is not release._provider:
        rule = "must be of the same stack, whose function reads what serves"
        yield OptionFault("release", rule, f"a release of {cdk.Stack.of(release).node.path}")
    if run_on_deploy:
        rule = "must be False with release, as a deployment does not wait for one"
        fix = "use run_on_schedule, run_on_new_objects or grant_run"
        yield OptionFault("run_on_deploy", rule, run_on_deploy, fix)


def release_unit_rule(release: Any, instance_type: str | None) -> Iterator[OptionFault]:
    """Processors that the containers of a release are for."""
    if release is not None:
        yield from unit_rule(model_of(None, None, release), instance_type)


def kind_rule(model: Any, job: Any, release: Any) -> Iterator[OptionFault]:
    """A kind of problem that batch transform is known to work for."""
    subject = model_of(model, job, release)
    if subject is None:
        return
    fault = format_of(subject.problem_config).fault
    if fault is not None:
        options = {"release": release, "model": model, "job": job}
        name = next(name for name, value in options.items() if value is not None)
        yield OptionFault(name, fault, "a language model")


def input_rule(input_data: Any) -> Iterator[OptionFault]:
    """A place in S3."""
    if isinstance(input_data, str):
        yield from uri_problems("input_data", input_data)
        if not normalized(input_data).startswith("s3://") and not is_token(input_data):
            rule = "must be an S3 URI such as s3://bucket/prefix"
            yield OptionFault("input_data", rule, input_data)


def output_rule(output: Any) -> Iterator[OptionFault]:
    """A place in S3."""
    yield from destination_faults("output", output)


def apart_rule(input_data: Any, output: Any) -> Iterator[OptionFault]:
    """Answers that the next run does not read as data."""
    read, written = input_uri(input_data), output_uri(output)
    if not read or not written:
        return
    if written.startswith(read):
        rule = "must not begin with input_data, as the next run would read what this one wrote"
    elif read.startswith(written):
        rule = "must not hold input_data, as answers may come to lie in its folder again"
    else:
        return
    got = "a token" if is_token(written) else written
    yield OptionFault("output", rule, got, "use another folder")


def manifest_rule(input_data: Any, s3_data_type: str) -> Iterator[OptionFault]:
    """A manifest is one object."""
    uri = input_uri(input_data)
    if s3_data_type == "ManifestFile" and uri.endswith("/"):
        rule = "must be the URI of the manifest itself, such as s3://bucket/new.manifest"
        yield OptionFault("input_data", rule, uri)


def join_rule(
    join_source: str | None,
    model: Any,
    job: Any,
    release: Any,
    content_type: str | None,
    accept: str | None,
    split_type: str | None,
    assemble_with: str | None,
) -> Iterator[OptionFault]:
    """Lines in and lines out, of the same format."""
    if join_source in (None, "None"):
        return
    usual = _usual(model, job, release)
    if not usual.joins:
        rule = "cannot be used with this kind of problem, whose answers are not one line each"
        yield OptionFault("join_source", rule, join_source)
        return
    sent, wanted = content_type or usual.content_type, accept or usual.accept
    if sent != wanted or sent not in _JOINABLE:
        rule = "must be the same as content_type, CSV or JSON, where input and output are joined"
        yield OptionFault("accept", rule, f"{wanted} for {sent}")
    for name, value in (("split_type", split_type), ("assemble_with", assemble_with)):
        if value not in (None, "Line"):
            yield OptionFault(name, "must be Line where input and output are joined", value)


def filters_rule(
    input_filter: str | None, output_filter: str | None, content_type: str | None
) -> Iterator[OptionFault]:
    """JSONPath; for CSV columns by their numbers only."""
    if content_type not in (None, "text/csv"):
        return
    for name, path in (("input_filter", input_filter), ("output_filter", output_filter)):
        if path is not None and not _CSV_PATH.fullmatch(path):
            rule = "must choose columns of CSV by their numbers, such as $[1:] or $[0,-1]"
            yield OptionFault(name, rule, path)


def content_type_rule(
    content_type: str | None, model: Any, job: Any, release: Any
) -> Iterator[OptionFault]:
    """A type, where the kind of problem does not say it."""
    usual = _usual(model, job, release)
    if content_type is None and usual.content_type is None:
        rule = "must be given for images, such as image/png or image/jpeg"
        yield OptionFault("content_type", rule, None)


def payload_rule(
    max_payload_in_mb: int | None, max_concurrent_transforms: int | None
) -> Iterator[OptionFault]:
    """No more at once than an instance takes."""
    if max_payload_in_mb is None:
        return
    at_once = max_concurrent_transforms or 1
    if max_payload_in_mb * at_once > _MOST:
        times = "" if at_once == 1 else "times max_concurrent_transforms "
        rule = f"{times}must be {_MOST} or less"
        yield OptionFault("max_payload_in_mb", rule, max_payload_in_mb)


def strategy_rule(
    batch_strategy: str | None, split_type: str | None, model: Any, job: Any, release: Any
) -> Iterator[OptionFault]:
    """Batches of what is split."""
    usual = _usual(model, job, release)
    if batch_strategy is not None and (split_type or usual.split_type) == "None":
        yield OptionFault("batch_strategy", "must come with a split_type", batch_strategy)


def count_rule(instance_count: int, model: Any, job: Any, release: Any) -> Iterator[OptionFault]:
    """Few enough; one where one object holds everything."""
    if instance_count > _MOST:
        yield OptionFault("instance_count", f"must be {_MOST} or less", instance_count)
    if instance_count > 1 and _usual(model, job, release).is_whole:
        rule = "must be 1 for a forecast, whose one object goes to one instance"
        yield OptionFault("instance_count", rule, instance_count)


def local_storage_rule(volume_kms_key: Any, instance_type: str) -> Iterator[OptionFault]:
    """A key where the type has a volume."""
    if volume_kms_key is not None and has_own_storage(instance_type):
        rule = f"must not be set: {instance_type} has storage of its own, with its own encryption"
        yield OptionFault("volume_kms_key", rule, "a key")


RULES: tuple[Rule, ...] = (
    *limits("CreateTransformJob", **PATHS),
    *limits("ListCandidatesForAutoMLJob", candidate_name="CandidateNameEquals"),
    common_rules.output_kms_key_rule,
    common_rules.volume_kms_key_rule,
    common_rules.tags_rule,
    common_rules.timeout_rule,
    common_rules.longest_wait_rule,
    instance_type_rule,
    unit_rule,
    model_rule,
    release_rule,
    release_unit_rule,
    kind_rule,
    input_rule,
    output_rule,
    apart_rule,
    manifest_rule,
    join_rule,
    filters_rule,
    content_type_rule,
    payload_rule,
    strategy_rule,
    count_rule,
    local_storage_rule,
)
