"""The tags by which the first deployment finds what it is to take over.

The names are computed as the CDK and the function do; tests compare them with a synthesized stack.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import run

_OWNER = "cdk-automlv2:owner"
_ADOPTED = "cdk-automlv2:adopted"
_RESOURCE = "cdk-automlv2:resource"
_SCOPE_LENGTH = 7
_OWNER_LENGTH = 24


@dataclass(frozen=True)
class Mark:
    """What one resource is tagged with.

    Attributes:
        arn: The resource.
        tags: Its new tags.
    """

    arn: str
    tags: Mapping[str, str]

    @classmethod
    def of(cls, arn: str, stack: str, *path: str) -> Mark:
        """Return the mark of what the construct at a path below a stack is to take over."""
        logical_id = _logical_id([*path, "Resource"])
        owner, scope = f"{stack}/{logical_id}", _digest(stack, _SCOPE_LENGTH)
        canonical = json.dumps([scope, owner], separators=(",", ":"))
        tags = {
            _OWNER: f"{scope}/{_digest(canonical, _OWNER_LENGTH)}",
            _ADOPTED: "true",
            _RESOURCE: owner[:256],
        }
        return cls(arn, tags)

    def refuse_others(self, client: Client) -> None:
        """Refuse what belongs to another construct.

        Raises:
            Failure: If it does; says to which.
        """
        pages = client("sagemaker").get_paginator("list_tags").paginate(ResourceArn=self.arn)
        present = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        if present.get(_OWNER) not in (None, self.tags[_OWNER]):
            whose = present.get(_RESOURCE, "another stack")
            raise Failure(f"{self.arn} belongs to {whose} already", run("describe"))

    def put(self, client: Client) -> None:
        """Tag the resource, with the credentials of whoever has called the command."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        client("sagemaker").add_tags(ResourceArn=self.arn, Tags=tags)


def _digest(text: str, length: int) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(raw).decode().lower()[:length]


def _logical_id(path: list[str]) -> str:
    """Return the logical id that the CDK gives the resource at a path below its stack."""
    human = ""
    for part in path[:-1]:
        name = re.sub(r"[^A-Za-z0-9]", "", part)
        human += "" if human.endswith(name) else name
    hashed = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    return f"{human[:240]}{hashed[:8].upper()}"
