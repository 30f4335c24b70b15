"""The gateway as a process of its own, and clients of it."""

import json
from contextlib import contextmanager

import boto3

from cdk_automlv2.local.cloud.cloud import LocalCloud

ACCOUNTS = ("000000000000", "222222222222")
"""Of the servers; the first one unless another is named."""


@contextmanager
def running(folder):
    """The servers of a local cloud without the CDK's bootstrap."""
    cloud = LocalCloud.start(folder, speed=5000, accounts=ACCOUNTS, bootstrap=False)
    with cloud:
        yield cloud


def role(
    cloud,
    name,
    *statements,
    service="sagemaker.amazonaws.com",
    condition=None,
    account=ACCOUNTS[0],
):
    """Make a role that a service and the account may assume; return its ARN."""
    principals = [{"Service": service}, {"AWS": f"arn:aws:iam::{account}:root"}]
    trust = [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        | ({"Condition": condition} if condition and "Service" in principal else {})
        for principal in principals
    ]
    iam = cloud.client("iam", account)
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy)
    return made["Role"]["Arn"]


def allow(*actions, on="*", **condition):
    """A statement."""
    found = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return {**found, "Condition": condition} if condition else found


def as_role(cloud, arn, service, config=None, by=None):
    """A client that acts as the role, which its own account assumes, or another."""
    account = by or arn.split(":")[4]
    answer = cloud.client("sts", account).assume_role(RoleArn=arn, RoleSessionName="test")
    credentials = answer["Credentials"]
    own = service in ("application-autoscaling", "sagemaker", "sagemaker-runtime")
    return boto3.client(
        service,
        endpoint_url=cloud.sagemaker.url if own else cloud.ministack.url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=config,
    )
