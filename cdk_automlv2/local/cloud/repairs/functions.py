"""The credentials of a function's role cannot be computed from its name.

ministack derives key, secret and token from the ARNs of function and role, so that who knows them
could sign as the role. Here a secret of this process goes in too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

_SALT = secrets.token_bytes(32)


def apply() -> None:
    """Replace what makes the credentials."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc, sts

    account_and_region = lambda_runtime._account_region_from_function_config

    def credentials(config: dict[str, Any]) -> dict[str, str]:
        account, _ = account_and_region(config)
        role = config.get("Role", "").rpartition("/")[2]
        name = config.get("FunctionName", "function")[:64]
        subject = f"{config.get('FunctionArn', '')}:{config.get('Role', '')}"
        made = {
            "AWS_ACCESS_KEY_ID": f"ASIA{_derived('key', subject)[:16].upper()}",
            "AWS_SECRET_ACCESS_KEY": _derived("secret", subject),
            "AWS_SESSION_TOKEN": _derived("token", subject),
        }
        session = {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"{role}:{name}",
            "SecretAccessKey": made["AWS_SECRET_ACCESS_KEY"],
            "SessionToken": made["AWS_SESSION_TOKEN"],
        }
        sts.register_session(made["AWS_ACCESS_KEY_ID"], session)
        return made

    lambda_runtime.execution_credentials = credentials
    lambda_svc.execution_credentials = credentials


def _derived(kind: str, subject: str) -> str:
    return hmac.new(_SALT, f"{kind}:{subject}".encode(), hashlib.sha256).hexdigest()
