"""The pseudo parameters of CloudFormation: constant texts, each of which costs a call into Node."""

from __future__ import annotations

from functools import cache

import aws_cdk as cdk


@cache
def partition() -> str:
    """Return the token of the partition."""
    return cdk.Aws.PARTITION


@cache
def region() -> str:
    """Return the token of the Region."""
    return cdk.Aws.REGION


@cache
def account() -> str:
    """Return the token of the account."""
    return cdk.Aws.ACCOUNT_ID
