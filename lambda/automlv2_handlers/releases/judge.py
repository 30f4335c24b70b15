"""The step between training and serving: what the gates say of the candidate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers.domain.plain import plain
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.releases import gates, register, trial
from automlv2_handlers.releases.look import EndError, Found, Go, Look, Stay
from automlv2_handlers.releases.records import Release

_ENDS: Final = {gates.REFUSE: ReleaseState.REFUSED, gates.UNDECIDED: ReleaseState.UNDECIDED}


def step(look: Look) -> Found:
    """Ask the gates in their order; the first that does not let pass ends the release."""
    release = look.release
    waiting = release.settings.gates[len(release.gates) :]
    if not waiting and not release.settings.registration:
        return Go(ReleaseState.DEPLOYING)
    if not waiting:
        return register.step(look, candidate_of(look, release))
    gate = waiting[0]
    verdict = _verdict(gate, look)
    if isinstance(verdict, Stay):
        return verdict
    said = (*release.gates, plain(verdict.to_record()))
    if verdict.verdict == gates.PASS:
        return Stay("the next gate", {"gates": said})
    reason = f"gate {verdict.gate}: {verdict.reason}"
    return Go(_ENDS[verdict.verdict], reason, {"gates": said})


def _verdict(gate: Mapping[str, Any], look: Look) -> gates.Verdict | Stay:
    judged = gates.Judged(
        job=look.release.job,
        candidate=candidate_of(look, look.release),
        deployed=_deployed(look),
        key=look.release.key,
        number=look.release.number,
    )
    if str(gate.get("Type")) in trial.GATES:
        return trial.judge(gate, judged, look)
    return gates.judge(gate, judged, look.gateway)


def candidate_of(look: Look, release: Release) -> dict[str, Any]:
    """Return the candidate of a release, as SageMaker describes it now.

    Raises:
        EndError: If there is no such candidate any more.
    """
    job = look.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=release.job) or {}
    best: dict[str, Any] = job.get("BestCandidate") or {}
    if best.get("CandidateName") == release.candidate:
        return best
    words = f"AutoML job {release.job!r} has no candidate {release.candidate!r} any more"
    raise EndError(ReleaseState.FAILED, words)


def _deployed(look: Look) -> dict[str, Any] | None:
    serving = look.store.release(look.head.serving)
    return candidate_of(look, serving) if serving is not None else None
