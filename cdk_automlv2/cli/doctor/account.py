"""What the account and the Region have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.doctor.app import USUAL_PARAMETER, Needs
from cdk_automlv2.cli.doctor.checks import Check, State

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
        yield Check("credentials", State.FAILED, str(error), remedy)
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
        yield Check("Region", State.FAILED, words, "choose another --region")
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
            yield Check("bootstrap", State.FAILED, words, "cdk bootstrap")
            continue
        good = version >= _LEAST_BOOTSTRAP
        yield Check(
            "bootstrap",
            State.OK if good else State.FAILED,
            f"version {version}" + ("" if good else f", {_LEAST_BOOTSTRAP} is needed"),
            "" if good else "cdk bootstrap",
        )


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
        most = quotas.get(name)
        if most is None:
            yield Check(name, State.UNKNOWN, f"{_QUOTAS} lists no such quota", "is the type right?")
        elif count > most:
            words = f"{most:g}, this app wants {count}"
            yield Check(name, State.FAILED, words, "raise it in Service Quotas")
        else:
            yield Check(name, State.OK, f"{most:g}, this app wants {count}")


def _quotas(client: Client) -> Mapping[str, float]:
    pages = client("service-quotas").get_paginator("list_service_quotas")
    return {
        item["QuotaName"]: item["Value"]
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
            yield Check(
                "data", State.FAILED, f"there is no bucket {bucket}", "create it, or mend it"
            )
            continue
        if found.get("KeyCount", len(found.get("Contents", []))):
            yield Check("data", State.OK, uri)
        else:
            yield Check("data", State.FAILED, f"nothing lies at {uri}", "upload the data")
