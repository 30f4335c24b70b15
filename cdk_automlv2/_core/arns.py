"""ARNs and names in policies, with the characters escaped that IAM would take for patterns."""

from __future__ import annotations

import re

from cdk_automlv2._core.pseudo import account, partition, region

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
    return f"arn:{partition()}:{service}:{region()}:{account()}:{resource}"


def role_arn(path_and_name: str) -> str:
    """Return the ARN of a role of this account, or a pattern of several."""
    return f"arn:{partition()}:iam::{account()}:role/{path_and_name}"


def bucket_arn(name: str) -> str:
    """Return the ARN of a bucket, or a pattern of several."""
    return f"arn:{partition()}:s3:::{name}"
