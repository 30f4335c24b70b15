"""The rules of constructs, asked of files: those of job, model and endpoint, and a few more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_automlv2._core.options import Rule, rule_faults
from cdk_automlv2.batch.rules import RULES as BATCH_RULES
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.deployment import errors_rule
from cdk_automlv2.hosting.endpoint_rules import RULES as ENDPOINT_RULES
from cdk_automlv2.hosting.endpoint_rules import age_rule
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, REAL_TIME, SERVERLESS
from cdk_automlv2.hosting.option_rules import MODEL_RULES
from cdk_automlv2.hosting.variants import ServerlessVariant
from cdk_automlv2.job.option_rules import JOB_RULES
from cdk_automlv2.limits import Limits, Trained, amount_faults
from cdk_automlv2.problem_configs.serving import serving_of
from cdk_automlv2.release.option_rules import gates_rule
from cdk_automlv2.release.retraining_rules import TRIGGER_RULES, once_rule
from cdk_automlv2.specs.kinds import RUNNING, STOPPING
from cdk_automlv2.specs.meaning import Meaning
from cdk_automlv2.specs.parts import (
    ServedModel,
    faults_of_parts,
    named_parts,
    registration_faults,
    with_parts,
)
from cdk_automlv2.specs.scaled import scaling_faults
from cdk_automlv2.specs.scheduled import scheduled_faults
from cdk_automlv2.specs.walk import resolved, schema


@dataclass(frozen=True)
class _Job:
    """What rules ask of a job."""

    problem_config: Any


class _Options(dict[str, Any]):
    """Options, ``None`` for those that only code can give."""

    def __missing__(self, name: str) -> None:
        return None


def faults_of(found: Meaning, faulty: set[str]) -> Iterator[OptionFault]:
    """Yield what is wrong between the options of a file.

    Args:
        found: What the file means.
        faulty: Paths of what is wrong already, and is not looked at again.
    """
    job = found.job
    lacking = {name for name in ("problem_config", "inputs") if name not in job}
    yield from _judged("", JOB_RULES, job, faulty | lacking)
    # Without a problem the rest is judged as for a job that exists already.
    config = job.get("problem_config")
    if found.model is not None:
        yield from _judged("model", MODEL_RULES, {**found.model, "job": _Job(config)}, faulty)
        gates = {"gates": found.model.get("gates"), "problem_config": config}
        yield from _judged("model", (gates_rule,), gates, faulty)
        yield from _asking(found.model.get("gates") or [])
        yield from _waited_for(found)
        yield from _registered("model", found.model)
    if found.endpoint is not None and found.model is not None:
        yield from _served(found, config, faulty)
    if found.batch_transform is not None:
        yield from _transformed(found.batch_transform, _served_model(found, config), faulty)
    if found.release is not None:
        given = {**found.release, "problem_config": config}
        yield from _judged("release", (gates_rule,), given, faulty)
        yield from _retrained(found.release.get("retraining") or [], faulty)
        yield from _released(found)
        yield from _registered("release", found.release)
    if found.limits is not None:
        yield from _limited(found.limits, config)


def _served(found: Meaning, config: Any, faulty: set[str]) -> Iterator[OptionFault]:
    """Judge the endpoint, its parts and its alarms."""
    assert found.endpoint is not None
    model = _served_model(found, config)
    parts = dict(named_parts(found.endpoint, model))
    below = {path.removeprefix("endpoint.") for path in faulty if path.startswith("endpoint.")}
    within = list(faults_of_parts(parts, below))
    for fault in within:
        yield OptionFault(f"endpoint.{fault.path}", fault.rule, fault.got, fault.fix)
    options = with_parts(found.endpoint, parts)
    options["model"] = None if "variants" in options else model
    wrong = faulty | {f"endpoint.{fault.path}" for fault in within}
    path = "endpoint.instance_type"
    if "variants" not in options and "instance_type" not in options and path not in wrong:
        yield OptionFault(path, "must be set", None, "or give variants")
        wrong.add(path)
    yield from _judged("endpoint", ENDPOINT_RULES, options, wrong)
    missing = "variants" not in options and "instance_type" not in options
    if not missing and not within:
        below = {name.removeprefix("endpoint.") for name in wrong if name.startswith("endpoint.")}
        for fault in scaling_faults(options, _kind_of(options), below):
            yield OptionFault(f"endpoint.{fault.path}", fault.rule, fault.got, fault.fix)
    for fault in scheduled_faults(found.endpoint, STOPPING):
        yield OptionFault(f"endpoint.{fault.path}", fault.rule, fault.got, fault.fix)
    alarms = found.endpoint.get("alarms")
    if alarms is not None:
        yield from _rung(alarms, _kind_of(options))


def _served_model(found: Meaning, config: Any) -> ServedModel:
    given = found.model or {}
    return ServedModel(
        config,
        given.get("processing_unit") or serving_of(config).units[0],
        has_vpc=given.get("vpc_config") is not None,
        is_isolated=given.get("enable_network_isolation") is True,
    )


def _transformed(
    options: Mapping[str, Any], model: ServedModel, faulty: set[str]
) -> Iterator[OptionFault]:
    """Judge the batch transform, and what lets it run again."""
    yield from _judged("batch_transform", BATCH_RULES, {**options, "model": model}, faulty)
    for fault in scheduled_faults(options, RUNNING):
        yield OptionFault(f"batch_transform.{fault.path}", fault.rule, fault.got, fault.fix)


def _kind_of(endpoint: Mapping[str, Any]) -> str:
    if endpoint.get("async_inference") is not None:
        return ASYNCHRONOUS
    variants = endpoint.get("variants") or ()
    is_serverless = any(isinstance(one, ServerlessVariant) for one in variants)
    return SERVERLESS if is_serverless else REAL_TIME


def _rung(alarms: Mapping[str, Any], kind: str) -> Iterator[OptionFault]:
    """Judge the alarms of an endpoint."""
    values = {"errors": alarms.get("errors"), "age": alarms.get("age"), "kind": kind}
    for fault in rule_faults((errors_rule, age_rule), values, set()):
        yield OptionFault(f"endpoint.alarms.{fault.path}", fault.rule, fault.got, fault.fix)


def _retrained(retraining: list[Any], faulty: set[str]) -> Iterator[OptionFault]:
    """Judge what trains a release again."""
    for index, item in enumerate(retraining):
        path = f"release.retraining[{index}]"
        within = {name.removeprefix(f"{path}.") for name in faulty if name.startswith(path)}
        values = _Options(item)
        for fault in rule_faults(TRIGGER_RULES[item["kind"]], values, within):
            yield OptionFault(f"{path}.{fault.path}", fault.rule, fault.got, fault.fix)
    for fault in once_rule(retraining):
        yield OptionFault(f"release.{fault.path}", fault.rule, fault.got, fault.fix)


def _registered(section: str, options: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Judge how a candidate becomes a version in the model registry."""
    given = options.get("register_in")
    if given is None:
        return
    for fault in registration_faults(given):
        path = f"{section}.register_in.{fault.path}".removesuffix(".")
        yield OptionFault(path, fault.rule, fault.got, fault.fix)


