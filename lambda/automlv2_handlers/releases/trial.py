"""Gates that ask the new model before it takes traffic, on a short-lived endpoint of its own.

The endpoint has one instance of the type of the first variant, and is deleted before the verdict
counts. It costs what that instance costs for the minutes that it takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers.domain.names import digest
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import BusyError, GatewayError, LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Done
from automlv2_handlers.releases import gates, serve
from automlv2_handlers.releases.gates import PASS, REFUSE, UNDECIDED, Judged, Verdict
from automlv2_handlers.releases.look import EndError, Look, Stay
from automlv2_handlers.releases.records import Release
from automlv2_handlers.resources import endpoint as endpoints
from automlv2_handlers.resources import model as models

_STEP: Final = "Trial"
_SAID: Final = "TrialVerdict"
_OF_ENDPOINT: Final = (
    "InitialInstanceCount",
    "InstanceType",
    "ContainerStartupHealthCheckTimeoutInSeconds",
    "ModelDataDownloadTimeoutInSeconds",
    "VolumeSizeInGB",
)
MOST_REQUESTS: Final = 100


def judge(gate: Mapping[str, Any], judged: Judged, look: Look) -> Verdict | Stay:
    """Return what the gate says; before that, what is waited for."""
    said = look.progress.get(_SAID)
    if said is None:
        found = _ask(gate, look)
        if isinstance(found, Stay):
            return found
        look.progress[_SAID] = said = found.to_record()
    verdict = Verdict(said["Gate"], said["Verdict"], said["Reason"], said["Figures"])
    if verdict.verdict == PASS and _is_asked_again(look):
        del look.progress[_SAID]
        return verdict
    left = _take_away(look)
    if left:
        return Stay(left)
    look.progress.pop(_STEP, None)
    look.progress.pop(_SAID, None)
    return verdict


def name_of(release: Release) -> str:
    """Return the name of the short-lived endpoint."""
    scope = str(release.settings.properties.get("NameScope", ""))
    stem = f"{scope}{digest(release.settings.stack_id, release.key, length=10)}"
    return f"trial-{stem}"


def _is_asked_again(look: Look) -> bool:
    following = look.release.settings.gates[len(look.release.gates) + 1 :]
    return any(str(gate.get("Type")) in GATES for gate in following)


def _ask(gate: Mapping[str, Any], look: Look) -> Verdict | Stay:
    model = models.KIND.step(_model(look.release), look.context(serve.MODEL))
    if not isinstance(model, Done):
        return Stay(model.waiting_for)
    context = look.context(_STEP)
    event = _endpoint(look.release, "Create", model.physical_id)
    try:
        outcome = serve.move(event, context)
    except LifecycleError as error:
        return Verdict(str(gate["Type"]), REFUSE, f"the trial endpoint never served: {error}")
    if not isinstance(outcome, Done):
        return Stay(f"the trial endpoint: {outcome.waiting_for}")
    try:
        return GATES[str(gate["Type"])](gate, _asker(gate, look))
    except BusyError as error:
        return Stay(f"the trial endpoint to answer: {error}")


def _model(release: Release) -> LifecycleEvent:
    return serve.model_request(release)


def _endpoint(release: Release, request_type: str, model: str = "") -> LifecycleEvent:
    variants = release.settings.part("Endpoint").get("ProductionVariants") or [{}]
    first: dict[str, Any] = {
        key: value for key, value in deepcopy(variants[0]).items() if key in _OF_ENDPOINT
    }
    variant = {**first, "VariantName": "Trial", "InitialInstanceCount": "1", "ModelName": model}
    event = release.settings.request(
        "Endpoint", request_type, release.request_id, physical_id=name_of(release)
    )
    kept = ("NameScope", "BaseName", "StateMachineArn", "Tags", "KmsKeyId")
    properties = {key: value for key, value in event.properties.items() if key in kept}
    own = {"EndpointName": name_of(release), "ProductionVariants": [variant]}
    return replace(event, properties={**properties, **own})


def _take_away(look: Look) -> str:
    """Delete the short-lived endpoint; return what is waited for, if it is there still."""
    context = look.context(f"{_STEP}Gone")
    try:
        outcome = endpoints.KIND.step(_endpoint(look.release, "Delete"), replace(context, age=0.0))
    except GatewayError as error:
        return str(error)
    return "" if isinstance(outcome, Done) else outcome.waiting_for


Asker = Callable[[str], tuple[str, float]]


def _asker(gate: Mapping[str, Any], look: Look) -> Asker:
    """Return what sends one row and returns the answer and its milliseconds."""
    name, content_type = name_of(look.release), str(gate.get("ContentType") or "text/csv")

    def ask(row: str) -> tuple[str, float]:
        answer, seconds = look.gateway.invoke_endpoint(name, row.encode(), content_type)
        return answer.decode("utf-8", "replace").strip(), seconds * 1000

    return ask


def _smoke_test(gate: Mapping[str, Any], ask: Asker) -> Verdict:
    """Send rows, and compare the answers with what is expected, where that is said."""
    rows, expected = _rows(gate), [str(text) for text in gate.get("Expected") or []]
    wrong = []
    for number, row in enumerate(rows, start=1):
        try:
            answer, _ = ask(row)
        except BusyError:
            raise
        except GatewayError as error:
            return Verdict("SmokeTest", REFUSE, f"row {number}: {error}", {"Row": row[:200]})
        wanted = expected[number - 1] if number <= len(expected) else None
        if not answer or (wanted is not None and not _is(answer, wanted)):
            wrong.append({"Row": number, "Answer": answer[:200], "Expected": wanted})
    figures = {"Rows": len(rows), "Wrong": wrong[:5]}
    if wrong:
        first = wrong[0]
        words = f"{len(wrong)} of {len(rows)} rows; row {first['Row']}: {first['Answer']!r}"
        return Verdict("SmokeTest", REFUSE, f"{words}, expected {first['Expected']!r}", figures)
    return Verdict("SmokeTest", PASS, f"{len(rows)} rows answered as expected", figures)


def _is(answer: str, wanted: str) -> bool:
    """Whether an answer is what is wanted: the same text, or its first field is."""
    return wanted in (answer, answer.split(",")[0].strip().strip('"'))


def _latency(gate: Mapping[str, Any], ask: Asker) -> Verdict:
    """Measure requests from the function, one after another; the first, of a cold model, not."""
    rows = _rows(gate)
    limit = float(str(gate["Milliseconds"]))
    percentile = float(str(gate.get("Percentile") or 90))
    count = min(int(float(str(gate.get("Requests") or 20))), MOST_REQUESTS)
    try:
        ask(rows[0])
        taken = sorted(ask(rows[i % len(rows)])[1] for i in range(count))
    except BusyError:
        raise
    except GatewayError as error:
        return Verdict("Latency", UNDECIDED, f"could not be measured: {error}")
    measured = taken[max(math.ceil(len(taken) * percentile / 100) - 1, 0)]
    figures = {
        "Percentile": percentile,
        "Milliseconds": round(measured, 1),
        "Limit": limit,
        "Requests": count,
    }
    words = f"p{percentile:g} is {measured:.0f} ms, the limit is {limit:g} ms"
    return Verdict("Latency", PASS if measured <= limit else REFUSE, words, figures)


def _rows(gate: Mapping[str, Any]) -> Sequence[str]:
    rows = [str(row) for row in gate.get("Rows") or []][:MOST_REQUESTS]
    if not rows:
        raise EndError(ReleaseState.UNDECIDED, f"gate {gate['Type']}: there are no rows to send")
    return rows


GATES: Final[Mapping[str, Callable[[Mapping[str, Any], Asker], Verdict]]] = {
    "Latency": _latency,
    "SmokeTest": _smoke_test,
}
"""Gates that need an endpoint to ask, by type."""

assert not GATES.keys() & gates.GATES.keys()
