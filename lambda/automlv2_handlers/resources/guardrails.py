"""The alarms of an update: those that ring before it begins would take it back at once.

An alarm that rings because of the old model would stop the very update that cures it. So the update
is refused with the alarm's name, unless the user has said to go on; it then goes without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

_ROLLBACK: Final = "AutoRollbackConfiguration"
_IN_ALARM: Final = "ALARM"


def guarded(event: LifecycleEvent, update: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return an UpdateEndpoint request with the alarms that can watch it.

    Raises:
        LifecycleError: If an alarm rings already, or one that was given is not there.
    """
    deployment = update.get("DeploymentConfig", {})
    names = _names(deployment)
    if not names:
        return dict(update)
    states = context.gateway.alarm_states(names)
    if not stack_phase.is_rolling_back(context):
        _refuse_unknown(event, names, states)
    ringing = [name for name in names if states.get(name) == _IN_ALARM]
    if ringing and not _proceeds(event, context):
        raise LifecycleError(
            f"alarm {', '.join(ringing)} is in ALARM, so that SageMaker would roll the update back "
            "at once; wait until it is OK, or set proceed_in_alarm=True to update without it"
        )
    left_out = [name for name in names if states.get(name) in (None, _IN_ALARM)]
    if left_out:
        logs.fact("the update is not watched by some alarms", alarms=left_out)
    watching = [{"AlarmName": name} for name in names if name not in left_out]
    rest = {key: value for key, value in deployment.items() if key != _ROLLBACK}
    watched = {**rest, _ROLLBACK: {"Alarms": watching}} if watching else rest
    return {**update, "DeploymentConfig": watched}


def ringing_now(event: LifecycleEvent, context: Context) -> str:
    """Return words for the alarms that ring after an update was rolled back; none if none do."""
    names = _names(event.properties.get("DeploymentConfig") or {})
    if not names:
        return ""
    states = context.gateway.alarm_states(names)
    ringing = [name for name in names if states.get(name) == _IN_ALARM]
    return f"; in ALARM: {', '.join(ringing)}" if ringing else ""


def _names(deployment: Mapping[str, Any]) -> list[str]:
    return [item["AlarmName"] for item in deployment.get(_ROLLBACK, {}).get("Alarms", [])]


def _refuse_unknown(event: LifecycleEvent, names: list[str], states: Mapping[str, str]) -> None:
    """Refuse alarms that are not there; those of the endpoint itself are made after it."""
    own = event.properties.get("OwnAlarms") or []
    unknown = [name for name in names if name not in states and name not in own]
    if unknown:
        raise LifecycleError(
            f"alarm {', '.join(unknown)} does not exist in this account and Region, so that "
            "nothing would watch the update; make it, or leave it out of the deployment"
        )


def _proceeds(event: LifecycleEvent, context: Context) -> bool:
    return event.properties.get("ProceedInAlarm") == "true" or stack_phase.is_rolling_back(context)
