"""The environment in which AWS's tools and SDKs reach a local cloud, and no other."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from cdk_automlv2.local.cloud.processes import Server
from cdk_automlv2.local.cloud.servers import no_proxy
from cdk_automlv2.local.cloud.signature import Key
from cdk_automlv2.local.cloud.toolchain import path_for

REGION = "us-east-1"
_UNSET = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
)
"""What would lead elsewhere."""


def variables(ministack: Server, sagemaker: Server, key: Key) -> dict[str, str]:
    """Return what is set for a client of the account that the key is for."""
    return {
        "AWS_ACCESS_KEY_ID": key.access_key,
        "AWS_SECRET_ACCESS_KEY": key.secret_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": ministack.url,
        "AWS_ENDPOINT_URL_S3": ministack.url,
        "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": sagemaker.url,
        "AWS_ENDPOINT_URL_SAGEMAKER": sagemaker.url,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": sagemaker.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": no_proxy(),
    }


def whole(found: Mapping[str, str], app: Path) -> dict[str, str]:
    """Return this process's environment with the variables, and nothing that leads elsewhere.

    Args:
        found: The variables.
        app: Folder of the CDK app whose Python comes first on PATH.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {
        **kept,
        **found,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "1",
        "PATH": path_for(app),
    }


def for_shell(found: Mapping[str, str]) -> str:
    """Return the lines that set the variables in a shell, for ``eval``."""
    unset = f"unset {' '.join(_UNSET)}"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in found.items()]
    return "\n".join([unset, *lines])