def _limited(limits: Mapping[str, Any], config: Any) -> Iterator[OptionFault]:
    """Amounts, and no more candidates than that; a cost needs prices, which are elsewhere."""
    faults = list(amount_faults(limits))
    for fault in faults:
        yield OptionFault(f"limits.{fault.path}", fault.rule, fault.got)
    if config is not None and not faults:
        own = Limits(max_candidates=limits.get("max_candidates"))
        for one in own.excesses([Trained("", config.to_request_dict())]):
            yield OptionFault(f"limits.{one.limit}", one.words, None)


def _judged(
    section: str, rules: Iterable[Rule], given: Mapping[str, Any], faulty: set[str]
) -> Iterator[OptionFault]:
    part = resolved(schema()["properties"][section]) if section else schema()
    known = part["properties"]
    defaults = {name: item["default"] for name, item in known.items() if "default" in item}
    prefix = f"{section}." if section else ""
    within = {path.removeprefix(prefix) for path in faulty if path.startswith(prefix)}
    roots = {path.partition(".")[0].partition("[")[0] for path in within}
    missing = {name for name in part.get("required", ()) if name not in given}
    # A file's word for a policy was judged by itself; rules know the CDK's.
    judged = _Options({**defaults, **given, "removal_policy": None})
    for fault in rule_faults(rules, judged, roots | missing):
        yield OptionFault(f"{prefix}{fault.path}", fault.rule, fault.got, fault.fix)


def _released(found: Meaning) -> Iterator[OptionFault]:
    """What a release must have, and what changes with each release."""
    if found.endpoint is None:
        yield OptionFault("endpoint", "must be set, as a release ends with one", None)
    if (found.batch_transform or {}).get("run_on_deploy"):
        rule = "must be false with release, as a deployment does not wait for one"
        fix = "use run_on_schedule or run_on_new_objects"
        yield OptionFault("batch_transform.run_on_deploy", rule, True, fix)
    refused = schema()["then"]["properties"]
    for name, options in (("", found.job), ("model", found.model), ("endpoint", found.endpoint)):
        within = refused if not name else refused[name]["properties"]
        for option in options or ():
            if within.get(option) is False:
                path = f"{name}.{option}" if name else option
                rule = "cannot be used with release"
                yield OptionFault(path, rule, (options or {})[option], "leave it out")


def _asking(gates: Iterable[Any]) -> Iterator[OptionFault]:
    """No gate that asks an endpoint: within a stack there is none before the model."""
    for index, gate in enumerate(gates):
        if gate.invokes_endpoint:
            rule = "must not ask an endpoint, as there is none before the model"
            path = f"model.gates[{index}]"
            yield OptionFault(path, rule, type(gate).__name__, "write it below release")


def _waited_for(found: Meaning) -> Iterator[OptionFault]:
    """A job that is waited for, where its candidate is served."""
    if found.job.get("wait") is False and found.release is None:
        part = "model" if found.endpoint is None else "endpoint"
        rule = f"must be true, as {part} needs what the job has found"
        yield OptionFault("wait", rule, False, "or write release: {}")
    config = found.job.get("problem_config")
    if getattr(config, "generate_candidate_definitions_only", None):
        path = "problem_config.generate_candidate_definitions_only"
        yield OptionFault(path, "must be false, as such a job has no candidate to serve", True)
