"""What others than CloudFormation ask of releases: their own executions, triggers, the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automlv2_handlers import logs
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.errors import ChangedError, LifecycleError
from automlv2_handlers.releases import begin, debounce, decide, machine
from automlv2_handlers.releases.records import Trigger
from automlv2_handlers.releases.store import Store

_ATTEMPTS = 5
_STARTING = frozenset({"Retrain", "Rollback", "Promote"})


def serve(event: Mapping[str, Any], gateway: Gateway, table: str, now: float) -> dict[str, Any]:
    """Serve one task.

    Args:
        event: ``{"Task": "Release", "State": …}`` of an execution; or, of a trigger or the
            command, ``{"Task": "Retrain" | "NewData" | "Rollback" | "Abort" | "Promote" |
            "Approval", "Key": …, "Trigger": {"Kind", "Id", "By", "Why"}, …}``.
        gateway: The only door to AWS.
        table: The stack's table.
        now: Epoch seconds.

    Returns:
        Of an execution its next state; else ``{"Refused": …}``, or ``{"Answer": …}``, with
        ``"Release"``, the number of what was started (0: nothing), of a task that starts one.
    """
    if event["Task"] == "Release":
        state = event["State"]
        return (debounce.poll if "Due" in state else machine.poll)(state, gateway, now)
    store = Store(gateway, table, str(event["Key"]))
    try:
        answer = _ask(event, store, now)
    except LifecycleError as error:
        logs.fact("refused", task=event["Task"], key=store.key, why=str(error))
        return {"Refused": str(error)}
    logs.fact("answered", task=event["Task"], key=store.key, answer=answer)
    if event["Task"] not in _STARTING:
        return {"Answer": answer}
    return {"Answer": answer, "Release": store.number_of(Trigger.from_raw(event["Trigger"]))}


def _ask(event: Mapping[str, Any], store: Store, now: float) -> str:
    """Do what is asked for; again, if somebody else has written first."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _once(event, store, now)
        except ChangedError as error:
            logs.fact("asked again", task=event["Task"], key=store.key, why=str(error))
    return _once(event, store, now)


def _once(event: Mapping[str, Any], store: Store, now: float) -> str:
    trigger = Trigger.from_raw(event["Trigger"])
    match event["Task"]:
        case "Retrain":
            return begin.retrain(store, trigger, now, float(event.get("CoolDownSeconds") or 0))
        case "NewData":
            quiet = float(event.get("QuietSeconds") or 0)
            longest = float(event.get("MaxWaitSeconds") or 0)
            return debounce.arrived(store, trigger, quiet, longest, now)
        case "Rollback":
            return begin.roll_back(store, trigger, int(event.get("Number") or 0), now)
        case "Abort":
            return begin.abort(store, trigger, now)
        case "Promote":
            return decide.promote(store, trigger, int(event.get("Number") or 0), now)
        case "Approval":
            return decide.approved(store, str(event["Package"]), now)
    raise LifecycleError(f"this function does not know the task {event['Task']!r}")
