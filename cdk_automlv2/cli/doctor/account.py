"""What the account and the Region have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.doctor.app import USUAL_PARAMETER, Needs
from cdk_automlv2.cli.doctor.checks import Check, State, failed
from cdk_automlv2.cli.following import Command, is_local, run, tool

_LEAST_BOOTSTRAP: Final = 6
_SAGEMAKER: Final = "sagemaker"
_CONCURRENT_JOBS: Final = "L-CFC2D5B6"
"""Quota code of concurrent AutoML jobs.

Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""
_QUOTAS: Final = "Service Quotas: sagemaker"


def credentials(client: Client) -> Iterator[Check]:
    """Yield who is calling, or that nobody is."""
    try:
        who = client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        remedy = "aws sso login, or aws configure; --profile NAME chooses a profile"
        yield failed("credentials", str(error), tool("aws", "sso", "login"), remedy)
        return
    yield Check("credentials", State.OK, f"account {who['Account']}, {who['Arn']}")


def region(client: Client) -> Iterator[Check]:
    """Yield whether SageMaker answers in the Region."""
    sagemaker = client(_SAGEMAKER)
    name = sagemaker.meta.region_name
    try:
        sagemaker.list_auto_ml_jobs(MaxResults=1)
    except EndpointConnectionError:
        words = f"SageMaker does not answer in {name}"
        other = tool("aws", "configure", "set", "region", "REGION")
        yield failed("Region", words, other, "choose another --region")
        return
    yield Check("Region", State.OK, f"SageMaker AutoML answers in {name}")


def bootstrap(client: Client, needs: Needs | None) -> Iterator[Check]:
    """Yield whether the account and Region are bootstrapped for the CDK."""
    for parameter in sorted(needs.bootstrap if needs else ()) or [USUAL_PARAMETER]:
        ssm = client("ssm")
        try:
            version = int(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ParameterNotFound":
                raise
            words = f"the account has no {parameter} in this Region"
            yield failed("bootstrap", words, *_bootstrap())
            continue
        if version >= _LEAST_BOOTSTRAP:
            yield Check("bootstrap", State.OK, f"version {version}")
        else:
            words = f"version {version}, {_LEAST_BOOTSTRAP} is needed"
            yield failed("bootstrap", words, *_bootstrap())


def _bootstrap() -> tuple[Command, str]:
    """Return what bootstraps, and the words for it."""
    if is_local():
        return run("local", "stop"), "stop the local cloud, and start it without --no-bootstrap"
    return tool("cdk", "bootstrap"), "cdk bootstrap"


def jobs(client: Client, needs: Needs | None) -> Iterator[Check]:
    """Yield how many jobs may run at once, how many do, and how many the app starts."""
    quota = client("service-quotas").get_service_quota(
        ServiceCode=_SAGEMAKER, QuotaCode=_CONCURRENT_JOBS
    )["Quota"]
    most = int(quota["Value"])
    pages = client(_SAGEMAKER).get_paginator("list_auto_ml_jobs")
    running = sum(
        len(page["AutoMLJobSummaries"]) for page in pages.paginate(StatusEquals="InProgress")
    )
    wanted = needs.jobs if needs else 0
    words = f"{most} at once, {running} in progress"
    words += f", this app starts up to {wanted}" if needs else ""
    if running + wanted <= most:
        yield Check("concurrent jobs", State.OK, words)
        return
    remedy = "let one depend on another, or raise the quota; the rest queue for 50 minutes"
    yield Check("concurrent jobs", State.WARNING, words, remedy)


def instances(client: Client, needs: Needs) -> Iterator[Check]:
    """Yield whether the quotas hold the instances of the app's endpoints."""
    if not needs.instances:
        return
    quotas = _quotas(client)
    for kind, count in sorted(needs.instances.items()):
        name = f"{kind} for endpoint usage"
        if name not in quotas:
            yield Check(name, State.UNKNOWN, f"{_QUOTAS} lists no such quota", "is the type right?")
            continue
        code, most = quotas[name]
        words = f"{most:g}, this app wants {count}"
        if count > most:
            yield failed(name, words, _raised(code, count), "raise it in Service Quotas")
        else:
            yield Check(name, State.OK, words)


def _raised(code: str, wanted: int) -> Command:
    """Return what asks AWS for a higher quota."""
    own = ("--service-code", _SAGEMAKER, "--quota-code", code, "--desired-value", str(wanted))
    return tool("aws", "service-quotas", "request-service-quota-increase", *own)


def _quotas(client: Client) -> Mapping[str, tuple[str, float]]:
    """Return codes and values of the quotas of SageMaker, by name."""
    pages = client("service-quotas").get_paginator("list_service_quotas")
    return {
        item["QuotaName"]: (item.get("QuotaCode", "QUOTA"), item["Value"])
        for page in pages.paginate(ServiceCode=_SAGEMAKER)
        for item in page["Quotas"]
    }


def inputs(client: Client, needs: Needs) -> Iterator[Check]:
    """Yield whether there is something at the locations of data that templates name."""
    for uri in dict.fromkeys(needs.inputs):
        bucket, _, key = uri.partition("://")[2].partition("/")
        try:
            found: Any = client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "NoSuchBucket":
                raise
            make = tool("aws", "s3", "mb", f"s3://{bucket}")
            yield failed("data", f"there is no bucket {bucket}", make, "create it, or mend the URI")
            continue
        if found.get("KeyCount", len(found.get("Contents", []))):
            yield Check("data", State.OK, uri)
        else:
            copy = tool("aws", "s3", "cp", "--recursive", "FOLDER", uri)
            yield failed("data", f"nothing lies at {uri}", copy, "upload the data")
