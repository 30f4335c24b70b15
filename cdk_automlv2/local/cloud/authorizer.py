"""May this caller do that, and who may act as a role: decided by the policies ministack holds.

ministack has no SageMaker. The SageMaker service of this package asks here, so that the same
policies decide in both.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from cdk_automlv2.local.cloud.repairs.keys import key_arn
from cdk_automlv2.local.cloud.role_rights import denial, lowered, role_record, trusts

AUTHORIZE = "/_automlv2/authorize"
SESSION = "/_automlv2/session"
_SESSION_SECONDS = 12 * 3600


def authorize(question: dict[str, Any]) -> dict[str, Any]:
    """Answer whether a caller may do something.

    Args:
        question: ``access_key``, ``session_token``, ``account``, ``region``, ``action``,
            ``resource`` (ARN) and ``context`` (condition keys and their values); where the
            resource has a policy of its own or another account's, ``resource_policy``.

    Returns:
        ``allowed``, ``principal`` (ARN) and, where refused, ``code`` and ``message``.
    """
    from ministack.core import iam_evaluator as iam

    account = question["account"]
    _enter(account, question["region"])
    if question["action"].startswith("kms:"):
        question = {**question, "resource": key_arn(question["resource"])}
    credential = iam.resolve_credential(
        question["access_key"], account, question["session_token"] or None
    )
    if isinstance(credential, iam.CredentialResolutionError):
        return {"allowed": False, "code": credential.code, "message": credential.message}
    principal = iam.resolve_principal(question["access_key"], account, credential)
    if isinstance(principal, iam.AuthError):
        return {"allowed": False, "code": principal.code, "message": principal.message}
    if principal.policies is None:
        return {"allowed": True, "principal": principal.arn}
    decision = _decide(_context(question, principal), principal, question.get("resource_policy"))
    if decision.decision == "Allow":
        return {"allowed": True, "principal": principal.arn}
    return _refusal(question, principal.arn, explicit=decision.decision == "Deny")


def session(question: dict[str, Any]) -> dict[str, Any]:
    """Let a service act as a role that trusts it.

    Args:
        question: ``service`` (such as sagemaker.amazonaws.com), ``role`` (ARN), ``region`` and
            ``context`` (``aws:SourceAccount``, ``aws:SourceArn``).

    Returns:
        ``allowed``, and where it is: ``access_key``, ``secret_key`` and ``session_token``.
    """
    from ministack.services import sts

    region, context = question["region"], question["context"]
    role = role_record(question["role"])
    if role is None or not trusts(role, question["service"], region, context):
        return {"allowed": False}
    account, name = role["Arn"].split(":")[4], role["RoleName"]
    _enter(account, region)
    access_key = f"ASIA{secrets.token_hex(8).upper()}"
    secret_key, token = secrets.token_urlsafe(30), secrets.token_urlsafe(60)
    made = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/SageMaker",
        "UserId": f"{role.get('RoleId', name)}:SageMaker",
        "AccountId": account,
        "SecretAccessKey": secret_key,
        "SessionToken": token,
        "Expiration": time.time() + _SESSION_SECONDS,
    }
    sts.register_session(access_key, made)
    found = {"access_key": access_key, "secret_key": secret_key, "session_token": token}
    return {"allowed": True, **found}


def _enter(account: str, region: str) -> None:
    """Let ministack look where the question is asked: its stores are by account and Region."""
    from ministack.core.responses import set_request_account_id, set_request_region

    set_request_account_id(account)
    set_request_region(region)


def _decide(context: Any, principal: Any, given: str | None) -> Any:
    """Ask the policies of the caller, and those of a key or of a resource that has one."""
    from ministack.core import iam_evaluator as iam

    decision = iam.evaluate(context, principal.policies, *principal.limits)
    is_key = context.action.startswith("kms:")
    if not is_key and given is None:
        return decision
    if is_key:
        policy, owner = iam._resource_policy("kms", context.resource_arn) or ("", None)
    else:
        policy, owner = given, context.resource_arn.split(":")[4]
    return iam.combine_resource_policy(
        decision, context, policy, owner, required=is_key, limits=tuple(principal.limits)
    )


def _refusal(question: dict[str, Any], principal: str, *, explicit: bool) -> dict[str, Any]:
    action, resource = question["action"], question["resource"]
    return {
        "allowed": False,
        "principal": principal,
        "code": "AccessDeniedException",
        "message": denial(principal, action, resource, explicit=explicit),
    }


def _context(question: dict[str, Any], principal: Any) -> Any:
    from ministack.core.iam_evaluator import EvalContext

    return EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=question["action"],
        resource_arn=question["resource"],
        region=question["region"],
        source_ip="127.0.0.1",
        secure_transport=True,
        service_context=lowered(question["context"]),
        principal_keys=principal.keys,
    )
