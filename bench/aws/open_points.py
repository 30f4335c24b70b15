"""Tries, in a real account, what no document says; prints what AWS really did.

    python -m bench.aws.open_points --role-arn arn:aws:iam::…:role/… --bucket my-bucket

Each point is one small experiment. Jobs it starts are stopped at once and have a limit of ten
minutes; a stopped job may still be charged for the minutes it ran. AWS keeps their records.
Numbers are those of the list of open points in the project's notes on the domain.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from bench.aws.points import try_all

ROWS = 600
_SETTLED = ("Completed", "Failed", "Stopped")


@dataclass
class Account:
    """The account under trial."""

    sagemaker: Any
    s3: Any
    role_arn: str
    bucket: str
    stem: str
    poll_seconds: float

    def request(self, suffix: str, **changes: Any) -> dict[str, Any]:
        """Return a small legal request, with changes."""
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/{self.stem}/train.csv"}
        config = {
            "TargetAttributeName": "y",
            "Mode": "ENSEMBLING",
            "CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": 600, "MaxCandidates": 1},
        }
        return {
            "AutoMLJobName": f"{self.stem}-{suffix}",
            "RoleArn": self.role_arn,
            "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/{self.stem}/out/"},
            "AutoMLProblemTypeConfig": {"TabularJobConfig": config},
            "Tags": [{"Key": "cdk-automlv2:trial", "Value": self.stem}],
            **changes,
        }

    @contextlib.contextmanager
    def job(self, suffix: str, **changes: Any) -> Iterator[str]:
        """Start a job, and stop it afterwards whatever happens."""
        request = self.request(suffix, **changes)
        self.sagemaker.create_auto_ml_job_v2(**request)
        try:
            yield request["AutoMLJobName"]
        finally:
            with contextlib.suppress(self.sagemaker.exceptions.ClientError):
                self.sagemaker.stop_auto_ml_job(AutoMLJobName=request["AutoMLJobName"])

    def refusal(self, **request: Any) -> str:
        """Return the words by which a create is refused, or that it was taken."""
        try:
            self.sagemaker.create_auto_ml_job_v2(**request)
        except self.sagemaker.exceptions.ClientError as error:
            return (
                f"refused: {error.response['Error']['Code']}: {error.response['Error']['Message']}"
            )
        with contextlib.suppress(self.sagemaker.exceptions.ClientError):
            self.sagemaker.stop_auto_ml_job(AutoMLJobName=request["AutoMLJobName"])
        return "accepted"

    def wait(self, name: str) -> str:
        """Return the status that a job ends in; 120 looks at most."""
        for _ in range(120):
            job = self.sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name)
            if job["AutoMLJobStatus"] in _SETTLED:
                return f"{job['AutoMLJobStatus']} ({job['AutoMLJobSecondaryStatus']})"
            time.sleep(self.poll_seconds)
        return f"still {job['AutoMLJobStatus']}"


def rates(account: Account) -> str:
    """1: how often DescribeAutoMLJobV2 may be called."""
    with account.job("rates") as name:
        started, throttled = time.monotonic(), 0
        for _ in range(60):
            try:
                account.sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name)
            except account.sagemaker.exceptions.ClientError:
                throttled += 1
        return f"60 calls in {time.monotonic() - started:.1f} s, {throttled} throttled"


def names(account: Account) -> str:
    """2: whether the name of a stopped job is free again, and whether case counts."""
    with account.job("names") as name:
        pass
    ended = account.wait(name)
    again = account.refusal(**account.request("names"))
    upper = account.refusal(**account.request("names", AutoMLJobName=name.upper()))
    return f"after {ended}: same name {again}; in capitals {upper}"


def tags(account: Account) -> str:
    """3: whether the tags of a job reach its training and processing jobs."""
    with account.job("tags") as name:
        for _ in range(20):
            time.sleep(account.poll_seconds)
            found = account.sagemaker.list_processing_jobs(NameContains=name[:20])
            for child in found["ProcessingJobSummaries"]:
                listed = account.sagemaker.list_tags(ResourceArn=child["ProcessingJobArn"])["Tags"]
                return f"{child['ProcessingJobName']} has {listed}"
    return "no child job was seen in 20 looks"


def base_models(account: Account) -> str:
    """6: which base models want their licence accepted; each job taken is stopped at once."""
    said = []
    for model in ("Falcon7BInstruct", "MPT7BInstruct", "FlanT5XL", "Llama2-7B", "Dolly3B"):
        config = {"TextGenerationJobConfig": {"BaseModelName": model}}
        name = f"{account.stem}-{model.lower()}"[:32].rstrip("-")
        request = account.request(model, AutoMLProblemTypeConfig=config, AutoMLJobName=name)
        said.append(f"{model} {account.refusal(**request)[:80]}")
    return "; ".join(said)


def stop_finished(account: Account) -> str:
    """13: what stopping a job does that has ended already."""
    with account.job("stopped") as name:
        pass
    ended = account.wait(name)
    try:
        account.sagemaker.stop_auto_ml_job(AutoMLJobName=name)
    except account.sagemaker.exceptions.ClientError as error:
        return f"after {ended}: {error}"
    return f"after {ended}: accepted"


def quantile_metric(account: Account) -> str:
    """10: whether wQL is an objective."""
    objective = {"MetricName": "wQL"}
    return account.refusal(**account.request("wql", AutoMLJobObjective=objective))


def compute_config(account: Account) -> str:
    """12: whether AutoMLComputeConfig is refused outside Canvas."""
    compute = {"EmrServerlessComputeConfig": {"ExecutionRoleARN": account.role_arn}}
    return account.refusal(**account.request("emr", AutoMLComputeConfig=compute))


def output_length(account: Account) -> str:
    """15: how long an output path may be."""
    said = []
    for length in (128, 129, 512, 513, 1024):
        path = f"s3://{account.bucket}/".ljust(length, "x")
        request = account.request(f"len{length}", OutputDataConfig={"S3OutputPath": path})
        said.append(f"{length} {account.refusal(**request)[:60]}")
    return "; ".join(said)


def no_algorithm(account: Account) -> str:
    """16: whether an empty list of algorithms is taken."""
    config = {
        "TargetAttributeName": "y",
        "Mode": "ENSEMBLING",
        "CandidateGenerationConfig": {"AlgorithmsConfig": [{"AutoMLAlgorithms": []}]},
    }
    problem = {"TabularJobConfig": config}
    return account.refusal(**account.request("empty", AutoMLProblemTypeConfig=problem))


POINTS: tuple[Callable[[Account], str], ...] = (
    rates,
    names,
    tags,
    base_models,
    stop_finished,
    quantile_metric,
    compute_config,
    output_length,
    no_algorithm,
)

NOT_TRIED = {
    "4": "python -m bench.aws.cloudformation_points tries it",
    "5": "a stack operation would have to last for days",
    "7": "each family would need an endpoint of its own, and the quota for it",
    "8": "a fine-tuned language model costs hours on a GPU",
    "9": "gigabytes of pictures would have to be uploaded, for each size anew",
    "11": "the defaults show in no answer of the service, only in a container that hangs",
    "14": "it needs a finished job and an endpoint for some minutes",
    "17": "a key that refuses would have to be made, and is deleted after a week at the earliest",
}
"""Points of the list that cost too much for a trial, or that cannot be tried."""


def main() -> int:
    """Try the points asked for; return how many could not be tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--role-arn", required=True, help="execution role of the jobs")
    parser.add_argument("--bucket", required=True, help="bucket the role may read and write")
    parser.add_argument("--only", choices=[point.__name__ for point in POINTS], action="append")
    parser.add_argument("--poll-seconds", type=float, default=30.0, help="between two looks")
    given = parser.parse_args()
    stem = f"trial-{uuid.uuid4().hex[:8]}"
    account = Account(
        boto3.client("sagemaker"),
        boto3.client("s3"),
        given.role_arn,
        given.bucket,
        stem,
        given.poll_seconds,
    )
    body = "x,y\n" + "".join(f"{row % 17},{row % 2}\n" for row in range(ROWS))
    account.s3.put_object(Bucket=given.bucket, Key=f"{stem}/train.csv", Body=body.encode())
    failures = try_all(POINTS, given.only, lambda point: point(account))
    for number, why in NOT_TRIED.items():
        print(f"{number}: not tried: {why}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
