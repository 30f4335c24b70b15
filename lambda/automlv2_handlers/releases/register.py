"""The step after the gates: the candidate becomes a version in the model registry."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain import packages
from automlv2_handlers.domain.containers import choose, respond_with
from automlv2_handlers.domain.names import digest
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.releases.look import EndError, Found, Go, Look, Stay
from automlv2_handlers.releases.records import Release

_NEWEST: Final = 20


def step(look: Look, candidate: Mapping[str, Any]) -> Found:
    """Register the candidate, and wait for nobody: an approval starts a release of its own."""
    registration = look.release.settings.registration
    if not look.release.package:
        return Stay("the model registry", _registered(look, registration, candidate))
    if registration["ModelApprovalStatus"] == packages.APPROVED:
        return Go(ReleaseState.DEPLOYING)
    fault = fault_of(look.release, look)
    if not fault:
        return Go(ReleaseState.DEPLOYING)
    return Go(ReleaseState.UNDECIDED, f"waits for an approval: {fault}")


def check(look: Look) -> None:
    """Refuse to serve what an approval was not given for.

    Raises:
        EndError: If the package is not approved any more, or is another one.
    """
    fault = fault_of(look.release, look)
    if fault:
        raise EndError(ReleaseState.REFUSED, fault)


def fault_of(release: Release, look: Look) -> str:
    """Say what keeps a release's package from being served; empty if nothing does."""
    package = look.gateway.find("describe_model_package", ModelPackageName=release.package)
    if package is None:
        return f"model package {release.package} has gone"
    status = package.get("ModelApprovalStatus")
    if packages.of_package(package) != release.package_containers:
        return (
            f"the containers of model package {release.package} are not those of candidate "
            f"{release.candidate!r} any more: somebody has changed them; register it again"
        )
    if status != packages.APPROVED:
        return f"model package {release.package} is {status}"
    return ""


def _registered(
    look: Look, registration: Mapping[str, Any], candidate: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the record says of the package, which is made unless there is one."""
    release = look.release
    model = release.settings.part("Model")
    chosen = choose(candidate, str(model["ProcessingUnit"]))
    containers = respond_with(chosen, model.get("InferenceResponseKeys") or [])
    content = packages.containers_digest(containers)
    found = _before(look, content, str(registration["ModelPackageGroupName"]))
    if not found:
        said = {
            "stack": release.settings.stack_id.split("/")[1],
            "id": release.key[:256],
            "release": str(release.number),
            "job": release.job,
            "candidate": release.candidate,
        }
        token = digest(release.request_id, content)
        asked = packages.request(registration, containers, candidate, said, token)
        found = look.gateway.call("create_model_package", **asked)["ModelPackageArn"]
        logs.fact("candidate registered", release=release.number, package=found)
    return {"package": found, "package_containers": content}


def _before(look: Look, content: str, group: str) -> str:
    """Return the package that a release of the same candidate has registered; empty if none has."""
    for earlier in itertools.islice(look.store.releases(), _NEWEST):
        if earlier.package_containers != content or not packages.is_of_group(
            earlier.package, group
        ):
            continue
        if look.gateway.find("describe_model_package", ModelPackageName=earlier.package):
            return earlier.package
    return ""
