"""Rights that a request needs beside the one that ministack asks for: to hand on roles, and events.

``iam:PassRole`` for the role of a state machine, target, schedule, function or stack, and
``events:PutEvents`` for each entry with its source and detail type. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from cdk_automlv2.local.cloud import bodies
from cdk_automlv2.local.cloud.authorizer import authorize
from cdk_automlv2.local.cloud.bodies import Receive
from cdk_automlv2.local.cloud.claims import Claim, Head, SignatureError, claim_of
from cdk_automlv2.local.cloud.guard import ACCOUNT_HEADER, Application, Scope, Send
from cdk_automlv2.local.cloud.refusals import refusal
from cdk_automlv2.local.cloud.role_rights import Deed
from cdk_automlv2.local.cloud.tasks import event_deed

_LIMIT = 64 * 1024 * 1024
Request = Mapping[str, Any]


class FurtherRights:
    """ASGI middleware behind the guard.

    Args:
        app: ministack.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, unless its sender lacks a right."""
        head = Head.of(scope)
        claim = _claim(head)
        if claim is not None and claim.service in _DEEDS and head.method in ("POST", "PUT"):
            body = await bodies.read(receive, head.headers, _LIMIT)
            receive = bodies.replay(body, receive)
            problem = _problem(claim, head, body)
            if problem:
                for message in refusal(head, "AccessDeniedException", problem):
                    await send(message)
                return
        await self._app(scope, receive, send)


def _claim(head: Head) -> Claim | None:
    """Return who has signed a request; ``None`` for those that need no signature."""
    try:
        return claim_of(head)
    except SignatureError:
        return None


def _problem(claim: Claim, head: Head, body: bytes) -> str:
    """Return why the sender may not do all that the request does; empty if they may."""
    account = head.headers.get(ACCOUNT_HEADER.decode(), "")
    place = f"{claim.region}:{account}"
    for deed in _DEEDS[claim.service](head, body, place):
        verdict = authorize(
            {
                "access_key": claim.access_key,
                "session_token": claim.token,
                "account": account,
                "region": claim.region,
                "action": deed.action,
                "resource": deed.resource,
                "context": deed.context,
            }
        )
        if not verdict["allowed"]:
            return str(verdict["message"])
    return ""


def _passing(role: Any, service: str) -> Iterator[Deed]:
    if isinstance(role, str) and role:
        yield Deed("iam:PassRole", role, {"iam:PassedToService": f"{service}.amazonaws.com"})


def _of_states(head: Head, body: bytes, _place: str) -> Iterator[Deed]:
    if _operation(head) in ("CreateStateMachine", "UpdateStateMachine"):
        yield from _passing(_json(body).get("roleArn"), "states")


def _of_events(head: Head, body: bytes, place: str) -> Iterator[Deed]:
    request = _json(body)
    match _operation(head):
        case "PutTargets":
            for target in _dicts(request.get("Targets")):
                yield from _passing(target.get("RoleArn"), "events")
        case "PutRule":
            yield from _passing(request.get("RoleArn"), "events")
        case "PutEvents":
            yield from (event_deed(entry, place) for entry in _dicts(request.get("Entries")))


def _of_scheduler(head: Head, body: bytes, _place: str) -> Iterator[Deed]:
    if re.fullmatch(r"/schedules/[^/]+", head.path):
        for target in _dicts([_json(body).get("Target")]):
            yield from _passing(target.get("RoleArn"), "scheduler")


def _of_lambda(head: Head, body: bytes, _place: str) -> Iterator[Deed]:
    if re.fullmatch(r"/[\d-]+/functions(/[^/]+/configuration)?/?", head.path):
        yield from _passing(_json(body).get("Role"), "lambda")


def _of_cloudformation(_head: Head, body: bytes, _place: str) -> Iterator[Deed]:
    for role in parse_qs(body.decode("utf-8", "replace")).get("RoleARN", []):
        yield from _passing(role, "cloudformation")


def _of_alarms(head: Head, body: bytes, place: str) -> Iterator[Deed]:
    if _operation(head) == "DeleteAlarms":
        names = _json(body).get("AlarmNames")
        for name in names if isinstance(names, list) else []:
            yield Deed("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{place}:alarm:{name}")


_DEEDS: Mapping[str, Callable[[Head, bytes, str], Iterator[Deed]]] = {
    "cloudformation": _of_cloudformation,
    "events": _of_events,
    "lambda": _of_lambda,
    "monitoring": _of_alarms,
    "scheduler": _of_scheduler,
    "states": _of_states,
}
"""By the service that a request is signed for."""


def _operation(head: Head) -> str:
    return head.headers.get("x-amz-target", "").rpartition(".")[2]


def _json(body: bytes) -> Request:
    """Return a request's members; none of what is no JSON, which ministack refuses."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _dicts(found: Any) -> list[Request]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
