"""ARNs and names in policies, with the characters escaped that IAM would take for patterns."""

from __future__ import annotations

import re

import aws_cdk as cdk

_TOKEN = re.compile(r"([$#]\{Token\[[^\]]*\]\})")
_ESCAPES = {"*": "${*}", "?": "${?}", "$": "${$}"}


def literal(text: str) -> str:
    """Return ``text`` as IAM must read it to match it and nothing else; tokens stay as they are.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    parts = _TOKEN.split(text)
    parts[::2] = ["".join(_ESCAPES.get(letter, letter) for letter in part) for part in parts[::2]]
    return "".join(parts)


def arn(service: str, resource: str) -> str:
    """Return the ARN of a resource of this account and Region."""
    return f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{resource}"


def role_arn(path_and_name: str) -> str:
    """Return the ARN of a role of this account, or a pattern of several."""
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{path_and_name}"


def bucket_arn(name: str) -> str:
    """Return the ARN of a bucket, or a pattern of several."""
    return f"arn:{cdk.Aws.PARTITION}:s3:::{name}"
