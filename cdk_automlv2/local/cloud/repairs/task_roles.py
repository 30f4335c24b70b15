"""A state machine acts as its role, which must trust Step Functions and allow what its tasks do.

ministack asks nobody. On AWS a task without a right fails, and may be caught; a role that does not
trust Step Functions is refused when the state machine is created or updated. Sources:
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html and
https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from cdk_automlv2.local.cloud.role_rights import (
    Deed,
    Source,
    refusal_as_role,
    role_record,
    trusts,
)
from cdk_automlv2.local.cloud.tasks import deeds, error_of

SERVICE = "states.amazonaws.com"
_acting: ContextVar[tuple[str, Source] | None] = ContextVar("acting", default=None)
"""Role and execution of the task that this thread carries out."""


def apply() -> None:
    """Ask the role before each call of a task, and for trust before a state machine is made."""
    _ask_before_tasks()
    _ask_before_calls()
    _ask_for_trust()


def _ask_before_tasks() -> None:
    from ministack.services import stepfunctions

    execute = stepfunctions._execute_task
    invoke, call_back = stepfunctions._invoke_resource, stepfunctions._invoke_with_callback

    def execute_as_role(state: Any, given: Any, execution: Any, context: Any) -> Any:
        token = _acting.set(_role_of(execution))
        try:
            return execute(state, given, execution, context)
        finally:
            _acting.reset(token)

    def invoke_if_allowed(resource: str, given: Any) -> Any:
        _require_all(resource, given)
        return invoke(resource, given)

    def call_back_if_allowed(resource: str, given: Any, token: str, state: Any) -> Any:
        _require_all(resource, given)
        return call_back(resource, given, token, state)

    stepfunctions._execute_task = execute_as_role
    stepfunctions._invoke_resource = invoke_if_allowed
    stepfunctions._invoke_with_callback = call_back_if_allowed


def _ask_before_calls() -> None:
    """Ask before the calls of ``aws-sdk`` integrations, by what ministack makes of them."""
    from ministack import app

    call = app.call_service_handler_sync

    def call_if_allowed(
        handler: Any, method: str, path: str, headers: Any, body: Any, query: Any, **more: Any
    ) -> Any:
        if _acting.get() is not None:
            _require(_deed_of_call(method, path, headers, body, query), None)
        return call(handler, method, path, headers, body, query, **more)

    app.call_service_handler_sync = call_if_allowed


def _ask_for_trust() -> None:
    from ministack.services import stepfunctions
    from ministack.services.cloudformation import provisioners

    create, update = stepfunctions._create_state_machine, stepfunctions._update_state_machine
    provision = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    provision_new = provision["create"]

    def create_if_trusted(data: Mapping[str, Any]) -> Any:
        return _refused(data.get("roleArn")) or create(data)

    def update_if_trusted(data: Mapping[str, Any]) -> Any:
        return _refused(data.get("roleArn")) or update(data)

    def provision_if_trusted(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        problem = _distrust(properties.get("RoleArn"))
        if problem:
            raise ValueError(problem)
        return provision_new(logical_id, properties, stack)

    stepfunctions._create_state_machine = create_if_trusted
    stepfunctions._update_state_machine = update_if_trusted
    provision["create"] = provision_if_trusted


def _role_of(execution: Any) -> tuple[str, Source] | None:
    """Return the role that an execution has had from its start; a tested state has none."""
    started = (execution or {}).get("events") or [{}]
    role = started[0].get("executionStartedEventDetails", {}).get("roleArn")
    return (role, Source(SERVICE, execution["executionArn"])) if role else None


def _require_all(resource: str, given: Any) -> None:
    acting = _acting.get()
    if acting is None:
        return
    _, source = acting
    for deed in deeds(resource, given, f"{source.region}:{source.account}"):
        _require(deed, error_of(deed))


def _require(deed: Deed, error: str | None) -> None:
    """Fail the task unless its role allows what it does."""
    from ministack.services import stepfunctions

    acting = _acting.get()
    assert acting is not None
    role, source = acting
    problem = refusal_as_role(role, source, deed)
    if problem:
        service = deed.action.partition(":")[0]
        prefix = stepfunctions._prefix_sdk_error(service, "").rstrip(".")
        name = error or f"{prefix}.{prefix}Exception"
        cause = f"{problem} (Service: {prefix}, Status Code: 403)"
        raise stepfunctions._ExecutionError(name, cause)


def _deed_of_call(method: str, path: str, headers: Any, body: Any, query: Any) -> Deed:
    from ministack import app
    from ministack.core import iam_actions, router
    from ministack.core.responses import get_account_id, get_region

    raw = body.encode() if isinstance(body, str) else body or b""
    given = app._routing_params(method, path, headers, raw, query or {})
    service = router.detect_service(method, path, headers, given)
    action = iam_actions.extract_iam_action(service, method, path, headers, raw, given)
    place = (get_region(), get_account_id())
    resource = iam_actions.extract_resource_arn(service, method, path, headers, raw, given, *place)
    return Deed(action or f"{service}:Unknown", resource)


def _refused(role: str | None) -> Any:
    from ministack.core.responses import error_response_json

    problem = _distrust(role)
    return error_response_json("AccessDeniedException", problem, 400) if problem else None


def _distrust(role_arn: str | None) -> str:
    """Return why Step Functions may not act as a role; a role that is missing is found later."""
    from ministack.core.responses import get_account_id, get_region

    role = role_record(role_arn) if role_arn else None
    region, account = get_region(), get_account_id()
    context = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:states:{region}:{account}:stateMachine:*",
    }
    if role is None or trusts(role, SERVICE, region, context):
        return ""
    return (
        f"Neither the global service principal {SERVICE}, nor the regional one is authorized to "
        "assume the provided role."
    )
