"""Tries, in a real account, whether AWS meets the conditions that the library's policies set.

    python -m bench.aws.rights_points --bucket my-bucket [--key-arn arn:aws:kms:…]

Each point makes roles of its own, and deletes them afterwards; jobs are stopped at once. Where a
condition is not met, turn it off in the app's context: ``cdk-automlv2:source-account-condition`` or
``cdk-automlv2:kms-grant-condition`` to ``false``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from bench.aws.open_points import ROWS
from bench.aws.points import try_all

_OWNER = "cdk-automlv2:owner"
_SAGEMAKER = "sagemaker.amazonaws.com"


@dataclass
class Account:
    """The account under trial."""

    session: Any
    bucket: str
    key_arn: str
    stem: str
    wait_seconds: float

    @property
    def number(self) -> str:
        """The account's number."""
        return str(self.session.client("sts").get_caller_identity()["Account"])

    @contextlib.contextmanager
    def role(
        self, suffix: str, principal: Mapping[str, str], *rights: Mapping[str, Any], **trust: Any
    ) -> Iterator[str]:
        """Make a role with these rights, wait until it is known, and delete it afterwards."""
        iam = self.session.client("iam")
        name = f"{self.stem}-{suffix}"
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **trust}
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(statement))
        try:
            iam.put_role_policy(
                RoleName=name, PolicyName="trial", PolicyDocument=_document(*rights)
            )
            time.sleep(self.wait_seconds)
            yield made["Role"]["Arn"]
        finally:
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                iam.delete_role_policy(RoleName=name, PolicyName="trial")
            iam.delete_role(RoleName=name)

    def job_of(self, sagemaker: Any, role_arn: str, suffix: str, **changes: Any) -> str:
        """Start a job; return its refusal, or how it stood after some looks."""
        name = f"{self.stem}-{suffix}"
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/{self.stem}/train.csv"}
        config = {
            "TargetAttributeName": "y",
            "Mode": "ENSEMBLING",
            "CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": 600, "MaxCandidates": 1},
        }
        try:
            sagemaker.create_auto_ml_job_v2(
                AutoMLJobName=name,
                RoleArn=role_arn,
                AutoMLJobInputDataConfig=[{"DataSource": {"S3DataSource": source}}],
                OutputDataConfig={"S3OutputPath": f"s3://{self.bucket}/{self.stem}/out/"},
                AutoMLProblemTypeConfig={"TabularJobConfig": config},
                **changes,
            )
        except sagemaker.exceptions.ClientError as error:
            return f"refused: {error}"
        return self._watched(name)

    def _watched(self, name: str) -> str:
        """Return how a job stands after a quarter of an hour at most, and stop it."""
        own = self.session.client("sagemaker")
        try:
            for _ in range(30):
                job = own.describe_auto_ml_job_v2(AutoMLJobName=name)
                if job["AutoMLJobStatus"] != "InProgress":
                    break
                time.sleep(self.wait_seconds)
        finally:
            with contextlib.suppress(own.exceptions.ClientError):
                own.stop_auto_ml_job(AutoMLJobName=name)
        return f"{job['AutoMLJobSecondaryStatus']} {job.get('FailureReason', '')}".strip()


def source_account(account: Account) -> str:
    """Whether a job and its child jobs may assume a role that wants ``aws:SourceAccount``."""
    condition = {"StringEquals": {"aws:SourceAccount": account.number}}
    with account.role(
        "source", {"Service": _SAGEMAKER}, *_job_rights(), Condition=condition
    ) as arn:
        return account.job_of(account.session.client("sagemaker"), arn, "source")


def grant_condition(account: Account) -> str:
    """Whether SageMaker's grants on a volume key are ``kms:GrantIsForAWSResource``."""
    if not account.key_arn:
        return "no --key-arn was given"
    key = [
        _allow("kms:DescribeKey", account.key_arn),
        _allow("kms:CreateGrant", account.key_arn, Bool={"kms:GrantIsForAWSResource": "true"}),
    ]
    with account.role("grant", {"Service": _SAGEMAKER}, *_job_rights(), *key) as arn:
        security = {"VolumeKmsKeyId": account.key_arn}
        own = account.session.client("sagemaker")
        return account.job_of(own, arn, "grant", SecurityConfig=security)


def tagging_action(account: Account) -> str:
    """Whether ``sagemaker:TaggingAction`` and the owner tag are seen when a job is created."""
    owner = {f"aws:RequestTag/{_OWNER}": "trial/*"}
    with account.role("job", {"Service": _SAGEMAKER}, *_job_rights()) as job_role:
        rights = (
            _allow("sagemaker:CreateAutoMLJobV2", "*", StringLike=owner),
            _allow(
                "sagemaker:AddTags",
                "*",
                StringLike=owner,
                Null={"sagemaker:TaggingAction": "false"},
            ),
            _allow("iam:PassRole", job_role),
        )
        with account.role("caller", {"AWS": account.number}, *rights) as caller:
            restricted = _as_role(account.session, caller).client("sagemaker")
            tags = [{"Key": _OWNER, "Value": "trial/x"}]
            return account.job_of(restricted, job_role, "tagged", Tags=tags)


POINTS: tuple[Callable[[Account], str], ...] = (source_account, grant_condition, tagging_action)


def _job_rights() -> list[dict[str, Any]]:
    return [_allow(action, "*") for action in ("s3:*", "logs:*", "cloudwatch:*", "ecr:*")]


def _allow(action: str, resource: str, **condition: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _as_role(session: Any, arn: str) -> Any:
    given = session.client("sts").assume_role(RoleArn=arn, RoleSessionName="trial")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=session.region_name,
    )


def main() -> int:
    """Try the points asked for; return how many could not be tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bucket", required=True, help="bucket for data and output")
    parser.add_argument("--key-arn", default="", help="key that may be used for volumes")
    parser.add_argument("--only", choices=[point.__name__ for point in POINTS], action="append")
    parser.add_argument("--wait-seconds", type=float, default=30.0, help="between two looks")
    given = parser.parse_args()
    stem = f"trial-{uuid.uuid4().hex[:8]}"
    account = Account(boto3.Session(), given.bucket, given.key_arn, stem, given.wait_seconds)
    body = "x,y\n" + "".join(f"{row % 17},{row % 2}\n" for row in range(ROWS))
    s3 = account.session.client("s3")
    s3.put_object(Bucket=given.bucket, Key=f"{stem}/train.csv", Body=body.encode())
    return try_all(POINTS, given.only, lambda point: point(account))


if __name__ == "__main__":
    sys.exit(main())
